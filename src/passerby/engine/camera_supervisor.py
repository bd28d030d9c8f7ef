"""A camera's seat at a worker: starts its sealed process, listens to it, and starts it again when it ends."""

import os
import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from dataclasses import replace
from pathlib import Path

from passerby.back_off import BackOff, BackOffSettings
from passerby.domain.errors import PasserbyError
from passerby.domain.health import CameraHealth, CameraState
from passerby.domain.isolation import Isolation
from passerby.domain.preview import Preview
from passerby.engine.journal import Journal
from passerby.messages.sandbox_messages import Message, Minutes, ViewMemory
from passerby.sandbox.process import CONFIRM, LOOK, LOOK_AWAY, SandboxProcess

SILENT_S = 45.0
"""A process says something at least every two seconds; loading its libraries takes some on a small machine."""

MAX_BYTES = 1536 << 20
"""Resident memory of one camera's process; it needs 200 to 400 MB, a 4K camera somewhat more."""

WAITS = BackOffSettings(most_s=10.0, healthy_s=20.0)

STOP_S = 10.0
"""A process that was asked to stop and has not by then is ended."""

Starter = Callable[[ViewMemory | None], AbstractContextManager[SandboxProcess]]


class CameraListener:
    """What a seat tells; called from its own thread."""

    def minutes(self, camera: str) -> None:
        """The camera's open minutes have changed in the ledger."""

    def health(self, report: CameraHealth) -> None:
        """A report, which is in the ledger already."""

    def preview(self, preview: Preview) -> None:
        """An anonymous picture for whoever looks."""

    def seal(self, camera: str, isolation: Isolation) -> None:
        """How far the camera's process is locked in."""

    def ended(self, camera: str, why: str, wait_s: float) -> None:
        """The process ended and is started again after a wait."""


class CameraSupervisor:
    """One camera's process, kept running; harms no other camera, whatever becomes of it."""

    def __init__(
        self,
        camera: str,
        start: Starter,
        ledger: Journal,
        listener: CameraListener,
        *,
        waits: BackOffSettings | None = None,
        clock: Callable[[], int] = time.time_ns,
    ) -> None:
        """Starts at once.

        Args:
            camera: the camera's name.
            start: starts its sealed process.
            ledger: the worker's book.
            listener: who is told.
            waits: before a process is started again.
            clock: UTC nanoseconds now.
        """
        self.camera = camera
        self._start, self._ledger, self._listener, self._clock = start, ledger, listener, clock
        self._back_off = BackOff(waits or WAITS)
        self._process: SandboxProcess | None = None
        self._heard_s = time.monotonic()
        self._looking = False
        self._down_since_ns: int | None = None
        self._killed_for = ""
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"camera {camera}", daemon=True)
        self._thread.start()

    @property
    def pid(self) -> int | None:
        """Of its process now; None while there is none."""
        process = self._process
        return None if process is None else process.pid

    def look(self, *, looking: bool) -> None:
        """Somebody looks, or nobody does any more."""
        self._looking = looking
        self._ask(LOOK if looking else LOOK_AWAY)

    def confirm(self) -> None:
        """Somebody says that the camera stands as it should."""
        self._ask(CONFIRM)

    def check(self) -> None:
        """Ends a process that has fallen silent or grown too large; called every few seconds."""
        process = self._process
        if process is None:
            return
        silent_s = time.monotonic() - self._heard_s
        if silent_s > SILENT_S:
            self._end(process, f"it had said nothing for {silent_s:.0f} s")
        elif (resident := resident_bytes(process.pid)) > MAX_BYTES:
            self._end(process, f"it had taken {resident >> 20} MB of memory; {MAX_BYTES >> 20} MB are allowed")

    def stop(self) -> None:
        """Asks the process to tell what it has and to end; returns when it has ended."""
        self._stopping.set()
        process = self._process
        if process is not None:
            process.stop()
        self._thread.join(STOP_S)
        process = self._process
        if self._thread.is_alive() and process is not None:
            process.kill()
            self._thread.join(STOP_S)

    def _ask(self, word: bytes) -> None:
        process = self._process
        if process is not None:
            process.ask(word)

    def _end(self, process: SandboxProcess, why: str) -> None:
        self._killed_for = why
        process.kill()

    def _run(self) -> None:
        while not self._stopping.is_set():
            started_s = self._heard_s = time.monotonic()
            try:
                why = self._live()
            except PasserbyError as fault:
                why = str(fault)
            except (sqlite3.Error, OSError) as fault:
                why = f"its worker cannot keep what it says ({fault}). Is the disk full?"
            if not self._stopping.is_set():
                self._wait(self._killed_for or why, time.monotonic() - started_s)
                self._killed_for = ""

    def _live(self) -> str:
        """One life of the process; returns why it ended."""
        run = self._ledger.begin_run(self.camera)
        try:
            with self._start(self._ledger.memory(self.camera)) as process:
                self._process = process
                if self._looking:
                    process.ask(LOOK)
                if self._stopping.is_set():
                    process.stop()
                for message in process.messages():
                    self._heard_s = time.monotonic()
                    self._take(run, message, process)
        finally:
            self._process = None
            self._ledger.end_run(self.camera, run)
        return "it ended without a word."

    def _take(self, run: int, message: Message, process: SandboxProcess) -> None:
        if isinstance(message, Minutes):
            self._ledger.keep(self.camera, run, message)
            self._listener.minutes(self.camera)
        elif isinstance(message, CameraHealth):
            self._down_since_ns = None
            report = replace(message, why=process.told(message.why))
            self._ledger.keep_health(report)
            self._listener.health(report)
        elif isinstance(message, ViewMemory):
            self._ledger.keep_memory(self.camera, message)
        elif isinstance(message, Preview):
            self._listener.preview(message)
        elif isinstance(message, Isolation):
            self._listener.seal(self.camera, message)

    def _wait(self, why: str, lived_s: float) -> None:
        wait_s = self._back_off.wait_s(lived_s)
        now_ns = self._clock()
        self._down_since_ns = self._down_since_ns or now_ns
        report = CameraHealth(
            self.camera,
            now_ns,
            CameraState.OFFLINE,
            self._down_since_ns,
            f"The process that watches the camera ended: {why} It is started again in {wait_s:g} s.",
            lived_s,
            self._back_off.healthy_s,
        )
        with suppress(sqlite3.Error):
            self._ledger.keep_health(report)
        self._listener.health(report)
        self._listener.ended(self.camera, why, wait_s)
        self._stopping.wait(wait_s)


def resident_bytes(pid: int) -> int:
    """Resident memory of a process and of those that it started; 0 where it is gone or the system does not tell."""
    total = 0
    waiting = [pid]
    page_bytes = os.sysconf("SC_PAGE_SIZE")
    while waiting:
        folder = Path("/proc", str(waiting.pop()))
        try:
            total += int((folder / "statm").read_text().split()[1]) * page_bytes
            for task in (folder / "task").iterdir():
                waiting += map(int, (task / "children").read_text().split())
        except (OSError, ValueError, IndexError):
            continue
    return total
