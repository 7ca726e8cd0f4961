"""A canary goes the whole way and leaves nothing behind but its own count."""

from datetime import UTC, datetime

import pytest

from ningjulan.foundation.models import OutboxEvent
from ningjulan.observations.canaries import sights
from ningjulan.observations.facade import Belonging, SeenKeys
from ningjulan.observations.models import Batch, Reject
from ningjulan.project import pipeline
from ningjulan.scenarios.models import Alert
from ningjulan.sources import facade as sources

pytestmark = pytest.mark.django_db

LIVE = [source for source in sources.list_sources() if source.intake == "live"]


@pytest.mark.parametrize("source", LIVE, ids=lambda source: source.name)
def test_canary_is_seen_and_nothing_follows(source, tmp_path):
    now = datetime.now(UTC)
    seen = SeenKeys(tmp_path, Belonging(0, 1, "nowhere"))

    committed = pipeline.commit(pipeline.clean_batches([sources.canary_of(source, now)]), now, seen)

    assert committed == []
    assert sights(now)[source.name].n_seen == 1
    assert seen.n == 0
    for model in (Batch, Reject, Alert, OutboxEvent):
        assert model.objects.count() == 0


def test_canary_that_cannot_be_cleaned_holds_up_nothing(monkeypatch):
    now = datetime.now(UTC)

    def fail(*_, **__):
        raise ZeroDivisionError

    monkeypatch.setattr(pipeline.cleaning, "clean_parts", fail)

    assert pipeline.clean_batches([sources.canary_of(LIVE[0], now)]) == []
    assert sights(now)[LIVE[0].name].n_seen == 0


def test_batch_that_cannot_be_cleaned_is_not_left_out(monkeypatch):
    from dataclasses import replace

    batch = replace(sources.canary_of(LIVE[0], datetime.now(UTC)), receipt_id="somebody:else")

    def fail(*_, **__):
        raise ZeroDivisionError

    monkeypatch.setattr(pipeline.cleaning, "clean_parts", fail)

    with pytest.raises(ZeroDivisionError):
        pipeline.clean_batches([batch])
