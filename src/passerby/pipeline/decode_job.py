"""Decodes one live camera in a sandbox of its own, and hands the newest frame to the analysis process."""

import os
import select
import time
from mmap import mmap
from typing import Final

from passerby.domain.isolation import Isolation
from passerby.ingest.frame_ring import ANSWER, FrameRingWriter
from passerby.ingest.late_libraries import load_late_libraries
from passerby.ingest.sources.frame_pacer import TALLY_FPS
from passerby.ingest.sources.live import LiveSource
from passerby.messages.sandbox_messages import FROM_SANDBOX, Failure
from passerby.messages.sandbox_orders import DecodePlan, StartPreview, Stop, StopPreview
from passerby.pipeline.commands import Orders
from passerby.sandbox.brokered_connection import BrokeredConnection
from passerby.sandbox.isolation import isolate_further

STANDARD_INPUT = 0
ANSWER_S: Final = 5.0
"""How long the next of several frames in a row waits for the analysis of the one before."""


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
        may_sleep=plan.answers is not None and camera.sleeps,
    )
    writer = FrameRingWriter(memoryview(ring))
    os.set_blocking(plan.decoded, False)
    answers = None if plan.answers is None else AnalysisAnswers(plan.answers, source)
    row = False
    for frame in source:
        if answers is not None:
            answers.read()
            row, before = source.in_a_row, row
            if frame is not None and (row or before):
                answers.wait()
        for command in orders.commands():
            if isinstance(command, Stop):
                source.stop()
            elif isinstance(command, StartPreview | StopPreview) and command.tally:
                source.show(TALLY_FPS if isinstance(command, StartPreview) else None)
        writer.put(frame, source.condition, source.take_counts())
        if answers is not None and frame is not None:
            answers.awaited = frame.stamp.index
        del frame  # its copy is handed over, and the next one is waited for without it
        try:
            os.write(plan.decoded, b"f")
        except BlockingIOError:
            continue  # the reader is busy; it looks for the newest frame by itself
        except BrokenPipeError:
            source.stop()


class AnalysisAnswers:
    """What the analysis process says of the frames that it was given.

    Attributes:
        awaited: index of the frame that was handed over last.
    """

    def __init__(self, descriptor: int, source: LiveSource) -> None:
        """Args: descriptor: where the answers come; source: gets them."""
        self._descriptor, self._source, self._rest = descriptor, source, b""
        self.awaited = self._newest = -1
        os.set_blocking(descriptor, False)

    def read(self) -> None:
        """Takes in what has come."""
        try:
            received = os.read(self._descriptor, ANSWER.size * 100)
        except BlockingIOError:
            return
        self._rest += received
        while len(self._rest) >= ANSWER.size:
            index, quiet, small = ANSWER.unpack(self._rest[: ANSWER.size])
            self._rest = self._rest[ANSWER.size :]
            self._newest = index
            self._source.attend(index, quiet=bool(quiet), small=small)

    def wait(self) -> None:
        """Returns once the frame that was handed over last has been analysed, so that the next one replaces none."""
        until_s = time.monotonic() + ANSWER_S
        while self._newest < self.awaited and time.monotonic() < until_s:
            select.select([self._descriptor], [], [], 0.1)
            self.read()
