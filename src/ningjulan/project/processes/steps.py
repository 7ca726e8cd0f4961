"""How a start-up shows itself: one line per step, moving while it works, with its seconds when done."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console

from ningjulan.project.language import say


@contextmanager
def step(console: Console, zh: str, en: str) -> Iterator[Callable[[str], None]]:
    """Show a step while the block runs. The yielded function changes the words beside it."""
    label = say(zh, en)
    began = time.monotonic()
    with console.status(f"{label} …") as status:
        yield lambda words: status.update(f"{label} … {words}")
    console.print(f"[green]✓[/] {label} [dim]{time.monotonic() - began:.1f} s[/]")
