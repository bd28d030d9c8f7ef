"""What is refused of the files that a count is to write."""

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
