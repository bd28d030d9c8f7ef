"""A service on fakes behind a real server in a thread of its own, for a browser to look at."""

import asyncio
import io
import socket
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, TypeVar

import numpy as np
import uvicorn
from PIL import Image

from passerby.domain.health import CameraState
from passerby.domain.layout import Layout
from passerby.domain.preview import Preview
from passerby.domain.road_user import RoadUser
from passerby.web.app import end_streams
from passerby.web.edge.server import server_config
from testing.web.fakes import NOW_S, NS_PER_S, Service, camera_plan, health_report, observation

T = TypeVar("T")

SIZE_PX = (320, 180)
STREET_RGB = (90, 110, 70)
STANDING_IN_BENCHES = [0.55, 0.30, 0.60, 0.45]
"""A box whose foot point lies in the zone `benches` of the fakes' camera."""


def picture(camera: str = "square", **changes: Any) -> Preview:
    """A picture of one colour with one pedestrian in it."""
    encoded = io.BytesIO()
    Image.new("RGB", SIZE_PX, STREET_RGB).save(encoded, "JPEG", quality=90)
    shown = Preview(
        camera,
        NOW_S * NS_PER_S,
        SIZE_PX,
        np.frombuffer(encoded.getvalue(), np.uint8),
        "redrawn",
        "",
        0.72,
        np.array([STANDING_IN_BENCHES], np.float32),
        np.array([RoadUser.PEDESTRIAN], np.int16),
    )
    return replace(shown, **changes)


class Site:
    """The service, and its levers; each is pulled in the server's own loop.

    Args:
        service: the application and the fakes behind it.
        loop: the server's loop.
    """

    def __init__(self, service: Service, loop: asyncio.AbstractEventLoop) -> None:
        self.service = service
        self._loop = loop
        self.port = 0

    @property
    def address(self) -> str:
        """Where the page is."""
        return f"http://127.0.0.1:{self.port}/"

    @property
    def link(self) -> str:
        """The one-time link."""
        return self.call(lambda: self.service.link(self.port))

    def call(self, act: Callable[[], T]) -> T:
        """Calls something in the server's loop and waits for it."""

        async def acting() -> T:
            return act()

        return asyncio.run_coroutine_threadsafe(acting(), self._loop).result(60)

    def wait_for(self, asked: Coroutine[Any, Any, T]) -> T:
        """Waits for something in the server's loop."""
        return asyncio.run_coroutine_threadsafe(asked, self._loop).result(60)

    def cameras(self, *names: str) -> None:
        """The site has these cameras from now on."""
        configurations = self.service.configurations
        plans = tuple(camera_plan(name) for name in names)
        self.call(lambda: setattr(configurations, "plan", replace(configurations.plan, cameras=plans)))

    def draws(self, places: Layout) -> None:
        """The first camera measures at these places."""
        configurations = self.service.configurations
        plan = replace(configurations.plan.cameras[0], layout=places)
        self.call(lambda: setattr(configurations, "plan", replace(configurations.plan, cameras=(plan,))))

    def crossed(self, value: float | None, **changes: Any) -> None:
        """So many pedestrians have gone out over the west gate in the minute that is open now."""
        row = observation(NOW_S - 60, value, **changes)
        self._tell(lambda: self.service.live.open.update({row.camera: (row,)}))

    def is_in_state(self, state: CameraState, camera: str = "square", **changes: Any) -> None:
        """A camera reports."""
        report = health_report(camera, state, **changes)
        self._tell(lambda: self.service.live.reports.update({camera: report}))

    def _tell(self, act: Callable[[], Any]) -> None:
        self.call(act)
        self.call(self.service.live.tell)

    def show(self, shown: Preview) -> None:
        """Gives a picture to whoever looks."""
        self.call(lambda: self.service.live.show(shown))

    def lookers(self, camera: str = "square") -> int:
        """How many look at a camera now."""
        return self.call(lambda: len(self.service.live.pictures.get(camera, [])))


@contextmanager
def running(service: Service, port: int = 0, loop: asyncio.AbstractEventLoop | None = None) -> Iterator[Site]:
    """Serves while the block lasts, on a port that is free or on the one that is asked for.

    Args:
        service: on fakes or on a real store.
        port: 0 for a free one.
        loop: the one in which the store was opened; it is closed at the end.
    """
    loop = loop or asyncio.new_event_loop()
    site = Site(service, loop)
    server = uvicorn.Server(server_config(service.app, "127.0.0.1", port))
    with socket.create_server(("127.0.0.1", port)) as listening:
        site.port = listening.getsockname()[1]

        def serve() -> None:
            # At its end a runner cancels what still waits, such as the streams of pages that have gone.
            with asyncio.Runner(loop_factory=lambda: loop) as runner:
                runner.run(server.serve(sockets=[listening]))

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield site
        finally:
            site.call(lambda: end_streams(service.app))
            server.should_exit = True
            thread.join(60)
