"""Writes a picture in the form that its file's name asks for."""

from pathlib import Path
from typing import TYPE_CHECKING, Final

from passerby.domain.errors import OutputError
from passerby.files import write_whole

if TYPE_CHECKING:
    from passerby.report.pictures.scene import Scene

FORMS: Final = (".png", ".svg", ".pdf")
"""What a picture's file name ends in."""


def check_picture_name(path: Path) -> None:
    """Raises OutputError where a picture cannot be written in the form that the file's name asks for."""
    if path.suffix.lower() not in FORMS:
        raise OutputError(
            f"{path}: a picture can be written as {', '.join(FORMS)}, got {path.suffix or 'no ending'}. "
            "Choose a name that ends in one of these."
        )


def write_picture(scene: "Scene", path: Path) -> None:
    """Writes the picture whole or not at all; raises OutputError."""
    check_picture_name(path)
    write_whole(path, _painted(scene, path.suffix.lower()))


def _painted(scene: "Scene", form: str) -> bytes:
    # Each form has a library of its own, which takes a tenth of a second to load.
    if form == ".png":
        from passerby.report.pictures.painters.png import png

        return png(scene)
    if form == ".svg":
        from passerby.report.pictures.painters.svg import svg

        return svg(scene)
    from passerby.report.pictures.painters.pdf import pdf

    return pdf(scene)
