"""What the hub says of itself and of all cameras to its supervisor, every few seconds."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import count
from typing import Final

from passerby.domain.health import CameraHealth
from passerby.engine.hub.server import HubServer
from passerby.messages.supervision_messages import HubStatus
from passerby.ports import Live
from passerby.publish.delivery import Delivery
from passerby.service.configurations import FileConfigurations
from passerby.service.metrics.burden_watch import BurdenWatch

STATUS_S: Final = 2.0
STATUS_A_CAMERA_S: Final = 0.0005
"""Each camera's part of it takes 25 µs: a city's status goes more seldom, every 6 s for 8,000."""

CAMERAS_AT_ONCE: Final = 100
"""In one message: it fits into the pipe to the supervisor, and takes the hub some milliseconds."""


async def send_status(
    send: Callable[[HubStatus], None],
    live: Live,
    server: HubServer,
    configurations: FileConfigurations,
    delivery: Delivery,
    burden: BurdenWatch,
) -> None:
    """Sends it over and over, until cancelled."""
    while True:
        trouble, loud = delivery.trouble, burden.newest.sentences()
        for part in parts(HubStatus(live.health(), server.store_fault, configurations.problem, trouble, loud)):
            await asyncio.to_thread(send, part)  # the supervisor may be busy: nothing else waits for it
            await asyncio.sleep(len(part.cameras) * STATUS_A_CAMERA_S)
        await asyncio.sleep(STATUS_S)


def parts(status: HubStatus) -> Iterator[HubStatus]:
    """Yields a status as messages of a few cameras each; at least one."""
    cameras: Sequence[CameraHealth] = status.cameras
    for first in count(0, CAMERAS_AT_ONCE):
        end = first + CAMERAS_AT_ONCE
        yield replace(status, cameras=tuple(cameras[first:end]), more=end < len(cameras))
        if end >= len(cameras):
            return
