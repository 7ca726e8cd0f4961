"""The command line, run as people run it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from ningjulan.foundation.servers.child import recorded

pytestmark = [pytest.mark.enable_socket, pytest.mark.slow]
SOURCE = Path(__file__).parents[3]
MAIN = "from ningjulan.project.cli import main; main()"


@pytest.fixture
def start(open_folder):
    def start(*arguments, **environment):
        kept = {name: value for name, value in os.environ.items() if not name.startswith("NINGJULAN_")}
        return subprocess.Popen(
            [sys.executable, "-c", MAIN, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=open_folder,
            env=kept | {"PYTHONPATH": str(SOURCE), "LC_ALL": "C.UTF-8"} | environment,
        )

    return start


@pytest.fixture
def call(start):
    def call(*arguments, **environment):
        process = start(*arguments, **environment)
        output, errors = process.communicate(timeout=90)
        return process.returncode, output, errors

    return call


def test_what_was_anticipated_is_one_sentence_in_the_readers_language(call, open_folder):
    places = open_folder / "var"
    places.mkdir()
    (places / "postgres").mkdir()
    (places / "postgres" / "PG_VERSION").write_text("16\n")

    zh = call("migrate")
    en = call("migrate", LC_ALL="en_US.UTF-8")
    asked = call("--lang", "en", "migrate")

    assert zh[0] == en[0] == asked[0] == 1
    assert "请用 pg_upgrade 升级" in zh[2].splitlines()[-1]
    assert "run pg_upgrade" in en[2].splitlines()[-1]
    assert asked[2].splitlines()[-1] == en[2].splitlines()[-1]
    assert "Traceback" not in zh[2] + en[2] + asked[2]


def test_tables_and_streams_are_brought_up_to_date_and_nothing_is_parked(call):
    migrated = call("migrate")
    parked = call("parked", "list", "--json")

    assert (migrated[0], parked[0]) == (0, 0), migrated[2] + parked[2]
    assert json.loads(parked[1]) == []


def test_nothing_runs(call):
    code, output, _ = call("status", "--json")
    status = json.loads(output)

    assert code == 0
    assert status["state"] == "stopped"
    assert {process["pid"] for process in status["processes"]} == {None}
    assert call("stop")[0] == 0


def test_an_unknown_command_of_djangos_leaves_nothing_running(call, open_folder):
    code, _, errors = call("manage", "no_such_command")

    assert code == 1
    assert "no_such_command" in errors
    assert recorded(open_folder / "var" / "run" / "postgres.json") is None


def test_commands_at_the_same_time_share_the_servers(start, open_folder):
    first = start("manage", "shell", "-v", "0", "-c", "print('up', flush=True); input()")
    up = first.stdout.readline()
    second = start("manage", "shell", "-v", "0", "-c", "print(Group.objects.count(), 'groups')")
    output, errors = second.communicate(timeout=90)
    first.communicate("done\n", timeout=90)

    assert up == "up\n"
    assert "0 groups" in output, errors
    assert first.returncode == second.returncode == 0
    assert recorded(open_folder / "var" / "run" / "postgres.json") is None


def test_an_external_database_that_is_away_is_named(call):
    addresses = {
        "NINGJULAN_DATABASE_URL": "postgresql://nobody@127.0.0.1:9/none",
        "NINGJULAN_NATS_URL": "nats://127.0.0.1:9",
    }

    code, output, errors = call("run", "--no-demo", **addresses)

    assert code != 0
    assert "NINGJULAN_DATABASE_URL" in output + errors
