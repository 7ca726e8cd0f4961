"""Attributes no rule may read (PR-14): ethnicity, religion, politics, health, petitions, gender, faces."""

import re

_WORDS = frozenset({"ethnic", "ethnicity", "nation", "race", "religion", "religious", "faith", "belief"}) | {
    *("political", "politics", "party", "petition", "petitioner", "petitions", "gender", "sex"),
    *("face", "faces", "facial", "conviction", "convict", "criminal"),
}
_WORDS_ZH = ("民族", "宗教", "信仰", "政治面貌", "党员", "信访", "上访", "性别", "人脸", "前科", "犯罪")
_HEALTH = frozenset({"health", "disease", "diagnosis", "diagnosed", "illness", "medical", "patient"}) | {
    *("infection", "infected", "disabled", "disability", "pregnant", "hiv", "mental"),
}
_HEALTH_ZH = ("病种", "疾病", "诊断", "患者", "感染", "残疾", "孕妇", "艾滋", "精神障碍")
_HEALTH_PURPOSES = ("P06", "P07")  # 公共卫生防控, 关爱服务
_HEALTH_MODULES = ("epidemic",)
_SPLIT = re.compile(r"[^a-z]+")


def forbidden_word(text: str, *, module: str, purpose: str) -> str | None:
    """Return the word in `text` that no rule of this module and purpose may use, or None."""
    may_know_health = module in _HEALTH_MODULES or purpose in _HEALTH_PURPOSES
    words = _WORDS if may_know_health else _WORDS | _HEALTH
    words_zh = _WORDS_ZH if may_know_health else _WORDS_ZH + _HEALTH_ZH
    found = sorted(words.intersection(_SPLIT.split(text.lower())))
    return next(iter([*found, *(word for word in words_zh if word in text)]), None)
