"""For data people: clean a stretch of the past again, see what would be different, apply it or not."""

import getpass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from ningjulan.project.commands.output import AsJson, console, print_json, print_table, var_folder
from ningjulan.project.language import say
from ningjulan.project.processes.attach import attached

if TYPE_CHECKING:  # importing them needs Django
    from ningjulan.foundation.actors import Actor
    from ningjulan.observations.domain.replays import Diff, ReplayView

WAIT_LIMIT_S = 4 * 3600.0
Number = Annotated[int, typer.Argument(help="重放编号 · Number of the replay")]


class _ClassFirst(TyperGroup):
    """`replay IOT12 …` is `replay of IOT12 …`."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        return super().resolve_command(ctx, args if args and args[0] in self.commands else ["of", *args])


app = typer.Typer()
replay = typer.Typer(cls=_ClassFirst, no_args_is_help=True, help="重放：按现行规则重新清洗 · Replay")
app.add_typer(replay, name="replay")


@replay.command("of")
def of(
    class_id: Annotated[str, typer.Argument(help="数据类 · Class")],
    from_day: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="起始日 · First day")],
    to_day: Annotated[datetime, typer.Option("--to", formats=["%Y-%m-%d"], help="截止日（含） · Last day")],
    source: Annotated[str | None, typer.Option(help="来源，默认全部 · Source; default all")] = None,
    as_json: AsJson = False,
) -> None:
    """比对：只说明会有何不同，不改写 · Compare: what would be different. Writes nothing."""
    with attached(var_folder()):
        from django.utils import timezone

        from ningjulan.observations import replays

        noted = replays.ask_for_replay(
            _myself(),
            class_id=class_id,
            since=timezone.make_aware(from_day),
            until=timezone.make_aware(to_day + timedelta(days=1)),
            source=source,
            now=datetime.now(UTC),
        )
        _show(_waited_for(noted.id), as_json)


@replay.command("apply")
def apply(
    number: Number,
    note: Annotated[str, typer.Option(help="为何应用 · Why")],
    as_json: AsJson = False,
) -> None:
    """应用：按比对结果改写历史数据 · Apply: write what the diff says."""
    with attached(var_folder()):
        from ningjulan.observations import replays

        replays.ask_to_apply(_myself(), number, note=note, now=datetime.now(UTC))
        _show(_waited_for(number), as_json)


@replay.command("discard")
def discard(number: Number) -> None:
    """放弃：不改写任何数据 · Discard: nothing is written."""
    with attached(var_folder()):
        from ningjulan.observations import replays

        replays.discard(_myself(), number, now=datetime.now(UTC))
    console.print(say("已放弃", "Discarded"))


@replay.command("show")
def show(number: Number, as_json: AsJson = False) -> None:
    """一次重放及其差异 · A replay and its diff."""
    with attached(var_folder()):
        from ningjulan.observations import replays

        _show(replays.replay_of(_myself(), number), as_json)


@replay.command("list")
def list_(as_json: AsJson = False) -> None:
    """最近的重放 · The latest replays."""
    with attached(var_folder()):
        from ningjulan.observations import replays
        from ningjulan.observations.domain.replays import STATE_ZH

        rows = replays.list_replays(_myself())
    if as_json:
        print_json(rows)
        return
    headings = say("编号 数据类 来源 起 止 提出人 状态", "Number Class Source From Until By State").split()
    moments = "%Y-%m-%d %H:%M"
    print_table(
        headings,
        (
            (
                *(one.id, one.class_id, one.source, one.since.astimezone().strftime(moments)),
                *(one.until.astimezone().strftime(moments), one.by, say(STATE_ZH[one.state], one.state)),
            )
            for one in rows
        ),
    )


def _myself() -> "Actor":
    from ningjulan.foundation.actors import Actor, Role

    return Actor(None, getpass.getuser(), frozenset({Role.SYSTEM}))


def _waited_for(number: int) -> "ReplayView":
    from ningjulan.project.processes.replaying import wait_for

    words = say("重新清洗并比对", "Cleaning again and comparing")
    with console.status(words) as status:
        return wait_for(
            number,
            actor=_myself(),
            on_waiting=lambda view: status.update(f"{words} {view.n_done:,}/{view.n_all:,}"),
            limit_s=WAIT_LIMIT_S,
        )


def _show(view: "ReplayView", as_json: bool) -> None:
    """Print a replay; one that has failed ends in exit code 1."""
    if as_json:
        print_json(view)
    else:
        _print_view(view)
    if view.error:
        raise typer.Exit(1)


def _print_view(view: "ReplayView") -> None:
    from ningjulan.observations.domain.replays import STATE_ZH

    state = say(STATE_ZH[view.state], view.state)
    console.print(f"[bold]#{view.id}[/] {view.class_id} {view.source or ''} · {state}", highlight=False)
    if view.error:
        console.print(f"[red]✗[/] {view.error}", highlight=False)
    if view.diff is not None:
        _print_diff(view.diff)
    if view.state == "ready":
        command = f'ningjulan replay apply {view.id} --note "…"'
        console.print(say(f"尚未改写。应用：{command}", f"Nothing is written yet. To apply: {command}"))


def _print_diff(diff: "Diff") -> None:
    numbers: tuple[tuple[str, int, dict[str, int]], ...] = (
        (say("新入库", "newly accepted"), diff.n_newly_accepted, diff.accepted_by_reason),
        (say("新拒收", "newly rejected"), diff.n_newly_rejected, diff.rejected_by_reason),
        (say("新判为重复", "newly duplicate"), diff.n_newly_duplicate, {}),
        (say("内容有变", "changed"), diff.n_changed, {}),
        (say("不变", "unchanged"), diff.n_unchanged, {}),
        (say("已人工处理，保留", "dealt with by hand, kept"), diff.n_by_hand, {}),
        (say("搁置中", "parked"), diff.n_parked, {}),
        (say("已无原始内容", "without raw lines"), diff.n_without_raw, {}),
        (say("库中已不全", "no longer whole in the store"), diff.n_not_whole, {}),
    )
    rows = [
        (words, f"{n:,}", "  ".join(f"{reason} {of:,}" for reason, of in sorted(reasons.items())))
        for words, n, reasons in numbers
        if n
    ]
    print_table(say("结果 行数 原因", "Outcome Lines Reasons").split(), rows)
    examples = [
        (item, f"{one.n:,}", *(say("空", "empty") if value is None else value for value in example))
        for item, one in sorted(diff.items.items())
        for example in one.examples
    ]
    if examples:
        print_table(say("数据项 记录 原值 新值", "Item Records Old New").split(), examples)
    console.print(say("不会为过去补发预警或案件", "No alerts or cases are raised for the past"), style="dim")
