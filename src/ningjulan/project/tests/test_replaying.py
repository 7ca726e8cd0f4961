"""A replay: what the same bytes come to under other rules, and writing it once."""

import json
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ningjulan.catalog import facade as catalog
from ningjulan.catalog import loader
from ningjulan.cleaning import facade as cleaning
from ningjulan.foundation.actors import SYSTEM
from ningjulan.observations import applying, replays
from ningjulan.observations.adding_up import BALANCES, REASONS, add_up, rows_of
from ningjulan.observations.archive import Archiver
from ningjulan.observations.facade import Belonging, History, SeenKeys, move_position, read_history
from ningjulan.observations.models import Batch, Reject, RejectStep
from ningjulan.observations.proposal import Proposal
from ningjulan.observations.replay_models import Replay, ReplayCorrection
from ningjulan.project import pipeline, replaying
from ningjulan.sources.stream import RawBatch

NOW = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)
RANGE = {"since": NOW - timedelta(days=30), "until": NOW + timedelta(minutes=1)}

pytestmark = pytest.mark.django_db


class PowerCut(BaseException):
    pass


class Town:
    """A small platform: what is sent is committed, in the history and in the archive."""

    def __init__(self, folder):
        self.history = History(str(folder / "history"), 0)
        self.seen = SeenKeys(folder / "seen", Belonging(0, 1, "x"))
        self.archive = folder / "archive"
        self.work = folder / "replays"
        self.n_sent = 0

    def send(self, *records, at=NOW, source="town_iot", class_id="IOT12", first_row=1):
        self.n_sent += 1
        lines = [record if isinstance(record, bytes) else json.dumps(record).encode() for record in records]
        batch = RawBatch(
            f"b:{self.n_sent}", "r", source, class_id, first_row, at, b"\n".join(lines), self.n_sent
        )
        for one in pipeline.commit(pipeline.clean_batches([batch]), at, self.seen):
            self.history.add(class_id, pipeline.for_history(one), batch.seq)
        self.history.skip_to(batch.seq)
        move_position(0, self.history.flush(), at)
        Archiver(self.archive)._write_round([batch], batch.seq)
        return batch

    def ask(self, **changed):
        wanted = {"class_id": "IOT12", "source": None, "now": NOW} | RANGE | changed
        return replays.ask_for_replay(SYSTEM, **wanted).id

    def proposal(self, number):
        return Proposal(self.work / str(number))

    def compare(self, number=None, goes_on=lambda: True, **changed):
        number = number or self.ask(**changed)
        where = {"root": self.history.root, "archive": self.archive, "proposal": self.proposal(number)}
        replaying.propose(number, **where, now=NOW, goes_on=goes_on)
        return Replay.objects.get(pk=number)

    def decide(self, replay):
        replays.ask_to_apply(SYSTEM, replay.pk, note="口径更正", now=NOW)

    def write(self, replay, goes_on=lambda: True):
        applying.apply(
            replay.pk,
            root=self.history.root,
            proposal=self.proposal(replay.pk),
            turns=applying.Turns(nullcontext(), nullcontext(), goes_on),
            now=NOW,
        )

    def apply(self, replay):
        self.decide(replay)
        self.write(replay)

    def stored(self, *columns, class_id="IOT12"):
        rows = read_history(self.history.root, class_id).select("record_key", *columns).collect()
        assert rows["record_key"].is_unique().all()
        return dict(
            sorted((key, values[0] if len(values) == 1 else values) for key, *values in rows.iter_rows())
        )


@pytest.fixture
def town(tmp_path):
    return Town(tmp_path)


def alarm(key, **changed):
    record = {"msg_id": key, "facility_id": "F1", "alarm_kind": "NORMAL", "status_bits": 0}
    return record | {"event_time": (NOW - timedelta(minutes=5)).isoformat()} | changed


@contextmanager
def cleaner(version, *steps):
    """Another cleaner for the block: its version, and what it makes of what the present one gives."""
    whole = cleaning.clean_parts

    def clean_parts(*args, **kwargs):
        cleaned = whole(*args, **kwargs)
        for step in steps:
            cleaned = step(cleaned)
        return cleaned

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cleaning, "clean_parts", clean_parts)
        for module in (replaying, replays, pipeline):
            patch.setattr(module, "CLEANER_VERSION", version)
        yield


