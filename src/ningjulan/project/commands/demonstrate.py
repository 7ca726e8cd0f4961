"""For newcomers: one thing happens, so that one can watch where it goes."""

import json
import os
from datetime import UTC, datetime
from typing import Annotated

import typer

from ningjulan.foundation.errors import InputRefused
from ningjulan.project.commands.output import console, var_folder
from ningjulan.project.language import say
from ningjulan.project.processes.attach import attached

app = typer.Typer()
demo = typer.Typer(no_args_is_help=True, help="演示 · Demonstration")
app.add_typer(demo, name="demo")


class NothingRuns(InputRefused):
    code = "nothing_runs"
    message_zh = "平台没有在运行，请先在另一个终端执行 make run"
    message_en = "The platform is not running; run `make run` in another terminal first"


@demo.command()
def alarm(
    building: Annotated[str | None, typer.Option(help="楼栋标识 · Building id")] = None,
) -> None:
    """在示例街道触发一次火警 · Set off a fire alarm in the demo town."""
    with attached(var_folder()) as addresses:
        if addresses.web_url is None:
            raise NothingRuns
        import httpx

        from ningjulan.project import settings
        from ningjulan.project.simulator import scenery
        from ningjulan.project.traffic import Street

        street = Street(scenery(), seed=int.from_bytes(os.urandom(4)))
        record = street.alarm(datetime.now(UTC), building)
        token = json.loads((settings.VAR / "demo.json").read_text())["tokens"][record.source]
        url = f"{addresses.web_url}/ingest/{record.class_id}"
        body = json.dumps(record.items, ensure_ascii=False)
        answer = httpx.post(url, content=body, headers={"Authorization": f"Bearer {token}"}, timeout=20)
    typer.echo(f"curl -X POST {url} \\\n  -H 'Authorization: Bearer {token}' \\\n  -d '{body}'\n")
    typer.echo(f"→ {answer.status_code} {answer.text}")
    console.print(say("请看地图与实时列表", "Now look at the map and the live list"))
