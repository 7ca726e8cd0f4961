"""Replays as people handle them, up to the moment when somebody works on them."""

from datetime import UTC, datetime, timedelta

import pytest

from ningjulan.foundation.actors import SYSTEM, Actor, Role
from ningjulan.foundation.models import User
from ningjulan.observations import replays
from ningjulan.observations.domain.replays import (
    NEXT,
    STATE_ZH,
    ReplayState,
    ReplayStep,
    ReplayStepRefused,
    after,
)
from ningjulan.observations.models import Batch
from ningjulan.observations.replay_models import Replay

NOW = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)
STREET = "330109013"
RANGE = {"since": NOW - timedelta(hours=2), "until": NOW + timedelta(hours=1)}
STEWARD = Actor(7, "王数", frozenset({Role.STEWARD}), frozenset({STREET}))


def test_every_state_has_its_words_and_a_refused_step_changes_nothing():
    assert set(STATE_ZH) == set(ReplayState)
    for state in ReplayState:
        for step in ReplayStep:
            if (state, step) not in NEXT:
                with pytest.raises(ReplayStepRefused):
                    after(state, step)


@pytest.fixture
def _batches(db):
    for number, (tenant, source) in enumerate([(STREET, "town_iot"), ("440310", "elsewhere")]):
        Batch.objects.create(
            batch_id=f"b:{number}", stream_seq=number + 1, receipt_id="r", source=source, tenant_code=tenant,
            class_id="IOT12", first_row=1, n_received=4, n_stored=3, n_rejected=1, n_duplicate=0,
            received_at=NOW, committed_at=NOW, cleaner_version="0",
        )  # fmt: skip


def ask(actor=STEWARD, **changed):
    wanted = {"class_id": "IOT12", "source": None, "now": NOW} | RANGE
    return replays.ask_for_replay(actor, **(wanted | changed))


def ready(view):
    replays_hash = replays.rules_hash("IOT12", ["town_iot"])
    Replay.objects.filter(pk=view.id).update(
        state="ready", diff={}, cleaner_version=replays.CLEANER_VERSION, rules_hash=replays_hash
    )


@pytest.mark.usefixtures("_batches")
def test_replay_is_about_the_own_area_and_nobody_elses():
    mine, everything = ask(), ask(SYSTEM)

    assert Replay.objects.get(pk=mine.id).tenant_codes == [STREET]
    assert [one.id for one in replays.list_replays(STEWARD)] == [mine.id]
    assert [one.id for one in replays.list_replays(SYSTEM)] == [everything.id, mine.id]
    with pytest.raises(replays.UnknownReplay):
        replays.replay_of(STEWARD, everything.id)


@pytest.mark.usefixtures("_batches")
@pytest.mark.parametrize(
    ("changed", "error"),
    [
        pytest.param({"until": RANGE["since"]}, replays.ReplayRangeRefused, id="ends where it starts"),
        pytest.param({"source": "elsewhere"}, replays.NothingToReplay, id="another's source"),
        pytest.param({"class_id": "IOT06"}, replays.NothingToReplay, id="nothing received"),
    ],
)
def test_replay_that_makes_no_sense_is_refused(changed, error):
    with pytest.raises(error):
        ask(**changed)

    assert Replay.objects.count() == 0


@pytest.mark.usefixtures("_batches")
@pytest.mark.parametrize("role", [Role.CLERK, Role.DUTY_OFFICER, Role.LEADER, Role.HANDLER])
def test_replays_are_for_stewards_and_administrators(role):
    actor = Actor(8, "x", frozenset({role}), frozenset({STREET}))

    for attempt in (lambda: ask(actor), lambda: replays.list_replays(actor)):
        with pytest.raises(replays.ReplaysNotYours):
            attempt()


