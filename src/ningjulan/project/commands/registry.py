"""For data people: what the registry holds, and how well it knows people again."""

from datetime import UTC, datetime
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


@registry.command("stats")
def stats(
    tenant: Annotated[str, typer.Option(help="辖区代码，默认全部 · Of one tenant")] = "",
    as_json: AsJson = False,
) -> None:
    """地址、人、户、房、车、企各有多少 · How many addresses, people, households … there are."""
    with attached(var_folder()):
        from django.utils import timezone

        from ningjulan.registry.people import selectors

        counts = selectors.stats(tenant, today=timezone.localdate())
    if as_json:
        print_json(counts)
        return
    rows = [(say(NAMES_ZH[name], name.replace("_", " ")), f"{n:,}") for name, n in counts.items()]
    print_table((say("类别", "Kind"), say("数量", "Number")), rows)


NAMES_ZH = {
    "addresses": "标准地址",
    "buildings": "楼栋",
    "people": "实有人口",
    "households": "家庭户",
    "dwellings": "实有房屋",
    "residencies": "居住登记",
    "rentals": "出租房屋",
    "migrants": "流动人口",
    "vehicles": "机动车",
    "organisations": "实有单位",
    "employments": "从业登记",
    "care_recipients": "关爱对象",
    "changes": "变更",
}


@registry.command("population")
def population(
    seed: Annotated[int, typer.Option(help="示例街道的种子 · Seed of the demo town")] = 7,
    scale: Annotated[float, typer.Option(help="规模，1 为 122,000 个地址 · 1 has 122,000 addresses")] = 1.0,
    as_json: AsJson = False,
) -> None:
    """生成并登记示例街道和虚构的人 · Make the demo town and its people, who do not exist."""
    with attached(var_folder()), console.status(say("生成示例街道", "Demo town")) as status:
        from ningjulan.project import settings
        from ningjulan.registry import facade
        from ningjulan.registry.people import population as people
        from ningjulan.registry.people.loading import load_population

        now = datetime.now(UTC)
        town = facade.build_town(settings.TOWN_FOLDER, seed=seed, scale=scale)
        facade.load_town(settings.TOWN_FOLDER, now)
        status.update(say("生成示例人口", "Demo people"))
        people.build(settings.TOWN_FOLDER, town)
        status.update(say("登记示例人口", "Registering them"))
        loaded = load_population(settings.TOWN_FOLDER, now)
    if as_json:
        print_json(loaded)
    else:
        done_zh = "已登记" if loaded.changed else "已经登记过"
        n = f"{loaded.counts['person']:,}"
        console.print(say(f"{done_zh} {n} 人", f"{n} people registered{'' if loaded.changed else ' before'}"))


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