@contextmanager
def highest(bits, version="0.9"):
    """A catalogue for the block in which `status_bits` above `bits` are out of range."""
    about = catalog.get_class("IOT12")
    items = tuple(replace(item, maximum=bits) if item.id == "status_bits" else item for item in about.items)
    with pytest.MonkeyPatch.context() as patch, cleaner(version):
        patch.setitem(loader.catalogue().classes, "IOT12", replace(about, items=items))
        yield


def writing(item, value):
    """A rule that changes an item of every record."""

    def step(cleaned):
        accepted = cleaned.accepted.with_columns(pl.lit(value, cleaned.accepted[item].dtype).alias(item))
        return replace(cleaned, accepted=accepted)

    return step


def balances():
    sums = [
        (b.n_received, b.n_stored, b.n_rejected, b.n_duplicate) for b in Batch.objects.order_by("stream_seq")
    ]
    assert all(received == stored + rejected + duplicate for received, stored, rejected, duplicate in sums)
    assert Reject.objects.count() == sum(rejected for _, _, rejected, _ in sums)
    return sums


def hours():
    """The same, as it is added up per hour: stored and rejected in all, and by reason."""
    ((stored, rejected),) = rows_of(f"{BALANCES} select sum(n_stored), sum(n_rejected) from balances", {})
    reasons = rows_of(f"{REASONS} select reason, sum(n) from reasons group by reason order by reason", {})
    return int(stored), int(rejected), {reason: int(n) for reason, n in reasons}


def counts(replay):
    return {name: n for name, n in replay.diff.items() if name.startswith("n_") and n}


def test_same_rules_find_nothing_to_change_and_write_nothing(town):
    town.send(alarm("a"), b"{", alarm("a"), alarm("b"))

    replay = town.compare()

    assert counts(replay) == {"n_unchanged": 4}
    assert (replay.state, replay.n_done, replay.n_all, replay.diff["items"]) == ("ready", 4, 4, {})


def test_what_the_older_cleaner_rejected_comes_in(town):
    with highest(6):
        first = town.send(
            alarm("a"), alarm("b", status_bits=7), b"{", alarm("c", status_bits=7), first_row=11
        )
    add_up(NOW + timedelta(hours=1))  # what is corrected is no longer among the latest
    assert hours() == (1, 3, {"bad_json": 1, "out_of_range": 2})

    replay = town.compare()

    assert counts(replay) == {"n_newly_accepted": 2, "n_unchanged": 2}
    assert replay.diff["accepted_by_reason"] == {"out_of_range": 2}
    assert replay.diff["versions"]["0.9"]["n_newly_accepted"] == 2
    assert (list(town.stored()), balances()) == (["a"], [(4, 1, 3, 0)])  # nothing is written yet

    town.apply(replay)

    stored = town.stored("batch_id", "row_no", "seq", "received_at", "status_bits")
    assert stored["c"] == [first.batch_id, 3, first.seq, first.received_at, 7]
    assert (list(stored), balances()) == (["a", "b", "c"], [(4, 3, 1, 0)])
    assert hours() == (3, 1, {"bad_json": 1})
    correction = ReplayCorrection.objects.get()
    assert (correction.n_stored_before, correction.n_rejected_before) == (1, 3)
    assert (correction.n_stored, correction.n_rejected, correction.cleaner_version_before) == (3, 1, "0.9")
    assert Replay.objects.get().state == "applied"
    assert not town.proposal(replay.pk).folder.exists()


def test_what_the_newer_cleaner_rejects_goes_to_the_rejects_as_it_was_sent(town):
    sent = town.send(alarm("a"), alarm("b", status_bits=7), first_row=11)
    add_up(NOW + timedelta(hours=1))
    with highest(6, "99"):
        replay = town.compare()
        assert counts(replay) == {"n_newly_rejected": 1, "n_unchanged": 1}
        assert replay.diff["rejected_by_reason"] == {"out_of_range": 1}

        town.apply(replay)

    assert (list(town.stored()), balances()) == (["a"], [(2, 1, 1, 0)])
    reject = Reject.objects.get()
    assert (reject.reasons, reject.row_no) == (["out_of_range", f"replay:{replay.pk}"], 12)
    assert (bytes(reject.raw), reject.cleaner_version, reject.state) == (sent.lines[1], "99", "open")
    assert hours()[:2] == (1, 1)


