"""The supervisor, really run: PostgreSQL, NATS and two small processes in place of ours."""

import os
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import psutil
import psycopg
import pytest

from ningjulan.foundation.servers.child import recorded
from ningjulan.foundation.servers.places import random_free_port
from ningjulan.project.processes.ownership import find_platform
from ningjulan.project.processes.status import status_of
from ningjulan.project.processes.stop import stop

pytestmark = [pytest.mark.enable_socket, pytest.mark.slow]
SOURCE = Path(__file__).parents[4]
WITHIN_S = 30.0

PROGRAM = """
import sys
from pathlib import Path
from rich.console import Console
from ningjulan.foundation.errors import NingjulanError
from ningjulan.project.processes.supervisor import Supervisor
from ningjulan.project.processes.table import Row, Wanted

rows = (
    Row("worker", "", "", ("-c", sys.argv[3])),
    Row("web", "", "", ("-m", "http.server", "--bind", "{host}", "{port}"), ready_path="/"),
)
try:
    Supervisor(Wanted(Path(sys.argv[1]), port=int(sys.argv[2])), Console(), rows=rows,
               prepare=lambda wanted, environment: None).run()
except NingjulanError as error:
    sys.exit(error.message("en"))
"""
PATIENT = "import time; time.sleep(600)"
SHORT_LIVED = "import sys; print('no such table: town'); sys.exit(3)"


@pytest.fixture
def start(open_folder):
    """Start the supervisor on `open_folder / "var"`; whatever is left of it is ended after the test."""
    running = []

    def start(worker=PATIENT, port=None, **environment):
        command = [
            sys.executable,
            "-c",
            PROGRAM,
            str(open_folder / "var"),
            str(port or random_free_port()),
            worker,
        ]
        kept = {k: v for k, v in os.environ.items() if not k.startswith("NINGJULAN_")}
        process = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=kept | {"PYTHONPATH": str(SOURCE), "LANG": "en_US.UTF-8"} | environment,
            cwd=open_folder,
        )
        running.append(process)
        return process

    yield start
    for process in running:
        process.terminate()
        process.communicate(timeout=WITHIN_S)


def until(condition, process=None):
    deadline = time.monotonic() + WITHIN_S
    while time.monotonic() < deadline:
        if found := condition():
            return found
        if process is not None and process.poll() is not None:
            raise AssertionError(process.stdout.read())
        time.sleep(0.05)
    raise AssertionError("it did not come about in time")


def ready(var, process):
    def is_ready():
        platform = find_platform(var)
        return platform if platform and platform.ready else None

    return until(is_ready, process)


def family(var):
    return {name: recorded(var / "run" / f"{name}.json") for name in ("postgres", "nats", "worker", "web")}


def test_it_starts_everything_and_stops_everything(start, open_folder):
    var = open_folder / "var"
    process = start()
    platform = ready(var, process)
    children = family(var)
    with urllib.request.urlopen(platform.addresses.web_url) as answer:
        status = answer.status

    stopped = stop(var)
    output, _ = process.communicate(timeout=WITHIN_S)

    assert status == 200
    assert stopped
    assert process.returncode == 0, output
    assert f"Ningjulan is ready  {platform.addresses.web_url}/" in output
    assert [name for name, child in children.items() if child.is_running()] == []
    assert find_platform(var) is None
    assert not stop(var)


def test_given_servers_are_used_and_none_is_started(start, open_folder):
    given = {name: os.environ[name] for name in ("NINGJULAN_DATABASE_URL", "NINGJULAN_NATS_URL")}
    process = start(**given)

    platform = ready(open_folder / "var", process)

    assert platform.addresses.database_url == given["NINGJULAN_DATABASE_URL"]
    assert platform.addresses.nats_url == given["NINGJULAN_NATS_URL"]
    assert {name for name, child in family(open_folder / "var").items() if child} == {"worker", "web"}


@pytest.mark.parametrize("name", ["worker", "web", "nats", "postgres"])
def test_a_killed_process_comes_back(start, open_folder, name):
    var = open_folder / "var"
    platform = ready(var, start())
    killed = family(var)[name]

    killed.kill()

    replaced = until(lambda: (new := family(var)[name]) and new.pid != killed.pid and new)
    until(lambda: _accepts(platform.addresses))
    assert replaced.is_running()
    assert status_of(var).state == "ready"


def _accepts(addresses):
    try:
        psycopg.connect(addresses.database_url, connect_timeout=2).close()
        urllib.request.urlopen(addresses.web_url, timeout=2).close()
    except (OSError, psycopg.OperationalError):
        return False
    return True


def test_ctrl_c_twice_stops_in_good_order(start, open_folder):
    process = start()
    ready(open_folder / "var", process)
    children = family(open_folder / "var")

    process.send_signal(signal.SIGINT)
    process.send_signal(signal.SIGINT)
    output, _ = process.communicate(timeout=WITHIN_S)

    assert process.returncode == 0, output
    assert [name for name, child in children.items() if child.is_running()] == []
    assert "database system is shut down" in (open_folder / "var" / "log" / "postgres.log").read_text()


def test_ctrl_c_while_starting_leaves_nothing_behind(start, open_folder):
    process = start()
    until((open_folder / "var" / "run" / "postgres.json").exists, process)

    process.send_signal(signal.SIGINT)
    output, _ = process.communicate(timeout=WITHIN_S)

    assert process.returncode == 0, output
    assert [child for child in family(open_folder / "var").values() if child] == []


def test_a_child_that_keeps_dying_stops_everything_with_its_last_words(start, open_folder):
    process = start(worker=SHORT_LIVED)

    output, _ = process.communicate(timeout=WITHIN_S)

    assert process.returncode == 1
    assert "worker died 5 times in a minute" in output
    assert "no such table: town" in output
    assert [child for child in family(open_folder / "var").values() if child] == []


def test_a_second_run_says_where_the_first_one_is(start, open_folder):
    platform = ready(open_folder / "var", start())

    second = start()
    output, _ = second.communicate(timeout=WITHIN_S)

    assert second.returncode == 1
    assert platform.addresses.web_url in output


def test_a_taken_port_is_named(start, open_folder):
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        process = start(port=port)
        output, _ = process.communicate(timeout=WITHIN_S)

    assert process.returncode == 1
    assert f"Port {port} is used" in output


def test_a_killed_supervisor_does_not_harm_its_successor(start, open_folder):
    var = open_folder / "var"
    port = random_free_port()
    first = start(port=port)
    ready(var, first)
    orphans = family(var)
    first.kill()
    first.communicate()

    second = ready(var, start(port=port))

    assert second.addresses.web_url.endswith(f":{port}")
    psutil.wait_procs(list(orphans.values()), timeout=WITHIN_S)
    assert [name for name, child in orphans.items() if child.is_running()] == []
