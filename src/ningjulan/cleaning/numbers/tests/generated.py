"""Right numbers, invented: identity numbers lie in the synthetic region unless a test needs another."""

from datetime import date

from hypothesis import strategies as st

from ningjulan.cleaning.numbers.organisations import ALPHABET

_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)

REGIONS = ("999999", "810000", "820000", "830000", "911124")


def with_id_check(first_17: str) -> str:
    """Return the number with its check digit, written as in the standard's table."""
    total = sum(int(digit) * weight for digit, weight in zip(first_17, _ID_WEIGHTS, strict=True))
    return first_17 + "10X98765432"[total % 11]


def with_uscc_check(first_17: str) -> str:
    """Return the code with its check character: 31 less the remainder."""
    total = sum(ALPHABET.index(letter) * 3**place for place, letter in enumerate(first_17))
    return first_17 + ALPHABET[(31 - total % 31) % 31]


@st.composite
def id_card_nos(draw: st.DrawFn) -> str:
    born = draw(st.dates(date(1900, 1, 1), date(2026, 11, 25)))
    return with_id_check(f"{draw(st.sampled_from(REGIONS))}{born:%Y%m%d}{draw(st.integers(0, 999)):03}")


@st.composite
def usccs(draw: st.DrawFn) -> str:
    letters = st.text(ALPHABET, min_size=9, max_size=9)
    kind = draw(st.text(ALPHABET, min_size=2, max_size=2))
    return with_uscc_check(f"{kind}{draw(st.integers(0, 999_999)):06}{draw(letters)}")


@st.composite
def plate_nos(draw: st.DrawFn) -> str:
    return draw(
        st.from_regex(r"\A[浙京粤][A-HJ-NP-Z][A-HJ-NP-Z0-9]{4}[A-HJ-NP-Z0-9挂学警]\Z")
        | st.from_regex(r"\A[浙沪][A-HJ-NP-Z][DF][A-HJ-NP-Z0-9][0-9]{4}\Z")
    )


def mobiles() -> st.SearchStrategy[str]:
    return st.from_regex(r"\A1[3-9][0-9]{9}\Z")


def landlines() -> st.SearchStrategy[str]:
    return st.from_regex(r"\A(?:0571|010|021)-[2-9][0-9]{7}(?:-[0-9]{1,6})?\Z")
