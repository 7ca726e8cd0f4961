"""For data people: read the history, tidy it, keep days of it from deletion."""

import csv
import getpass
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.table import Table

from ningjulan.project.commands.output import AsJson, console, print_json, print_table, var_folder
from ningjulan.project.language import say
from ningjulan.project.processes.attach import attached

if TYPE_CHECKING:  # importing them needs Django
    from ningjulan.observations.contracts import TidyingReport
    from ningjulan.observations.domain.retention import ClassPlan
    from ningjulan.project.lineage import Lineage

app = typer.Typer()
history = typer.Typer(no_args_is_help=True, help="历史库 · The history")
app.add_typer(history, name="history")

Reason = Annotated[str, typer.Option(help="事由 · Why")]
Date = Annotated[datetime, typer.Argument(formats=["%Y-%m-%d"])]


@history.command("query")
def query(
    sql: Annotated[str, typer.Argument(help='如 · e.g. "select day, count(*) from IOT12 group by day"')],
    as_json: AsJson = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="输出 CSV · Print CSV")] = False,
    limit: Annotated[int, typer.Option(help="最多行数 · Most rows")] = 1000,
    reason: Annotated[
        str, typer.Option(help="查阅个人信息的事由，将留痕 · Why personal data are read; leaves a trace")
    ] = "",
) -> None:
    """只读查询：每个数据类是一张视图 · Read-only SQL; each class is a view."""
    with attached(var_folder()):
        from ningjulan.observations import querying
        from ningjulan.project import settings

        reader = querying.Reader(getpass.getuser(), reason) if reason else None
        answer = querying.query(
            sql, root=settings.HISTORY_URL, limit=limit, now=datetime.now(UTC), reader=reader
        )
    if as_json:
        print_json([dict(zip(answer.columns, row, strict=True)) for row in answer.rows])
    elif as_csv:
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerows([answer.columns, *answer.rows])
    else:
        print_table(answer.columns, answer.rows)
    if answer.is_cut:
        words = say(f"只显示前 {limit} 行，可用 --limit 增加", f"Only the first {limit} rows; see --limit")
        typer.echo(words, err=True)


