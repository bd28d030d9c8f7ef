"""A node in a folder of its own, as `passerby node` starts it."""

import subprocess
import sys
import time
from pathlib import Path
from typing import Self

from passerby.domain.observations import Quantity
from passerby.engine.journal import Journal
from passerby.engine.outbox import decoded
from passerby.messages.columns import observations_of
from testing.trial_service.service import TrialError

PATIENCE_S = 90.0


class Node:
    """Runs `passerby node` on a data folder; ends with the block that it is used in."""

    def __init__(self, data: Path) -> None:
        """Takes the data folder; starts nothing yet."""
        self.data, self.log = data, data.with_suffix(".log")
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def join(self, token: str) -> None:
        """Joins the site that a token is for.

        Raises:
            TrialError: it could not.
        """
        command = [sys.executable, "-m", "passerby", "fleet", "join", token, "--data", str(self.data)]
        end_s = time.monotonic() + PATIENCE_S
        # A hub that has just been given its authority starts anew.
        while (done := subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_S)).returncode:
            if time.monotonic() > end_s:
                raise TrialError(f"the node did not join: {done.stderr}")
            time.sleep(0.5)

    def start(self) -> None:
        """Starts it; does not wait."""
        command = [sys.executable, "-m", "passerby", "node", "--data", str(self.data)]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def stop(self) -> int | None:
        """Asks it to stop, and waits until it has; returns its exit code."""
        process, self._process = self._process, None
        if process is None:
            return None
        process.terminate()
        return process.wait(PATIENCE_S)

    def crossings(self, camera: str) -> int:
        """Returns how many crossings the node has counted that the hub has not stored."""
        with Journal(self.data / "worker-1.sqlite") as journal:
            waiting = [decoded(frame) for _, frame in journal.outbox.next(0, 1000)]
            rows = [
                *journal.open_minutes(camera),
                *(row for one in waiting for row in observations_of(one.observations)),
            ]
        return sum(one.count for one in rows if one.quantity is Quantity.FLOW)
