"""Somebody who looks at a running service over a real WebSocket."""

import http.cookiejar
import json
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from websockets.sync.client import connect
from websockets.typing import Origin

PATIENCE_S = 60.0
MAX_BYTES = 8 << 20


@dataclass(frozen=True, slots=True)
class Door:
    """A session: the service's address, and the cookie that opens it."""

    address: str
    cookie: str


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """One message of the live view, when it came (UTC ns), what its head says, and its JPEG."""

    came_ns: int
    said: dict[str, Any]
    jpeg: bytes


def entered(link_file: Path, within_s: float = PATIENCE_S) -> Door:
    """Comes in by the one-time link that lies in a file.

    Raises:
        OSError: there is none in time, or nobody answers.
    """
    end_s = time.monotonic() + within_s
    while True:
        cookies = http.cookiejar.CookieJar()
        browser = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(cookies)
        )
        try:
            link = link_file.read_text().strip()
            with browser.open(link, timeout=60):
                address = link.partition("/open/")[0]
            state_purpose(browser, address)
            return Door(address, "; ".join(f"{one.name}={one.value}" for one in cookies))
        except OSError:
            if time.monotonic() > end_s:
                raise
            time.sleep(0.2)


def state_purpose(browser: urllib.request.OpenerDirector, address: str) -> None:
    """States why one looks, as a view needs it."""
    body = json.dumps({"purpose": "maintenance", "case": "a trial"}).encode()
    headers = {"Content-Type": "application/json", "Origin": address}
    with browser.open(urllib.request.Request(f"{address}/api/v1/purpose", body, headers, method="PUT"), timeout=60):
        pass


def view_address(door: Door, camera: str, which: str = "view") -> str:
    """The WebSocket's address with a new ticket in it; `tally` for the pictures to count by hand from."""
    path = f"{door.address}/api/v1/cameras/{quote(camera)}"
    headers = {"Cookie": door.cookie, "Origin": door.address}
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(urllib.request.Request(f"{path}/ticket", b"", headers, method="POST"), timeout=60) as answer:
        ticket = json.loads(answer.read())["ticket"]
    return f"{path.replace('http', 'ws', 1)}/{which}?ticket={ticket}"


def viewed(door: Door, camera: str, pause_s: float = 0.0, which: str = "view") -> Iterator[Picture]:
    """The live view's messages, until the caller leaves.

    Args:
        door: the session.
        camera: whom to look at.
        pause_s: how long a slow viewer waits before it takes the next.
        which: `tally` for the pictures to count by hand from.

    Raises:
        OSError: nobody answers, or nothing came for a minute.
    """
    with connect(
        view_address(door, camera, which),
        additional_headers={"Cookie": door.cookie},
        origin=Origin(door.address),
        proxy=None,
        compression=None,
        max_size=MAX_BYTES,
        max_queue=1,
    ) as view:
        while True:
            message = view.recv(timeout=PATIENCE_S)
            came_ns = time.time_ns()
            if isinstance(message, bytes):
                end = 4 + int.from_bytes(message[:4], "big")
                yield Picture(came_ns, json.loads(message[4:end]), message[end:])
            if pause_s:
                time.sleep(pause_s)
