"""For operators: the keys of the sealed columns."""

import typer
from rich.progress import Progress

from ningjulan.project.commands.output import AsJson, console, print_json, print_table, var_folder
from ningjulan.project.language import say
from ningjulan.project.processes.attach import attached

app = typer.Typer()
keys = typer.Typer(no_args_is_help=True, help="加密列的密钥 · Keys of the sealed columns")
app.add_typer(keys, name="keys")


@keys.command("list")
def list_(as_json: AsJson = False) -> None:
    """列出密钥及尚未重新加密的数量 · List the keys, and what still awaits the newest."""
    with attached(var_folder()):
        from ningjulan.foundation.sealing.columns import n_waiting, sealed_columns
        from ningjulan.foundation.sealing.keys import keys as source

        ids = source().ids()
        waiting = {column.place: n_waiting(column) for column in sealed_columns()}
    if as_json:
        print_json({"keys": ids, "newest": ids[-1], "waiting": waiting})
        return
    console.print(say(f"密钥（最新在后）：{'、'.join(ids)}", f"Keys, newest last: {', '.join(ids)}"))
    print_table((say("列", "column"), say("待重新加密", "waiting")), waiting.items())


@keys.command("rotate")
def rotate() -> None:
    """启用新密钥并重新加密 · Make a new key and seal everything again with it."""
    with attached(var_folder()):
        from ningjulan.foundation.sealing.keys import keys as source

        key_id = source().rotate()
        console.print(
            say(f"新密钥 {key_id} 已启用；旧密钥仍可解开", f"Key {key_id} seals now; old ones still open")
        )
        _reseal()


@keys.command("reseal")
def reseal() -> None:
    """继续中断的重新加密 · Go on sealing again after an interruption."""
    with attached(var_folder()):
        _reseal()


def _reseal() -> None:
    """Show one bar a column. Stopped at any moment, `keys reseal` goes on with what is left."""
    from ningjulan.foundation.sealing import columns

    with Progress(console=console) as bars:
        for column in columns.sealed_columns():
            bar = bars.add_task(column.place, total=None)
            for step in columns.reseal(column):
                bars.update(bar, completed=step.n_done, total=step.n_done + step.n_waiting)
