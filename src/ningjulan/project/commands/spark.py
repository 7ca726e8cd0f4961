"""For operators: clean a stretch of the stream on Spark."""

import importlib.util
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from ningjulan.foundation.errors import NingjulanError
from ningjulan.project.commands.output import AsJson, console, print_json, print_table, var_folder
from ningjulan.project.language import say
from ningjulan.project.processes.attach import attached

app = typer.Typer()
spark = typer.Typer(no_args_is_help=True, help="在 Spark 上清洗 · Cleaning on Spark")
app.add_typer(spark, name="spark")


class SparkMissing(NingjulanError):
    code = "spark_missing"
    message_zh = "未安装 Spark。请执行 pip install 'ningjulan[spark]'"
    message_en = "Spark is not installed; run pip install 'ningjulan[spark]'"


@spark.callback()
def _spark() -> None:
    """在 Spark 上清洗 · Cleaning on Spark."""


@spark.command("clean")
def clean(  # noqa: PLR0913, PLR0917  # each is an option
    classes: Annotated[list[str], typer.Option("--class", help="数据类，可多次 · Class; may be repeated")],
    out: Annotated[Path, typer.Option(help="输出目录，各主机须共享 · Folder that all hosts share")],
    from_seq: Annotated[int, typer.Option(help="起始编号；0 为最早或断点 · First; 0: earliest or next")] = 0,
    to_seq: Annotated[int, typer.Option(help="末尾编号；0 为此刻最新 · Last; 0: the latest now")] = 0,
    master: Annotated[str, typer.Option(help="如 spark://host:7077 · Spark's master")] = "local[*]",
    together: Annotated[int, typer.Option(help="每个微批的编号数 · Numbers in one batch of Spark")] = 2000,
    settings: Annotated[
        list[str] | None, typer.Option("--set", help="Spark 设置，名=值 · Setting of Spark, name=value")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """按编号区间清洗 RAW 数据流，结果为独立的历史库 · Clean a range of RAW into a history of its own."""
    if importlib.util.find_spec("pyspark") is None:
        raise SparkMissing
    with attached(var_folder()) as addresses, tempfile.TemporaryDirectory(prefix="ningjulan-refs-") as folder:
        from ningjulan.project.runners.exporting import export_registry
        from ningjulan.project.runners.spark.job import Job, run

        snapshot = Path(folder) / "snapshot.zip"
        export_registry(snapshot)
        balances = run(
            Job(
                classes=tuple(class_id.upper() for class_id in classes),
                nats_url=addresses.nats_url,
                out=out.resolve(),
                snapshot=snapshot,
                first=from_seq,
                last=to_seq,
                together=together,
                master=master,
                settings=dict(one.split("=", 1) for one in settings or []),
            )
        )
    if as_json:
        print_json([vars(one) for one in balances])
        return
    headings = [("数据类", "Class"), ("批", "Batches"), ("接收", "Received"), ("入库", "Stored")]
    headings += [("拒收", "Rejected"), ("重复", "Duplicate"), ("搁置", "Parked")]
    print_table([say(zh, en) for zh, en in headings], (tuple(vars(one).values()) for one in balances))
    console.print(out, highlight=False)
