"""The engine against the oracle, and against bad delivery: twice, late, out of order, in other portions."""

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ningjulan.scenarios.domain import engine
from ningjulan.scenarios.domain.engine import KeyState
from ningjulan.scenarios.domain.life import Change, Fact
from ningjulan.scenarios.domain.reading.loading import read_scenario
from ningjulan.scenarios.domain.signals import signals
from ningjulan.scenarios.tests.oracle import Oracle
from ningjulan.scenarios.tests.samples import CONFIRM, COUNT, EVENT
from ningjulan.scenarios.tests.vocabulary import VOCABULARY

T0 = datetime(2026, 11, 25, tzinfo=UTC)
LATER = T0 + timedelta(days=60)


def load(text, *changes):
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    name = text.split("\n")[0].split(".")[1]
    return read_scenario(text, VOCABULARY, file=f"{name}.yaml")


RAISE_NOW = ("default: major, confirmed", "default: major, pending: major, confirmed")
SCENARIOS = {
    "confirm": load(CONFIRM),
    "confirm, raised at once": load(CONFIRM, RAISE_NOW),
    "confirm, dropped when silent": load(CONFIRM, RAISE_NOW, ("silence: confirmed", "silence: dropped")),
    "confirm, one is enough": load(CONFIRM, ("{signal: heat}", "{signal: heat, alone: true}")),
    "confirm, same device again": load(
        CONFIRM, ("again_after: 5m", "again_after: {within: 5m, same: device_id}"), ("hold: 10m", "hold: 0s")
    ),
    "count": load(COUNT, ("default: 7d", "default: 2h")),
    "count, distinct": load(
        COUNT,
        ("default: 7d", "default: 2h"),
        (", spacing: $spacing", ", distinct: confidence"),
        ("  spacing: {type: duration, default: 30m, label: {zh: 合并间隔, en: Spacing}}\n", ""),
    ),
    "count, cleared by quiet": load(
        COUNT, ("default: 7d", "default: 2h"), ("again_after: $window", "clear: {quiet: 25m}")
    ),
    "event": load(EVENT),
    "event, at once": load(EVENT, ("default: 90s", "default: 0s"), ("  again_after: 30m\n", "")),
}

FACTS = (
    Fact("quarantine", {"house_id": "K1"}, T0, T0 + timedelta(minutes=90), T0),
    Fact("exit_permit", {"house_id": "K1", "status": "approved"}, T0, T0 + timedelta(minutes=20), T0),
    Fact("licensed_stall", {"cell": "K2"}, T0, T0 + timedelta(minutes=40), T0 + timedelta(minutes=10)),
)

moments = st.integers(0, 180 * 4).map(lambda quarter: T0 + timedelta(seconds=15 * quarter))
keys = st.sampled_from(["K1", "K2"])
devices = st.sampled_from(["A", "B", "C"])


def records_of(name):
    row = {
        "building_id": keys,
        "device_id": devices,
        "cell": keys,
        "house_id": keys,
    }
    smoke = st.fixed_dictionaries(
        {**row, "value": st.sampled_from(["alarm", "alarm", "normal"]), "test_mode": st.booleans()}
    )
    heat = st.fixed_dictionaries({**row, "value": st.sampled_from([30.0, 60.0])})
    desk = st.fixed_dictionaries({**row, "verdict": st.just("false_alarm")})
    camera = st.fixed_dictionaries(
        {**row, "kind": st.just("占道经营"), "confidence": st.sampled_from([None, 0.7, 0.8, 0.9])}
    )
    report = st.fixed_dictionaries({**row, "kind": st.just("占道经营")})
    door = st.fixed_dictionaries({**row, "state": st.sampled_from(["open", "closed"])})
    per_form = {
        "confirm": [("SMOKE", smoke), ("SMOKE", smoke), ("TEMP", heat), ("DESK", desk)],
        "count": [("CAMERA", camera), ("REPORT", report)],
        "event": [("DOOR", door)],
    }[name.split(",")[0]]
    one = st.one_of([st.tuples(moments, st.just(class_id), rows) for class_id, rows in per_form])
    return st.lists(one, max_size=25).map(numbered)