def test_item_that_comes_out_differently_is_shown_and_corrected(town):
    town.send(*(alarm(f"k{n}") for n in range(9)), alarm("same", facility_id="F9"))
    with cleaner("99", writing("facility_id", "F9")):
        replay = town.compare()
        assert counts(replay) == {"n_changed": 9, "n_unchanged": 1}
        assert replay.diff["items"]["facility_id"] == {
            "n": 9, "is_masked": False, "examples": [["F1", "F9"]] * 5,
        }  # fmt: skip

        town.apply(replay)

    assert set(town.stored("facility_id").values()) == {"F9"}
    versions = town.stored("cleaner_version")
    assert (versions["k1"], versions["same"]) == ("99", pipeline.CLEANER_VERSION)
    assert (balances(), ReplayCorrection.objects.count()) == ([(10, 10, 0, 0)], 0)


def plates(town, ago):
    (record,) = catalog.clean_samples("IOT06", 1, now=NOW - ago)
    record |= {"plate_no": "浙A12345", "image": "picture"}
    town.send(record, at=NOW - ago, class_id="IOT06")
    (key,) = town.stored(class_id="IOT06")
    return key


def test_personal_items_are_masked_in_the_diff(town):
    plates(town, timedelta(hours=1))
    with cleaner("99", writing("plate_no", "浙B98765")):
        replay = town.compare(class_id="IOT06")

    ((old, new),) = replay.diff["items"]["plate_no"]["examples"]
    assert replay.diff["items"]["plate_no"]["is_masked"]
    assert (old, new) != ("浙A12345", "浙B98765")
    assert "98765" not in json.dumps(replay.diff)


@pytest.mark.parametrize(
    ("ago", "image"),
    [
        pytest.param(40, None, id="emptied after 30 days"),
        pytest.param(3, "picture", id="lost otherwise"),
    ],
)
def test_what_upkeep_has_emptied_does_not_come_back(town, ago, image):
    key = plates(town, timedelta(days=ago))
    rows = read_history(town.history.root, "IOT06").collect().with_columns(image=pl.lit(None, pl.String))
    rows.write_delta(f"{town.history.root}/IOT06", mode="overwrite")

    with cleaner("99", writing("plate_no", "浙B98765")):
        replay = town.compare(class_id="IOT06", since=NOW - timedelta(days=60))
        town.apply(replay)

    assert town.stored("plate_no", "image", class_id="IOT06") == {key: ["浙B98765", image]}


def test_duplicate_of_a_record_that_goes_comes_in(town):
    town.send(alarm("a", status_bits=7), alarm("b"))
    town.send(alarm("a", facility_id="F2"), alarm("b", facility_id="F2"))
    assert balances() == [(2, 2, 0, 0), (2, 0, 0, 2)]
    with highest(6, "99"):
        replay = town.compare()
        assert counts(replay) == {"n_newly_accepted": 1, "n_newly_rejected": 1, "n_unchanged": 2}
        assert replay.diff["accepted_by_reason"] == {"duplicate": 1}

        town.apply(replay)

    assert town.stored("facility_id") == {"a": "F2", "b": "F1"}
    assert balances() == [(2, 1, 1, 0), (2, 1, 0, 1)]


@pytest.mark.parametrize("lines", [64_000, 1], ids=["compared together", "one by one"])
def test_record_whose_key_is_stored_already_becomes_a_duplicate(town, monkeypatch, lines):
    monkeypatch.setattr(replaying, "TOGETHER_LINES", lines)
    with highest(6):
        town.send(alarm("a", status_bits=7), alarm("b", status_bits=7))
        town.send(alarm("a"))
        town.send(alarm("b", status_bits=7, facility_id="F2"))

    replay = town.compare()
    town.apply(replay)

    assert list(town.stored()) == ["a", "b"]
    assert town.stored("facility_id")["b"] == "F1"  # the first of those that come in
    assert [sums[1:] for sums in balances()] in (
        [(1, 0, 1), (1, 0, 0), (0, 0, 1)],
        [(2, 0, 0), (0, 0, 1), (0, 0, 1)],
    )


def test_records_whose_keys_come_to_be_the_same_are_one(town):
    town.send(alarm("a"), alarm("b"))
    town.send(alarm("c"))
    with cleaner("99", writing("record_key", "one")):
        replay = town.compare()
        assert counts(replay) == {"n_changed": 1, "n_newly_duplicate": 2}

        town.apply(replay)

    assert list(town.stored()) == ["one"]
    assert balances() == [(2, 1, 0, 1), (1, 0, 0, 1)]


