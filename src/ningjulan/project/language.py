"""Chinese or English for what commands print: `--lang`, else NINGJULAN_LANG, else the terminal's language."""

import os

from ningjulan.foundation.errors import NingjulanError


def language() -> str:
    """Return "zh" or "en"; Chinese wherever the terminal does not say English."""
    said = os.environ.get("NINGJULAN_LANG") or os.environ.get("LC_ALL") or os.environ.get("LANG") or ""
    return "en" if said.lower().startswith("en") else "zh"


def say(zh: str, en: str) -> str:
    return en if language() == "en" else zh


def sentence_of(error: NingjulanError) -> str:
    return error.message(language())
