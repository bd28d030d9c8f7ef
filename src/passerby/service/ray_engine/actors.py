"""The two kinds of actors: a worker, and a machine's own. They start programs, and know nothing of what these do.

Their arguments are names: Ray keeps arguments. Plans, passwords and results go over the hub's own line.
"""

import os
import secrets
import subprocess
import threading
import time
from collections.abc import Sequence
from typing import Final

from passerby.back_off import BackOff, BackOffSettings
from passerby.service.ray_engine.names import machine_folder
from passerby.service.ray_engine.tied_child import child_environment, tied_command

SUPERSEDED: Final = 76
"""Exit code of a worker that is not the newest, as the hub said."""
WAITS: Final = BackOffSettings(first_s=0.5, max_s=10.0, healthy_s=20.0)
STOP_S: Final = 25.0


class _Kept:
    """A program that is started again whenever it ends; its thread lives as long as the actor's process."""

    def __init__(self, command: Sequence[str]) -> None:
        self._command = tuple(command)
        self._stopping = threading.Event()
        self.process: subprocess.Popen[bytes] | None = None
        # The kernel ends the program with the thread that has started it.
        threading.Thread(target=self._run, daemon=True, name="keep").start()

    def _run(self) -> None:
        back_off = BackOff(WAITS)
        while not self._stopping.is_set():
            began_s = time.monotonic()
            self.process = subprocess.Popen(  # noqa: S603  our own interpreter
                self._command, env=child_environment(os.environ), stdin=subprocess.DEVNULL
            )
            code = self.process.wait()
            if code == SUPERSEDED and not self._stopping.is_set():
                # Where Ray takes this actor for the one that counts, it starts it anew, and that start is the newest.
                os._exit(1)
            self._stopping.wait(back_off.wait_s(time.monotonic() - began_s))

    def stop(self) -> None:
        """Asks the program to end, and kills it where it does not."""
        self._stopping.set()
        process = self.process
        if process is None:
            return
        process.terminate()
        try:
            process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()


class _Actor:
    """What both have in common."""

    def __init__(self, commands: Sequence[Sequence[str]]) -> None:
        self._kept = tuple(map(_Kept, commands))

    def stop(self) -> None:
        """Ends its programs, and then itself, so that Ray does not start it again."""
        from ray.actor import exit_actor

        for one in self._kept:
            one.stop()
        exit_actor()


class WorkerActor(_Actor):
    """A worker: a group of cameras, wherever Ray has put it."""

    def __init__(self, worker: str) -> None:
        """Starts the worker's process.

        Args:
            worker: its name.
        """
        data = machine_folder(os.environ)
        # Of all processes that this start of the actor has, as the hub asks which start is the newest.
        start, began_s = secrets.token_hex(8), time.clock_gettime(time.CLOCK_BOOTTIME)
        module = "passerby.service.ray_engine.worker_process"
        super().__init__([tied_command(module, worker, str(data), start, repr(began_s))])


class MachineActor(_Actor):
    """A machine's own: runs its node, which has the line to the hub, and delivers what dead workers have left there."""

    def __init__(self, node: str) -> None:
        """Starts both.

        Args:
            node: the machine's name, for who lists actors.
        """
        self.node = node
        data = str(machine_folder(os.environ))
        drains = "passerby.service.ray_engine.drain_process"
        super().__init__([tied_command("passerby", "node", "--data", data), tied_command(drains, data)])
