"""For those who write scenarios: list, try, test."""

from pathlib import Path
from typing import Annotated

import typer

from ningjulan.project.commands.output import AsJson, console, print_json, print_table
from ningjulan.project.language import say

app = typer.Typer()
scenario = typer.Typer(no_args_is_help=True, help="场景 · Scenarios")
app.add_typer(scenario, name="scenario")

Name = Annotated[str, typer.Argument(help="模块.名称，如 fire.fire_alarm · module.name")]


@scenario.command("list")
def list_(as_json: AsJson = False) -> None:
    """列出全部场景 · List all scenarios."""
    from ningjulan.scenarios import commands

    rows = commands.list_rows()
    if as_json:
        print_json(rows)
        return
    title = say("title_zh", "title_en")
    headings = say("编号 场景 名称 状态 测试", "No. Scenario Title Status Tests").split()
    print_table(
        headings, [(row["number"], row["id"], row[title], row["status"], row["tests"]) for row in rows]
    )


@scenario.command("try")
def try_(
    name: Name,
    file: Annotated[
        Path | None, typer.Argument(help="NDJSON 记录 · Records to try it on", exists=True, dir_okay=False)
    ] = None,
) -> None:
    """运行场景自带的测试，或在一个文件上试运行 · Run its tests, or try it on a file of records."""
    from ningjulan.scenarios import commands

    trial = commands.try_scenario(name, file)
    for line in trial.lines:
        console.print(line, highlight=False, markup=False, soft_wrap=True)
    if not trial.passed:
        raise typer.Exit(1)


@scenario.command("test")
def test() -> None:
    """运行全部场景的测试 · Run the tests of all scenarios."""
    from ningjulan.scenarios.checking import check_all

    n = check_all()
    console.print(say(f"{n} 个场景全部通过", f"{n} scenarios passed"))
