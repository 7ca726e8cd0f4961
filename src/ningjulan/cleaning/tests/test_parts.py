"""What came at several moments, cleaned together: as if each part had been cleaned by itself."""

from datetime import timedelta

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from ningjulan.catalog.sample_numbers import id_card_no
from ningjulan.cleaning.contracts import Part
from ningjulan.cleaning.facade import clean, clean_parts
from ningjulan.cleaning.tests.samples import NOW, REFS, RIGHT, TOWN, fire_alarm, lines_of
from ningjulan.cleaning.tests.test_nothing_lost import lines_of as any_lines_of

UNHURRIED = settings(deadline=None, max_examples=15, suppress_health_check=[HealthCheck.too_slow])
FRAMES = ("accepted", "rejected", "duplicates", "notes")


PERSON = {"person_id": "P1", "name": "试验甲", "person_category": "01"}


def part(*records, at=NOW):
    return Part(b"\n".join(lines_of(*records)), at)


def cleaned(class_id, *parts):
    return clean_parts(class_id, parts, source=TOWN, refs=REFS)


def test_each_part_is_judged_against_its_own_moment():
    late = NOW + timedelta(days=8)

    out = cleaned("IOT12", part(fire_alarm(msg_id="M1")), part(fire_alarm(msg_id="M2"), at=late))

    assert out.accepted["msg_id"].to_list() == ["M1"]
    assert out.rejected.select("row_no", pl.col("reasons").list.first()).rows() == [(1, "time_too_old")]


def test_a_record_that_comes_again_in_a_later_part_is_a_duplicate():
    out = cleaned("IOT12", part(fire_alarm()), part(fire_alarm(), at=NOW + timedelta(seconds=2)))

    assert out.accepted["row_no"].to_list() == [0]
    assert out.duplicates.rows() == [(1, "M1", "same_key")]


def test_a_record_without_a_time_happened_when_its_part_was_received():
    later = NOW + timedelta(hours=1)

    out = cleaned("BIZ01", part(PERSON), part(PERSON | {"person_id": "P2"}, at=later))

    assert out.accepted["occurred_at"].to_list() == [NOW, later]


def test_nobody_is_born_after_the_day_on_which_the_part_came():
    number = id_card_no(1)
    born = pl.Series([number[6:14]]).str.to_datetime("%Y%m%d", time_zone="Asia/Shanghai")[0]
    person = PERSON | {"id_type": "111", "id_no": number}

    out = cleaned("BIZ01", part(person, at=born - timedelta(hours=1)), part(person, at=born))

    assert out.rejected["reasons"].to_list() == [["id_birth_date_in_future"]]
    assert out.accepted["row_no"].to_list() == [1]


def test_a_payload_has_one_record_more_than_line_ends():
    assert [Part(payload, NOW).n_lines for payload in (b"", b"{}", b"{}\n{}", b"{}\n")] == [1, 1, 2, 2]


@pytest.mark.parametrize("class_id", sorted(RIGHT))
@UNHURRIED
@given(data=st.data())
def test_parts_come_out_as_if_each_were_alone(class_id, data):
    lines = data.draw(st.lists(any_lines_of(class_id), min_size=1, max_size=4))
    payloads = [b"\n".join(part) for part in lines]
    hours = data.draw(st.lists(st.integers(-30, 30), min_size=len(payloads), max_size=len(payloads)))
    parts = [Part(p, NOW + timedelta(hours=h)) for p, h in zip(payloads, hours, strict=True)]

    together = cleaned(class_id, *parts).cut([part.n_lines for part in parts])

    seen = set()
    for own, part in zip(together, parts, strict=True):
        alone = clean(
            class_id, part.payload.split(b"\n"), received_at=part.received_at, source=TOWN, refs=REFS
        )
        assert_frame_equal(own.rejected, alone.rejected)
        new = alone.accepted.filter(~pl.col("record_key").is_in(list(seen)))
        assert_frame_equal(own.accepted, new)
        assert own.duplicates.height == alone.duplicates.height + alone.accepted.height - new.height
        seen |= set(new["record_key"])
