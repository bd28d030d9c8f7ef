"""Reads what recordings say of themselves, in a sandbox of its own: no picture of them is decoded."""

import os

from passerby.domain.errors import PasserbyError
from passerby.domain.isolation import Isolation
from passerby.ingest.late_libraries import load_late_libraries
from passerby.ingest.sources.file.video_file import VideoFile
from passerby.messages.sandbox_messages import FROM_SANDBOX, Failure, RecordingHeader, RecordingHeaders
from passerby.messages.sandbox_orders import HeaderPlan
from passerby.pipeline.commands import Orders
from passerby.sandbox.isolation import isolate_further

STANDARD_INPUT = 0


def run(output: int, isolation: Isolation) -> int:
    """Reads a plan and follows it; returns the exit code.

    Args:
        output: the one descriptor that leads out of the sandbox.
        isolation: how far this process is isolated.
    """
    orders = Orders(STANDARD_INPUT)
    with os.fdopen(output, "wb") as out:
        try:
            load_late_libraries()
            FROM_SANDBOX.send(isolate_further(isolation), out)
            plan = orders.plan()
            if not isinstance(plan, HeaderPlan):
                return 1
            FROM_SANDBOX.send(read_headers(plan), out)
        except PasserbyError as fault:
            FROM_SANDBOX.send(Failure(type(fault).__name__, str(fault)), out)
        except Exception as fault:  # a bug's text could hold anything at all; its name cannot
            FROM_SANDBOX.send(Failure(type(fault).__name__, ""), out)
    return 0


def read_headers(plan: HeaderPlan) -> RecordingHeaders:
    """Returns the headers of recordings, in the plan's order.

    Raises:
        SourceError: one of them cannot be read.
    """
    headers = []
    for path in plan.videos:
        with VideoFile(path, path.stem) as video:
            made = video.recorded_time
            headers.append(RecordingHeader(made.text, made.contradicted, video.duration_s, video.size_px))
    return RecordingHeaders(tuple(headers))
