"""What the commands share: where the data are, JSON or a table, one sentence for an error."""

import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import asdict, is_dataclass
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer
from rich.console import Console
from rich.table import Column, Table

console = Console()
AsJson = Annotated[bool, typer.Option("--json", help="输出 JSON · Print JSON")]


def var_folder() -> Path:
    return Path(os.environ.get("NINGJULAN_VAR", "var")).resolve()


def print_json(value: Any) -> None:
    """Print a dataclass, or what is made of such, as JSON: instants as ISO 8601."""
    plain = asdict(value) if is_dataclass(value) and not isinstance(value, type) else value
    typer.echo(json.dumps(msgspec.to_builtins(plain), ensure_ascii=False, indent=2))


def print_table(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    columns = (Column(heading, overflow="fold", no_wrap=n == 0) for n, heading in enumerate(headings))
    table = Table(*columns, box=None, pad_edge=False)
    for row in rows:
        table.add_row(*("" if cell is None else str(cell) for cell in row))
    console.print(table)
