from datetime import UTC, datetime

import pytest

from ningjulan.foundation.models import OutboxEvent
from ningjulan.foundation.rewriting import rewrite

NOW = datetime(2026, 11, 25, 3, 0, 0, 123456, tzinfo=UTC)


def event(payload, sent_at=None):
    return OutboxEvent.objects.create(name="registry.lamp.lit.v1", payload=payload, sent_at=sent_at)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "payload",
    [
        pytest.param({"say": 'it\'s "so" \\ 100 %s\n\t{}'}, id="signs that mean something to SQL or JSON"),
        pytest.param({"街道": ["宁围", None, 1.5, True, {}]}, id="Chinese, nothing, nested"),
        pytest.param([], id="an empty list"),
    ],
)
def test_rows_are_read_as_they_were_written(payload):
    one = event({"old": 1})
    one.payload, one.sent_at = payload, NOW

    rewrite([one], ["payload", "sent_at"])

    kept = OutboxEvent.objects.get(pk=one.pk)
    assert (kept.payload, kept.sent_at) == (payload, NOW)


@pytest.mark.django_db
def test_nothing_but_the_named_fields_of_the_given_rows_changes():
    one, other = event({"old": 1}, sent_at=NOW), event({"old": 2}, sent_at=NOW)
    one.payload, one.sent_at = {"new": 1}, None

    rewrite([one], ["payload"])
    rewrite([], ["payload"])

    kept = [(row.payload, row.sent_at) for row in OutboxEvent.objects.order_by("id")]
    assert kept == [({"new": 1}, NOW), ({"old": 2}, NOW)]
    one.payload = {"new": 2}
    rewrite([one], ["payload", "sent_at"])
    assert list(OutboxEvent.objects.filter(sent_at=None)) == [one]
    assert OutboxEvent.objects.get(pk=other.pk).payload == {"old": 2}
