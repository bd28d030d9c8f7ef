"""What the store of a simulated city holds, against what it would hold had nothing failed."""

from collections.abc import Mapping, Set
from dataclasses import dataclass
from typing import TypeAlias

import asyncpg

from passerby.store.observations.series import key_of
from testing.city.site_file import camera_name
from testing.city.traffic import MINUTE_NS, rows
from testing.store_keeper import asyncpg_place

_Stored: TypeAlias = dict[tuple[object, ...], tuple[object, ...]]
"""Series -> value, count and coverage."""

_STORED = """
    SELECT k.camera, k.series, k.quantity, k.road_user, k.direction, m.start_s, m.value, m.count, m.coverage
    FROM observations_60 m JOIN series_keys k USING (key_id) WHERE m.start_s = $1
"""


@dataclass(slots=True)
class Difference:
    """What differs.

    Attributes:
        rows: how many are stored.
        lost: rows of minutes that were watched and are not stored as they were measured.
        doubled: rows that say more than crossed, or that are of no camera and minute of the city.
        unwatched: minutes of cameras that were watched by nobody.
        leases: how many were taken: one a camera, where none was handed over.
    """

    rows: int = 0
    lost: int = 0
    doubled: int = 0
    unwatched: int = 0
    leases: int = 0


async def difference(url: str, cameras: int, starts_ns: range, watched: Mapping[int, Set[str]]) -> Difference:
    """Returns how a database differs from that of a city in which nothing failed.

    Args:
        url: the database.
        cameras: how many there are.
        starts_ns: the minutes' beginnings.
        watched: which cameras were watched in each of them.
    """
    found = Difference()
    connection = await asyncpg.connect(**asyncpg_place(url))
    try:
        for start_ns in starts_ns:
            stored = await connection.fetch(_STORED, start_ns // 10**9)
            _compare(found, {tuple(row)[:5]: tuple(row)[6:] for row in stored}, cameras, start_ns, watched[start_ns])
        first_s, last_s = starts_ns[0] // 10**9, starts_ns[-1] // 10**9
        others = "SELECT count(*) FROM observations_60 WHERE start_s < $1 OR start_s > $2"
        found.doubled += await connection.fetchval(others, first_s, last_s)
        found.leases = await connection.fetchval("SELECT count(*) FROM camera_leases")
    finally:
        await connection.close()
    return found


def _compare(
    found: Difference,
    stored: dict[tuple[object, ...], tuple[object, ...]],
    cameras: int,
    start_ns: int,
    watched: Set[str],
) -> None:
    found.rows += len(stored)
    for number in range(cameras):
        found.unwatched += camera_name(number) not in watched
        for one in rows(number, camera_name(number), start_ns):
            there = stored.pop(tuple(key_of(one)), None)
            if one.camera in watched:
                found.lost += there != (one.value, one.count, one.coverage)
            else:
                found.doubled += there is not None and there[2] != 0
    found.doubled += len(stored)


def minutes_before(now_ns: int, count: int) -> range:
    """Returns the beginnings of the newest minutes that are over, oldest first."""
    last_ns = now_ns // MINUTE_NS * MINUTE_NS
    return range(last_ns - count * MINUTE_NS, last_ns, MINUTE_NS)
