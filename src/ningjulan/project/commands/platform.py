"""For operators: start, look, stop, examine."""

import logging
import sys
from typing import Annotated

import typer

from ningjulan.project.commands.output import AsJson, console, print_json, print_table, var_folder
from ningjulan.project.language import say
from ningjulan.project.processes.attach import attached

app = typer.Typer()


@app.command()
def run(  # noqa: PLR0913, PLR0917  # each is an option
    port: Annotated[int | None, typer.Option(help="端口，默认 8000 或其后第一个空闲端口 · Web port")] = None,
    host: Annotated[str, typer.Option(help="监听地址 · Address to listen on")] = "127.0.0.1",
    rate: Annotated[float, typer.Option(help="每秒模拟记录数，0 为关闭 · Simulated records a second")] = 5.0,
    seed: Annotated[int, typer.Option(help="示例街道的种子 · Seed of the demo town")] = 7,
    scale: Annotated[float, typer.Option(help="示例街道的规模 · Size of the demo town")] = 1.0,
    demo: Annotated[bool, typer.Option(help="示例街道与演示账号 · The demo town and accounts")] = True,
    workers_only: Annotated[
        bool,
        typer.Option("--workers-only", help="只运行数据处理：平台在别的主机 · A further host: workers only"),
    ] = False,
    shards: Annotated[
        str, typer.Option(help="优先处理的分片，如 2,3 · Shards of this host; others only when left alone")
    ] = "",
) -> None:
    """启动整个平台，直到 Ctrl-C · Start everything, until Ctrl-C."""
    from ningjulan.project.processes.supervisor import Supervisor
    from ningjulan.project.processes.table import Wanted

    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    wanted = Wanted(
        var_folder(),
        port,
        host,
        rate if demo else 0.0,
        seed,
        scale,
        demo,
        workers_only,
        tuple(int(shard) for shard in shards.split(",")) if shards else None,
    )
    Supervisor(wanted, console).run()


@app.command()
def status(as_json: AsJson = False) -> None:
    """查看进程、地址与积压 · Show processes, addresses and backlog."""
    from ningjulan.project.processes.status import status_of

    found = status_of(var_folder())
    if as_json:
        print_json(found)
        return
    words = {
        "stopped": say("未运行", "stopped"),
        "starting": say("正在启动", "starting"),
        "ready": say("运行中", "running"),
    }
    console.print(f"[bold]{words[found.state]}[/]  {found.url or ''}")
    print_table(
        (say("进程", "Process"), "PID", say("已运行（秒）", "Seconds"), say("内存（MB）", "Memory MB")),
        ((p.name, p.pid or "—", p.running_s, p.memory_mb) for p in found.processes),
    )
    if found.readers:
        print_table(
            (
                say("数据流", "Stream"),
                say("消费者", "Reader"),
                say("待取", "Waiting"),
                say("在办", "In work"),
            ),
            ((r.stream, r.name, r.waiting, r.unacknowledged) for r in found.readers),
        )


@app.command()
def stop() -> None:
    """停止平台，数据保留 · Stop everything; the data stay."""
    from ningjulan.project.processes.stop import stop as stop_platform

    stopped = stop_platform(var_folder())
    console.print(
        say("已停止", "Stopped") if stopped else say("平台没有在运行", "The platform is not running")
    )


@app.command()
def migrate() -> None:
    """更新数据库结构与数据流 · Bring tables and streams up to date."""
    with attached(var_folder()):
        from ningjulan.project.processes.prepare import Options, prepare  # reads the settings: not before

        prepare(Options(seed=0, scale=0, demo=False), console, steps=2)


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def manage(context: typer.Context) -> None:
    """Django 管理命令，如 createsuperuser · A Django management command."""
    from django.core.management import execute_from_command_line

    with attached(var_folder()):
        execute_from_command_line(["ningjulan manage", *context.args])


@app.command()
def doctor(as_json: AsJson = False) -> None:
    """检查环境、数据目录、数据源与场景 · Check the machine, catalogue, sources and scenarios."""
    from ningjulan.project.doctor import examine

    findings = examine(var_folder())
    if as_json:
        print_json(findings)
    else:
        for finding in findings:
            mark = "[green]✓[/]" if finding.is_well else "[red]✗[/]"
            console.print(
                f"{mark} {say(finding.subject_zh, finding.subject_en)}  [dim]{finding.detail}[/]",
                highlight=False,
                soft_wrap=True,
            )
    if not all(finding.is_well for finding in findings):
        sys.exit(1)
