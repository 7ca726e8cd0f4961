"""血缘 where the stream has let go of the raw line, and of lines that are duplicates."""

import json

import pytest

from ningjulan.observations.archive import Archiver
from ningjulan.project import settings as own_settings
from ningjulan.project.lineage import Asked, lineage_of
from ningjulan.project.tests.test_lineage import (
    NOW,
    OFFICER,
    STEWARD,
    alarm,
    batch,
    of_key,
    with_stream,
    work,  # noqa: F401  # a fixture
)
from ningjulan.sources.stream import RAW

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _archive(tmp_path, monkeypatch):
    monkeypatch.setattr(own_settings, "ARCHIVE_FOLDER", tmp_path / "archive")


def let_go(nats_url, seq, *, archived):
    """Take the messages up to a number out of the stream, into the archive or not."""

    async def go(js):
        if archived:
            await Archiver(own_settings.ARCHIVE_FOLDER).archive(js, seq)
        await js.purge_stream(RAW.name, seq=seq + 1)

    with_stream(nats_url, go)


def of_line(sent, row_no, actor=OFFICER, **other):
    return lineage_of(Asked(batch_id=sent.batch_id, row_no=row_no, **other), actor=actor, now=NOW)


def step_of(found, kind):
    (step,) = [step for step in found.steps if step.kind == kind]
    return step


def test_raw_line_is_read_from_the_archive_once_the_stream_has_let_it_go(nats_url, work):  # noqa: F811
    sent = work(batch(alarm("m1", "NORMAL"), alarm("m2", "NORMAL")))
    let_go(nats_url, sent.seq, archived=True)

    found = of_key("m2", actor=STEWARD, reason="核查漏报")

    assert found.raw_state == "archived"
    assert json.loads(found.raw)["msg_id"] == "m2"
    assert "原始内容已归档" in step_of(found, "streamed").what_zh


def test_raw_line_that_neither_has_is_said_to_have_expired(nats_url, work):  # noqa: F811
    sent = work(batch(alarm("m1", "NORMAL")))
    let_go(nats_url, sent.seq, archived=False)

    found = of_key("m1")

    assert (found.raw_state, found.raw) == ("expired", None)


@pytest.mark.parametrize("is_archived", [False, True], ids=["in the stream", "in the archive"])
def test_duplicate_says_which_record_it_repeats(nats_url, work, is_archived):  # noqa: F811
    first = work(batch(alarm("m1", "NORMAL"), alarm("m2", "NORMAL")))
    again = work(batch(alarm("m3", "NORMAL"), alarm("m3", "NORMAL"), alarm("m2", "NORMAL")))
    if is_archived:
        let_go(nats_url, again.seq, archived=True)

    within, before = (step_of(of_line(again, row_no), "duplicate") for row_no in (2, 3))

    assert not within.happened
    assert within.what_zh == before.what_zh == "未入历史库：相同标识的记录已经收到过"
    assert (within.batch_id, within.row_no) == (again.batch_id, 1)
    assert (before.batch_id, before.row_no) == (first.batch_id, 2)
