"""Files of addresses are matched in the background, and by the next process where one was stopped."""

import asyncio
from datetime import UTC, datetime

import pytest

from ningjulan.foundation.actors import Actor, Role
from ningjulan.project.processes.addresses import match_files
from ningjulan.registry.addresses import jobs
from ningjulan.registry.models import AddressJob, Area, Tenant

STREET = "330109013"
CLERK = Actor(7, "受理员", frozenset({Role.CLERK}), frozenset({STREET}))
NOW = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def street(settings, tmp_path):
    settings.ADDRESS_JOB_FOLDER = tmp_path / "jobs"
    Tenant.objects.create(code=STREET, name_zh="宁围街道")
    Area.objects.create(
        code=f"{STREET}002", name="振宁社区", level="community", parent_code=STREET, source="test"
    )


def submitted(*texts):
    content = ("地址\n" + "".join(f"{text}\n" for text in texts)).encode()
    return jobs.submit(CLERK, STREET, "a.csv", content, column=None, now=NOW)


def run_until_idle():
    """Run the background part until no job waits."""

    async def main():
        stop = asyncio.Event()
        working = asyncio.create_task(match_files(stop))
        while await asyncio.to_thread(jobs.next_job) is not None:
            await asyncio.sleep(0.01)
        stop.set()
        await working

    asyncio.run(asyncio.wait_for(main(), timeout=60))


def test_every_job_that_waits_is_done_the_oldest_first():
    first, second = submitted("某处1幢", "某处2幢"), submitted("某处3幢")

    run_until_idle()

    done = AddressJob.objects.in_bulk([first.id, second.id])
    assert [job.state for job in done.values()] == ["done", "done"]
    assert done[first.id].n_new == 2


def test_a_job_left_running_by_another_process_is_taken_up():
    job = submitted("某处1幢")
    AddressJob.objects.filter(pk=job.id).update(state="running", started_at=NOW)

    run_until_idle()

    assert AddressJob.objects.get().state == "done"


def test_one_job_that_fails_does_not_stop_the_others():
    lost, fine = submitted("某处1幢"), submitted("某处2幢")
    (jobs.folder_of(lost.id) / "texts.parquet").unlink()

    run_until_idle()

    states = {job.id: job.state for job in AddressJob.objects.all()}
    assert states == {lost.id: "failed", fine.id: "done"}
