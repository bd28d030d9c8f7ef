"""For how long the results of a node's cameras fit on its disk while the hub is away."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from passerby.config.site import Site
from passerby.domain.layout import Layout
from passerby.domain.service import NODE_OUTBOX_BYTES
from passerby.measure.tally import Series, Tally
from passerby.units import BYTES_PER_GB, DAY_S, MINUTE_S

MINUTE_BYTES: Final = 400
ROW_BYTES: Final = 11
"""What a minute of a camera takes in the outbox, compressed, and each result in it: a camera alone in its worker, with
traffic in every minute. From 61 results (930 bytes) to 372 (4,200) this is at most a third too much."""

WANTED_DAYS: Final = 90


@dataclass(frozen=True, slots=True)
class NodeCheck:
    """A machine that watches cameras on its own.

    Attributes:
        name: its name.
        cameras: those that it watches.
        mb_a_day: disk that their results take a day while they wait, MB.
        days: for so many days they have room; then the oldest are dropped.
    """

    name: str
    cameras: tuple[str, ...]
    mb_a_day: float
    days: int


def node_checks(site: Site, layouts: Mapping[str, Layout]) -> tuple[NodeCheck, ...]:
    """Returns the nodes of a site, by name; `layouts` holds each camera's."""
    given = site.workers.outbox_gb
    limit = NODE_OUTBOX_BYTES if given is None else round(given * BYTES_PER_GB)
    names = sorted({camera.node for camera in site.cameras.values() if camera.node})
    found = []
    for name in names:
        cameras = tuple(one for one, keys in site.cameras.items() if keys.node == name)
        day_bytes = sum(day_bytes_of(layouts[one]) for one in cameras)
        found.append(NodeCheck(name, cameras, day_bytes / 1e6, limit // day_bytes))
    return tuple(found)


def node_warnings(nodes: Iterable[NodeCheck]) -> tuple[str, ...]:
    """Returns the nodes whose disk space for waiting results is short."""
    return tuple(
        f"workers.outbox_gb: the results of node {one.name} fit on its disk for {one.days} days while the hub is away, "
        f"{one.mb_a_day:.0f} MB a day; then the oldest are dropped. "
        f"{WANTED_DAYS} days take {WANTED_DAYS * one.mb_a_day / 1000:.1f} GB"
        for one in nodes
        if one.days < WANTED_DAYS
    )


def day_bytes_of(layout: Layout) -> int:
    """Returns how much disk the results of a camera take a day while they wait for the hub."""
    nothing = (None,) * len(layout.zones)
    series = Series("", layout.lines, layout.movements, layout.zones, nothing, layout.ground is not None)
    rows = len(Tally(series).observations(0, MINUTE_S, 0.0))
    return DAY_S // MINUTE_S * (MINUTE_BYTES + ROW_BYTES * rows)
