"""The kernel changes nothing but the time: whatever comes, it comes out as the specification says."""

import json
import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from ningjulan.catalog import facade as catalog
from ningjulan.catalog.sample_numbers import id_card_no
from ningjulan.catalog.samples import TENANT
from ningjulan.cleaning.contracts import Part, SourceRef
from ningjulan.cleaning.facade import clean_parts
from ningjulan.cleaning.kernel.tests import spellings
from ningjulan.cleaning.tests.samples import NOW, REFS, RIGHT, TOWN
from ningjulan.cleaning.tests.samples import lines_of as lines_of_records
from ningjulan.cleaning.tests.test_nothing_lost import lines_of

CLASSES = [data_class.id for data_class in catalog.list_classes()]
UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


def assert_same(class_id, parts, source):
    fast, slow = (
        clean_parts(class_id, parts, source=source, refs=REFS, compiled=compiled)
        for compiled in (True, False)
    )
    for frame in ("accepted", "rejected", "duplicates", "notes"):
        assert_frame_equal(getattr(fast, frame), getattr(slow, frame), check_exact=True)


@pytest.mark.parametrize("class_id", CLASSES)
def test_samples_come_out_as_the_specification_says(class_id):
    right = catalog.clean_samples(class_id, 20, now=NOW)
    wrong = [dirty.record for dirty in catalog.dirty_samples(class_id, now=NOW)]
    payload = b"\n".join(json.dumps(record, ensure_ascii=False).encode() for record in [*right, *wrong])

    assert_same(class_id, [Part(payload, NOW)], SourceRef("samples", TENANT))


@pytest.mark.parametrize("class_id", CLASSES)
@settings(UNHURRIED, max_examples=2)
@given(seed=st.integers(0, 2**32))
def test_every_class_comes_out_as_the_specification_says(class_id, seed):
    dice = random.Random(seed)

    assert_same(class_id, spellings.parts(class_id, dice), dice.choice(spellings.SOURCES))


@pytest.mark.parametrize("class_id", sorted(RIGHT))
@settings(UNHURRIED, max_examples=20)
@given(data=st.data())
def test_any_bytes_come_out_as_the_specification_says(class_id, data):
    lines = data.draw(lines_of(class_id))
    payloads = data.draw(st.lists(st.binary(max_size=40), max_size=2))

    assert_same(class_id, [Part(payload, NOW) for payload in [b"\n".join(lines), *payloads]], TOWN)


def test_documents_of_every_kind_come_out_as_the_specification_says():
    kinds = [None, *catalog.code_list("CL_ID_TYPE").by_code]
    numbers = ("11010519491231002X", id_card_no(1), "E12345678", "H12345678", "911124198108030024")
    records = [
        {
            "visit_id": f"{kind}/{number}",
            "visit_address_id": "A1",
            "valid_from": NOW.isoformat(),
            "id_type": kind,
            "id_no": number,
        }
        for kind in kinds
        for number in numbers
    ]

    assert_same("IOT10", [Part(b"\n".join(lines_of_records(*records)), NOW)], TOWN)
