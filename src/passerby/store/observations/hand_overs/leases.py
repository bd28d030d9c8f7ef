"""Leases of cameras: taken by who places cameras, and read by who stores what was measured under them."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, astuple, fields

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from passerby.domain.camera_groups import MeasuredCost
from passerby.domain.leases import HandOver, Holder, Lease
from passerby.domain.queries import EventQuery, Page
from passerby.store.databases.backend import Backend
from passerby.store.databases.paging import number_and_name_of
from passerby.store.databases.texts import check_texts
from passerby.store.observations.hand_overs.tables import camera_costs, camera_leases, minute_parts
from passerby.text import in_nfc
from passerby.units import MINUTE_S, NS_PER_S

MINUTE_NS = MINUTE_S * NS_PER_S

_NAMES = ("camera", "number", "node", "worker", "since_ns", "began_ns")


class Leases:
    """The table of leases.

    Args:
        backend: the database.
        clock: UTC nanoseconds now.
    """

    def __init__(self, backend: Backend, clock: Callable[[], int]) -> None:
        self._backend, self._reported = backend, backend.failures.reported
        self._clock = clock

    async def take_many(self, wanted: Mapping[str, Holder], *, anew: bool = False) -> Mapping[str, Lease]:
        """See `LeaseStore`."""
        check_texts("lease", *(name for camera, holder in wanted.items() for name in (camera, *astuple(holder))))
        holders = {in_nfc(camera): holder for camera, holder in wanted.items()}
        async with self._reported("taking leases"), self._backend.writing() as connection:
            await self._backend.take_turn(connection)
            leases = await self._newest(connection, holders)
            taken = []
            for camera, holder in holders.items():
                before = leases.get(camera)
                if before is None or anew or before.holder != holder:
                    number = 1 if before is None else before.number + 1
                    taken.append(Lease(camera, number, holder.node, holder.worker, self._clock()))
            await self._backend.put(connection, camera_leases, [asdict(lease) for lease in taken])
        leases |= {lease.camera: lease for lease in taken}
        return {camera: leases[in_nfc(camera)] for camera in wanted}

    async def newest(self, cameras: Sequence[str]) -> Mapping[str, Lease]:
        """See `LeaseStore`."""
        async with self._reported("reading leases"), self._backend.reading() as connection:
            found = await self._newest(connection, {in_nfc(camera) for camera in cameras})
        return {camera: found[in_nfc(camera)] for camera in cameras if in_nfc(camera) in found}

    async def of_cameras(self, cameras: Sequence[str]) -> tuple[Lease, ...]:
        """See `LeaseStore`."""
        async with self._reported("reading leases"), self._backend.reading() as connection:
            found = await self.of(connection, {in_nfc(camera) for camera in cameras})
        return tuple(lease for camera in sorted(found) for lease in found[camera])

    async def hand_overs(self, query: EventQuery) -> Page[HandOver]:
        """See `LeaseStore`."""
        table = camera_leases
        wanted = sa.select(*(table.c[name] for name in _NAMES), *_what_came_of_it())
        wanted = wanted.where(table.c.since_ns >= query.start_ns, table.c.since_ns < query.end_ns)
        if query.cameras:
            wanted = wanted.where(self._backend.among(table.c.camera, list(query.cameras)))
        if query.after is not None:
            wanted = wanted.where(sa.tuple_(table.c.since_ns, table.c.camera) > number_and_name_of(query.after))
        wanted = wanted.order_by(table.c.since_ns, table.c.camera).limit(query.limit + 1)
        async with self._reported("reading hand-overs"), self._backend.reading() as connection:
            found = (await connection.execute(wanted)).all()
        rows = tuple(HandOver(Lease(*row[:-2]), row[-2], row[-1]) for row in found[: query.limit])
        more = rows[-1].lease if len(found) > query.limit else None
        return Page(rows, None if more is None else f"{more.since_ns}.{more.camera}")

    async def costs(self) -> tuple[MeasuredCost, ...]:
        """See `LeaseStore`."""
        wanted = sa.select(*(camera_costs.c[each.name] for each in fields(MeasuredCost)))
        async with self._reported("reading what cameras take"), self._backend.reading() as connection:
            return tuple(MeasuredCost(*row) for row in await connection.execute(wanted))

    async def keep_costs(self, costs: Sequence[MeasuredCost]) -> None:
        """See `LeaseStore`."""
        check_texts("cost", *(cost.camera for cost in costs))
        async with self._reported("storing what cameras take"), self._backend.writing() as connection:
            await connection.execute(sa.delete(camera_costs))
            if costs:
                await self._backend.put(connection, camera_costs, [asdict(cost) for cost in costs])

    async def of(
        self, connection: AsyncConnection, cameras: Collection[str], *, hold: bool = False
    ) -> Mapping[str, Sequence[Lease]]:
        """Returns the leases of some cameras by their numbers; of cameras that have none, nothing.

        Args:
            connection: to read with.
            cameras: their names.
            hold: until the end of the transaction, who else holds them waits.
        """
        wanted = sa.select(*(camera_leases.c[name] for name in _NAMES))
        wanted = wanted.where(self._backend.among(camera_leases.c.camera, sorted(cameras)))
        wanted = wanted.order_by(camera_leases.c.camera, camera_leases.c.number)
        leases: dict[str, list[Lease]] = {}
        for row in await connection.execute(wanted.with_for_update() if hold else wanted):
            leases.setdefault(row.camera, []).append(Lease(*row))
        return leases

    async def _newest(self, connection: AsyncConnection, cameras: Collection[str]) -> dict[str, Lease]:
        """Returns the newest lease of each of some cameras that has any."""
        table = camera_leases.c
        mine = self._backend.among(table.camera, sorted(cameras))
        newest = sa.select(table.camera, sa.func.max(table.number).label("number")).where(mine).group_by(table.camera)
        last = newest.subquery()
        wanted = sa.select(*(table[name] for name in _NAMES)).join(
            last, sa.and_(table.camera == last.c.camera, table.number == last.c.number)
        )
        return {row.camera: Lease(*row) for row in await connection.execute(wanted)}

    async def begin(self, connection: AsyncConnection, leases: Sequence[Lease]) -> None:
        """Stores from when on something was measured under leases, as they say."""
        await self._backend.put(connection, camera_leases, [asdict(lease) for lease in leases], update=("began_ns",))


def _what_came_of_it() -> tuple[sa.ScalarSelect[str], sa.ScalarSelect[int]]:
    """Returns who held the camera before a lease, and of how many minutes something is not added because of it."""
    lease, before, part = camera_leases.c, camera_leases.alias("before").c, minute_parts.c
    earlier = sa.select(before.node).where(before.camera == lease.camera, before.number < lease.number)
    aside = sa.select(sa.func.count(part.start_s.distinct())).where(
        part.camera == lease.camera,
        part.number < lease.number,
        part.added == 0,
        part.start_s * NS_PER_S > lease.began_ns - MINUTE_NS,
    )
    newest = earlier.order_by(before.number.desc()).limit(1)
    return newest.scalar_subquery(), aside.scalar_subquery()
