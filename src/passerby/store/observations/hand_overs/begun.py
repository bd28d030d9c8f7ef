"""From when on leases of cameras are in force, which is known by what was measured under them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from passerby.domain.leases import Lease, WatchedPart
from passerby.domain.queries import Bin
from passerby.store.databases.backend import Backend
from passerby.store.observations.hand_overs.leases import Leases
from passerby.store.observations.hand_overs.tables import minute_parts
from passerby.store.schema import minutes, series_keys
from passerby.units import DAY_S, NS_PER_S

CameraMinute: TypeAlias = tuple[str, int]
"""Camera and UTC second."""

_UNPARTED_S: Final = DAY_S
"""Rows that were stored before their camera's first lease was taken are of no minute so long after it."""

_NONE: Final = 2**62
"""Above the number of any lease."""


@dataclass(frozen=True, slots=True)
class _Earlier:
    """A lease that has turned out to have begun earlier than was known.

    Attributes:
        lease: with when it began.
        first_s: the minute in which it did, UTC seconds.
        before_s: when it was known to have begun until now.
        unparted_s: until then there may be rows of minutes of which no part is stored.
    """

    lease: Lease
    first_s: int
    before_s: int
    unparted_s: int


@dataclass(frozen=True, slots=True)
class Begun:
    """What came of a batch.

    Attributes:
        leases: of the cameras of which something was measured under a lease, as they are with the batch.
        overtaken: minutes that change because a lease has turned out to have begun earlier than was known.
    """

    leases: Mapping[str, Sequence[Lease]]
    overtaken: set[CameraMinute]


class BegunLeases:
    """Keeps from when on leases are in force.

    Args:
        backend: the database.
        leases: of cameras.
    """

    def __init__(self, backend: Backend, leases: Leases) -> None:
        self._backend, self._leases = backend, leases

    async def take(
        self,
        connection: AsyncConnection,
        parts: Mapping[CameraMinute, WatchedPart],
        leases: Mapping[str, Sequence[Lease]],
    ) -> Begun:
        """Stores from when on leases are in force, by what was measured under them.

        Args:
            connection: of a transaction that writes, and holds the leases.
            parts: what a batch brings.
            leases: of its cameras, by their numbers.
        """
        found, earlier = _with_begins(_earliest(parts), leases)
        if not earlier:
            return Begun(found, set())
        await self._leases.begin(connection, [one.lease for one in earlier])
        return Begun(found, await self._overtaken(connection, earlier))

    async def _overtaken(self, connection: AsyncConnection, begun: Sequence[_Earlier]) -> set[CameraMinute]:
        """Returns the minutes of which something counts that was measured under lower leases, now after these.

        Thousands of cameras may begin at once, when all were given out anew: all are asked about together.
        """
        cameras, first_s = sorted({one.lease.camera for one in begun}), min(one.first_s for one in begun)
        part = minute_parts.c
        stored = sa.select(part.camera, part.start_s, part.number, part.added).where(
            self._backend.among(part.camera, cameras), part.start_s >= first_s
        )
        known: defaultdict[str, dict[int, int]] = defaultdict(dict)
        for camera, start_s, number, added in await connection.execute(stored):
            # The lowest of the leases under which something of the minute counts.
            lowest = known[camera].get(start_s, _NONE)
            known[camera][start_s] = min(lowest, number) if added else lowest
        last_s = max(one.unparted_s for one in begun)
        rows = await self._starts(connection, cameras, first_s, last_s) if first_s <= last_s else {}
        found: set[CameraMinute] = set()
        for one in begun:
            camera, parts = one.lease.camera, known[one.lease.camera]
            found.update(
                (camera, start_s)
                for start_s, lowest in parts.items()
                if one.first_s <= start_s <= one.before_s and lowest < one.lease.number
            )
            unparted = rows.get(camera, set()) - parts.keys()
            found.update((camera, start_s) for start_s in unparted if one.first_s <= start_s <= one.unparted_s)
        return found

    async def _starts(
        self, connection: AsyncConnection, cameras: Sequence[str], first_s: int, last_s: int
    ) -> dict[str, set[int]]:
        """Returns the beginnings of cameras' minutes of which there is a row, from the first to the last."""
        keys = sa.select(series_keys.c.key_id, series_keys.c.camera)
        keys = keys.where(self._backend.among(series_keys.c.camera, cameras))
        names = {row.key_id: row.camera for row in await connection.execute(keys)}
        rows = sa.select(minutes.c.start_s, minutes.c.key_id).where(
            minutes.c.start_s >= first_s,
            minutes.c.start_s <= last_s,
            self._backend.among(minutes.c.key_id, sorted(names)),
        )
        found: defaultdict[str, set[int]] = defaultdict(set)
        for start_s, key_id in await connection.execute(rows):
            found[names[key_id]].add(start_s)
        return found


def _earliest(parts: Mapping[CameraMinute, WatchedPart]) -> dict[tuple[str, int], int]:
    """Returns from when on something was measured under leases, by camera and number; UTC nanoseconds."""
    earliest: dict[tuple[str, int], int] = {}
    for (camera, _), part in parts.items():
        if part.lease and not part.empty:
            earliest[camera, part.lease] = min(part.from_ns, earliest.get((camera, part.lease), part.from_ns))
    return earliest


def _with_begins(
    earliest: Mapping[tuple[str, int], int], leases: Mapping[str, Sequence[Lease]]
) -> tuple[dict[str, Sequence[Lease]], list[_Earlier]]:
    """Returns the cameras' leases with what is known now, and those that began earlier than was known."""
    found: dict[str, Sequence[Lease]] = {}
    earlier: list[_Earlier] = []
    for camera in sorted({camera for camera, _ in earliest}):
        mine = list(leases[camera])
        for place, lease in enumerate(mine):
            began_ns = earliest.get((camera, lease.number))
            if began_ns is None or (lease.began_ns is not None and lease.began_ns <= began_ns):
                continue
            mine[place] = replace(lease, began_ns=began_ns)
            first_s = began_ns // NS_PER_S // Bin.MINUTE * Bin.MINUTE
            before_s = 2**62 if lease.began_ns is None else lease.began_ns // NS_PER_S
            # Rows of whole minutes that were stored before the camera had a lease have no part yet.
            unparted_s = min(before_s, mine[0].since_ns // NS_PER_S + _UNPARTED_S)
            earlier.append(_Earlier(mine[place], first_s, before_s, unparted_s))
        found[camera] = mine
    return found, earlier
