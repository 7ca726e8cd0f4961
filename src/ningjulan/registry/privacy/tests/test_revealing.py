from datetime import timedelta

import pytest

from ningjulan.foundation.actors import Role
from ningjulan.foundation.audit.models import AuditEntry
from ningjulan.foundation.permissions import PurposeNotAllowed, RoleReadsNothing
from ningjulan.registry.privacy.errors import (
    CaseNotOpen,
    CaseNumberNeeded,
    QuotaUsedUp,
    ReasonRefused,
    StepUpNeeded,
    SubjectNotFound,
    UnknownItems,
    UnknownKind,
)
from ningjulan.registry.privacy.revealing import Asked, By, choices, quota_left, reveal
from ningjulan.registry.privacy.tests.conftest import NOW, PERSON, VALUES, actor

pytestmark = pytest.mark.django_db
CLERK = actor(Role.CLERK)


def asked(**changes) -> Asked:
    facts = {
        "kind": "person",
        "id": str(PERSON),
        "items": ("phone",),
        "purpose": "P05",
        "reason": "入户核对登记地址",
    }
    return Asked(**(facts | changes))


def by(who=CLERK, *, minutes_ago: float | None = 1) -> By:
    at = None if minutes_ago is None else NOW - timedelta(minutes=minutes_ago)
    return By(who, "10.0.0.1", at)


def entries() -> list[tuple[str, str]]:
    return list(AuditEntry.objects.order_by("id").values_list("action", "result"))


def test_a_reading_shows_what_was_asked_for_and_is_on_record():
    shown = reveal(asked(), by(), NOW)

    assert shown.values == {"phone": VALUES["phone"]}
    entry = AuditEntry.objects.get(id=shown.reading_id)
    assert (entry.actor_id, entry.person_id, entry.items, entry.purpose) == (7, PERSON, ["phone"], "P05")
    assert (entry.reason, entry.ip, entry.result, entry.facts) == (
        "入户核对登记地址", "10.0.0.1", "done", {"label": "张**", "household": "H1"},
    )  # fmt: skip
    assert VALUES["phone"] not in str(vars(entry))


@pytest.mark.parametrize(
    ("change", "who", "refusal"),
    [
        ({"reason": "aaaaaaaa"}, CLERK, ReasonRefused),
        ({"purpose": "P07"}, CLERK, PurposeNotAllowed),
        ({"purpose": "P13"}, CLERK, CaseNumberNeeded),
        ({"purpose": "P13", "case_no": "A-0"}, CLERK, CaseNotOpen),
        ({"purpose": "P13", "case_no": "none"}, CLERK, CaseNotOpen),
        ({"case_no": "none"}, CLERK, CaseNotOpen),
        ({"items": ("shoe_size",)}, CLERK, UnknownItems),
        ({"items": ()}, CLERK, UnknownItems),
        ({"kind": "ghost"}, CLERK, UnknownKind),
        ({"id": "nobody"}, CLERK, SubjectNotFound),
        ({}, actor(Role.CLERK, area="440310"), SubjectNotFound),
        ({}, actor(Role.ADMIN), RoleReadsNothing),
        ({}, actor(), RoleReadsNothing),
    ],
)
def test_a_refusal_shows_nothing_and_is_on_record(change, who, refusal):
    with pytest.raises(refusal):
        reveal(asked(**change), by(who), NOW)

    assert entries() == [("reveal", refusal.code)]
    assert quota_left(who, NOW) == 50


def test_a_case_that_is_open_lets_its_purpose_pass():
    shown = reveal(asked(purpose="P13", case_no="A-1"), by(), NOW)

    assert AuditEntry.objects.get(id=shown.reading_id).case_no == "A-1"


@pytest.mark.parametrize("minutes_ago", [None, 61])
def test_an_old_password_is_asked_again_and_is_no_refusal(minutes_ago):
    with pytest.raises(StepUpNeeded):
        reveal(asked(), by(minutes_ago=minutes_ago), NOW)

    assert entries() == []


def test_a_day_has_so_many_readings_and_midnight_is_the_streets(settings):
    settings.READINGS_PER_DAY = 2
    left = [reveal(asked(), by(), NOW).quota_left for _ in range(2)]

    assert left == [1, 0]
    with pytest.raises(QuotaUsedUp):
        reveal(asked(), by(), NOW)
    assert quota_left(actor(Role.CLERK, user_id=8), NOW) == 2
    assert quota_left(CLERK, NOW + timedelta(hours=13, minutes=59)) == 0
    assert quota_left(CLERK, NOW + timedelta(hours=14)) == 2


def test_the_choices_are_masked_and_those_of_the_role():
    clerk, handler = (
        choices("person", str(PERSON), CLERK, NOW),
        choices("person", str(PERSON), actor(Role.HANDLER), NOW),
    )

    assert clerk.items == ["name", "id_no", "phone"]
    assert handler.items == ["name", "phone"]
    assert clerk.shown == {"name": "张**", "id_no": "9****************7", "phone": "***"}
    assert set(handler.purposes) < set(clerk.purposes)


def test_who_may_ask_nothing_has_no_choice():
    assert choices("person", str(PERSON), actor(Role.ADMIN), NOW).purposes == []
