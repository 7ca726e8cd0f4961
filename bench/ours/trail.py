"""What the audit trail costs: appending from one and from eight writers, sealing, verifying; beside it a
chain that hashes each row onto the one before, which makes writers wait for each other.

    python -m bench.ours.trail          one line a figure; starts a PostgreSQL of its own
"""

import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import psutil

from bench.ours.database import own_database

N_ROWS = 4_000
CHAIN = """
create table chained
    (id bigint generated always as identity primary key, body text, previous bytea, hash bytea);
create table chain_end (one boolean primary key default true, hash bytea not null);
insert into chain_end values (true, '');
create function chain() returns trigger language plpgsql as $$ begin
    select hash into new.previous from chain_end for update;
    new.hash := sha256(new.previous || convert_to(new.body, 'UTF8'));
    update chain_end set hash = new.hash;
    return new;
end $$;
create trigger chain before insert on chained for each row execute function chain();
"""


def processor_s() -> float:
    """Return the processor seconds of this process and of the PostgreSQL it has started."""
    ours = psutil.Process()
    total = 0.0
    for process in [ours, *ours.children(recursive=True)]:
        times = process.cpu_times()
        total += times.user + times.system
    return total


def tell(what: str, n: int, work: Callable[[], object]) -> None:
    began, cpu = time.perf_counter(), processor_s()
    work()
    took, used = time.perf_counter() - began, processor_s() - cpu
    sys.stdout.write(f"{what:<34} {n / took:8.0f} rows/s  {used / n * 1e6:7.1f} µs of processor a row\n")


def by_writers(n_writers: int, write: Callable[[int], None]) -> None:
    from django.db import connection

    def one(_: int) -> None:
        for number in range(N_ROWS // n_writers):
            write(number)
        connection.close()

    with ThreadPoolExecutor(n_writers) as pool:
        list(pool.map(one, range(n_writers)))


def main() -> None:
    with own_database():
        _measure()


def _measure() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(CHAIN)
    from ningjulan.foundation import audit
    from ningjulan.foundation.actors import SYSTEM
    from ningjulan.foundation.audit.heads import seal_waiting
    from ningjulan.foundation.audit.verifying import verify

    def append(number: int) -> None:
        audit.record(SYSTEM, "reveal", subject_id=number, reason="入户核对登记信息", items=["phone", "id_no"])

    def chain(number: int) -> None:
        with connection.cursor() as cursor:
            cursor.execute("insert into chained (body) values (%s)", [f"reveal {number} 入户核对登记信息"])

    for n_writers in (1, 8):
        tell(f"append, {n_writers} writers", N_ROWS, lambda n=n_writers: by_writers(n, append))
        tell(f"chained row by row, {n_writers} writers", N_ROWS, lambda n=n_writers: by_writers(n, chain))
    tell("seal", 2 * N_ROWS, lambda: seal_waiting(datetime.now(UTC)))
    tell("verify", 2 * N_ROWS, verify)


if __name__ == "__main__":
    main()
