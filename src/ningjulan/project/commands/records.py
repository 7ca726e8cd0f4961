"""For data people: the town, imports, tokens, statistics, the catalogue."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn

from ningjulan.project.commands.output import AsJson, console, print_json, print_table, var_folder
from ningjulan.project.language import language, say
from ningjulan.project.processes.attach import attached

if TYPE_CHECKING:  # importing it needs Django
    from ningjulan.project.importing import ImportResult

app = typer.Typer()
stats = typer.Typer(no_args_is_help=True, help="统计 · Statistics")
catalog = typer.Typer(no_args_is_help=True, help="数据目录 · The catalogue of dataset classes")
app.add_typer(stats, name="stats")
app.add_typer(catalog, name="catalog")


@app.command()
def town(
    folder: Annotated[Path | None, typer.Option(help="输出目录 · Where to write it")] = None,
    seed: Annotated[int, typer.Option(help="种子 · Seed")] = 7,
    scale: Annotated[float, typer.Option(help="规模 · Size")] = 1.0,
) -> None:
    """生成示例街道的文件 · Build the files of the demo town."""
    from ningjulan.project.processes.steps import step
    from ningjulan.registry import town as towns

    target = folder or var_folder() / "town"
    with step(console, f"生成示例街道 {target}", f"Demo town {target}") as report:
        towns.build(target, seed, scale, lambda what, share: report(f"{what} {share:.0%}"))


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="CSV、XLSX、NDJSON、Parquet")],
    source: Annotated[str, typer.Option(help="数据源名称 · Name of the source")],
    as_json: AsJson = False,
) -> None:
    """导入文件并给出收支表 · Import a file and print its balance sheet."""
    with attached(var_folder(), processes=("worker", "relay")) as addresses:
        from ningjulan.project.importing import import_file
        from ningjulan.project.processes.settling import wait_until_settled

        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
        with Progress(*columns, console=console, disable=as_json) as bar:
            tasks = {
                "sent": bar.add_task(say("已接收", "Received"), total=None),
                "committed": bar.add_task(say("已入库", "Stored"), total=None),
                "waiting": bar.add_task(say("已生效", "In effect"), total=None),
            }
            result = import_file(
                file,
                source,
                lambda stage, done, of: bar.update(tasks[stage], completed=done, total=of),
            )
            wait_until_settled(addresses.nats_url, lambda n: _show_left(bar, tasks["waiting"], n))
    if as_json:
        print_json(result)
    else:
        _print_balance(result)
    if not result.balances:
        sys.exit(1)


def _print_balance(result: "ImportResult") -> None:
    """Print a line per class and the sum: read = accepted + rejected + duplicate + parked."""
    heading = (
        say("读入", "Read"),
        say("入库", "Accepted"),
        say("拒收", "Rejected"),
        say("重复", "Duplicate"),
        say("搁置", "Parked"),
    )
    rows = [
        (line.class_id, line.received, line.stored, line.rejected, line.duplicate, line.parked)
        for line in result.lines
    ]
    total = (
        *(say("合计", "Total"), result.read, result.accepted, result.rejected, result.duplicate),
        result.parked,
    )
    print_table((say("数据类", "Class"), *heading), [*rows, total])
    if result.rejected:
        console.print(say("拒收的记录及原因见“数据”页", "Rejected records and why: see the Data page"))
    if result.parked:
        console.print(
            say("搁置的记录见 ningjulan parked list", "What is parked, and why: `ningjulan parked list`")
        )
    if result.dropped:
        names = "、".join(result.dropped)
        console.print(
            say(
                f"以下列平台不采集，已在入库前丢弃：{names}",
                f"The platform has no field for these columns; they were dropped before storage: {names}",
            )
        )


def _show_left(bar: Progress, task: TaskID, n_left: int) -> None:
    total = max(bar.tasks[task].total or 0, n_left)
    bar.update(task, total=total, completed=total - n_left)


@app.command()
def token(
    source: Annotated[str, typer.Argument(help="数据源名称 · Name of the source")],
    note: Annotated[str, typer.Option(help="用途 · What it is for")] = "",
) -> None:
    """为数据源签发接入令牌，只显示一次 · Make a token for a source; it is shown once."""
    with attached(var_folder()):
        from ningjulan.sources import facade as sources

        sources.get_source(source)
        typer.echo(sources.make_token(source=source, now=datetime.now(UTC), note=note))


@stats.command("cases")
def stats_cases(
    source: Annotated[str | None, typer.Option(help="只统计一个数据源 · One source only")] = None,
    tenant: Annotated[str | None, typer.Option(help="区域代码 · Area code")] = None,
    as_json: AsJson = False,
) -> None:
    """案件统计：数量、按时率、热点 · Cases: counts, on-time rate, hot spots."""
    with attached(var_folder()):
        from ningjulan.reports import commands as reports

        found = reports.stats_cases(source=source, tenant=tenant)
    if as_json:
        print_json(found)
        return
    headline = ("total", "settled", "on_time", "late", "on_time_rate")
    print_table(headline, [[found[key] for key in headline]])
    for key in ("by_category", "by_community", "by_month"):
        if found[key]:
            print_table(list(found[key][0]), (list(row.values()) for row in found[key][:10]))


@catalog.command("stats")
def catalog_stats(as_json: AsJson = False) -> None:
    """数据目录的规模 · How much the catalogue holds."""
    from ningjulan.catalog import facade as classes
    from ningjulan.catalog.contracts import GROUPS

    found = classes.stats()
    if as_json:
        print_json(found)
        return
    groups = [(words.label(language()), found.by_group[group]) for group, words in GROUPS.items()]
    rows = [
        (say("数据类", "Classes"), found.classes),
        *((f"  {name}", n) for name, n in groups),
        (say("核心数据项", "Core items"), found.core_items),
        (say("数据项合计", "Items in all"), found.all_items),
        (say("代码表", "Code lists"), found.code_lists),
    ]
    print_table((say("项", "What"), say("数量", "Count")), rows)


@catalog.command("show")
def catalog_show(
    class_id: Annotated[str | None, typer.Argument(help="数据类编号，如 IOT12 · Class id")] = None,
    as_json: AsJson = False,
) -> None:
    """列出数据类，或显示一个数据类的数据项 · List the classes, or the items of one."""
    from ningjulan.catalog import commands as shown
    from ningjulan.catalog import facade as classes

    if class_id is None:
        if as_json:
            print_json([{"id": c.id, "zh": c.zh, "en": c.en} for c in classes.list_classes()])
            return
        name, purpose = say("名称", "Name"), say("用途", "Purpose")
        headings = ("ID", name, say("组", "Group"), say("级", "Level"), say("核心/全部", "Core/all"), purpose)
        print_table(headings, shown.class_rows(language()))
        return
    one = classes.get_class(class_id.upper())
    if as_json:
        print_json(classes.json_schema(one.id))
        return
    console.print(f"[bold]{one.id} {one.zh}[/] · {one.en}")
    print_table(("", ""), shown.class_head(one.id, language()))
    kind, rules, marks = say("类型", "Type"), say("规则", "Rules"), say("标记", "Marks")
    name, level, mask = say("名称", "Name"), say("级", "Level"), say("脱敏", "Mask")
    print_table(("ID", name, kind, rules, level, mask, marks), shown.item_rows(one.id, language()))
    if codes := shown.code_rows(one.id, language()):
        print_table((say("代码表", "Code list"), name, say("代码", "Codes")), codes)


@catalog.command("docs")
def catalog_docs(
    out: Annotated[Path, typer.Option(help="输出目录 · Folder to write")] = Path("docs/catalog"),
    check: Annotated[bool, typer.Option("--check", help="只比较，不写 · Only compare")] = False,
) -> None:
    """生成数据目录的文档页 · Write the pages of the catalogue."""
    from ningjulan.catalog import commands as shown

    n = shown.check_pages(out) if check else shown.write_pages(out)
    console.print(say(f"{out}：{n} 页", f"{out}: {n} pages"))