@pytest.mark.parametrize(
    ("step", "state"), [("dismiss", "dismissed"), ("resubmit", "resubmitted"), ("reopen", "open")]
)
def test_reject_that_a_clerk_has_dealt_with_stays_with_the_clerk(town, step, state):
    with highest(6):
        town.send(alarm("a", status_bits=7), alarm("a"), alarm("b", status_bits=7))
    reject = Reject.objects.get(row_no=1)
    batch_id = "fix:1" if step == "resubmit" else None
    RejectStep.objects.create(reject=reject, step=step, at=NOW, by="clerk", note="已核实", batch_id=batch_id)
    Reject.objects.filter(pk=reject.pk).update(state=state)

    replay = town.compare()
    town.apply(replay)

    assert counts(replay) == {"n_newly_accepted": 1, "n_by_hand": 1, "n_unchanged": 1}
    assert list(town.stored()) == ["a", "b"]
    assert balances() == [(3, 2, 1, 0)]
    assert Reject.objects.get().pk == reject.pk


def test_what_cannot_be_compared_is_told_and_left(town):
    town.send(alarm("a"))
    parked, gone = town.send(alarm("b"), alarm("c")), town.send(alarm("d"), alarm("e"), alarm("f"))
    Batch.objects.filter(batch_id=parked.batch_id).update(n_parked=2, n_stored=0)
    deleted = pl.col("record_key") != "e"  # as upkeep deletes
    rows = read_history(town.history.root, "IOT12").filter(deleted).collect()
    rows.write_delta(f"{town.history.root}/IOT12", mode="overwrite")
    Batch.objects.create(
        batch_id="old", stream_seq=99, receipt_id="r", source="town_iot", tenant_code="330109013",
        class_id="IOT12", first_row=1, n_received=5, n_stored=5, n_rejected=0, n_duplicate=0,
        received_at=NOW, committed_at=NOW, cleaner_version="0",
    )  # fmt: skip
    move_position(0, 99, NOW)
    with cleaner("99", writing("facility_id", "F9")):
        replay = town.compare()

    expected = {"n_changed": 1, "n_parked": 2, "n_not_whole": gone.n_lines, "n_without_raw": 5}
    assert counts(replay) == expected


def test_range_and_source_limit_what_is_compared(town):
    town.send(alarm("a", event_time=(NOW - timedelta(days=3)).isoformat()), at=NOW - timedelta(days=2))
    town.send(alarm("b"))
    with cleaner("99", writing("facility_id", "F9")):
        replay = town.compare(since=NOW - timedelta(hours=2))
        town.apply(replay)

    assert town.stored("facility_id") == {"a": "F1", "b": "F9"}


@pytest.mark.parametrize(
    "dies_in", ["_must_hold_still", "_rewrite", "_rewrite again", "_finish", "_overtake"]
)
def test_replay_that_died_anywhere_while_applying_is_finished_once(town, monkeypatch, dies_in):
    yesterday = NOW - timedelta(days=1)
    town.send(alarm("a"), alarm("x", status_bits=7), at=NOW)
    town.send(alarm("b", event_time=yesterday.isoformat()), alarm("x"), at=NOW)
    name, _, again = dies_in.partition(" ")
    whole, n_calls = getattr(applying, name), 0

    def die(*args):
        nonlocal n_calls
        n_calls += 1
        if n_calls == (2 if again else 1):
            raise PowerCut
        whole(*args)

    with highest(6, "99"), cleaner("99", writing("facility_id", "F9")):
        replay = town.compare()
        town.decide(replay)
        with monkeypatch.context() as broken, pytest.raises(PowerCut):
            broken.setattr(applying, name, die)
            town.write(replay)
        assert Replay.objects.get().state == "applying"

        town.write(replay)

    assert town.stored("facility_id", "row_no") == {"a": ["F9", 0], "b": ["F9", 0], "x": ["F9", 1]}
    assert balances() == [(2, 1, 1, 0), (2, 2, 0, 0)]
    assert ReplayCorrection.objects.count() == 2
    assert (Replay.objects.get().state, Reject.objects.count()) == ("applied", 1)


