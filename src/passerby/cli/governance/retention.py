"""`passerby retention check`: what is stored, and whether every limit is kept."""

import json
from dataclasses import asdict
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from passerby.admin.retention import RetentionProof, retention_proof
from passerby.cli.options import DataFolder, SiteFile
from passerby.text import utc_minute

retention_app = typer.Typer(help="How long results are kept: check.", no_args_is_help=True)

SHOWN_RUNS = 10


@retention_app.command("check")
def check_retention(
    site: SiteFile,
    data: DataFolder = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")] = False,
) -> None:
    """Prove that nothing is kept longer than its limit; exit code 1 when something is."""
    proof = retention_proof(site, data)
    if as_json:
        lines = [{**asdict(line), "kept": line.kept} for line in proof.lines]
        left, runs = ([asdict(each) for each in rows] for rows in (proof.left, proof.runs))
        typer.echo(json.dumps({"kept": proof.kept, "lines": lines, "left": left, "runs": runs}))
    else:
        _show(proof)
    if not proof.kept:
        raise typer.Exit(1)


def _show(proof: RetentionProof) -> None:
    console = Console(highlight=False)
    table = Table("kind", "limit", "oldest", "nothing before", "limit kept", title="What is stored")
    for line in proof.lines:
        kept = Text("yes", style="green") if line.kept else Text("no", style="bold red")
        oldest = "nothing stored" if line.oldest_ns is None else utc_minute(line.oldest_ns)
        table.add_row(line.kind.value, f"{line.keep_days} days", oldest, utc_minute(line.cutoff_ns), kept)
    console.print(table)
    for each in proof.left:
        console.print(
            Text(f"Left over: {each.what} ({each.rows}), the oldest from {utc_minute(each.oldest_ns)}", "bold red")
        )
    if not proof.runs:
        console.print("Nothing has been deleted yet: no deletion run is on record.")
    else:
        runs = Table("time", "kind", "nothing before", "deleted rows", title="The last deletion runs")
        for run in proof.runs[-SHOWN_RUNS:]:
            runs.add_row(utc_minute(run.time_ns), run.kind.value, utc_minute(run.cutoff_ns), str(run.deleted))
        console.print(runs)
    sentence = "Every limit is kept." if proof.kept else "Something is older than its limit: is passerby running?"
    console.print(Text(sentence, style="green" if proof.kept else "bold red"))
