"""For auditors: is the trail as it was written?"""

from dataclasses import asdict

import typer

from ningjulan.project.commands.output import AsJson, console, print_json, var_folder
from ningjulan.project.language import language, say
from ningjulan.project.processes.attach import attached

app = typer.Typer()
audit = typer.Typer(no_args_is_help=True, help="审计 · The audit trail")
app.add_typer(audit, name="audit")


@audit.command("verify")
def verify(as_json: AsJson = False) -> None:
    """核验审计记录：改动、删除、插入、调换 · Find rows and heads changed, removed, inserted or moved."""
    with attached(var_folder()):
        from ningjulan.foundation.audit import verifying

        seen = verifying.verify()
    if as_json:
        print_json({"is_whole": seen.is_whole} | asdict(seen))
    else:
        for finding in seen.findings:
            console.print(f"[red]✗[/] {finding.sentence(language())}", highlight=False)
        counts_zh = f"封存 {seen.n_heads}，记录 {seen.n_entries}，待封存 {seen.n_waiting}"
        counts_en = f"{seen.n_heads} heads, {seen.n_entries} entries, {seen.n_waiting} waiting"
        verdict = say("完整", "whole") if seen.is_whole else say("不完整", "not whole")
        console.print(f"{say(counts_zh, counts_en)}：{verdict}", highlight=False)
    if not seen.is_whole:
        raise typer.Exit(1)
