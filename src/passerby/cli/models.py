"""`passerby models`: which detector models there are, whether their files are right, and how to get more."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn
from rich.table import Table

from passerby.ingest.detectors.download import download_model_file, import_model_file
from passerby.ingest.detectors.registry import (
    DEFAULT_MODEL,
    FileState,
    ModelState,
    known_model,
    model_state,
    model_states,
)

models_app = typer.Typer(help="Detector models: list, verify, import, fetch.", no_args_is_help=False)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]

STYLE = {FileState.READY: "green", FileState.ABSENT: "dim", FileState.DAMAGED: "bold red"}


def _report(states: Sequence[ModelState], *, as_json: bool) -> None:
    """Prints the states of models for a person or for a program."""
    if as_json:
        rows = [
            {**asdict(found.model), "state": found.state.value, "path": str(found.path), "got_sha256": found.got_sha256}
            for found in states
        ]
        typer.echo(json.dumps({"models": rows}, indent=2))
        return
    table = Table(title="Models")
    table.add_column("model", no_wrap=True)
    table.add_column("file", no_wrap=True)
    table.add_column("COCO mAP", justify="right")
    table.add_column("licence")
    table.add_column("purpose")
    for found in states:
        name = f"{found.model.name} (default)" if found.model.name == DEFAULT_MODEL else found.model.name
        state = f"[{STYLE[found.state]}]{found.state.value}[/]"
        accuracy = "–" if found.model.coco_map is None else f"{found.model.coco_map:.1f}"
        table.add_row(name, state, accuracy, found.model.licence, found.model.purpose)
    Console().print(table)


@models_app.callback(invoke_without_command=True)
def models(context: typer.Context, as_json: AsJson = False) -> None:
    """Lists the models that passerby knows; every file that is there is checked."""
    if context.invoked_subcommand is None:
        _report(model_states(), as_json=as_json)


@models_app.command("list")
def list_models(as_json: AsJson = False) -> None:
    """Lists the models that passerby knows; every file that is there is checked."""
    _report(model_states(), as_json=as_json)


@models_app.command("verify")
def verify(
    name: Annotated[str | None, typer.Argument(help="A model's name; all of them without it.")] = None,
    as_json: AsJson = False,
) -> None:
    """Checks files against their recorded sha256; exit code 1 when one is wrong, or missing though asked for."""
    states = model_states() if name is None else (model_state(known_model(name)),)
    _report(states, as_json=as_json)
    needed = [found for found in states if found.model.shipped or name is not None]
    damaged = any(found.state is FileState.DAMAGED for found in states)
    if damaged or any(found.state is not FileState.READY for found in needed):
        raise typer.Exit(1)


@models_app.command("import")
def import_model(
    file: Annotated[Path, typer.Argument(help="The ONNX file, brought here on a disk.")], as_json: AsJson = False
) -> None:
    """Takes in a model's file from a disk; its sha256 identifies the model."""
    _report([import_model_file(file)], as_json=as_json)


@models_app.command("fetch")
def fetch(name: Annotated[str, typer.Argument(help="The model's name.")], as_json: AsJson = False) -> None:
    """Fetches a model's file from where its authors publish it; this needs the internet."""
    model = known_model(name)
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task(model.file, total=None)
        found = download_model_file(model, lambda got, total: bar.update(task, completed=got, total=total))
    _report([found], as_json=as_json)
