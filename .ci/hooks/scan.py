#!/usr/bin/env python3
"""Refuses files that hold a citizen's identity number or a secret.

    scan.py FILE…

Identity numbers are those that GB 11643 accepts: 18 places, a real date, the right check character. Its
printed examples and region 999999, which nobody has, are let through.
"""

import re
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_CHARACTERS = "10X98765432"
EXAMPLES = frozenset({"11010519491231002X", "440524188001010014"})
NOBODYS_REGION = "999999"
MAX_BYTES = 5 << 20

ID_CARD_NO = re.compile(r"(?<![0-9A-Za-z])[1-9]\d{16}[\dXx](?![0-9A-Za-z])")
SECRETS = {
    "private key": re.compile(r"-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----"),
    "AWS key": re.compile(r"\bAKIA[0-9A-Z]{16}\b"),
    "GitHub token": re.compile(r"\bgh[pousr]_[A-Za-z0-9]{36}\b"),
    "Slack token": re.compile(r"\bxox[abprs]-[A-Za-z0-9-]{10,}\b"),
    "Aliyun key": re.compile(r"\bLTAI[0-9A-Za-z]{12,20}\b"),
    "Tencent Cloud key": re.compile(r"\bAKID[0-9A-Za-z]{32}\b"),
}


def is_somebodys(number: str) -> bool:
    """Could `number` be the identity number of a person?"""
    number = number.upper()
    if number in EXAMPLES or number.startswith(NOBODYS_REGION):
        return False
    try:
        date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return False
    total = sum(weight * int(digit) for weight, digit in zip(WEIGHTS, number, strict=False))
    return number[17] == CHECK_CHARACTERS[total % 11]


def findings(text: str) -> Iterator[tuple[int, str]]:
    """Yield line number (from 1) and what was found; never the thing itself."""
    for line_no, line in enumerate(text.splitlines(), start=1):
        if any(is_somebodys(number) for number in ID_CARD_NO.findall(line)):
            yield line_no, "identity number"
        for kind, pattern in SECRETS.items():
            if pattern.search(line):
                yield line_no, kind


def main(names: list[str]) -> int:
    n_found = 0
    for path in map(Path, names):
        if not path.is_file() or path.stat().st_size > MAX_BYTES:
            continue
        content = path.read_bytes()
        if b"\0" in content[:8000]:
            continue
        for line_no, kind in findings(content.decode("utf-8", "replace")):
            n_found += 1
            sys.stderr.write(f"{path}:{line_no}: {kind}\n")
    return 1 if n_found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
