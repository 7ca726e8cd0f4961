"""`ningjulan audit verify`, and the relay that seals the trail."""

import asyncio
import json

import pytest
from django.db import connection, transaction
from typer.testing import CliRunner

from ningjulan.foundation import audit
from ningjulan.foundation.actors import SYSTEM
from ningjulan.foundation.audit.heads import seal_waiting
from ningjulan.foundation.audit.models import AuditHead, AuditWaiting
from ningjulan.project.cli import app
from ningjulan.project.processes import trail

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _own_keys(settings, tmp_path):
    settings.SEALING_KEY_FILE = tmp_path / "keys.json"
    settings.AUDIT_ANCHOR_FILE = tmp_path / "heads.log"


def verify(*words):
    return CliRunner().invoke(app, ["audit", "verify", *words])


def seal_until(condition):
    async def run():
        stop = asyncio.Event()
        sealing = asyncio.create_task(trail.seal_trail(stop))
        async with asyncio.timeout(20):
            while not await asyncio.to_thread(condition):
                await asyncio.sleep(0.02)
        stop.set()
        await sealing

    asyncio.run(run())


def test_the_relay_puts_heads_on_what_is_appended():
    audit.record(SYSTEM, "tidy")

    seal_until(lambda: AuditHead.objects.exists() and not AuditWaiting.objects.exists())

    answer = json.loads(verify("--json").stdout)
    assert (answer["is_whole"], answer["n_entries"], answer["n_waiting"]) == (True, 1, 0)


def test_the_relay_goes_on_after_a_failure(monkeypatch):
    failures = iter([True])

    def seal(now):
        if next(failures, False):
            raise RuntimeError("the database is away")
        return seal_waiting(now)

    monkeypatch.setattr(trail, "EVERY_S", 0.01)
    monkeypatch.setattr(trail, "seal_waiting", seal)
    audit.record(SYSTEM, "tidy")

    seal_until(AuditHead.objects.exists)

    assert verify().exit_code == 0


def test_a_touched_row_is_named_and_the_command_fails():
    number = audit.record(SYSTEM, "tidy")
    seal_until(AuditHead.objects.exists)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("set local session_replication_role = replica")
        cursor.execute("update foundation_auditentry set action = 'x'")

    result = verify()

    assert result.exit_code == 1
    assert f"记录 {number}：记录被改动" in result.stdout
    assert json.loads(verify("--json").stdout)["findings"] == [
        {"fault": "entry_changed", "head": 1, "entry": number}
    ]
