"""`passerby backup | restore | retention check`: what is kept, for how long, and where it lies twice."""

import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from passerby.admin.operations import RetentionProof, back_up_site, restore_site, retention_proof
from passerby.cli.service import DataFolder, SiteFile

retention_app = typer.Typer(help="How long results are kept: check.", no_args_is_help=True)

SHOWN_RUNS = 10


def backup(
    site: SiteFile,
    out: Annotated[Path, typer.Option("--out", help="Folder in which the backup gets a folder of its own.")],
    data: DataFolder = None,
) -> None:
    """Back up the database and the site file, while the service runs or not."""
    made = back_up_site(site, out, data)
    typer.echo(f"Written: {made.folder}")
    typer.echo("It holds the site file with its secrets. Keep it where only those may read it who run the cameras.")


def restore(
    site: SiteFile,
    backup_folder: Annotated[
        Path, typer.Argument(metavar="BACKUP", help="A folder that `passerby backup` made, or the file in it.")
    ],
    force: Annotated[bool, typer.Option("--force", help="Overwrite a database that holds something.")] = False,
    data: DataFolder = None,
) -> None:
    """Put a backup back in place; the service must not run, and a site file that is there stays as it is."""
    store = restore_site(site, backup_folder, force=force, data=data)
    typer.echo(f"Restored from {store}. Start passerby again.")


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
        typer.echo(json.dumps({"kept": proof.kept, "lines": lines, "runs": [asdict(run) for run in proof.runs]}))
    else:
        _show(proof)
    if not proof.kept:
        raise typer.Exit(1)


def _show(proof: RetentionProof) -> None:
    console = Console(highlight=False)
    table = Table("kind", "limit", "oldest", "nothing before", "limit kept", title="What is stored")
    for line in proof.lines:
        kept = Text("yes", style="green") if line.kept else Text("no", style="bold red")
        oldest = "nothing stored" if line.oldest_ns is None else _day(line.oldest_ns)
        table.add_row(line.kind.value, f"{line.keep_days} days", oldest, _day(line.cutoff_ns), kept)
    console.print(table)
    if not proof.runs:
        console.print("Nothing has been deleted yet: no deletion run is on record.")
    else:
        runs = Table("time", "kind", "nothing before", "deleted rows", title="The last deletion runs")
        for run in proof.runs[-SHOWN_RUNS:]:
            runs.add_row(_day(run.time_ns), run.kind.value, _day(run.cutoff_ns), str(run.deleted))
        console.print(runs)
    verdict = "Every limit is kept." if proof.kept else "Something is older than its limit: is passerby running?"
    console.print(Text(verdict, style="green" if proof.kept else "bold red"))


def _day(time_ns: int) -> str:
    return datetime.fromtimestamp(time_ns / 1e9, UTC).strftime("%Y-%m-%d %H:%M UTC")