@history.command("lineage")
def lineage(
    class_id: Annotated[str, typer.Argument(help="数据类 · Class, e.g. IOT12")],
    record_key: Annotated[str, typer.Argument(help="记录标识 · Key of the record")],
    source: Annotated[str | None, typer.Option(help="来源 · Source")] = None,
    day: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="日期，记录多时更快 · Day; quicker")
    ] = None,
    reason: Annotated[
        str | None, typer.Option(help="查阅原始内容的事由，将留痕 · Why the raw line is read; leaves a trace")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """一条记录的来龙去脉：从原始内容到案件 · Where a record came from and what it led to."""
    with attached(var_folder()):
        from ningjulan.foundation.actors import Actor, Role
        from ningjulan.project.lineage import Asked, lineage_of

        asked = Asked(
            class_id=class_id.upper(),
            record_key=record_key,
            source=source,
            day=day.date() if day else None,
            reason=reason,
        )
        actor = Actor(None, getpass.getuser(), frozenset({Role.SYSTEM}))
        found = lineage_of(asked, actor=actor, now=datetime.now(UTC))
    if as_json:
        print_json(found)
    else:
        _print_lineage(found)


def _print_lineage(found: "Lineage") -> None:
    """Print the way top to bottom, then what is stored, masked."""
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(no_wrap=True, style="dim")
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for step in found.steps:
        at = step.at.astimezone().strftime("%Y-%m-%d %H:%M:%S") if step.at else ""
        mark = "[green]●[/]" if step.happened else "[dim]○[/]"
        table.add_row(at, mark, escape(say(step.what_zh, step.what_en)))
    console.print(table)
    if found.raw is not None:
        console.print(found.raw, markup=False, highlight=False, soft_wrap=True)
    if found.record:
        console.print()
        headings = (say("数据项", "Item"), "", say("值", "Value"))
        print_table(
            headings, ((one.id, say(one.zh, one.en), escape(one.value or "—")) for one in found.record)
        )


@history.command("tidy")
def tidy(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只说明，不执行 · Only say what")] = False,
    as_json: AsJson = False,
) -> None:
    """删除到期的数据并合并小文件 · Delete what is over and compact small files."""
    with attached(var_folder()):
        from ningjulan.observations import facade as observations
        from ningjulan.project import settings
        from ningjulan.project.processes.tidying import archive, tidy_now

        if dry_run:
            plans = observations.plan_tidying(settings.HISTORY_URL, datetime.now(UTC), archive())
            print_json(plans) if as_json else _print_plans(plans)
            return
        with console.status(say("整理历史库", "Tidying the history")):
            report = tidy_now(by=getpass.getuser(), on_waiting=lambda: None)
    print_json(report) if as_json else _print_report(report)
    if report.failures:
        raise typer.Exit(1)


@history.command("report")
def report(
    limit: Annotated[int, typer.Option(help="最近几次 · How many")] = 10, as_json: AsJson = False
) -> None:
    """历次删除的报告 · What earlier runs deleted."""
    with attached(var_folder()):
        from ningjulan.observations import facade as observations

        reports = observations.list_reports(limit)
    if as_json:
        print_json(reports)
        return
    for one in reports:
        _print_report(one)


@history.command("hold")
def hold(
    class_id: Annotated[str, typer.Argument(help="数据类 · Class")],
    from_day: Date,
    to_day: Date,
    reason: Reason,
) -> None:
    """保全：这些日期的数据不得删除 · Keep days of a class from deletion."""
    with attached(var_folder()):
        from ningjulan.observations import facade as observations

        number = observations.hold_days(
            class_id=class_id,
            from_day=from_day.date(),
            to_day=to_day.date(),
            reason=reason,
            by=getpass.getuser(),
            now=datetime.now(UTC),
        )
    console.print(say(f"已保全，编号 {number}", f"Held; number {number}"))


@history.command("lift")
def lift(number: Annotated[int, typer.Argument(help="保全编号 · Number of the hold")]) -> None:
    """解除保全 · Lift a hold."""
    with attached(var_folder()):
        from ningjulan.observations import facade as observations

        observations.lift_hold(number, by=getpass.getuser(), now=datetime.now(UTC))
    console.print(say("已解除", "Lifted"))


@history.command("holds")
def holds(as_json: AsJson = False) -> None:
    """有效的保全 · Holds in force."""
    with attached(var_folder()):
        from ningjulan.observations import facade as observations

        rows = observations.list_holds()
    if as_json:
        print_json(rows)
        return
    headings = say("编号 数据类 起始日 截止日 设置人 事由", "Number Class From To By Why").split()
    print_table(headings, ((h.id, h.class_id, h.from_day, h.to_day, h.by, h.reason) for h in rows))


def _print_plans(plans: "list[ClassPlan]") -> None:
    if not plans:
        console.print(say("无需整理", "Nothing to do"))
        return
    headings = say(
        "数据类 删除天数 删除记录 清空的数据项 合并天数 保全天数", "Class Days Records Blanked Compacted Held"
    ).split()
    print_table(
        headings,
        (
            (
                *(p.class_id, len(p.delete), sum(d.n_rows for d in p.delete)),
                *("、".join(p.blank), len(p.compact), len(p.held)),
            )
            for p in plans
        ),
    )


def _print_report(report: "TidyingReport") -> None:
    """Print a run: one line for the whole, one for each class and item that lost days."""
    at = (
        report.ended_at.astimezone().strftime("%Y-%m-%d %H:%M")
        if report.ended_at
        else say("进行中", "running")
    )
    signed = say("签章相符", "signed") if report.is_authentic else say("签章不符或未签", "NOT as signed")
    console.print(f"[bold]#{report.id}[/] {at} {report.by} · {signed}", highlight=False)
    found: dict[tuple[str, str], list[int]] = {}
    for p in report.purged:
        days = found.setdefault((p.class_id, p.item), [0, 0, 0, 0])
        days[:] = [days[0] + 1, days[1] + p.n_rows, days[2] + p.n_bytes, days[3] + bool(p.proven_at)]
    if found:
        headings = say("数据类 数据项 天数 记录 字节 已确认", "Class Item Days Records Bytes Proven").split()
        print_table(headings, ((*key, *sums) for key, sums in found.items()))
    for class_id, why in report.failures.items():
        console.print(f"[red]✗[/] {class_id} {why}", highlight=False)
