"""The servers, really started: these tests cost about a second each."""

import os
import shutil
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import nats
import psutil
import psycopg
import pytest

from ningjulan.foundation.servers import child as children
from ningjulan.foundation.servers import contracts, places
from ningjulan.foundation.servers.child import Child, Program
from ningjulan.foundation.servers.embedded import servers
from ningjulan.foundation.servers.nats import Nats
from ningjulan.foundation.servers.postgres import Postgres

pytestmark = [pytest.mark.enable_socket, pytest.mark.slow]
SOURCE = Path(places.__file__).parents[3]


@pytest.fixture
def var(open_folder, monkeypatch):
    monkeypatch.delenv("NINGJULAN_DATABASE_URL", raising=False)
    monkeypatch.delenv("NINGJULAN_NATS_URL", raising=False)
    return open_folder / "var"


def started(server, var):
    server.prepare()
    child = Child(server.program(), var)
    server.wait_ready(child)
    return child


def test_second_start_finds_the_data_and_the_same_address(var):
    with servers(var) as first, psycopg.connect(first.database_url) as connection:
        connection.execute("create table kept as select 42 as answer")

    began = time.monotonic()
    with servers(var) as second, psycopg.connect(second.database_url) as connection:
        seconds = time.monotonic() - began
        row = connection.execute("select answer from kept").fetchone()

    assert row == (42,)
    assert second == first
    assert seconds < 10


def test_nothing_is_left_running(var):
    with servers(var):
        running = [children.recorded(var / "run" / f"{name}.json") for name in ("postgres", "nats")]
        assert all(running)

    assert [process for process in running if process.is_running()] == []


def test_postgres_killed_is_restarted_by_a_new_child_without_loss(var):
    server = Postgres(var)
    child = started(server, var)
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute("create table kept as select 42 as answer")
    os.kill(child.pid, signal.SIGKILL)
    child.stop()

    child = _started_once_the_old_sessions_have_gone(server, var)
    with psycopg.connect(server.url) as connection:
        row = connection.execute("select answer from kept").fetchone()
    child.stop()

    assert row == (42,)


def _started_once_the_old_sessions_have_gone(server, var):
    """Sessions of a killed server notice within a moment; until then a new one refuses to start."""
    for attempt in range(10):
        child = Child(server.program(), var)
        try:
            server.wait_ready(child)
            return child
        except contracts.ServerDied:
            child.stop()
            time.sleep(0.2 * (attempt + 1))
    raise AssertionError("PostgreSQL did not come back")


async def _publish(url, text):
    connection = await nats.connect(url)
    stream = connection.jetstream()
    await stream.add_stream(name="KEPT", subjects=["kept"])
    await stream.publish("kept", text)
    await connection.close()


async def _last(url):
    connection = await nats.connect(url)
    message = await connection.jetstream().get_last_msg("KEPT", "kept")
    await connection.close()
    return message.data, connection.max_payload


def test_nats_killed_keeps_what_it_acknowledged(var):
    import asyncio

    server = Nats(var)
    child = started(server, var)
    asyncio.run(_publish(server.url, b"stored"))
    os.kill(child.pid, signal.SIGKILL)
    child.stop()

    child = started(server, var)
    data, max_payload = asyncio.run(_last(server.url))
    child.stop()

    assert data == b"stored"
    assert max_payload == 64 << 20


def test_a_stranger_on_this_machine_needs_the_password(var):
    server = Postgres(var)
    child = started(server, var)
    try:
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(f"postgresql://postgres@127.0.0.1:{server.port}/ningjulan")
    finally:
        child.stop()

    assert stat.S_IMODE((var / "secrets" / "postgres").stat().st_mode) == 0o600


def test_given_addresses_start_nothing(var, monkeypatch):
    monkeypatch.setenv("NINGJULAN_DATABASE_URL", "postgresql://db.example/ningjulan")
    monkeypatch.setenv("NINGJULAN_NATS_URL", "nats://nats.example")

    with servers(var) as addresses:
        assert addresses.database_url == "postgresql://db.example/ningjulan"
        assert addresses.nats_url == "nats://nats.example"
        assert not var.exists()


def test_data_of_another_version_are_refused_untouched(var):
    places.make_folders(var)
    (var / "postgres").mkdir()
    (var / "postgres" / "PG_VERSION").write_text("16\n")

    with pytest.raises(contracts.OtherVersion) as refused:
        Postgres(var).prepare()

    assert "PostgreSQL 16" in refused.value.message("zh")
    assert (var / "postgres" / "PG_VERSION").read_text() == "16\n"


