"""For data people: what the registry holds, and how well it knows people again."""

from pathlib import Path
from typing import Annotated

import typer

from ningjulan.project.commands.output import AsJson, console, print_json, print_table, var_folder
from ningjulan.project.language import say
from ningjulan.project.processes.attach import attached

app = typer.Typer()
registry = typer.Typer(no_args_is_help=True, help="一标三实 · The registry of addresses, people and premises")
app.add_typer(registry, name="registry")

People = Annotated[int, typer.Option(help="虚构的登记人数 · Invented people who are registered", min=100)]
Records = Annotated[int, typer.Option(help="虚构的来件数 · Invented records that come in", min=100)]
Seed = Annotated[int, typer.Option(help="种子 · Seed")]


@registry.command("eval-matching")
def eval_matching(
    people: People = 298_000, records: Records = 60_000, seed: Seed = 1, as_json: AsJson = False
) -> None:
    """用已知答案的虚构数据检验人员匹配 · Judge matching on invented people whose truth is known."""
    from ningjulan.registry.resolution.evaluation import evaluate

    result = evaluate(people, records, seed)
    if as_json:
        print_json(result)
        return
    rows = [
        (say("自动认定的准确率", "Precision, linked without a clerk"), f"{result.precision:.4f}"),
        (say("自动认定的召回率", "Recall, linked without a clerk"), f"{result.recall:.4f}"),
        (say("交由人工判断", "Left to a clerk"), f"{result.queued:.2%}"),
        (say("自动或在队列中可找到", "Linked or among the clerk's candidates"), f"{result.findable:.4f}"),
        (say("将被重复建档", "Would be registered twice"), f"{result.doubled:.2%}"),
    ]
    print_table((say("指标", "Figure"), say("数值", "Value")), rows)
    at = [(f"{t.bits:+.0f}", f"{t.precision:.4f}", f"{t.recall:.4f}") for t in result.thresholds]
    print_table((say("仅按权重（比特）", "By weight alone (bits)"), "P", "R"), at)


@registry.command("learn-weights")
def learn_weights(out: Path, people: People = 298_000, records: Records = 60_000, seed: Seed = 1) -> None:
    """由数据学习匹配权重并写入文件 · Learn the weights of matching and write them to a file."""
    import json

    from ningjulan.registry.resolution import dirt, learning
    from ningjulan.registry.resolution.matching import prepared

    registered = dirt.people(people, seed)
    incoming = dirt.dirty(registered, records, seed + 1).incoming
    weights = learning.learn(prepared(incoming), prepared(registered), n_random=500_000, seed=seed)
    out.write_text(json.dumps(weights.as_json(), indent=2) + "\n", encoding="utf-8")
    console.print(say(f"已写入 {out}", f"Written to {out}"))


@registry.command("find-duplicates")
def find_duplicates(as_json: AsJson = False) -> None:
    """全库查重：把可能是同一人的登记交由人工判断 · Queue the entries that may be one person."""
    from datetime import UTC, datetime

    with attached(var_folder()):
        from django.utils.timezone import localdate

        from ningjulan.registry.resolution.services import find_duplicates as find

        now = datetime.now(UTC)
        n_queued = find(now, localdate(now))
    if as_json:
        print_json({"queued": n_queued})
    else:
        console.print(say(f"新增 {n_queued} 对待判断", f"{n_queued} pairs queued for a clerk"))
