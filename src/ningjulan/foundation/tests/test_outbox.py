from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar
from uuid import UUID

import pytest
from django.db import transaction

from ningjulan.foundation import outbox
from ningjulan.foundation.events import Event

NOW = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)


@dataclass(frozen=True)
class LampLit(Event):
    name: ClassVar[str] = "registry.lamp.lit.v1"
    lamp_id: UUID
    at: datetime


LIT = LampLit(lamp_id=UUID(int=7), at=NOW)


@pytest.mark.django_db(transaction=True)
def test_event_needs_a_transaction():
    with pytest.raises(RuntimeError, match="transaction"):
        outbox.publish(LIT)


@pytest.mark.django_db(transaction=True)
def test_event_of_a_failed_write_is_never_sent():
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        outbox.publish(LIT)
        1 / 0  # noqa: B018

    assert outbox.unsent(10) == []


@pytest.mark.django_db
def test_events_leave_once_and_in_order():
    outbox.publish(LIT, LIT)
    first, second = outbox.unsent(10)

    outbox.mark_sent([first.id], NOW)

    assert first.payload == {"lamp_id": str(UUID(int=7)), "at": "2026-11-25T03:00:00Z"}
    assert [event.id for event in outbox.unsent(10)] == [second.id]
