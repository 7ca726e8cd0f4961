import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ningjulan.foundation.masking import HIDDEN, MASKS, masked


@pytest.mark.parametrize(
    ("mask", "value", "shown"),
    [
        ("name", "张三", "张*"),
        ("name", "张三丰", "张**"),
        ("name", "欧阳娜娜", "欧阳**"),
        ("name", "欧阳", "欧*"),
        ("name", "张", "*"),
        ("name", "阿依古丽·试验", "阿***"),
        ("name", "Ann Sample", "A***"),
        ("phone", "13800138000", "138****8000"),
        ("phone", "0571-88888888", "0571-****8888"),
        ("phone", "0571-88888888-123", "0571-****8888"),
        ("phone", "8000", "***"),
        ("phone", "+852 9123 4567", "***"),
        ("id_no", "11010519491231002X", "1****************X"),
        ("id_no", "E12345678", "E*******8"),
        ("id_no", "12", "***"),
        ("plate", "浙A12312", "浙A***12"),
        ("plate", "浙AD12345", "浙A****45"),
        ("plate", "A12", "***"),
        ("address", "试验路1号2幢3单元401室", "试验路1号2幢"),
        ("address", "试验苑12号楼401", "试验苑12号楼"),
        ("address", "试验路12号305室", "试验路12号"),
        ("address", "试验苑3-2-301", "试验苑***"),
        ("address", "试验广场", "试验广场***"),
        ("generic", "0123456789abcdef", "01****ef"),
        ("generic", "1234", "***"),
        ("text", "试验路的王某来电", "***"),
        ("blur", "objects/snapshot/1.jpg", None),
        ("full", "anything", "***"),
        ("full", 12.5, "***"),
    ],
)
def test_what_each_mask_shows(mask, value, shown):
    assert masked(value, mask) == shown


@pytest.mark.parametrize("mask", MASKS)
@pytest.mark.parametrize("nothing", [None, "", "  "])
def test_nothing_is_shown_of_nothing(mask, nothing):
    assert masked(nothing, mask) is None


def test_an_unknown_mask_shows_nothing_at_all():
    with pytest.raises(KeyError):
        masked("张三", "nickname")


@pytest.mark.parametrize("mask", MASKS)
@settings(deadline=None)
@given(value=st.text(max_size=30) | st.from_regex(r"\A1[0-9]{10}|0[0-9]{2,3}-[0-9]{7,8}|[0-9]{18}\Z"))
def test_masking_twice_is_masking_once(mask, value):
    once = masked(value, mask)

    assert masked(once, mask) == once


@pytest.mark.parametrize("mask", ["name", "phone", "id_no", "plate", "generic", "text", "full"])
@settings(deadline=None)
@given(value=st.text("0123456789ABX-张三王", min_size=1, max_size=30))
def test_something_is_always_hidden(mask, value):
    shown = masked(value, mask)

    assert shown is not None
    assert "*" in shown
    kept = len(shown.replace("*", ""))
    assert shown == HIDDEN or kept <= max(1, len(value) - 1)
