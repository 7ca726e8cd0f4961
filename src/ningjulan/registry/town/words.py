"""The word lists that names are made of. Invented: no developer's, company's or school's name."""

import csv
from pathlib import Path


def _read() -> dict[str, list[str]]:
    with (Path(__file__).parent / "words.csv").open(encoding="utf-8") as file:
        return {row["pool"]: row["words"].split() for row in csv.DictReader(file)}


WORDS = _read()