@pytest.mark.usefixtures("_batches")
def test_applying_needs_a_diff_and_a_reason():
    one = ask()
    with pytest.raises(ReplayStepRefused):
        replays.ask_to_apply(STEWARD, one.id, note="口径更正", now=NOW)
    ready(one)
    with pytest.raises(replays.ReplayNoteNeeded):
        replays.ask_to_apply(STEWARD, one.id, note=" 好 ", now=NOW)

    decided = replays.ask_to_apply(STEWARD, one.id, note="口径更正", now=NOW)

    assert (decided.state, decided.decided_by, decided.note) == (ReplayState.APPLYING, "王数", "口径更正")
    with pytest.raises(ReplayStepRefused):
        replays.discard(STEWARD, one.id, now=NOW)


@pytest.mark.usefixtures("_batches")
@pytest.mark.parametrize("what", ["cleaner", "rules"])
def test_diff_of_other_rules_is_not_applied(what, monkeypatch):
    one = ask()
    ready(one)
    if what == "cleaner":
        monkeypatch.setattr(replays, "CLEANER_VERSION", "99")
    else:
        Replay.objects.update(rules_hash="as the code lists were")

    with pytest.raises(replays.ReplayOutdated):
        replays.ask_to_apply(STEWARD, one.id, note="口径更正", now=NOW)

    assert Replay.objects.get().state == "ready"


@pytest.mark.usefixtures("_batches")
def test_oldest_that_waits_comes_first():
    first, second, third = ask(), ask(), ask()
    replays.discard(STEWARD, first.id, now=NOW)
    ready(second)

    assert replays.next_replay() == third.id
    assert replays.undecided() == {second.id, third.id}


# Over HTTP


@pytest.fixture
def browser(client, _batches):
    client.force_login(User.objects.create(username="one", roles=["steward"], area_codes=[STREET]))
    return client


def post(browser, path, **body):
    return browser.post(f"/api/replays{path}", data=body, content_type="application/json")


def test_steward_starts_a_replay_and_looks_at_it(browser):
    started = post(browser, "", class_id="IOT12", since=RANGE["since"], until=RANGE["until"])
    assert started.status_code == 200, started.content
    number = started.json()["id"]

    listed = browser.get("/api/replays").json()
    one = browser.get(f"/api/replays/{number}").json()

    assert [row["id"] for row in listed] == [number]
    assert (one["state"], one["state_zh"], one["diff"], one["source"]) == ("waiting", "等待", None, None)
    assert one["class_zh"] != ""


def test_diff_is_told_in_words_and_says_that_no_alerts_are_raised(browser):
    number = post(browser, "", class_id="IOT12", **RANGE).json()["id"]
    Replay.objects.update(
        state="ready",
        diff={
            "n_newly_accepted": 3,
            "n_changed": 1,
            "accepted_by_reason": {"bad_time": 2, "duplicate": 1},
            "items": {"alarm_kind": {"n": 1, "examples": [["FIRE", None]]}},
            "versions": {"1.0": {"n_changed": 1}},
        },
    )

    diff = browser.get(f"/api/replays/{number}").json()["diff"]

    assert (diff["n_newly_accepted"], diff["n_unchanged"], diff["raises_alerts"]) == (3, 0, False)
    assert [(one["reason"], one["n"]) for one in diff["accepted_by_reason"]] == [
        ("bad_time", 2), ("duplicate", 1),
    ]  # fmt: skip
    assert diff["accepted_by_reason"][0]["zh"].startswith("无法识别的时间")
    (item,) = diff["items"]
    assert (item["id"], item["examples"]) == ("alarm_kind", [{"old": "FIRE", "new": None}])
    assert item["zh"] != "alarm_kind"
    assert diff["versions"] == [
        {"version": "1.0", "n_newly_accepted": 0, "n_newly_rejected": 0, "n_changed": 1, "n_unchanged": 0}
    ]


def test_decisions_over_http(browser):
    number = post(browser, "", class_id="IOT12", **RANGE).json()["id"]

    assert post(browser, f"/{number}/apply", note="口径更正").json()["code"] == "replay_step_refused"
    assert post(browser, f"/{number}/discard").json()["state"] == "discarded"
    assert post(browser, "/999/discard").status_code == 404
