"""What is believed of the counts of lines, by the counts by hand that hold; every interval is made from it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated

from fastapi import Query

from passerby.domain.hand_counts import HandCount, pairs_of
from passerby.domain.layout import Movement
from passerby.domain.line_accuracies import LineAccuracies, Place
from passerby.geometry.ground import zone_areas_m2
from passerby.web.hub import Hub
from passerby.web.ranges import time_at
from passerby.web.routes.measured.validations.hand_counts import settled
from passerby.web.routes.measured.validations.recorded import version_now

KnownAt = Annotated[
    str | None,
    Query(
        max_length=40,
        description="Intervals as they were at this time, by the counts by hand that had been sent and not withdrawn "
        "until then: to find a published number again. Now where it is left out.",
        examples=["2026-09-29T12:00:00Z"],
    ),
]


async def line_accuracies(hub: Hub, cameras: Sequence[str], known_at: str | None = None) -> LineAccuracies:
    """Returns what is believed of lines, movements and zones.

    Args:
        hub: the service.
        cameras: their names; empty for all.
        known_at: see `KnownAt`.

    Raises:
        ProblemError: `known_at` is no time.
        StoreError: the database does not answer.
    """
    known_ns = None if known_at is None else time_at("query.known_at", known_at, hub.zone)
    found: defaultdict[tuple[str, str], list[HandCount]] = defaultdict(list)
    for counted in await hub.store.hand_counts.of(tuple(cameras)):
        if known_ns is not None:
            if counted.sent_ns > known_ns:
                continue
            if counted.withdrawn_ns is not None and counted.withdrawn_ns > known_ns:
                counted = replace(counted, withdrawn_ns=None)
        if version_now(hub, counted.camera, counted.line) == counted.line_version:
            found[counted.camera, counted.line].append(await settled(hub, counted))
    return LineAccuracies({line: pairs_of(counts) for line, counts in found.items()}, *_places(hub, cameras))


def _places(hub: Hub, cameras: Sequence[str]) -> tuple[dict[Place, Movement], dict[Place, float]]:
    """What movements join, and how large zones are."""
    plans = [plan for plan in hub.plan.cameras if not cameras or plan.name in cameras]
    return (
        {(plan.name, each.name): each for plan in plans for each in plan.layout.movements},
        {(plan.name, zone): area for plan in plans for zone, area in zone_areas_m2(plan.layout).items()},
    )
