"""What is refused of the files that a count is to write."""

import os
from collections.abc import Sequence
from pathlib import Path

from passerby.domain.errors import OutputError


def check_apart(outputs: Sequence[Path], inputs: Sequence[Path]) -> None:
    """Checks that each file is written once, and none over what is read.

    Args:
        outputs: the files to write.
        inputs: the recordings, and the files that say what to count.

    Raises:
        OutputError: two are the same file.
    """
    read = {path.resolve() for path in inputs}
    written: set[Path] = set()
    for path in outputs:
        place = path.resolve()
        if place in read:
            raise OutputError(f"{path}: this file is read for the count, and would be lost. Choose another name.")
        if place in written and (not place.exists() or place.is_file()):
            raise OutputError(f"{path}: two outputs would be written to this file. Give each a name of its own.")
        written.add(place)


def check_output(path: Path) -> None:
    """Refuses before the work what could not be written after it; raises OutputError."""
    folder = path.absolute().parent
    if path.is_dir():
        raise OutputError(f"{path}: cannot write a file here, got a folder. Name a file inside it.")
    if not folder.is_dir():
        raise OutputError(f"{path}: there is no folder {folder}. Make it first, or choose one that exists.")
    if not path.exists() and not os.access(folder, os.W_OK):
        raise OutputError(f"{path}: nothing may be written to {folder}. Ask for the right, or choose another folder.")
