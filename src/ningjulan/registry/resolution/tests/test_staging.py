import pytest
from django.db import transaction

from ningjulan.registry.models import Change, Incoming, Person
from ningjulan.registry.models.changes import known
from ningjulan.registry.resolution import staging
from ningjulan.registry.resolution.tests.conftest import NOW, STREET, TODAY
from ningjulan.registry.resolution.tests.test_taking import records, somebody

pytestmark = pytest.mark.django_db


def staged(*rows, class_id="BIZ01"):
    return staging.stage(records(*rows), class_id=class_id, source="town_iot", tenant_code=STREET, now=NOW)


def test_what_a_door_took_becomes_a_fact_and_is_kept_once(homes):
    assert staged(somebody(homes, person_id="L-1")) == 1
    assert "秀".encode() not in bytes(Incoming.objects.get().record_sealed)

    assert staging.resolve_waiting(NOW, TODAY) == 1

    assert Person.objects.get(known()).name == "王秀英"
    assert not Incoming.objects.exists()
    assert staging.resolve_waiting(NOW, TODAY) == 0


def test_a_commit_that_fails_leaves_nothing_waiting(homes):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        staged(somebody(homes))
        1 / 0  # noqa: B018

    assert not Incoming.objects.exists()


def test_a_kill_while_resolving_loses_nothing(homes, monkeypatch):
    staged(somebody(homes))
    with monkeypatch.context() as broken:
        broken.setattr(staging, "take", lambda *_: 1 / 0)
        broken.setattr(staging, "_resolve_alone", lambda *_: None)
        staging.resolve_waiting(NOW, TODAY)
    assert Incoming.objects.get().state == "waiting"

    staging.resolve_waiting(NOW, TODAY)

    assert Person.objects.count() == 1


def test_one_record_that_cannot_be_resolved_holds_up_no_other(homes):
    staged(somebody(homes), {"name": "李建国", "person_id": "L-2"})
    first = Incoming.objects.order_by("id").first()
    Incoming.objects.filter(pk=first.pk).update(record_sealed=b"broken")

    staging.resolve_waiting(NOW, TODAY)

    assert [person.name for person in Person.objects.filter(known())] == ["李建国"]
    assert Incoming.objects.get().state == "failed"


def test_a_doubtful_record_from_a_door_waits_for_a_clerk(register, homes):
    register()
    staged(somebody(homes, name="王秀芝"))

    staging.resolve_waiting(NOW, TODAY)

    assert Incoming.objects.get().state == "queued"


def test_classes_the_registry_does_not_take_are_left_to_the_history(homes):
    assert staged(somebody(homes), class_id="BIZ16") == 0
    assert not Change.objects.filter(kind="import").exists()
