"""Is what somebody wrote a reason? Pure."""

REASON_LENGTH = 6  # 入户核对住址
DISTINCT = 4  # characters: 「测试测试测试」 has two


def is_reason(text: str) -> bool:
    """Say whether a text can be a reason: long enough, in words, and not one key held down."""
    words = [c for c in text if c.isalpha()]
    return len(text.strip()) >= REASON_LENGTH and len({c.casefold() for c in words}) >= DISTINCT
