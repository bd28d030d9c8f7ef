"""A part of the site file as it is sent: numbered, and signed for the one node or worker that it is for."""

from collections.abc import Callable, Mapping
from typing import Final

import numpy as np

from passerby.config.texts.site_part import signed_content
from passerby.messages.hub_messages import HeldLease, SitePart

_MS_NS: Final = 1_000_000
GRACE_S: Final = 10
"""A link that broke off for a moment, and a hub that has just been started, are no trouble of a camera."""


def next_number(held: int, now_ns: int) -> int:
    """Returns the number of a part for who holds the part of another number, or 0."""
    return max(held + 1, now_ns // _MS_NS)


def signed_part(
    sign: Callable[[bytes], bytes],
    site: str,
    node: str,
    number: int,
    leases: Mapping[str, int],
    text: bytes,
    worker: str = "",
) -> SitePart:
    """Returns a part as it is sent; see `config.texts.site_part.signed_content`."""
    signature = sign(signed_content(site, node, number, leases, text, worker))
    held = tuple(HeldLease(camera, lease) for camera, lease in leases.items())
    return SitePart(number, np.frombuffer(text, np.uint8), np.frombuffer(signature, np.uint8), held)
