#!/usr/bin/env python3
"""Refuses a commit message that does not read `area: Imperative sentence.` in at most 72 characters.

commit_message.py FILE
"""

import re
import sys
from pathlib import Path

MAX_CHARACTERS = 72
SUBJECT = re.compile(r"^[a-z][a-z0-9_-]*(/[a-z0-9_-]+)?: [A-Z].*\.$")
MADE_BY_GIT = ("Merge ", "Revert ", "fixup! ", "squash! ")


def problem_of(message: str) -> str | None:
    """Return what is wrong with `message`, or None."""
    lines = [line for line in message.splitlines() if not line.startswith("#")]
    subject = lines[0] if lines else ""
    if subject.startswith(MADE_BY_GIT):
        return None
    if not SUBJECT.match(subject):
        return "the subject reads `area: Imperative sentence.`, as in `cases: Refuse an empty title.`"
    if len(subject) > MAX_CHARACTERS:
        return f"the subject has {len(subject)} characters; {MAX_CHARACTERS} is the limit"
    if len(lines) > 1 and lines[1].strip():
        return "an empty line comes between subject and body"
    return None


if __name__ == "__main__":
    problem = problem_of(Path(sys.argv[1]).read_text())
    if problem:
        sys.exit(f"commit message: {problem}")
