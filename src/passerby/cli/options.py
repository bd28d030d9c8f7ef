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
CameraName = Annotated[str | None, typer.Option("--camera", help="Which camera of the site file it is.")]
ModelName = Annotated[str | None, typer.Option("--model", help="Detector: a known name or an ONNX file.")]
AnalysedFps = Annotated[float | None, typer.Option("--fps", help="Frames looked at a second; 10 unless the site says.")]
StartTime = Annotated[
    str | None,
    typer.Option("--start", help="When it began, ISO 8601, by the site's clock; else by its metadata or name."),
]
InLight = Annotated[bool, typer.Option("--light", help="Draw the picture in light colours, for print.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]
