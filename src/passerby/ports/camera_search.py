"""The protocol of looking for cameras on the network, and of asking one what it streams."""

from collections.abc import Sequence
from typing import Protocol

from passerby.domain.camera_search import FoundDevice, FoundSource


class CameraSearch(Protocol):
    """Cameras on the network, before they are in the site file; nothing outside of the site's networks is contacted."""

    async def discover(self, seconds: float, at: Sequence[str] = ()) -> tuple[FoundDevice, ...]:
        """Returns the cameras that answer a question to the whole local network; none of them is connected to.

        Args:
            seconds: how long to wait for answers.
            at: IPv4 addresses that are asked directly, in networks that multicast does not reach.

        Raises:
            AddressRefusedError: an address is not in the networks that the site allows.
            SourceError: nothing could be sent, or another search is under way.
        """
        ...

    async def probe(self, address: str, user: str, password: str) -> FoundSource:
        """Returns what a camera reports of itself and its streams; no picture is fetched.

        Args:
            address: `rtsp://…`, `rtsps://…`, `http://…` or `https://…` of a stream; or `HOST[:PORT]` of a camera that
                speaks ONVIF.
            user, password: of the camera; empty without.

        Raises:
            AddressRefusedError: the address is not in the networks that the site allows.
            SourceError: it cannot be reached, refuses, or is no camera; the text holds no password.
        """
        ...
