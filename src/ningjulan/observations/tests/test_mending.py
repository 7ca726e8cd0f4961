"""更正重报: what a clerk may do with a rejected line, and what comes of it."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from ningjulan.foundation.actors import Actor, Role
from ningjulan.observations import mending
from ningjulan.observations.contracts import RejectsNotYours
from ningjulan.observations.domain.mending import (
    NEXT,
    STATE_ZH,
    STEP_ZH,
    MendStep,
    MendStepRefused,
    RejectState,
    after,
)
from ningjulan.observations.models import Batch, Reject, RejectStep
from ningjulan.observations.rejects import RejectFilter, get_reject, list_rejects

NOW = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=5)
STREET = "330109013"
STEWARD = Actor(7, "李数据", frozenset({Role.STEWARD}), frozenset({STREET}))
DETAIL = "归一化状态（alarm_kind）：代码表中没有此值，请核对或在来源对照表中补充，收到“X”"


def reject(raw=b'{"a": 1}', row=3, reasons=("unknown_code",), **other):
    values = {
        "batch_id": "r:1", "source": "town_iot", "tenant_code": STREET, "class_id": "IOT12", "row_no": row,
        "received_at": NOW, "reasons": list(reasons), "detail": "", "raw": raw, "cleaner_version": "1",
    }  # fmt: skip
    made = Reject.objects.create(**values | other)
    made.refresh_from_db()
    return made


def committed(batch_id, seq=5, **balance):
    counts = {"n_stored": 0, "n_rejected": 0, "n_duplicate": 0, "n_parked": 0} | balance
    return Batch.objects.create(
        batch_id=batch_id, stream_seq=seq, receipt_id="fix:1", source="town_iot", tenant_code=STREET,
        class_id="IOT12", first_row=3, n_received=1, received_at=NOW, committed_at=LATER, cleaner_version="2",
        **counts,
    )  # fmt: skip


def resubmit(one, raw=None, version=0):
    mending.resubmit(one.id, version=version, raw=raw, actor=STEWARD, now=LATER)


def state_of(one):
    one.refresh_from_db()
    return (one.state, one.version)


@pytest.mark.parametrize(("state", "step"), list(product(RejectState, MendStep)))
def test_only_what_the_table_says_is_possible(state, step):
    if (state, step) in NEXT:
        assert after(state, step) is NEXT[state, step]
    else:
        with pytest.raises(MendStepRefused) as refused:
            after(state, step)
        assert STATE_ZH[state] in refused.value.message("zh")


def test_every_state_and_step_has_its_word():
    assert (set(STATE_ZH), set(STEP_ZH)) == (set(RejectState), set(MendStep))


@pytest.mark.django_db
def test_mended_line_is_sent_as_a_batch_of_one_with_the_first_moment_of_receipt():
    one = reject()

    resubmit(one, raw=' {"a": 2} \n')

    (batch,) = mending.unsent_fixes(10)
    assert (batch.batch_id, batch.receipt_id) == (f"fix:{one.id}:1", f"fix:{one.id}")
    assert (batch.source, batch.class_id, batch.first_row) == ("town_iot", "IOT12", 3)
    assert (batch.received_at, batch.lines) == (NOW, [b'{"a": 2}'])
    assert state_of(one) == ("resubmitted", 1)
    assert bytes(one.raw) == b'{"a": 1}'  # what came stays


@pytest.mark.django_db
def test_line_released_as_it_is_keeps_its_bytes_whatever_they_are():
    one = reject(raw=b"\xc4\xe3\xff")

    resubmit(one)

    assert mending.unsent_fixes(10)[0].payload == b"\xc4\xe3\xff"


@pytest.mark.django_db
def test_two_clerks_send_it_once():
    one = reject()
    resubmit(one, raw="{}")

    with pytest.raises(mending.RejectChanged):
        resubmit(one, raw="{}")

    assert len(mending.unsent_fixes(10)) == 1


@pytest.mark.django_db
def test_what_is_on_its_way_is_not_sent_again():
    one = reject()
    resubmit(one)

    with pytest.raises(MendStepRefused):
        resubmit(one, version=1)


@pytest.mark.django_db
@pytest.mark.parametrize("raw", ["", "  \n", '{"a":\n1}'], ids=["empty", "blank", "two lines"])
def test_what_would_not_arrive_as_one_record_is_refused(raw):
    one = reject()

    with pytest.raises(mending.NotOneLine):
        resubmit(one, raw=raw)

    assert state_of(one) == ("open", 0)


@pytest.mark.django_db
def test_line_too_large_for_the_stream_is_refused():
    with pytest.raises(mending.MendedTooLarge):
        resubmit(reject(), raw="长" * 400_000)


@pytest.mark.django_db
def test_sent_is_sent_once():
    one = reject()
    resubmit(one)

    mending.mark_fixes_sent([f"fix:{one.id}:1"], LATER)

    assert mending.unsent_fixes(10) == []


@pytest.mark.django_db
@pytest.mark.parametrize("came_to", ["stored", "duplicate"])
def test_line_that_is_in_the_store_is_resolved(came_to):
    one = reject()
    resubmit(one)
    committed(f"fix:{one.id}:1", **{f"n_{came_to}": 1})

    assert mending.settle_fixes(LATER) == 1

    assert state_of(one) == ("resolved", 2)
    (step,) = get_reject(STEWARD, one.id).history
    assert (step.outcome, step.settled_at) == (came_to, LATER)
    assert mending.settle_fixes(LATER) == 0


@pytest.mark.django_db
def test_line_rejected_again_is_open_again_and_says_what_is_wrong_now():
    one = reject(reasons=["bad_json"])
    resubmit(one, raw="{}")
    committed(f"fix:{one.id}:1", n_rejected=1)
    child = reject(batch_id=f"fix:{one.id}:1", reasons=["unknown_code"], detail=DETAIL)

    mending.settle_fixes(LATER)

    whole = get_reject(STEWARD, one.id)
    assert (whole.line.state, whole.line.reasons) == ("open", ["bad_json"])
    assert [(fault.reason, fault.item) for fault in whole.line.faults] == [("unknown_code", "alarm_kind")]
    assert (whole.history[0].outcome, whole.history[0].again_id) == ("rejected", child.id)
    assert get_reject(STEWARD, child.id).origin_id == one.id
    assert [line.id for line in list_rejects(STEWARD, RejectFilter(None), before=None, limit=9)] == [one.id]
    with pytest.raises(MendStepRefused):
        resubmit(child)


@pytest.mark.django_db
def test_second_try_has_a_number_of_its_own():
    one = reject()
    resubmit(one)
    committed(f"fix:{one.id}:1", n_rejected=1)
    mending.settle_fixes(LATER)

    resubmit(one, version=2)

    assert [batch.batch_id for batch in mending.unsent_fixes(10)] == [f"fix:{one.id}:2"]


@pytest.mark.django_db
def test_line_that_is_parked_waits_with_its_batch():
    one = reject()
    resubmit(one)
    committed(f"fix:{one.id}:1", n_parked=1)

    assert mending.settle_fixes(LATER) == 0

    assert state_of(one)[0] == "resubmitted"
    assert get_reject(STEWARD, one.id).history[0].outcome == "parked"


@pytest.mark.django_db
def test_dismissal_needs_a_reason_and_can_be_taken_back():
    one = reject()
    with pytest.raises(mending.NoteNeeded):
        mending.dismiss(one.id, version=0, note=" ", actor=STEWARD, now=LATER)

    mending.dismiss(one.id, version=0, note="测试数据", actor=STEWARD, now=LATER)
    assert state_of(one) == ("dismissed", 1)
    mending.reopen(one.id, version=1, actor=STEWARD, now=LATER)

    assert state_of(one) == ("open", 2)
    told = [(step.step, step.by, step.note) for step in get_reject(STEWARD, one.id).history]
    assert told == [("dismiss", "李数据", "测试数据"), ("reopen", "李数据", "")]


@pytest.mark.django_db
def test_release_sends_every_open_reject_of_a_source_class_and_reason():
    wanted = [reject(row=row) for row in range(1, 4)]
    reject(row=4, reasons=["bad_json"])
    reject(row=5, class_id="IOT13")
    reject(row=6, tenant_code="440310")
    reject(row=7, state="dismissed")
    reject(row=1, batch_id="fix:1:1")

    done = mending.release(
        source="town_iot", class_id="IOT12", reason="unknown_code", actor=STEWARD, now=LATER
    )

    assert (done.n, done.n_left) == (3, 0)
    assert [b.batch_id for b in mending.unsent_fixes(9)] == [f"fix:{one.id}:1" for one in wanted]
    assert {state_of(one) for one in wanted} == {("resubmitted", 1)}
    assert set(RejectStep.objects.values_list("by", "by_id")) == {("李数据", 7)}


@pytest.mark.django_db
def test_large_release_says_what_is_left(monkeypatch):
    monkeypatch.setattr(mending, "MOST_AT_ONCE", 2)
    for row in range(1, 6):
        reject(row=row)

    done = mending.release(source="town_iot", class_id="IOT12", reason=None, actor=STEWARD, now=LATER)

    assert (done.n, done.n_left) == (2, 3)


@pytest.mark.django_db
def test_reject_of_another_street_is_answered_like_a_missing_one():
    theirs = reject(tenant_code="440310")

    for number in (theirs.id, 10**9):
        with pytest.raises(mending.RejectNotFound):
            mending.resubmit(number, version=0, raw=None, actor=STEWARD, now=LATER)


@pytest.mark.django_db
@pytest.mark.parametrize("role", sorted(set(Role) - {Role.STEWARD, Role.ADMIN, Role.SYSTEM}))
def test_nobody_else_mends(role):
    one = reject()
    actor = Actor(8, "旁人", frozenset({role}), frozenset({STREET}))

    for act in (
        lambda: mending.resubmit(one.id, version=0, raw=None, actor=actor, now=LATER),
        lambda: mending.dismiss(one.id, version=0, note="无", actor=actor, now=LATER),
        lambda: mending.reopen(one.id, version=0, actor=actor, now=LATER),
        lambda: mending.release(source="town_iot", class_id="IOT12", reason=None, actor=actor, now=LATER),
    ):
        with pytest.raises(RejectsNotYours):
            act()

    assert state_of(one) == ("open", 0)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("wanted", "n"),
    [
        (RejectFilter(), 2),
        (RejectFilter(None), 3),
        (RejectFilter(RejectState.DISMISSED), 1),
        (RejectFilter(reason="bad_json"), 1),
        (RejectFilter(q="100%"), 1),
        (RejectFilter(q="灯塔"), 1),
        (RejectFilter(q="没有的词"), 0),
        (RejectFilter(class_id="IOT13"), 0),
    ],
)
def test_list_finds_what_is_wanted(wanted, n):
    reject(row=1, detail="含水 100%")
    reject(row=2, reasons=["bad_json"], raw="灯塔路".encode())
    reject(row=3, state="dismissed", detail="含水 1000")

    assert len(list_rejects(STEWARD, wanted, before=None, limit=9)) == n
