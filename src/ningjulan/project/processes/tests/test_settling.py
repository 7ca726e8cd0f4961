from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar

import pytest
from django.db import transaction
from nats.js.api import ConsumerConfig, ConsumerInfo, SequenceInfo

from ningjulan.foundation import outbox
from ningjulan.foundation.events import Event
from ningjulan.project.processes.settling import behind, wait_until_settled


@dataclass(frozen=True)
class Happened(Event):
    name: ClassVar[str] = "tests.thing.happened.v1"


def listener(*, taken, pending, in_work=0):
    return ConsumerInfo(
        name="cases",
        stream_name="EVENTS",
        config=ConsumerConfig(),
        created=datetime(2026, 1, 1, tzinfo=UTC),
        ack_floor=SequenceInfo(consumer_seq=taken, stream_seq=taken),
        num_pending=pending,
        num_ack_pending=in_work,
    )


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        pytest.param(None, 10, id="has never listened"),
        pytest.param(listener(taken=10, pending=0), 0, id="has taken all"),
        pytest.param(listener(taken=7, pending=3), 3, id="three before it"),
        pytest.param(listener(taken=8, pending=0, in_work=2), 2, id="two in work"),
        pytest.param(listener(taken=2, pending=0), 0, id="the rest is not for it"),
        pytest.param(listener(taken=10, pending=500), 0, id="what came later does not count"),
        pytest.param(listener(taken=8, pending=500), 2, id="only what is asked for counts"),
    ],
)
def test_how_far_a_listener_is_behind_event_10(found, expected):
    assert behind(found, 10) == expected


@pytest.mark.enable_socket
@pytest.mark.django_db(transaction=True)
def test_without_a_relay_the_wait_ends_and_says_so(nats_url):
    with transaction.atomic():
        outbox.publish(Happened(), Happened())
    waiting = []

    settled = wait_until_settled(nats_url, waiting.append, quiet_limit_s=0.5)

    assert not settled
    assert set(waiting) == {2}
