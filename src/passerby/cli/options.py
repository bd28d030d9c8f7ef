"""Arguments that several commands share, and what is reported of a value that does not fit."""

from pathlib import Path
from typing import Annotated, Any, Final

import typer
from typer.core import TyperGroup

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

_WORDS: Final = {
    "int_parsing": "a whole number is needed",
    "int_from_float": "a whole number is needed",
    "int_parsing_size": "a smaller number is needed",
    "float_parsing": "a number is needed",
    "finite_number": "a finite number is needed",
    "greater_than_equal": "it must be at least {ge}",
    "less_than_equal": "it must be at most {le}",
}


class Program(TyperGroup):
    """The program, with its commands and groups of commands; a value that does not fit is reported in plain words."""

    def invoke(self, ctx: Any) -> Any:
        """Runs a command.

        Raises:
            BadParameter: a value does not fit its option or argument.
        """
        try:
            return super().invoke(ctx)
        except typer.BadParameter as error:
            error.message = plain(error)
            raise


def plain(error: typer.BadParameter) -> str:
    """Returns what was wrong with a value, without the words of the library that read it."""
    read = getattr(error.__cause__, "errors", None)
    found = read()[0] if callable(read) else {}
    needed = _WORDS.get(str(found.get("type")))
    if needed is None:
        return error.message.removeprefix("Value error, ")
    return f"{needed.format(**found.get('ctx', {}))}, got {str(found.get('input'))[:80]!r}."
