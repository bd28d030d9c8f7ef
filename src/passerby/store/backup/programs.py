"""PostgreSQL's own programs: where they are, how they get a database's address, and how they run and end."""

import os
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import IO, BinaryIO, Self, cast

import sqlalchemy as sa

from passerby.ports import StoreError
from passerby.store.databases.failures import Failures

_BLOCK = 1 << 20
_DEBIAN = Path("/usr/lib/postgresql")
"""Where Debian keeps each version's programs, in a folder with its number."""


def path_of(name: str) -> str:
    """Where a program is: on the path, or in Debian's newest folder.

    Raises:
        StoreError: it is not installed.
    """
    found = shutil.which(name)
    if found is not None:
        return found
    versions = [each for each in _DEBIAN.glob(f"*/bin/{name}") if each.parts[-3].isdigit()]
    if not versions:
        raise StoreError(
            f"{name}: not installed, and a PostgreSQL store is copied with it. Install PostgreSQL's programs of the "
            "server's version or a newer one; on Debian 12 they are in the package postgresql-client-15"
        )
    return str(max(versions, key=lambda each: int(each.parts[-3])))


def environment_of(url: sa.URL) -> dict[str, str]:
    """Returns the environment that names a database to PostgreSQL's programs; no password is among their arguments."""

    def option(name: str) -> str | None:
        found = url.query.get(name)
        return ",".join(found) if isinstance(found, tuple) else found

    settings = {
        "PGHOST": url.host or option("host"),
        "PGPORT": str(url.port) if url.port else option("port"),
        "PGUSER": url.username or option("user"),
        "PGPASSWORD": None if url.password is None else str(url.password),
        "PGPASSFILE": option("passfile"),
        "PGSSLMODE": "require" if option("ssl") == "true" else option("ssl"),
        "PGDATABASE": url.database,
        "PGAPPNAME": "passerby backup",
        "LC_ALL": "C.UTF-8",
    }
    return {**os.environ, **{name: value for name, value in settings.items() if value is not None}}


class Program:
    """A program that runs while its block lasts, and is ended with it.

    Args:
        command: the program and its arguments.
        environment: all of it.
        failures: reports errors without secrets.
        answers: whether what it writes is wanted.
    """

    def __init__(
        self, command: Sequence[str], environment: dict[str, str], failures: Failures, *, answers: bool
    ) -> None:
        self._failures = failures
        # Its words go to a file: a full pipe would stall it.
        self._stderr_text = tempfile.TemporaryFile()  # noqa: SIM115 - closed when the block ends
        self._process = subprocess.Popen(  # noqa: S603 - a program of PostgreSQL's, with words of ours
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE if answers else subprocess.DEVNULL,
            stderr=self._stderr_text,
            env=environment,
        )
        self.input = cast("IO[bytes]", self._process.stdin)
        self.output = cast("IO[bytes]", self._process.stdout)

    def end(self, doing: str) -> None:
        """Waits for its end.

        Raises:
            StoreError: it failed; the text holds its first message.
        """
        if self._process.wait() == 0:
            return
        self._stderr_text.seek(0)
        lines = self._stderr_text.read().decode("utf-8", "replace").splitlines()
        message = next((line for line in lines if "ERROR" in line or "error" in line), lines[0] if lines else "")
        message = self._failures.cleaned(message.rpartition("ERROR:")[2].strip())
        raise StoreError(f"{self._failures.place}: {doing} failed: {message}. Nothing was changed")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        for stream in (self._process.stdin, self._process.stdout, self._stderr_text):
            with suppress(OSError):
                if stream is not None:
                    stream.close()
        self._process.wait()


class Feeder:
    """Gives a program what a stream holds, while another thread reads the program's answers.

    Args:
        plain: the stream.
        to: the program's input; closed at the end.
    """

    def __init__(self, plain: BinaryIO, to: IO[bytes]) -> None:
        self._plain, self._to = plain, to
        self._fault: Exception | None = None
        self._thread = threading.Thread(target=self._feed, daemon=True)
        self._thread.start()

    def end(self) -> None:
        """Waits until all is given; raises what reading the stream raised."""
        self._thread.join()
        if self._fault is not None:
            raise self._fault

    def _feed(self) -> None:
        try:
            # What the program refuses shows in its exit code.
            with suppress(BrokenPipeError), self._to:
                shutil.copyfileobj(self._plain, self._to, _BLOCK)
        except (OSError, StoreError) as fault:
            self._fault = fault
