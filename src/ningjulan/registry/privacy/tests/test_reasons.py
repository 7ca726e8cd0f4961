import pytest

from ningjulan.registry.privacy.reasons import is_reason


@pytest.mark.parametrize(
    "text", ["入户核对登记地址", "接报独居老人失联，联系其家属", "checking the address at the door"]
)
def test_words_are_a_reason(text):
    assert is_reason(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "      ",
        "核对",
        "aaaaaaaa",
        "测试测试测试",
        "1234567890",
        "!!!???......",
        "aAaAaAaA",
        "好\t\n  的 的",
    ],
)
def test_noise_is_none(text):
    assert not is_reason(text)
