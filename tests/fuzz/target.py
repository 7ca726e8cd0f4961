"""What a target of fuzzing is, and how it reads choices off the front of arbitrary bytes."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

CORPUS = Path(__file__).parent / "corpus"
Choice = TypeVar("Choice")
Mutator = Callable[[bytes, int, int], bytes]


@dataclass(frozen=True)
class Target:
    """Something that takes bytes from strangers.

    Args:
        one: Gives it one input; raises if a property does not hold.
        seeds: Name → input, of our own generators: where the search begins.
        words: What its inputs are made of; the search puts them in.
        mutated: Makes one input from another as its form allows: (input, largest size, seed).
    """

    one: Callable[[bytes], object]
    seeds: Callable[[], Iterator[tuple[str, bytes]]]
    words: Callable[[], Iterator[bytes]] = lambda: iter(())
    mutated: Mutator | None = None


class Choices:
    """Reads choices off the front of the input, one byte each; what is left is the content."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def one_of(self, options: Sequence[Choice]) -> Choice:
        return options[self.number() % len(options)]

    def number(self) -> int:
        """Return 0…255; 0 when there is nothing left."""
        self._at += 1
        return self._data[self._at - 1] if self._at <= len(self._data) else 0

    def rest(self) -> bytes:
        return self._data[self._at :]
