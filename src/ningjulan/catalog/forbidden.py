"""Attributes the platform has no field for (PR-14): the catalogue refuses them, importers drop them."""

import re

_WORDS = (
    "face|faces|faceprint|ethnicity|ethnic|race|religion|religious|faith|politics|political|party_member"
    "|illness|disease|diagnosis|hiv|criminal|crime|convicted|conviction|prisoner"
)
_FORBIDDEN_EN = re.compile(rf"(?:^|[^a-z])(?:{_WORDS})(?:[^a-z]|$)")
_FORBIDDEN_ZH = re.compile("人脸|民族|宗教|信仰|政治面貌|党员|病种|病史|疾病|诊断|前科|犯罪|刑满|重点人员")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def forbidden_word(name: str) -> str | None:
    """Return the part of an attribute's name that makes it forbidden, or `None`.

    Words count, not letters: `faceId`, `face_id` and `FACE` are refused, `surface` and `interface` are not.
    """
    spaced = _CAMEL.sub("_", name).lower()
    found = _FORBIDDEN_EN.search(spaced) or _FORBIDDEN_ZH.search(name)
    return found.group().strip("_- ") if found else None
