"""The folder of finished counts: what is in it, and whole, is not counted again."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

from passerby.domain.errors import OutputError
from passerby.files import locked_file, write_whole

LIST_FILE: Final = "finished.json"
LOCK_FILE: Final = "finished.lock"


class FinishedCounts:
    """Results in a folder, one file a recording, and a list of what each rests on.

    A result counts as finished where the list has its key, and the file is as it was written: one that was cut off by
    a crash, or edited, is made anew.

    Args:
        folder: made where it is missing.

    Raises:
        OutputError: the folder cannot be made or read, or its list is none.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        try:
            folder.mkdir(parents=True, exist_ok=True)
            text = (folder / LIST_FILE).read_text("utf-8")
        except FileNotFoundError:
            text = "{}"
        except (OSError, UnicodeDecodeError) as error:
            raise OutputError(
                f"{folder}: results cannot be kept here, got: {error}. Name another folder with --each."
            ) from None
        self._known = _read_list(text, folder / LIST_FILE)

    def path(self, recording: str) -> Path:
        """Returns where the result of a recording is, or will be, by its name without the folder."""
        return self._folder / f"{recording}.counts.json"

    def has(self, recording: str, key: str) -> bool:
        """Returns whether a recording's result is there, whole, and rests on this key."""
        known = self._known.get(self.path(recording).name)
        if known is None or known[0] != key:
            return False
        try:
            return _digest(self.path(recording).read_bytes()) == known[1]
        except OSError:
            return False

    def add(self, recording: str, key: str, content: bytes) -> None:
        """Writes a recording's result, and then that it is there.

        Raises:
            OutputError: it cannot be written; it is then counted again the next time.
        """
        write_whole(self.path(recording), content)
        self._known[self.path(recording).name] = (key, _digest(content))
        listed = {name: {"key": key, "sha256": digest} for name, (key, digest) in sorted(self._known.items())}
        write_whole(self._folder / LIST_FILE, (json.dumps(listed, indent=1) + "\n").encode())

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Holds the folder for this process; the lock ends with it, however it ends.

        Raises:
            OutputError: another one counts into it.
        """
        with ExitStack() as held:
            try:
                held.enter_context(locked_file(self._folder / LOCK_FILE))
            except BlockingIOError:
                raise OutputError(
                    f"{self._folder}: another count writes its results here. Wait for its end, or name another folder."
                ) from None
            except OSError as error:
                raise OutputError(f"{self._folder}: nothing can be written here: {error.strerror}.") from None
            yield


def _read_list(text: str, file: Path) -> dict[str, tuple[str, str]]:
    try:
        return {str(name): (str(row["key"]), str(row["sha256"])) for name, row in json.loads(text).items()}
    except (ValueError, KeyError, TypeError, AttributeError):
        raise OutputError(
            f"{file}: this is no list of finished counts. Name another folder with --each, or remove the file: all is "
            "counted again then."
        ) from None


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
