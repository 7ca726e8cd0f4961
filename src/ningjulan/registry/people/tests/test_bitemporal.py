from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from ningjulan.registry.people.bitemporal import Days, contradictions, holds_on, overlaps, revise

DAY = date(2026, 1, 1)


def days(first, end):
    return Days(DAY + timedelta(first), None if end is None else DAY + timedelta(end))


spans = st.tuples(st.integers(0, 40), st.none() | st.integers(1, 20)).map(
    lambda pair: days(pair[0], None if pair[1] is None else pair[0] + pair[1])
)


def test_a_correction_keeps_what_lies_before_and_after_it():
    lived = days(0, None)

    revised = revise([lived], days(10, 20))

    assert revised.closed == [lived]
    assert [piece.days for piece in revised.kept] == [days(0, 10), days(20, None)]


def test_what_lies_elsewhere_is_left_alone():
    before, after = days(0, 10), days(20, None)

    assert revise([before, after], days(10, 20)).closed == []


def test_a_day_belongs_to_one_span_only_where_two_meet():
    first, second = days(0, 10), days(10, None)

    assert not overlaps(first, second)
    assert (holds_on(first, DAY + timedelta(10)), holds_on(second, DAY + timedelta(10))) == (False, True)


@given(st.lists(spans, max_size=8))
def test_revisions_one_upon_the_other_never_contradict_and_never_lose_a_day(revisions):
    known, covered = [], set()
    for span in revisions:
        revised = revise(known, span)
        known = [v for v in known if v not in revised.closed]
        known += [*(piece.days for piece in revised.kept), span]
        covered |= {n for n in range(80) if holds_on(span, DAY + timedelta(n))}

    assert contradictions(known) == []
    assert {n for n in range(80) if any(holds_on(v, DAY + timedelta(n)) for v in known)} == covered


@given(spans, spans)
def test_overlapping_is_having_a_day_in_common(one, other):
    common = [n for n in range(80) if all(holds_on(v, DAY + timedelta(n)) for v in (one, other))]

    assert overlaps(one, other) == overlaps(other, one) == bool(common)
