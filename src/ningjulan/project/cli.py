"""`ningjulan`: each command calls one function of a module and prints what it returns.

Modules are imported inside the commands: `ningjulan stop` need not wait for Django and Polars.
"""

import os
import sys
from typing import Annotated

import typer
from rich.console import Console

from ningjulan.foundation.errors import NingjulanError
from ningjulan.project.commands import (
    audit,
    demonstrate,
    develop,
    history,
    keys,
    parked,
    platform,
    records,
    registry,
    replay,
    scenarios,
    spark,
)
from ningjulan.project.language import sentence_of

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
PARTS = (
    *(platform, records, history, keys, audit, parked, registry, replay, scenarios, spark),
    *(develop, demonstrate),
)
for part in PARTS:
    app.add_typer(part.app)


@app.callback()
def _language(
    lang: Annotated[str, typer.Option(help="zh | en", envvar="NINGJULAN_LANG", show_default=False)] = "",
) -> None:
    """宁聚蓝：街道一屏统管。Ningjulan: the open platform of a sub-district."""
    if lang:
        os.environ["NINGJULAN_LANG"] = lang


def main() -> None:
    """Run a command. What was anticipated ends in one sentence and exit code 1."""
    try:
        app()
    except NingjulanError as error:
        Console(stderr=True).print(f"[red]✗[/] {sentence_of(error)}", highlight=False, soft_wrap=True)
        sys.exit(1)
