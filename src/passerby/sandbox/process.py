"""Runs what touches pixels in a process that may read a few files and write to one pipe, and listens at that pipe."""

import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

import passerby
from passerby.domain import errors
from passerby.domain.errors import PasserbyError, WorkerError
from passerby.messages.channel import StreamEndError
from passerby.messages.codec import CodecError
from passerby.messages.sandbox_messages import SEALED, Failure, Message
from passerby.sandbox.bubblewrap import bubblewrap, bubblewrap_works, wrapped
from passerby.sandbox.isolation import INSIDE_MARK

SYSTEM = ("/usr", "/lib", "/lib64", "/etc/ld.so.cache")
"""Where the system keeps the libraries that Python is linked with."""

KEPT_VARIABLES = ("HOME", "XDG_DATA_HOME", "LD_LIBRARY_PATH", "LANG", "LC_ALL", "PYTHONUTF8", "PASSERBY_DEBUG")
"""All of the environment that goes in; HOME and XDG_DATA_HOME say where models lie."""

BOOTSTRAP = "passerby.pipeline.bootstrap"
"""The module that a sandbox runs first."""

STOP = b"s"
"""A word that the process hears while it works: bring what there is to an end."""

LOOK, LOOK_AWAY, CONFIRM = b"l", b"n", b"c"
"""What a live camera's process hears too: somebody looks, nobody looks any more, the camera stands as it should."""

SIGNALLED = 128
"""Bubblewrap and shells add this to the number of the signal that ended a process."""

