"""What a node's workers send, within the node's bandwidth: the urgent first, whatever waits behind it."""

import asyncio
import heapq
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from itertools import count

from passerby.domain.preview import Preview
from passerby.messages.channel import HEAD
from passerby.messages.hub_messages import (
    TO_HUB,
    CameraIsolation,
    Delivery,
    NewestHealth,
    OpenMinutes,
    ReplayDelivery,
)

BURST_S = 1.0
"""What a node has not used of its bandwidth is kept for so long."""
MIN_WAIT_S = 1e-3
"""Clocks of loops are no finer."""
MAX_PIECE_BYTES = 1 << 14
"""A message is sent in pieces of that size, each when there is bandwidth for it."""
MAX_WAITING_BYTES = 1 << 26
"""Of one worker's messages; it waits beyond. A worker has a few deliveries under way at a time, and one replay."""


class Urgency(IntEnum):
    """In which order messages are sent; of one urgency, in the order in which they came."""

    CONTROL = 0
    """Cameras and events; also all that is not named below."""
    LIVE = 1
    DELIVERY = 2
    REPLAY = 3
    PREVIEW = 4


_URGENCIES = {
    Delivery: Urgency.DELIVERY,
    OpenMinutes: Urgency.LIVE,
    NewestHealth: Urgency.LIVE,
    CameraIsolation: Urgency.LIVE,
    ReplayDelivery: Urgency.REPLAY,
    Preview: Urgency.PREVIEW,
}
MAX_PREVIEWS = 2
"""Of one worker that wait; the oldest is dropped for a newer one."""


class Bandwidth:
    """How much may be sent a second, shared by all connections of a node: a token bucket that serves the urgent first.

    Args:
        bytes_per_s: the rate; 0 for any amount.
        now_s: a clock that never steps, seconds.
    """

    def __init__(self, bytes_per_s: int = 0, now_s: Callable[[], float] = time.monotonic) -> None:
        self._now_s, self._numbers = now_s, count()
        self._waiting: list[tuple[int, int, int, asyncio.Future[None]]] = []
        self._granting: asyncio.Task[None] | None = None
        self._left, self._at_s = 0.0, now_s()
        self.bytes_per_s = bytes_per_s

    async def take(self, size_bytes: int, urgency: Urgency) -> None:
        """Waits until so much may be sent; who is more urgent goes first, however long others have waited."""
        if not self.bytes_per_s:
            return
        granted = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (urgency, next(self._numbers), size_bytes, granted))
        if self._granting is None or self._granting.done():
            self._granting = asyncio.create_task(self._grant())
        await granted

    async def _grant(self) -> None:
        while self._waiting:
            wait_s = self._until(self._waiting[0][2])
            if wait_s > 0:
                await asyncio.sleep(max(wait_s, MIN_WAIT_S))  # one that is more urgent may come meanwhile
                continue
            _, _, size_bytes, granted = heapq.heappop(self._waiting)
            if not granted.done():  # its connection may have ended
                self._left -= size_bytes
                granted.set_result(None)

    def _until(self, size_bytes: int) -> float:
        """Returns in how many seconds so much may be sent, also of more than the bucket holds: that leaves a debt."""
        if not self.bytes_per_s:
            return 0.0
        now_s = self._now_s()
        self._left = min(self.bytes_per_s * BURST_S, self._left + (now_s - self._at_s) * self.bytes_per_s)
        self._at_s = now_s
        needed = min(size_bytes, self.bytes_per_s * BURST_S)
        return max(0.0, (needed - self._left) / self.bytes_per_s)


@dataclass(frozen=True, slots=True)
class _Frame:
    urgency: Urgency
    content: bytes


class Uplink:
    """Carries the messages of one worker to the hub.

    Args:
        bandwidth: the node's.
    """

    def __init__(self, bandwidth: Bandwidth) -> None:
        self._bandwidth = bandwidth
        self._queues: dict[Urgency, deque[_Frame]] = {urgency: deque() for urgency in Urgency}
        self._waiting_bytes = 0
        self._changed = asyncio.Condition()
        self._ended = False
        self.previews_dropped = 0

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Reads whole messages and sends them, until the reader ends and all of them are sent.

        Only their heads are looked at: what they hold is checked by the hub.

        Raises:
            OSError: one of both ends has broken.
            CodecError: the worker sent what is no message.
        """
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._read(reader))
                tasks.create_task(self._send(writer))
        except ExceptionGroup as faults:
            raise faults.exceptions[0] from None

    async def _read(self, reader: asyncio.StreamReader) -> None:
        try:
            while True:
                announced = await reader.readexactly(HEAD.size)
                head = TO_HUB.head(announced)
                rest = await reader.readexactly(head.json_bytes + head.array_bytes)
                await self._put(_Frame(_urgency(head.kind), announced + rest))
        except asyncio.IncompleteReadError:
            pass
        finally:
            async with self._changed:
                self._ended = True
                self._changed.notify_all()

    async def _put(self, frame: _Frame) -> None:
        queue = self._queues[frame.urgency]
        async with self._changed:
            if frame.urgency is Urgency.PREVIEW and len(queue) >= MAX_PREVIEWS:
                self._waiting_bytes -= len(queue.popleft().content)
                self.previews_dropped += 1
            await self._changed.wait_for(lambda: self._waiting_bytes < MAX_WAITING_BYTES)
            queue.append(frame)
            self._waiting_bytes += len(frame.content)
            self._changed.notify_all()

    async def _next(self) -> _Frame | None:
        async with self._changed:
            await self._changed.wait_for(lambda: self._ended or any(self._queues.values()))
            queue = next((queue for queue in self._queues.values() if queue), None)
            if queue is None:
                return None
            frame = queue.popleft()
            self._waiting_bytes -= len(frame.content)
            self._changed.notify_all()
            return frame

    async def _send(self, writer: asyncio.StreamWriter) -> None:
        while (frame := await self._next()) is not None:
            for begin in range(0, len(frame.content), MAX_PIECE_BYTES):
                piece = frame.content[begin : begin + MAX_PIECE_BYTES]
                # What has been begun has to be ended before anything else of this worker: it is as urgent as that.
                waiting = (urgency for urgency, queue in self._queues.items() if queue)
                await self._bandwidth.take(len(piece), min(frame.urgency, *waiting, Urgency.PREVIEW))
                writer.write(piece)
                await writer.drain()


def _urgency(kind: int) -> Urgency:
    return _URGENCIES.get(TO_HUB.kinds[kind], Urgency.CONTROL)
