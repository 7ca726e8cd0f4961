from datetime import UTC, datetime, timedelta

import pytest

from ningjulan.observations.canaries import see_canaries, sights
from ningjulan.observations.contracts import CanarySight, CanaryState
from ningjulan.sources import facade as sources

NOW = datetime(2026, 11, 25, 4, 0, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def canary(at=NOW, source="town_iot"):
    return sources.canary_of(sources.get_source(source), at)


def see(*canaries, after_ms=120):
    for one in canaries:
        see_canaries([one], one.received_at + timedelta(milliseconds=after_ms))


def test_canary_tells_how_long_it_took():
    see(canary())

    assert sights(NOW)["town_iot"] == CanarySight(
        CanaryState.FRESH, NOW + timedelta(milliseconds=120), 120.0, None, 1
    )


def test_every_live_source_is_told_of_and_no_other():
    live = {source.name for source in sources.list_sources() if source.intake == "live"}

    assert sights(NOW).keys() == live
    assert {sight.state for sight in sights(NOW).values()} == {CanaryState.NEVER}


@pytest.mark.parametrize(
    ("after", "state", "silent_min"),
    [
        pytest.param(timedelta(minutes=3), CanaryState.FRESH, None, id="three minutes"),
        pytest.param(timedelta(minutes=3, seconds=1), CanaryState.SILENT, 3, id="over three minutes"),
        pytest.param(timedelta(hours=2), CanaryState.SILENT, 120, id="two hours"),
    ],
)
def test_silence_is_said_with_its_minutes(after, state, silent_min):
    see(canary(), after_ms=0)

    sight = sights(NOW + after)["town_iot"]

    assert (sight.state, sight.silent_min) == (state, silent_min)


def test_canary_delivered_again_or_overtaken_changes_nothing():
    first, second = canary(), canary(NOW + timedelta(minutes=1))
    see(first, second)
    before = sights(NOW)["town_iot"]

    see_canaries([first, second], NOW + timedelta(minutes=9))

    assert sights(NOW)["town_iot"] == before
    assert before.n_seen == 2


def test_canary_of_one_minute_is_one_batch():
    assert canary().batch_id == canary(NOW + timedelta(seconds=59)).batch_id
    assert canary().batch_id != canary(NOW + timedelta(seconds=60)).batch_id
    assert canary().batch_id != canary(source="town_video").batch_id
