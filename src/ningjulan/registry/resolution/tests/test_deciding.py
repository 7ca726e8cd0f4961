"""Stories of one incoming record and the people known: the same, a question, or somebody new."""

from datetime import date

import pytest

from ningjulan.registry.resolution.matching import match, scored_pairs
from ningjulan.registry.resolution.scoring import explanation
from ningjulan.registry.resolution.tests.people import incoming, person, registered
from ningjulan.registry.resolution.weights import in_force

ELSEWHERE = {"address_id": "A9", "building_id": "B9", "area_code": "330109013009009"}
UNKNOWN = dict.fromkeys(["address_id", "building_id", "area_code"])


def outcome(came, *known):
    """Return what one record is decided to be, and of whom."""
    decided = match(incoming(came), registered(*known), in_force())
    if decided.is_empty():
        return "new", []
    return decided["outcome"][0], sorted(decided["person_id"])


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({}, id="all the same"),
        pytest.param({"name": "王绣英"}, id="a homophone"),
        pytest.param({"name": "WANG Xiuying"}, id="pinyin"),
        pytest.param({"birth_date": date(1956, 4, 3)}, id="day and month swapped"),
        pytest.param({"phone": b"other"}, id="a new telephone"),
        pytest.param(ELSEWHERE, id="moved, with the same telephone"),
        pytest.param(UNKNOWN | {"sex": "9"}, id="no address, no sex"),
    ],
)
def test_a_slip_is_still_the_same_person(changes):
    assert outcome(person(**changes), person()) == ("same", ["P0"])


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"name": "王秀芝", "birth_date": date(1956, 3, 4)}, id="a twin of the same household"),
        pytest.param({"birth_date": None, "phone": None}, id="the same name at the same door, no more"),
        pytest.param({"name": "王"}, id="half a name"),
    ],
)
def test_what_could_be_a_relative_is_a_question(changes):
    assert outcome(person(**changes), person()) == ("grey", ["P0"])


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param(
            {"name": "王磊", "birth_date": date(1984, 7, 1), "sex": "1"}, id="a son with her telephone"
        ),
        pytest.param({"birth_date": date(1990, 3, 5), "phone": b"x", **ELSEWHERE}, id="a namesake elsewhere"),
    ],
)
def test_somebody_else_is_new(changes):
    assert outcome(person(**changes), person()) == ("new", [])


def test_the_number_of_identity_decides_although_all_else_has_changed():
    came = person(id_no=b"I", phone=b"x", birth_date=None, **ELSEWHERE)

    assert outcome(came, person(id_no=b"I")) == ("same", ["P0"])


def test_one_number_and_two_names_is_a_question():
    assert outcome(person(id_no=b"I", name="李建国"), person(id_no=b"I")) == ("grey", ["P0"])


def test_two_numbers_are_never_one_person_without_a_clerk():
    assert outcome(person(id_no=b"I"), person(id_no=b"J"))[0] != "same"


def test_two_candidates_that_fit_alike_are_a_question():
    assert outcome(person(), person(), person()) == ("grey", ["P0", "P1"])


def test_a_rare_name_says_more_than_a_common_one():
    others = [
        person(name="王秀英", birth_date=date(1900 + n, 1, 1), phone=None, **ELSEWHERE) for n in range(50)
    ]
    rare = scored_pairs(
        incoming(person(name="欧阳朔夜")), registered(person(name="欧阳朔夜"), *others), in_force()
    )
    common = scored_pairs(incoming(person()), registered(person(), *others), in_force())

    assert rare["name_bits"].max() > common["name_bits"].max() + 4


def test_the_explanation_adds_up_to_the_weight():
    pair = scored_pairs(incoming(person(sex="9")), registered(person()), in_force())
    reasons = explanation(pair, 0)

    assert {reason.field: reason.level for reason in reasons} == {
        "name": "same", "birth_date": "same", "phone": "same", "address": "dwelling",
    }  # fmt: skip
    assert sum(reason.bits for reason in reasons) + in_force().prior_bits == pytest.approx(pair["bits"][0])
