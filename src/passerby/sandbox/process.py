"""Starts the process that sees pixels in a sandbox, sends it orders and reads its messages.

The process may read a few files and write to one pipe.
"""

import os
import signal
import stat
import subprocess
import sys
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

import passerby
from passerby.domain import errors
from passerby.domain.errors import PasserbyError, WorkerError
from passerby.ingest.detectors.registry import known_models, model_file, model_path
from passerby.messages.channel import StreamEndError
from passerby.messages.codec import CodecError
from passerby.messages.sandbox_messages import FROM_SANDBOX, Failure, Message
from passerby.messages.sandbox_orders import TO_SANDBOX, Command, Plan, Stop
from passerby.sandbox.bubblewrap import bubblewrap, bubblewrap_works, wrapped
from passerby.sandbox.file_system import READABLE_MARK, SYSTEM, python_paths, readable_mark
from passerby.sandbox.isolation import INSIDE_MARK
from passerby.text import printable

KEPT_VARIABLES = ("HOME", "XDG_DATA_HOME", "LD_LIBRARY_PATH", "LANG", "LC_ALL", "PYTHONUTF8", "PASSERBY_DEBUG")
"""All of the environment that goes in; HOME and XDG_DATA_HOME say where models lie."""

ALLOCATOR = {"MALLOC_ARENA_MAX": "1", "OPENBLAS_NUM_THREADS": "1"}
"""glibc keeps what a thread has freed in an arena of that thread; and threads of BLAS are of no use to one camera."""

BOOTSTRAP = "passerby.pipeline.bootstrap"
"""The module that a sandbox runs first."""

EXIT_BY_SIGNAL = 128
"""Bubblewrap and shells exit with this plus the number of the signal that ended a process."""

END_S = 10.0
"""A process that has sent everything ends at once; freeing its memory takes a moment on a small machine."""

