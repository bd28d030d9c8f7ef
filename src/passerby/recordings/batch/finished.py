"""The folder of finished counts: what is in it, and whole, is not counted again."""

import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

from passerby.domain.errors import OutputError
from passerby.files import locked_file, write_whole

LIST_FILE: Final = "finished.jsonl"
LOCK_FILE: Final = "finished.lock"


class FinishedCounts:
    """Results in a folder, one file a recording, and a list of what each rests on.

    A result counts as finished where the list has its key, and the file is as it was written: one that was cut off by
    a crash, or edited, is made anew. The list grows by a line a result, so that the last of 20,000 takes no longer to
    write than the first.

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
            text = ""
        except (OSError, UnicodeDecodeError) as error:
            raise OutputError(
                f"{folder}: results cannot be kept here, got: {error}. Name another folder with --each."
            ) from None
        *lines, cut_off = text.split("\n")
        self._known = _read_list(lines, folder / LIST_FILE)
        self._is_whole = not cut_off

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
        name = self.path(recording).name
        self._known[name] = (key, _digest(content))
        if not self._is_whole:
            write_whole(self._folder / LIST_FILE, b"".join(_line(each, *known) for each, known in self._known.items()))
            self._is_whole = True
            return
        self._is_whole = False
        try:
            with (self._folder / LIST_FILE).open("ab") as stream:
                stream.write(_line(name, *self._known[name]))
                stream.flush()
                os.fsync(stream.fileno())
        except OSError as error:
            raise OutputError(
                f"{self._folder / LIST_FILE}: that {recording} is counted could not be written, got: {error.strerror}. "
                "Free some space, and give the command again: it counts this recording once more."
            ) from None
        self._is_whole = True

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


def _line(name: str, key: str, digest: str) -> bytes:
    return (json.dumps({"result": name, "key": key, "sha256": digest}) + "\n").encode()


def _read_list(lines: Sequence[str], file: Path) -> dict[str, tuple[str, str]]:
    """What the list says; the last line of a result counts."""
    try:
        rows = [json.loads(line) for line in lines]
        return {str(row["result"]): (str(row["key"]), str(row["sha256"])) for row in rows}
    except (ValueError, KeyError, TypeError):
        raise OutputError(
            f"{file}: this is no list of finished counts. Name another folder with --each, or remove the file: all is "
            "counted again then."
        ) from None


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
