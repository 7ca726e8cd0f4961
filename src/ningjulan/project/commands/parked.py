"""For data people: batches that failed by themselves, and sending them in again."""

from typing import Annotated

import typer

from ningjulan.project.commands.output import AsJson, console, print_json, var_folder
from ningjulan.project.language import say
from ningjulan.project.processes.attach import attached

app = typer.Typer()
parked = typer.Typer(no_args_is_help=True, help="搁置的批次 · Batches that failed by themselves")
app.add_typer(parked, name="parked")


@parked.command("list")
def list_(as_json: AsJson = False) -> None:
    """列出搁置的批次及原因 · List the parked batches and why."""
    with attached(var_folder()):
        from ningjulan.project import parking

        rows = parking.list_parked()
    if as_json:
        print_json(rows)
        return
    if not rows:
        console.print(say("没有搁置的批次", "Nothing is parked"))
        return
    for row in rows:
        facts = say(f"{row.n} 条，第 {row.n_times} 次", f"{row.n} records, time {row.n_times}")
        console.print(f"[bold]{row.batch_id}[/]  {row.source} {row.class_id}  {facts}", soft_wrap=True)
        console.print(f"  {row.error.splitlines()[0]}", style="dim", markup=False, soft_wrap=True)


@parked.command("retry")
def retry(
    batch_ids: Annotated[
        list[str] | None, typer.Argument(help="批次，默认全部 · Batches; default all")
    ] = None,
) -> None:
    """重新送入搁置的批次 · Send parked batches in again."""
    words = say("重新送入", "Sending in again")
    with attached(var_folder(), processes=("worker", "relay")), console.status(words) as status:
        from ningjulan.project import parking

        done = parking.retry(batch_ids or [], lambda n, of: status.update(f"{words} {n}/{of}"))
    n_taken, n_again = len(done.taken), len(done.parked_again)
    console.print(
        say(f"已处理 {n_taken} 批，再次搁置 {n_again} 批", f"{n_taken} taken, {n_again} parked again")
    )
    if done.parked_again:
        raise typer.Exit(1)