def numbered(records):
    """Sort by time and give every record an identity that sorts alike, as the oracle takes them."""
    ordered = sorted(records, key=lambda record: (record[0], record[1]))
    return [
        (at, class_id, {**row, "record_key": f"{number:04d}"})
        for number, (at, class_id, row) in enumerate(ordered)
    ]


def candidates_of(scenario, records):
    found = []
    for at, class_id, row in records:
        frame = pl.DataFrame([{**row, "occurred_at": at}])
        found += [(at, one) for one in signals(scenario, class_id, frame, source="test").candidates]
    return found


def facts_of(kind, match):
    return [fact for fact in FACTS if fact.kind == kind]


class Runner:
    """Feeds an engine portion by portion, with a clock, and collects what it says."""

    def __init__(self, scenario, find_facts=facts_of):
        self.scenario, self.find_facts = scenario, find_facts
        self.states, self.due, self.said = {}, {}, []

    def feed(self, candidates, now):
        for key in sorted({one.key for one in candidates}):
            self.step(key, [one for one in candidates if one.key == key], now)

    def step(self, key, candidates, now):
        state = engine.from_json(engine.to_json(self.states.get(key, KeyState())))
        advanced = engine.advance(self.scenario, state, candidates, now, self.find_facts)
        self.states[key] = advanced.state
        self.due.pop(key, None)
        if advanced.due_at:
            self.due[key] = advanced.due_at
        self.said += [(told.at, key, told.change.value, told.level, told.n) for told in advanced.transitions]

    def timers(self, limit):
        while self.due and min(self.due.values()) <= limit:
            key = min(self.due, key=lambda one: (self.due[one], one))
            self.step(key, [], self.due[key])

    def one_by_one(self, candidates):
        for at, candidate in candidates:
            self.timers(at)
            self.feed([candidate], at)
        self.timers(LATER)
        return self.said

    def alerts(self):
        return {(key, level) for _, key, change, level, _ in self.said if change in ("raised", "escalated")}


@pytest.mark.parametrize("name", SCENARIOS)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_engine_says_what_the_oracle_says(name, data):
    scenario = SCENARIOS[name]
    records = data.draw(records_of(name))

    said = Runner(scenario).one_by_one(candidates_of(scenario, records))

    for key in ("K1", "K2"):  # keys are independent; only the order between them is free
        expected = [one for one in Oracle(scenario, FACTS).tell(records) if one[1] == key]
        assert [one for one in said if one[1] == key] == expected


@pytest.mark.parametrize("name", SCENARIOS)
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_what_is_delivered_again_changes_nothing(name, data):
    scenario = SCENARIOS[name]
    candidates = candidates_of(scenario, data.draw(records_of(name)))
    once = Runner(scenario).one_by_one(candidates)

    twice = Runner(scenario)
    for at, candidate in candidates:
        twice.timers(at)
        twice.feed([candidate], at)
        older = [one for then, one in candidates if then <= at]
        twice.feed(data.draw(st.lists(st.sampled_from(older), max_size=4)), at)
    twice.timers(LATER)

    assert [one for one in twice.said if one[2] != "merged"] == [one for one in once if one[2] != "merged"]
    assert twice.said == once


@pytest.mark.parametrize("name", SCENARIOS)
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_portions_do_not_matter(name, data):
    """A worker that was down takes an hour in one portion, in any order, and says the same."""
    scenario = SCENARIOS[name]
    known = [fact for fact in FACTS if fact.known_at <= T0]
    candidates = candidates_of(scenario, data.draw(records_of(name)))

    def find(kind, match):
        return [fact for fact in known if fact.kind == kind]

    once = Runner(scenario, find).one_by_one(candidates)

    whole = Runner(scenario, find)
    whole.feed(data.draw(st.permutations([one for _, one in candidates])), LATER)
    whole.timers(LATER)

    assert sorted(whole.said) == sorted(once)