def test_replay_that_is_told_to_stop_is_taken_up_again(town, monkeypatch):
    monkeypatch.setattr(replaying, "TOGETHER_LINES", 1)
    town.send(alarm("a"))
    town.send(alarm("b", event_time=(NOW - timedelta(days=1)).isoformat()))
    stop = {"goes_on": lambda: False}
    with cleaner("99", writing("facility_id", "F9")):
        number = town.ask()
        assert town.compare(number, **stop).state == "running"
        replay = town.compare(number)
        town.decide(replay)
        town.write(replay, **stop)
        assert Replay.objects.get().state == "applying"
        assert sorted(town.stored("facility_id").values()) == ["F1", "F9"]

        town.write(replay)

    assert town.stored("facility_id") == {"a": "F9", "b": "F9"}


def test_comparison_that_died_begins_anew(town, monkeypatch):
    with highest(6):
        town.send(alarm("a", status_bits=7))
        town.send(alarm("b", status_bits=7))
    monkeypatch.setattr(replaying, "TOGETHER_LINES", 1)
    number = town.ask()

    def die(*_):
        raise PowerCut

    with monkeypatch.context() as broken, pytest.raises(PowerCut):
        broken.setattr(Proposal, "settle", die)
        town.compare(number)

    town.apply(town.compare(number))

    assert list(town.stored()) == ["a", "b"]


@pytest.mark.parametrize("what", ["a reject was taken up", "a record has come", "another replay", "rules"])
def test_diff_of_what_is_no_longer_so_is_not_applied(town, what):
    with highest(6):
        town.send(alarm("a", status_bits=7), b"{")
    replay = town.compare()
    town.decide(replay)
    if what == "a reject was taken up":
        Reject.objects.filter(row_no=2).update(state="dismissed", version=1)
    elif what == "a record has come":
        town.send(alarm("a", facility_id="F2"))
    elif what == "another replay":
        Batch.objects.update(n_stored=1, n_rejected=1)
        Reject.objects.get(row_no=1).delete()
    else:
        Replay.objects.update(rules_hash="as the code lists were")

    with pytest.raises(replays.ReplayOutdated):
        town.write(replay)

    assert ReplayCorrection.objects.count() == 0
    stored = town.stored("facility_id") if what == "a record has come" else {}
    assert stored == ({"a": "F2"} if stored else {})


def test_other_diffs_of_the_same_time_are_outdated_once_one_is_applied(town):
    town.send(alarm("a"))
    with cleaner("99", writing("facility_id", "F9")):
        applied, same = town.compare(), town.compare()
        earlier = Replay.objects.get(pk=same.pk)
        earlier.pk, earlier.since, earlier.until = None, NOW - timedelta(days=40), NOW - timedelta(days=39)
        earlier.save()
        town.apply(applied)

    same.refresh_from_db()
    assert (same.state, "请重新发起" in same.error) == ("failed", True)
    assert Replay.objects.get(pk=earlier.pk).state == "ready"


@settings(max_examples=12)
@given(
    sent=st.lists(
        st.lists(st.tuples(st.sampled_from("abcd"), st.integers(0, 3)), min_size=1, max_size=4),
        min_size=1,
        max_size=4,
    ),
    once=st.integers(0, 3),
    now=st.integers(0, 3),
    lines=st.sampled_from([1, 3, 64_000]),
)
def test_afterwards_everything_is_as_the_new_rules_would_have_it(tmp_path_factory, sent, once, now, lines):
    for table in (ReplayCorrection, Replay, Reject, Batch):
        table.objects.all().delete()
    town = Town(tmp_path_factory.mktemp("town"))
    with highest(once):
        for batch in sent:
            town.send(*(alarm(key, status_bits=bits) for key, bits in batch))
    with highest(now, "1.9"), pytest.MonkeyPatch.context() as limits:
        limits.setattr(replaying, "TOGETHER_LINES", lines)
        limits.setattr(applying, "STRETCH", lines)
        first = town.compare()
        town.apply(first)
        again = town.compare()

    records = [record for batch in sent for record in batch]
    assert counts(again) == {"n_unchanged": len(records)}
    expected = {key for key, bits in records if bits <= now}
    assert set(town.stored() if expected or town.history.written(["IOT12"]) else {}) == expected
    assert sum(rejected for _, _, rejected, _ in balances()) == sum(bits > now for _, bits in records)
    town.seen.close()
