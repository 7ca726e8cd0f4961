"""For developers and integrators: simulated traffic, the API's schema."""

from pathlib import Path
from typing import Annotated

import typer

from ningjulan.project.commands.output import console, var_folder
from ningjulan.project.language import say
from ningjulan.project.processes.attach import attached

app = typer.Typer()


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
