"""The sealed process's first steps: every right is given up before any library that could use it is loaded."""

import gc
import os
import signal
import sys
from contextlib import suppress

from passerby.sandbox.isolation import IsolationLevel, isolate
from passerby.sandbox.limits import DEVICE, prctl

PR_SET_PDEATHSIG = 1


def sealed_door(*, device: bool = False) -> tuple[int, IsolationLevel]:
    """Locks this process in; returns the one descriptor that leads out, and how far the lock holds.

    Libraries that print would break into the messages: what used to be standard output leads nowhere from here on.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with suppress(OSError):  # where it is unknown, the closed pipe ends this process with the next picture
        prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    door = os.dup(1)
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 1)
    os.close(nowhere)
    return door, isolate(device=device)


def main() -> int:
    """Does what standard input asks for."""
    door, level = sealed_door(device=DEVICE in sys.argv[1:])
    # What is loaded now stays to the end: searching it for garbage again and again is a tenth of the time it takes.
    gc.disable()
    # Only now: NumPy starts threads when it is loaded, and threads that are there already escape the filter.
    from passerby.domain.isolation import Isolation
    from passerby.pipeline.jobs import run

    gc.freeze()
    gc.enable()
    return run(door, Isolation(level.level, level.missing))


if __name__ == "__main__":
    sys.exit(main())
