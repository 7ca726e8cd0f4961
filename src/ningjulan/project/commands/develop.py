"""For developers and integrators: simulated traffic, the API's schema, first files of something new."""

from pathlib import Path
from typing import Annotated

import typer

from ningjulan.project.commands.output import console, var_folder
from ningjulan.project.language import say
from ningjulan.project.processes.attach import attached

app = typer.Typer()
new = typer.Typer(no_args_is_help=True, help="新建场景、数据源、模块 · Start a scenario, source or module")
app.add_typer(new, name="new")


@app.command()
def simulate(
    rate: Annotated[float, typer.Option(help="每秒记录数 · Records a second")] = 5.0,
    minutes: Annotated[float | None, typer.Option(help="时长，默认一直 · How long; default for ever")] = None,
    seed: Annotated[int, typer.Option(help="种子 · Seed")] = 7,
) -> None:
    """向运行中的平台发送模拟数据 · Send simulated traffic to the running platform."""
    from ningjulan.project.processes import simulator

    words = say("已发送", "Sent")
    with attached(var_folder()), console.status(words) as status:
        sent = simulator.main(rate, minutes, seed, lambda total: status.update(f"{words} {total}"))
    console.print(f"{words} {sent}")


@app.command()
def openapi(
    out: Annotated[Path | None, typer.Option(help="输出文件，默认标准输出 · File to write")] = None,
    check: Annotated[Path | None, typer.Option(help="与此文件比较 · Compare with this file")] = None,
) -> None:
    """输出接口的 OpenAPI 描述 · Print the OpenAPI description of the API."""
    from ningjulan.project.openapi import OutOfDate, schema_text

    text = schema_text()
    if check is not None:
        if not check.exists() or check.read_text() != text:
            raise OutOfDate(path=str(check))
    elif out is not None:
        out.write_text(text)
        console.print(say(f"已写入 {out}", f"Wrote {out}"))
    else:
        typer.echo(text, nl=False)


@new.command("scenario")
def new_scenario(name: Annotated[str, typer.Argument(help="module.name")]) -> None:
    """新建一个场景文件，第一个测试待写 · Start a scenario file; its first test is yours."""
    _start("scenario", name)


@new.command("source")
def new_source(name: Annotated[str, typer.Argument(help="name")]) -> None:
    """新建一个数据源文件夹 · Start a source's folder."""
    _start("source", name)


@new.command("module")
def new_module(name: Annotated[str, typer.Argument(help="name")]) -> None:
    """新建一个模块文件夹 · Start a module's folder."""
    _start("module", name)


def _start(kind: str, name: str) -> None:
    from ningjulan.project import scaffold

    for path in scaffold.start(kind, name):
        console.print(f"+ {path}", highlight=False, soft_wrap=True)
