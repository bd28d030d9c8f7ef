"""A process of the service that is kept running: started again when it ends, and spoken to in typed messages."""

import asyncio
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from passerby.back_off import BackOff, BackOffSettings
from passerby.messages.codec import CodecError
from passerby.messages.supervision_messages import FROM_SUPERVISOR, TO_SUPERVISOR, FromSupervisor, ToSupervisor
from passerby.telemetry.logs import get_log

STOP_S = 30.0
"""A process that was asked to stop has this long to report what it has."""

WAITS = BackOffSettings(max_s=5.0, healthy_s=20.0)
"""Results wait for the hub and cameras for their worker, so neither is left away for long."""

RESTART_AT_ONCE = 75
"""Exit code (EX_TEMPFAIL) of a process that wants to be started anew, as its settings have changed."""


@dataclass(frozen=True, slots=True)
class ProcessStatus:
    """The state of one process.

    Attributes:
        name: its name.
        pid: its number, None while it is not running.
        restarts: how often it was started again.
        since_ns: UTC nanoseconds of its last start or end.
        why: why it is not running; empty when it is.
    """

    name: str
    pid: int | None
    restarts: int
    since_ns: int
    why: str


class SupervisedProcess:
    """One process of the service."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        *,
        opening: Callable[[], Sequence[FromSupervisor]],
        received: Callable[[ToSupervisor], None],
        waits: BackOffSettings | None = None,
    ) -> None:
        """Starts nothing yet.

        Args:
            name: its name in logs.
            command: the command line.
            opening: returns the messages that it gets at every start.
            received: called with each message that it sends.
            waits: before it is started again.
        """
        self.name = name
        self._command, self._opening, self._received = tuple(command), opening, received
        self._back_off = BackOff(waits or WAITS)
        self._process: asyncio.subprocess.Process | None = None
        self._stopping = False
        self._stopped = asyncio.Event()
        self._log = get_log().bind(process=name)
        self.status = ProcessStatus(name, None, 0, time.time_ns(), "not started yet")

    def send(self, message: FromSupervisor) -> None:
        """Sends it a message; lost while it does not run, as it gets the opening when it starts."""
        process = self._process
        if process is not None and process.stdin is not None and not process.stdin.is_closing():
            process.stdin.write(FROM_SUPERVISOR.frame(message))

    async def run(self) -> None:
        """Keeps it running until `stop`."""
        restarts = 0
        while not self._stopping:
            started_s = time.monotonic()
            code = await self._run_once(restarts)
            restarts += 1
            if self._stopping:
                break
            lived_s = time.monotonic() - started_s
            if code == RESTART_AT_ONCE:
                self._log.info("starts anew with other settings")
                continue
            wait_s = self._back_off.wait_s(lived_s)
            why = _ended(code)
            self._log.warning("process ended", why=why, lived_s=round(lived_s, 1), again_in_s=wait_s)
            self.status = ProcessStatus(self.name, None, restarts, time.time_ns(), f"{why}; again in {wait_s:g} s")
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopped.wait(), wait_s)

    async def stop(self) -> None:
        """Asks it to stop, and kills it where it does not."""
        self._stopping = True
        self._stopped.set()
        process = self._process
        if process is None or process.returncode is not None:
            return
        with suppress(ProcessLookupError):
            process.terminate()
        try:
            await asyncio.wait_for(process.wait(), STOP_S)
        except TimeoutError:
            self._log.error("process did not stop and was killed", after_s=STOP_S)
            with suppress(ProcessLookupError):
                process.kill()

    async def _run_once(self, restarts: int) -> int:
        process = await asyncio.create_subprocess_exec(
            *self._command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            # Ctrl-C at the terminal is the supervisor's alone: it stops the others in order.
            start_new_session=True,
        )
        self._process = process
        self.status = ProcessStatus(self.name, process.pid, restarts, time.time_ns(), "")
        for message in self._opening():
            self.send(message)
        if process.stdout is not None:
            await self._receive(process, process.stdout)
        code = await process.wait()
        self._process = None
        return code

    async def _receive(self, process: asyncio.subprocess.Process, reader: asyncio.StreamReader) -> None:
        """Receives until the process ends; one that sends what is no message is killed, and so started again."""
        try:
            while True:
                self._received(await TO_SUPERVISOR.receive_from(reader))
        except asyncio.IncompleteReadError:
            return
        except CodecError as fault:
            self._log.error("the process sent what is no message and was killed", why=str(fault))
            with suppress(ProcessLookupError):
                process.kill()


def _ended(code: int) -> str:
    if code >= 0:
        return f"ended with code {code}"
    return f"ended by {signal.Signals(-code).name}" if -code in list(signal.Signals) else f"ended by signal {-code}"


def module_command(module: str, *words: str) -> list[str]:
    """Returns the command line that runs one of our modules in this Python."""
    return [sys.executable, "-P", "-m", module, *words]


def stop_at_signals(stop: asyncio.Event) -> None:
    """Sets the event at SIGTERM and SIGINT; to be called inside a running event loop."""
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)


class SupervisorLink:
    """The other end of the link, in the supervised process; to be made before anything is printed.

    What used to be standard output leads to standard error from then on, so that no print can break into a message.
    """

    def __init__(self) -> None:
        self._output = os.dup(1)
        self._writing = threading.Lock()
        os.dup2(2, 1)

    def send(self, message: ToSupervisor) -> None:
        """Sends a message, from any thread; waits until it has left, and is harmless when the supervisor is gone."""
        frame = TO_SUPERVISOR.frame(message)
        with suppress(OSError), self._writing:
            while frame:
                frame = frame[os.write(self._output, frame) :]

    async def receive(self, received: Callable[[FromSupervisor], None]) -> None:
        """Calls `received` with each message; returns when the supervisor is gone.

        Raises:
            CodecError: the supervisor sent what is no message.
        """
        reader = asyncio.StreamReader()
        loop = asyncio.get_running_loop()
        await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin.buffer)
        with suppress(asyncio.IncompleteReadError):
            while True:
                received(await FROM_SUPERVISOR.receive_from(reader))