def test_a_taken_port_is_named(var):
    first = Nats(var)
    child = started(first, var)
    second = Nats(var.parent / "other")
    second.prepare()
    config = second.var / "secrets" / "nats.conf"
    config.write_text(config.read_text().replace(f":{second.port}", f":{first.port}"))
    second.port = first.port
    try:
        late = Child(second.program(), second.var)
        late._process.wait(10)
        with pytest.raises(contracts.PortInUse) as refused:
            second.wait_ready(late)
    finally:
        late.stop()
        child.stop()

    assert str(first.port) in refused.value.message("en")


def test_a_full_disk_is_named_before_anything_is_written(tmp_path):
    with pytest.raises(contracts.DiskFull) as refused:
        places.check_disk(tmp_path, needed_bytes=1 << 62)

    assert str(tmp_path) in refused.value.message("zh")


def test_a_killed_owner_leaves_no_child(var):
    places.make_folders(var)
    program = (
        "import sys, time; from pathlib import Path\n"
        "from ningjulan.foundation.servers.child import Child, Program\n"
        f"child = Child(Program('sleeper', ('sleep', '600')), Path({str(var)!r}))\n"
        "print(child.pid, flush=True); time.sleep(600)"
    )
    environment = os.environ | {"PYTHONPATH": str(SOURCE)}
    command = [sys.executable, "-c", program]
    owner = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
    orphan = psutil.Process(int(owner.stdout.readline()))

    owner.kill()
    owner.communicate()

    orphan.wait(5)
    assert not orphan.is_running()


def test_a_recorded_orphan_gives_way_to_its_successor(var):
    places.make_folders(var)
    program = Program("sleeper", ("sleep", "600"))
    orphan = Child(program, var)

    successor = Child(program, var)

    assert not orphan.is_alive()
    assert successor.is_alive()
    successor.stop()


def test_workers_of_a_killed_process_are_ended_with_it(var):
    places.make_folders(var)
    forks = "import os, time; print(os.fork(), flush=True); time.sleep(600)"
    program = Program("forks", (sys.executable, "-c", forks))
    killed = Child(program, var)
    worker = psutil.Process(_first_number(killed.log))
    killed._process.kill()
    killed._process.wait()

    successor = Child(program, var)

    worker.wait(5)
    assert not worker.is_running()
    successor.stop()


def _first_number(log):
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        if numbers := [int(line) for line in children.last_lines(log, 5) if line.strip() not in ("", "0")]:
            return numbers[0]
        time.sleep(0.02)
    raise AssertionError("it never started")


def test_a_long_log_is_rotated_in_place(tmp_path):
    log = tmp_path / "worker.log"
    with log.open("ab") as writer:
        for n in (1, 2, 3, 4, 5):
            writer.write(b"%d" % n * 100)
            writer.flush()
            children.rotate(log, over_bytes=50)

    kept = {path.name: path.read_bytes()[:1] for path in tmp_path.iterdir()}
    assert kept == {"worker.log": b"", "worker.log.1": b"5", "worker.log.2": b"4", "worker.log.3": b"3"}


ORDINARY = 65534  # nobody


def _python_for_everybody():
    """A Python that an ordinary user can run, with our packages; None where all lie in root's home."""
    site = Path(psycopg.__file__).parents[1]
    probe = ["setpriv", f"--reuid={ORDINARY}", "--clear-groups", sys.executable, "-c", "import psycopg"]
    if os.geteuid() != 0 or shutil.which("setpriv") is None:
        return None
    if subprocess.run(probe, capture_output=True, cwd="/", check=False).returncode == 0:
        return sys.executable, site
    version = f"python3.{sys.version_info.minor}"
    system = Path("/usr/bin") / version
    probe[-3:] = [str(system), "-c", "import encodings"]
    if system.exists() and subprocess.run(probe, capture_output=True, cwd="/", check=False).returncode == 0:
        return str(system), site
    return None


def test_an_ordinary_user_runs_them_too(tmp_path):
    python = _python_for_everybody()
    if python is None:
        pytest.skip("needs root, setpriv and a Python outside root's home")
    executable, site = python
    home = Path("/var/tmp") / f"ningjulan-{os.getpid()}"
    home.mkdir()
    os.chown(home, ORDINARY, ORDINARY)
    program = (
        "import os; from pathlib import Path\n"
        "from ningjulan.foundation.servers.embedded import servers\n"
        f"with servers(Path('{home}/var')): print(os.geteuid(), os.stat('{home}/var/postgres').st_uid)"
    )
    environment = {"PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin", "PYTHONPATH": f"{SOURCE}:{site}"}
    try:
        done = subprocess.run(
            ["setpriv", f"--reuid={ORDINARY}", "--clear-groups", executable, "-c", program],
            capture_output=True,
            text=True,
            env=environment,
            cwd="/",
            check=False,
        )
        assert done.stdout.split() == [str(ORDINARY), str(ORDINARY)], done.stderr
    finally:
        shutil.rmtree(home)
