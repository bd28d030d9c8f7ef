"""Arguments that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

from passerby.cli.hints import keep_data, keep_site

SiteFile = Annotated[Path, typer.Argument(help="The site file.", callback=keep_site)]
DataFolder = Annotated[
    Path | None,
    typer.Option(
        "--data", help="Folder for everything that passerby writes, instead of the site's own.", callback=keep_data
    ),
]
LikeFile = Annotated[
    Path | None,
    typer.Option("--like", help="A whole recording of the same camera, to read one that lacks its index."),
]
RecordedFps = Annotated[
    float | None,
    typer.Option(
        "--recorded-fps",
        min=0.01,
        max=1000,
        help="Pictures a second of a recording that lacks time stamps.",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]
