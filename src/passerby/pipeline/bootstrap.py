"""The first steps of a sandboxed process: every right is given up before a library that could use it is loaded."""

import gc
import os
import signal
import sys
from contextlib import suppress

from passerby.domain.isolation import Isolation
from passerby.sandbox.isolation import isolate
from passerby.sandbox.limits import DEVICE, prctl
from passerby.sandbox.shared_memory import is_ring_writer, ring_of

PR_SET_PDEATHSIG = 1

HEADERS = "--headers"
"""Command-line option of a process that reads no more than the headers of recordings: it loads no detector."""


def isolate_process(*, device: bool = False) -> tuple[int, Isolation]:
    """Isolates this process; returns the one descriptor that leads out, and how far the isolation goes.

    Libraries that print would break into the messages: what used to be standard output leads nowhere from here on.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with suppress(OSError):  # where it is unknown, the closed pipe ends this process with the next picture
        prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    output = os.dup(1)
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 1)
    os.close(nowhere)
    return output, isolate(device=device)


def main() -> int:
    """Runs the job that standard input asks for."""
    ring = ring_of(sys.argv[1:])  # no memory is shared any more once system calls are filtered
    output, isolation = isolate_process(device=DEVICE in sys.argv[1:])
    # What is loaded now stays to the end: searching it for garbage again and again is a tenth of the time it takes.
    gc.disable()
    # Only now: NumPy starts threads when it is loaded, and threads that are there already escape the filter.
    if ring is not None and is_ring_writer(sys.argv[1:]):
        from passerby.pipeline.decode_job import run as decode

        gc.freeze()
        gc.enable()
        return decode(output, isolation, ring)
    if HEADERS in sys.argv[1:]:
        from passerby.pipeline.recorded.header_job import run as read_headers

        return read_headers(output, isolation)
    from passerby.pipeline.jobs import run

    gc.freeze()
    gc.enable()
    return run(output, isolation, ring)


if __name__ == "__main__":
    sys.exit(main())