@pytest.mark.parametrize("name", ["count, distinct", "event, at once"])
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_order_of_delivery_does_not_matter_to_what_is_counted(name, data):
    scenario = SCENARIOS[name]
    records = [one for one in data.draw(records_of(name)) if one[0] < T0 + timedelta(minutes=59)]
    candidates = candidates_of(scenario, records)
    in_order = Runner(scenario)
    in_order.one_by_one(candidates)

    shuffled = Runner(scenario)
    for _, candidate in data.draw(st.permutations(candidates)):
        shuffled.feed([candidate], T0 + timedelta(hours=1))
    shuffled.timers(LATER)

    assert {key for key, _ in shuffled.alerts()} == {key for key, _ in in_order.alerts()}


def test_late_first_detector_still_confirms():
    """B is heard before A, although A rang first: two detectors are two detectors."""
    scenario = SCENARIOS["confirm, raised at once"]
    a, b = (
        (
            T0 + timedelta(seconds=s),
            "SMOKE",
            {"building_id": "K1", "device_id": d, "value": "alarm", "test_mode": False, "record_key": d},
        )
        for s, d in ((0, "A"), (60, "B"))
    )
    runner = Runner(scenario)
    runner.feed([one for _, one in candidates_of(scenario, [b])], T0 + timedelta(seconds=61))

    runner.feed([one for _, one in candidates_of(scenario, [a])], T0 + timedelta(seconds=62))

    assert runner.alerts() == {("K1", "major"), ("K1", "critical")}


def test_closing_ends_what_waits_for_an_answer():
    scenario = SCENARIOS["confirm, raised at once"]
    alarm = (
        T0,
        "SMOKE",
        {"building_id": "K1", "device_id": "A", "value": "alarm", "test_mode": False, "record_key": "1"},
    )
    runner = Runner(scenario)
    runner.feed([one for _, one in candidates_of(scenario, [alarm])], T0)

    runner.states["K1"] = engine.closed(runner.states["K1"], T0 + timedelta(seconds=30), "K1")
    runner.timers(LATER)

    assert [change for _, _, change, _, _ in runner.said] == [Change.RAISED]


def test_device_gone_mad_does_not_fill_the_state():
    scenario = SCENARIOS["event, at once"]
    runner = Runner(scenario)
    rows = [
        {"house_id": "K9", "state": "open", "record_key": str(i), "occurred_at": T0 + timedelta(seconds=i)}
        for i in range(3_000)
    ]

    runner.feed(signals(scenario, "DOOR", pl.DataFrame(rows), source="test").candidates, LATER)

    assert len(runner.states["K9"].log) <= engine.LONGEST_LOG


def test_answers_are_kept_only_for_keys_that_wait():
    rows = [
        {
            "value": value,
            "test_mode": False,
            "building_id": key,
            "record_key": f"{key}{value}",
            "occurred_at": T0,
        }
        for key, value in [
            ("K1", "normal"),
            ("K2", "normal"),
            ("K3", "normal"),
            ("K3", "alarm"),
            (None, "normal"),
        ]
    ]

    found = signals(SCENARIOS["confirm"], "SMOKE", pl.DataFrame(rows), source="test", awake={"K2"})

    assert [one.record_key for one in found.candidates] == ["K2normal", "K3normal", "K3alarm"]


def test_record_without_a_key_is_counted_and_passed_by():
    frame = pl.DataFrame([{"state": "open", "record_key": "1", "occurred_at": T0, "house_id": None}])

    found = signals(SCENARIOS["event"], "DOOR", frame, source="test")

    assert (found.candidates, found.n_without_key) == ((), 1)
