import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ningjulan.cleaning.numbers.plates import plate_no
from ningjulan.cleaning.numbers.tests.generated import plate_nos


@pytest.mark.parametrize(
    "plate",
    [
        pytest.param("浙A12345", id="ordinary"),
        pytest.param("黑A1B2C3", id="letters among the digits"),
        pytest.param("浙AD12345", id="new energy, small"),
        pytest.param("浙AFA1234", id="new energy, small, second letter"),
        pytest.param("浙A12345D", id="new energy, large"),
        pytest.param("浙AK12345", id="new energy, later letter"),
        pytest.param("浙A1234挂", id="trailer"),
        pytest.param("浙A1234学", id="learner"),
        pytest.param("浙A1234警", id="police"),
        pytest.param("粤Z1234港", id="Hong Kong"),
        pytest.param("粤Z1234澳", id="Macao"),
        pytest.param("沪A0023领", id="consulate"),
        pytest.param("使014578", id="embassy, older"),
        pytest.param("224578使", id="embassy"),
        pytest.param("WJ浙0001X", id="armed police"),
        pytest.param("WJ浙12345", id="armed police, five digits"),
        pytest.param("VA12345", id="army"),
    ],
)
def test_plates_of_every_kind(plate):
    judged = plate_no(pl.Series([plate]))

    assert (judged.values[0], judged.faults[0], judged.notes) == (plate, None, None)


@pytest.mark.parametrize(
    ("written", "plate"),
    [
        ("浙A·12345", "浙A12345"),
        ("浙A•D12345", "浙AD12345"),
        ("浙 A 12345", "浙A12345"),
        ("浙A-12345", "浙A12345"),
        ("浙a1b2c3", "浙A1B2C3"),
        ("蓝浙A12345", "浙A12345"),
        ("黄绿浙A12345D", "浙A12345D"),
        ("黑黑A12345", "黑A12345"),
        ("WJ·浙0001X", "WJ浙0001X"),
        ("VA·12345", "VA12345"),
    ],
)
def test_certain_repairs(written, plate):
    judged = plate_no(pl.Series([written]))

    assert (judged.values[0], judged.faults[0]) == (plate, None)


@pytest.mark.parametrize(
    ("written", "note"),
    [
        ("无牌", "no_plate"),
        ("无牌车", "no_plate"),
        ("无", "no_plate"),
        ("未识别", "plate_not_read"),
        ("unknown", "plate_not_read"),
        ("-", "plate_not_read"),
        ("0000000", "plate_not_read"),
    ],
)
def test_words_for_no_plate_become_null_with_a_note(written, note):
    judged = plate_no(pl.Series([written, "浙A12345"]))

    assert judged.values.to_list() == [None, "浙A12345"]
    assert judged.faults.to_list() == [None, None]
    assert judged.notes is not None
    assert judged.notes.to_list() == [note, None]


@pytest.mark.parametrize(
    ("plate", "expected"),
    [
        pytest.param("浙A1O345", "plate_foreign_letter", id="letter O"),
        pytest.param("浙I12345", "plate_foreign_letter", id="letter I after the province"),
        pytest.param("杭A12345", "bad_plate_region", id="no province"),
        pytest.param("浙A1?345", "plate_partly_read", id="one character unread"),
        pytest.param("浙A***12", "plate_partly_read", id="masked"),
        pytest.param("浙A1234", "bad_plate_no", id="one short"),
        pytest.param("浙AL12345", "bad_plate_no", id="no letter of new energy"),
        pytest.param("浙A123456", "bad_plate_no", id="six digits"),
        pytest.param("A12345", "bad_plate_no", id="province lost"),
    ],
)
def test_wrong_plates_say_what_is_wrong(plate, expected):
    judged = plate_no(pl.Series([plate]))

    assert judged.faults[0] == expected


@settings(deadline=None)
@given(plate_nos(), st.sampled_from(["·", " ", "-", "．", ""]))
def test_a_separator_changes_nothing(plate, separator):
    judged = plate_no(pl.Series([f"{plate[:2]}{separator}{plate[2:]}"]))

    assert (judged.values[0], judged.faults[0]) == (plate, None)


@settings(deadline=None)
@given(st.lists(st.none() | st.text(max_size=9) | plate_nos() | st.text("浙A·蓝黑12ioWJ ", max_size=9)))
def test_tidying_twice_is_tidying_once(plates):
    once = plate_no(pl.Series(plates, dtype=pl.String))
    again = plate_no(once.values)

    assert again.values.to_list() == once.values.to_list()
    assert again.faults.to_list() == once.faults.to_list()
