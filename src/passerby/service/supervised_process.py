"""A process of the service, kept running: started again when it ends, told and heard in lines of JSON."""

import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from passerby.back_off import BackOff, BackOffSettings
from passerby.telemetry.logs import get_log

Words = Mapping[str, Any]

STOP_S = 30.0
"""A process that was asked to stop has this long to tell what it has."""

WAITS = BackOffSettings(most_s=5.0, healthy_s=20.0)
"""Results wait for the hub and cameras for their worker, so neither is left away for long."""

AGAIN_AT_ONCE = 75
"""Exit code (EX_TEMPFAIL) of a process that wants to be started anew, as its settings have changed."""

MAX_LINE_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class ProcessStatus:
    """How one process is doing.

    Attributes:
        name: what it is called.
        pid: None while it is not running.
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
        opening: Callable[[], Sequence[Words]],
        heard: Callable[[Words], None],
        waits: BackOffSettings | None = None,
    ) -> None:
        """Starts nothing yet.

        Args:
            name: what it is called in logs.
            command: the command line.
            opening: what it is told first, asked for at every start.
            heard: told each line of its standard output.
            waits: before it is started again.
        """
        self.name = name
        self._command, self._opening, self._heard = tuple(command), opening, heard
        self._back_off = BackOff(waits or WAITS)
        self._process: asyncio.subprocess.Process | None = None
        self._stopping = False
        self._stopped = asyncio.Event()
        self._log = get_log().bind(process=name)
        self.status = ProcessStatus(name, None, 0, time.time_ns(), "not started yet")

    def tell(self, words: Words) -> None:
        """Says one line to it; lost while it does not run, as it is told the opening when it starts."""
        process = self._process
        if process is not None and process.stdin is not None and not process.stdin.is_closing():
            process.stdin.write(json.dumps(words).encode() + b"\n")

    async def run(self) -> None:
        """Keeps it running until `stop`."""
        restarts = 0
        while not self._stopping:
            started_s = time.monotonic()
            code = await self._live(restarts)
            restarts += 1
            if self._stopping:
                break
            lived_s = time.monotonic() - started_s
            if code == AGAIN_AT_ONCE:
                self._log.info("starts anew with other settings")
                continue
            wait_s = self._back_off.wait_s(lived_s)
            why = _ended(code)
            self._log.warning("process ended", why=why, lived_s=round(lived_s, 1), again_in_s=wait_s)
            self.status = ProcessStatus(self.name, None, restarts, time.time_ns(), f"{why}; again in {wait_s:g} s")
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopped.wait(), wait_s)

    async def stop(self) -> None:
        """Asks it to stop, and ends it where it does not."""
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
            self._log.error("process did not stop and was ended", after_s=STOP_S)
            with suppress(ProcessLookupError):
                process.kill()

    async def _live(self, restarts: int) -> int:
        process = await asyncio.create_subprocess_exec(
            *self._command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            limit=MAX_LINE_BYTES,
            # Ctrl-C at the terminal is the supervisor's alone: it stops the others in order.
            start_new_session=True,
        )
        self._process = process
        self.status = ProcessStatus(self.name, process.pid, restarts, time.time_ns(), "")
        for words in self._opening():
            self.tell(words)
        if process.stdout is not None:
            await self._listen(process.stdout)
        code = await process.wait()
        self._process = None
        return code

    async def _listen(self, lines: asyncio.StreamReader) -> None:
        while True:
            try:
                line = await lines.readline()
            except ValueError:
                self._log.error("a line was too long and was left out")
                continue
            if not line:
                return
            try:
                words = json.loads(line)
            except ValueError:
                self._log.error("said what is no JSON")
                continue
            if isinstance(words, dict):
                self._heard(words)


def _ended(code: int) -> str:
    if code >= 0:
        return f"ended with code {code}"
    return f"ended by {signal.Signals(-code).name}" if -code in list(signal.Signals) else f"ended by signal {-code}"


def module_command(module: str, *words: str) -> list[str]:
    """The command line that runs one of our modules in this Python."""
    return [sys.executable, "-P", "-m", module, *words]


def say(words: Words) -> None:
    """A child's side: one line to the supervisor; harmless when it is gone."""
    with suppress(OSError):
        os.write(1, json.dumps(words).encode() + b"\n")


async def heard_lines(take: Callable[[Words], None]) -> None:
    """A child's side: hands on each line of standard input; returns at its end, when the supervisor is gone."""
    reader = asyncio.StreamReader(limit=MAX_LINE_BYTES)
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin.buffer)
    while line := await reader.readline():
        words = json.loads(line)
        if isinstance(words, dict):
            take(words)
