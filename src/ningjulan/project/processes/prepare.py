"""What has to be true before the processes start: tables, streams, the demo town, the demo accounts.

Every step looks first and does only what is missing, so that a second start takes seconds.
"""

import argparse
import asyncio
import json
import os
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from django.core.management import call_command
from django.db import OperationalError, connection
from rich.console import Console

from ningjulan.foundation.errors import NingjulanError, TemporarilyDown
from ningjulan.project import settings
from ningjulan.project.bootstrap import set_up_django
from ningjulan.project.language import say, sentence_of
from ningjulan.project.processes.steps import step


class DatabaseUnreachable(TemporarilyDown):
    code = "database_unreachable"
    message_zh = "无法连接数据库：{reason}。请检查 NINGJULAN_DATABASE_URL"
    message_en = "The database cannot be reached: {reason}. Check NINGJULAN_DATABASE_URL"


class StreamsUnreachable(TemporarilyDown):
    code = "streams_unreachable"
    message_zh = "无法连接消息队列 NATS，请检查 NINGJULAN_NATS_URL"
    message_en = "NATS cannot be reached; check NINGJULAN_NATS_URL"


@dataclass(frozen=True)
class Options:
    seed: int
    scale: float
    demo: bool


Report = Callable[[str], None]
"""Changes the words shown beside a step while it works."""


def bring_tables_up_to_date(options: Options, report: Report) -> None:
    try:
        connection.ensure_connection()
    except OperationalError as error:
        raise DatabaseUnreachable(reason=str(error).strip().splitlines()[0]) from error
    call_command("migrate", interactive=False, verbosity=0)


def make_streams(options: Options, report: Report) -> None:
    from ningjulan.catalog import facade as catalog
    from ningjulan.foundation.bus import EVENTS, connect, ensure_streams
    from ningjulan.observations import facade as observations
    from ningjulan.project.processes.division import as_divided, divide
    from ningjulan.sources.stream import get_division, number_after

    highest = max(observations.highest_seq(), observations.archived_up_to(settings.ARCHIVE_FOLDER))

    def written(shard: int) -> int:
        history = observations.History(settings.HISTORY_URL, shard)
        return history.written(c.id for c in catalog.list_classes())

    async def make() -> None:
        client = await connect(settings.NATS_URL, name="setup")
        try:
            js = client.jetstream()
            await ensure_streams(settings.NATS_URL, await as_divided(js), EVENTS)
            shards = range((await get_division(js)).n_shards)
            await number_after(js, max(highest, *[await asyncio.to_thread(written, n) for n in shards]))
            await divide(js, settings.SHARDS)
        finally:
            await client.close()

    try:
        asyncio.run(asyncio.wait_for(make(), timeout=30))
    except TimeoutError:
        raise StreamsUnreachable from None


def build_town(options: Options, report: Report) -> None:
    from ningjulan.registry import town

    if options.demo:
        town.build(settings.TOWN_FOLDER, options.seed, options.scale, _in_words(report))


def load_town(options: Options, report: Report) -> None:
    from ningjulan.registry import services

    if options.demo:
        services.load_town(settings.TOWN_FOLDER, datetime.now(UTC))


def build_people(options: Options, report: Report) -> None:
    from ningjulan.registry import facade as registry
    from ningjulan.registry.people import population

    if options.demo:
        town = registry.build_town(settings.TOWN_FOLDER, seed=options.seed, scale=options.scale)
        population.build(settings.TOWN_FOLDER, town, _in_words(report))


def load_people(options: Options, report: Report) -> None:
    from ningjulan.registry.people.loading import load_population

    if options.demo:
        load_population(settings.TOWN_FOLDER, datetime.now(UTC))


def make_demo_accounts(options: Options, report: Report) -> None:
    """Make accounts and tokens; leave the list where `ningjulan run` shows it from."""
    from ningjulan.foundation.actors import LABEL_ZH
    from ningjulan.project import demo

    path = settings.VAR / "run" / "accounts.json"
    path.unlink(missing_ok=True)
    if not options.demo:
        return
    made = demo.prepare(settings.VAR, datetime.now(UTC))
    rows = [[a.username, made.password, "、".join(LABEL_ZH[role] for role in a.roles)] for a in demo.ACCOUNTS]
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(rows, file)


def play_demo_day(options: Options, report: Report) -> None:
    """Let an empty street live the day before, so that nobody opens an empty map."""
    from ningjulan.project import demo_day

    if options.demo:
        demo_day.play(datetime.now(UTC), options.seed, _in_words(report))


def _in_words(report: Report) -> Callable[[str, float], None]:
    return lambda what, share: report(f"{what} {share:.0%}")


STEPS: tuple[tuple[str, str, Callable[[Options, Report], None]], ...] = (
    ("数据库结构", "Tables", bring_tables_up_to_date),
    ("消息流", "Streams", make_streams),
    ("生成示例街道", "Demo town", build_town),
    ("载入示例街道", "Demo registry", load_town),
    ("生成示例人口", "Demo people", build_people),
    ("登记示例人口", "Registering them", load_people),
    ("演示账号", "Demo accounts", make_demo_accounts),
    ("演示街道的前一天", "The day before", play_demo_day),
)


def prepare(options: Options, console: Console, *, steps: int = len(STEPS)) -> None:
    """Take the first `steps` of `STEPS`, showing each. Needs Django set up.

    Raises:
        NingjulanError: A step cannot be done, in one sentence.
    """
    for zh, en, action in STEPS[:steps]:
        with step(console, zh, en) as report:
            action(options, report)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--scale", type=float, required=True)
    wanted = parser.parse_args()
    console = Console()
    try:
        set_up_django()
        prepare(Options(seed=wanted.seed, scale=wanted.scale, demo=settings.DEMO), console)
    except NingjulanError as error:
        console.print(f"[red]✗[/] {sentence_of(error)}", highlight=False, soft_wrap=True)
        return 1
    except KeyboardInterrupt:
        return 130
    except Exception as error:  # not anticipated: all of it into the log, one line to the terminal
        path = settings.VAR / "log" / "prepare.log"
        path.write_text(traceback.format_exc())
        words = say(f"未预料的错误，详见 {path}：", f"An error nobody foresaw, see {path}: ")
        console.print(f"[red]✗[/] {words}{type(error).__name__}: {error}", highlight=False, soft_wrap=True)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
