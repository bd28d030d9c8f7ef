"""Arguments that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

SiteFile = Annotated[Path, typer.Argument(help="The site file.")]
DataFolder = Annotated[
    Path | None, typer.Option("--data", help="Folder for everything that passerby writes, instead of the site's own.")
]