_SHOWN_FAULTS = (
    errors.SiteFileError, errors.SourceError, errors.ModelError, errors.OutputError, errors.CalibrationError,
    errors.WorkerError, errors.PasserbyError,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sandbox:
    """The world that a sealed process sees.

    Attributes:
        wrapped: it runs under bubblewrap; else it sees the whole file system, and is kept from writing only.
        names: path outside -> path inside, of the files that it is to read.
        readable: files that it may read under their own names.
    """

    wrapped: bool
    names: Mapping[Path, Path]
    readable: tuple[Path, ...] = ()

    @classmethod
    def around(cls, inputs: Sequence[Path], readable: Sequence[Path] = ()) -> Self:
        """The most closed room that this system can make around some files."""
        if not bubblewrap_works() or not all(map(_readable_without_rights, inputs)):
            return cls(False, {path: path for path in inputs}, tuple(readable))
        names = {path: Path("/input", str(number), path.name) for number, path in enumerate(inputs)}
        return cls(True, names, tuple(readable))

    def bare(self) -> Self:
        """The same without bubblewrap, for systems where Python does not start in it."""
        return replace(self, wrapped=False, names={path: path for path in self.names})

    def inside(self, path: Path) -> Path:
        """What the sealed process calls a file."""
        return self.names.get(path, path)

    def told(self, text: str) -> str:
        """A sentence from inside, with the names that the user knows."""
        for outside, inside in self.names.items():
            text = text.replace(str(inside), str(outside))
        return text

    def command(self, module: str, *words: str) -> list[str]:
        """The command line that runs a module in this room."""
        command = [sys.executable, "-P", "-B", "-m", module, *words]
        program = bubblewrap()
        if not self.wrapped or program is None:
            return command
        python = [Path(sys.prefix), Path(sys.base_prefix), Path(sys.executable).parent, *map(Path, _folders())]
        readable = [path for path in (*map(Path, SYSTEM), *python, *self.readable) if path.exists()]
        placed = {inside: outside.resolve() for outside, inside in self.names.items() if outside.exists()}
        return wrapped(
            command, readable, self.environment(), program=program, placed=placed
        )  # fmt: skip

    def environment(self) -> dict[str, str]:
        """All that the process gets of the environment."""
        kept = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
        kept["PYTHONPATH"] = os.pathsep.join(_folders())
        return kept | ({INSIDE_MARK: "1"} if self.wrapped else {})


def _readable_without_rights(path: Path) -> bool:
    """Under bubblewrap root is a user like any other, who cannot read what others keep to themselves."""
    if os.geteuid() != 0 or not path.exists():
        return True
    known = path.stat()
    return known.st_uid == 0 or bool(known.st_mode & stat.S_IROTH)


def _folders() -> list[str]:
    """Where passerby itself and the libraries beside it lie."""
    own = str(Path(passerby.__file__).resolve().parents[1])
    return [own, *(folder for folder in sys.path if folder.endswith(("site-packages", "dist-packages")))]


class NeverStartedError(WorkerError):
    """The process ended under bubblewrap before it said anything: Python itself may not start in that room."""


class SandboxProcess:
    """A process in its room; ends with the block that it is used in, or with the process that started it."""

    def __init__(
        self, room: Sandbox, module: str, order: bytes, handed: Sequence[int] = (), words: Sequence[str] = ()
    ) -> None:
        """Starts it.

        Args:
            room: what it sees.
            module: what it runs; reads the order from its standard input and answers on its standard output.
            order: what it is to do.
            handed: descriptors that it gets besides, under their own numbers.
            words: what follows on its command line.
        """
        self._room = room
        debug = bool(os.environ.get("PASSERBY_DEBUG"))
        try:
            self._process = subprocess.Popen(  # noqa: S603 - our own words
                room.command(module, *words),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=None if debug else subprocess.DEVNULL,
                env=room.environment(),
                pass_fds=tuple(handed),
                # Ctrl-C is for us alone: we say `stop`, so that what was counted until then is told.
                start_new_session=True,
            )
        except OSError as fault:
            raise WorkerError(f"the sealed process could not be started: {fault.strerror}. Is memory short?") from None
        if self._process.stdin is None or self._process.stdout is None:
            raise WorkerError("the sealed process has no pipes")
        self._orders, self._door = self._process.stdin, self._process.stdout
        with suppress(BrokenPipeError):  # why it is gone already is told when its messages are read
            self._orders.write(order)
            self._orders.flush()

    def stop(self) -> None:
        """Asks it to come to an end with what it has; harmless when it has ended."""
        self.ask(STOP)

    def ask(self, word: bytes) -> None:
        """Says one of the words that it heeds; harmless when it has ended."""
        with suppress(BrokenPipeError, ValueError):
            os.write(self._orders.fileno(), word)

    def kill(self) -> None:
        """Ends it at once."""
        self._process.kill()

    def told(self, text: str) -> str:
        """A sentence of its messages, with the names of files that the user knows."""
        return self._room.told(text)

    @property
    def pid(self) -> int:
        """Of the process, or of bubblewrap around it."""
        return self._process.pid

    def messages(self) -> Iterator[Message]:
        """What it says, until it has ended as it should.

        Raises:
            PasserbyError: what went wrong inside, as the error that it was there.
            WorkerError: it died, or it sent what may not leave.
        """
        silent = True
        while True:
            try:
                message = SEALED.receive(self._door)
            except StreamEndError as end:
                if self._room.wrapped and silent and 0 < self._process.wait() < SIGNALLED:
                    raise NeverStartedError("the sealed process does not start under bubblewrap") from None
                self._check_end(end)
                return
            except CodecError as fault:
                raise WorkerError(f"the sealed process said what it may not say: {fault}. The run was ended.") from None
            silent = False
            if isinstance(message, Failure):
                raise self._error(message)
            yield message

    def _check_end(self, end: StreamEndError) -> None:
        code = self._process.wait()
        if code == 0 and not end.within:
            return
        number = -code if code < 0 else code - SIGNALLED
        if number == signal.SIGKILL:
            why = "it was killed (SIGKILL), by somebody or because memory ran out"
        elif number > 0:
            why = f"it crashed ({signal.strsignal(number) or number})"
        else:
            why = f"it ended with code {code}"
        raise WorkerError(
            f"the sealed process that looks at the pictures ended without a result: {why}. Nothing was written. "
            "Run again; with PASSERBY_DEBUG=1 it says more."
        )

    def _error(self, failure: Failure) -> PasserbyError:
        for kind in _SHOWN_FAULTS:
            if kind.__name__ == failure.kind and kind is not errors.SiteFileError:
                return kind(self._room.told(failure.text))
        if failure.kind == "MemoryError":
            return WorkerError("the sealed process ran out of memory. Use a smaller video, or free some memory.")
        return WorkerError(
            f"the sealed process failed; this is a bug in passerby ({failure.kind}). "
            "Run again with PASSERBY_DEBUG=1 and report it."
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(BrokenPipeError):
            self._orders.close()
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        self._door.close()
