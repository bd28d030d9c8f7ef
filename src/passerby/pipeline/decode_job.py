"""Decodes one live camera in a sandbox of its own, and hands the newest frame to the analysis process."""

import os
from mmap import mmap

from passerby.domain.isolation import Isolation
from passerby.ingest.frame_ring import FrameRingWriter
from passerby.ingest.late_libraries import load_late_libraries
from passerby.ingest.sources.live import TALLY_FPS, LiveSource
from passerby.messages.sandbox_messages import FROM_SANDBOX, Failure
from passerby.messages.sandbox_orders import DecodePlan, StartPreview, Stop, StopPreview
from passerby.pipeline.commands import Orders
from passerby.sandbox.brokered_connection import BrokeredConnection
from passerby.sandbox.isolation import isolate_further

STANDARD_INPUT = 0


def run(output: int, isolation: Isolation, ring: mmap) -> int:
    """Reads a plan and follows it; returns the exit code. A decoder's process loads nothing that it does not need.

    Args:
        output: the one descriptor that messages go to: how far this process is isolated, or that it cannot be, and
            nothing after it.
        isolation: that.
        ring: the memory that frames are handed over in, writable.
    """
    orders = Orders(STANDARD_INPUT)
    with os.fdopen(output, "wb") as out:
        try:
            load_late_libraries()
            isolation = isolate_further(isolation)
        except Exception as fault:  # it has started all the same, so that it is not its sandbox that does not work
            FROM_SANDBOX.send(Failure(type(fault).__name__, ""), out)
            return 0
        FROM_SANDBOX.send(isolation, out)
        plan = orders.plan()
        if not isinstance(plan, DecodePlan):
            return 1
        decode_camera(plan, ring, orders)
    return 0


def decode_camera(plan: DecodePlan, ring: mmap, orders: Orders) -> None:
    """Decodes a camera until `Stop` comes, or the analysis process is gone.

    Args:
        plan: the camera, and how to reach it.
        ring: the memory that frames are handed over in, writable.
        orders: the worker's commands.
    """
    camera = plan.camera
    source = LiveSource(
        camera.source,
        camera.name,
        analysed_fps=camera.analysed_fps,
        connector=None if plan.route is None else BrokeredConnection(plan.route),
    )
    writer = FrameRingWriter(memoryview(ring))
    os.set_blocking(plan.decoded, False)
    for frame in source:
        for command in orders.commands():
            if isinstance(command, Stop):
                source.stop()
            elif isinstance(command, StartPreview | StopPreview) and command.tally:
                source.show(TALLY_FPS if isinstance(command, StartPreview) else None)
        writer.put(frame, source.condition, source.take_counts())
        try:
            os.write(plan.decoded, b"f")
        except BlockingIOError:
            continue  # the reader is busy; it looks for the newest frame by itself
        except BrokenPipeError:
            source.stop()