_SHOWN_FAULTS = (
    errors.SiteFileError, errors.SourceError, errors.ModelError, errors.OutputError, errors.CalibrationError,
    errors.WorkerError, errors.PasserbyError,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sandbox:
    """What a sandboxed process can see.

    Attributes:
        wrapped: it runs under bubblewrap; else it sees the whole file system, of which Landlock closes what it need not
            read.
        names: path outside -> path inside, of the files that it is to read.
        readable: files that it may read under their own names.
    """

    wrapped: bool
    names: Mapping[Path, Path]
    readable: tuple[Path, ...] = ()

    @classmethod
    def around(cls, inputs: Sequence[Path], readable: Sequence[Path] = ()) -> Self:
        """Returns the most closed sandbox that this system can make around some files."""
        if not bubblewrap_works() or not all(map(_readable_without_rights, inputs)):
            return cls(False, {path: path for path in inputs}, tuple(readable))
        names = {path: Path("/input", str(number), path.name) for number, path in enumerate(inputs)}
        return cls(True, names, tuple(readable))

    @classmethod
    def with_model(cls, model: str | None, inputs: Sequence[Path], readable: Sequence[Path] = ()) -> Self:
        """Returns the same around some files and the detector's own, whether named by its file or from the manifest."""
        own = model_file(model)
        shipped = [model_path(known) for known in known_models() if known.name == model]
        return cls.around([*inputs, *([own] if own else [])], [*shipped, *readable])

    def bare(self) -> Self:
        """Returns the same without bubblewrap, for systems where Python does not start in it."""
        return replace(self, wrapped=False, names={path: path for path in self.names})

    def inside(self, path: Path) -> Path:
        """Returns the name of a file inside the sandbox."""
        return self.names.get(path, path)

    def with_outside_names(self, text: str) -> str:
        """Returns a sentence from inside, with the names of files outside."""
        for outside, inside in self.names.items():
            # What a sandbox writes has lost its letters that cannot be seen, also in names.
            for written in (str(inside), printable(str(inside))):
                text = text.replace(written, str(outside))
        return text

    def command(self, module: str, *words: str) -> list[str]:
        """Returns the command line that runs a module in this sandbox."""
        command = [sys.executable, "-P", "-B", "-m", module, *words]
        program = bubblewrap()
        if not self.wrapped or program is None:
            return command
        readable = [path for path in (*map(Path, SYSTEM), *python_paths(), *self._others()) if path.exists()]
        placed = {inside: outside.resolve() for outside, inside in self.names.items() if outside.exists()}
        return wrapped(
            command, readable, self.environment(), program=program, placed=placed
        )  # fmt: skip

    def environment(self) -> dict[str, str]:
        """Returns all variables of the environment that the process gets."""
        kept = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
        kept.update(ALLOCATOR)
        kept["PYTHONPATH"] = os.pathsep.join(_folders())
        kept[READABLE_MARK] = readable_mark([*self.names.values(), *self._others()])
        return kept | ({INSIDE_MARK: "1"} if self.wrapped else {})

    def _others(self) -> list[Path]:
        """Returns what is read under its own name besides Python itself."""
        return [*map(Path, _folders()), *self.readable]


def _readable_without_rights(path: Path) -> bool:
    """Returns whether a file can be read by a user without rights: under bubblewrap root is one."""
    if os.geteuid() != 0 or not path.exists():
        return True
    known = path.stat()
    return known.st_uid == 0 or bool(known.st_mode & stat.S_IROTH)


def _without_controls(text: str) -> str:
    """Returns the text without what would steer a terminal; letters of odd file names stay, so that they are found."""
    return "".join(
        "?" if unicodedata.category(letter) in {"Cc", "Cf"} and letter != "\n" else letter for letter in text
    )


def _folders() -> list[str]:
    """Returns the folders of passerby itself and of the libraries beside it."""
    own = str(Path(passerby.__file__).resolve().parents[1])
    return [own, *(folder for folder in sys.path if folder.endswith(("site-packages", "dist-packages")))]


class NeverStartedError(WorkerError):
    """The process ended under bubblewrap before its first message: Python itself may not start in that sandbox."""


class SandboxProcess:
    """A process in its sandbox; ends with the block that it is used in, or with the process that started it.

    Attributes:
        started: a message of it has come.
    """

    def __init__(
        self,
        sandbox: Sandbox,
        module: str,
        plan: Plan,
        descriptors: Sequence[int] = (),
        options: Sequence[str] = (),
    ) -> None:
        """Starts it.

        Args:
            sandbox: what it can see.
            module: what it runs; reads orders from its standard input and sends messages on its standard output.
            plan: what it is to do.
            descriptors: descriptors that it gets besides, under their own numbers.
            options: what follows on its command line.
        """
        self._sandbox = sandbox
        self.started = False
        debug = bool(os.environ.get("PASSERBY_DEBUG"))
        try:
            self._process = subprocess.Popen(  # noqa: S603 - our own words
                sandbox.command(module, *options),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=None if debug else subprocess.DEVNULL,
                env=sandbox.environment(),
                pass_fds=tuple(descriptors),
                # Ctrl-C is for this process alone: it sends `Stop`, so that what was counted until then is reported.
                start_new_session=True,
            )
        except OSError as fault:
            raise WorkerError(f"the sandbox could not be started: {fault.strerror}. Is memory short?") from None
        if self._process.stdin is None or self._process.stdout is None:
            raise WorkerError("the sandbox has no pipes")
        self._orders, self._output = self._process.stdin, self._process.stdout
        with suppress(BrokenPipeError):  # why it is gone already is reported when its messages are read
            self._orders.write(TO_SANDBOX.frame(plan))
            self._orders.flush()
        # The pipe has room for hundreds of commands; who sends them must not wait for a process that reads none.
        os.set_blocking(self._orders.fileno(), False)

    def stop(self) -> None:
        """Asks it to finish with what it has; harmless when it has ended."""
        self.send(Stop())

    def send(self, command: Command) -> None:
        """Sends it a command; harmless when it has ended. One that reads none of them any more is ended."""
        try:
            os.write(self._orders.fileno(), TO_SANDBOX.frame(command))
        except BlockingIOError:
            self.kill()
        except (BrokenPipeError, ValueError):
            pass

    def kill(self) -> None:
        """Ends it at once."""
        self._process.kill()

    def with_outside_names(self, text: str) -> str:
        """Returns a sentence of its messages, with the names of files outside."""
        return self._sandbox.with_outside_names(text)

    @property
    def pid(self) -> int:
        """The process's number, or that of bubblewrap around it."""
        return self._process.pid

    def messages(self, *, raises_failures: bool = True) -> Iterator[Message]:
        """Returns its messages, until it has ended as it should.

        Args:
            raises_failures: what went wrong inside is raised; else it is a message as any other one.

        Raises:
            PasserbyError: what went wrong inside, as the error that it was there.
            WorkerError: it died, or it sent what may not leave.
        """
        while True:
            try:
                message = FROM_SANDBOX.receive(self._output)
            except StreamEndError as end:
                if self._sandbox.wrapped and not self.started and 0 < self._exit_code() < EXIT_BY_SIGNAL:
                    raise NeverStartedError("the sandboxed process does not start under bubblewrap") from None
                self._check_end(end)
                return
            except CodecError as fault:
                raise WorkerError(f"the sandbox sent what is no message: {fault}. The run was ended.") from None
            self.started = True
            if raises_failures and isinstance(message, Failure):
                raise self._error(message)
            yield message

    def _check_end(self, end: StreamEndError) -> None:
        code = self._exit_code()
        if code == 0 and not end.within:
            return
        number = -code if code < 0 else code - EXIT_BY_SIGNAL
        if number == signal.SIGKILL:
            why = "it was killed (SIGKILL), by a person or because memory ran out"
        elif number > 0:
            why = f"it crashed ({signal.strsignal(number) or number})"
        else:
            why = f"it ended with code {code}"
        raise WorkerError(
            f"the sandboxed process that sees the pictures ended without a result: {why}. Nothing was written. "
            "Run again; with PASSERBY_DEBUG=1 it prints more."
        )

    def _exit_code(self) -> int:
        """Waits for its end; one that has closed its output and lives on is ended."""
        try:
            return self._process.wait(END_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            return self._process.wait()

    def _error(self, failure: Failure) -> PasserbyError:
        for kind in _SHOWN_FAULTS:
            if kind.__name__ == failure.kind and kind is not errors.SiteFileError:
                return kind(self._sandbox.with_outside_names(_without_controls(failure.text)))
        if failure.kind == "MemoryError":
            return WorkerError("the sandboxed process ran out of memory. Use a smaller video, or free some memory.")
        return WorkerError(
            f"the sandboxed process failed; this is a bug in passerby ({printable(failure.kind)}). "
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
        self._output.close()
