"""Invented records: seeded, right as the catalogue says, wrong in one thing, and nobody's."""

import json
from datetime import UTC, datetime

import pytest

from ningjulan.catalog import facade
from ningjulan.catalog.contracts import CHECKS, Item, ItemType
from ningjulan.catalog.sample_numbers import (
    REGION,
    id_card_no,
    id_check_digit,
    number,
    uscc,
    uscc_check_character,
    wrong_number,
)
from ningjulan.catalog.samples import Fault

NOW = datetime(2026, 11, 25, 2, 30, tzinfo=UTC)
CLASSES = [data_class.id for data_class in facade.list_classes()]


@pytest.mark.parametrize("class_id", CLASSES)
def test_samples_are_the_same_for_the_same_seed(class_id):
    once, again, other = (facade.clean_samples(class_id, 5, now=NOW, seed=seed) for seed in (1, 1, 2))

    assert once == again
    assert once != other


@pytest.mark.parametrize("class_id", CLASSES)
def test_the_first_sample_has_every_item_and_all_have_the_required(class_id):
    data_class = facade.get_class(class_id)
    records = facade.clean_samples(class_id, 30, now=NOW)

    assert records[0].keys() == data_class.by_id.keys()
    assert all(item.id in record for record in records for item in data_class.items if item.required)
    assert len({json.dumps([r.get(i.id) for i in data_class.key_items]) for r in records}) == 30


@pytest.mark.parametrize("class_id", CLASSES)
def test_a_wrong_sample_is_wrong_in_one_item(class_id):
    for dirty in facade.dirty_samples(class_id, now=NOW):
        required = [item.id for item in facade.get_class(class_id).items if item.required]
        missing = [name for name in required if name not in dirty.record]
        assert missing == ([dirty.item.id] if dirty.fault is Fault.MISSING else [])


def test_all_faults_are_tried_somewhere():
    tried = {dirty.fault for class_id in CLASSES for dirty in facade.dirty_samples(class_id, now=NOW)}

    assert tried == set(Fault)


def test_check_digits_are_those_of_printed_examples():
    assert id_check_digit("11010519491231002") == "X"  # GB 11643
    assert uscc_check_character("91350100M000100Y4") == "3"  # GB 32100


def test_numbers_are_of_nobody():
    assert uscc(1)[2:8] == id_card_no(1)[:6] == REGION == "999999"


@pytest.mark.parametrize("check", CHECKS)
def test_every_check_has_a_right_and_a_wrong_number(check):
    item = Item("x", "号码", "Number", ItemType("string(18)", "string", length=18), check=check)

    assert number(item, 1) != wrong_number(item)
