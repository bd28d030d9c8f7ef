"""Health reports of cameras: stored once each, read oldest first."""

import math
from collections.abc import Sequence
from dataclasses import asdict, fields

import sqlalchemy as sa

from passerby.domain.health import CameraHealth, CameraState
from passerby.domain.queries import EventQuery, Page
from passerby.ports import StoreError
from passerby.store.databases.backend import Backend, Row
from passerby.store.databases.paging import number_and_name_of
from passerby.store.databases.texts import check_texts
from passerby.store.schema import camera_health, newest_health

_HEALTH_FIELDS = tuple(each.name for each in fields(CameraHealth))


class HealthReports:
    """Tables of health reports.

    Args:
        backend: the database.
    """

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    async def store_health(self, reports: Sequence[CameraHealth]) -> None:
        """See `Store.store_health`."""
        newest: dict[str, CameraHealth] = {}
        for one in reports:
            check_texts("health", one.camera, one.why)
            if one.camera not in newest or newest[one.camera].time_ns < one.time_ns:
                newest[one.camera] = one
        await self._backend.make_room(camera_health, {one.time_ns for one in reports})
        async with self._backend.writing() as connection:
            await self._backend.put(connection, camera_health, [_health_row(one) for one in reports])
            update = [name for name in _HEALTH_FIELDS if name != "camera"]
            # By name, so that two writers wait for each other in one order only.
            rows = [_health_row(newest[camera]) for camera in sorted(newest)]
            await self._backend.put(connection, newest_health, rows, update=update, if_greater="time_ns")

    async def health(self, query: EventQuery) -> Page[CameraHealth]:
        """See `Store.health`."""
        table = camera_health
        wanted = sa.select(table).where(table.c.time_ns >= query.start_ns, table.c.time_ns < query.end_ns)
        if query.cameras:
            wanted = wanted.where(self._backend.among(table.c.camera, list(query.cameras)))
        if query.after is not None:
            wanted = wanted.where(sa.tuple_(table.c.time_ns, table.c.camera) > number_and_name_of(query.after))
        wanted = wanted.order_by(table.c.time_ns, table.c.camera).limit(query.limit + 1)
        async with self._backend.reading() as connection:
            found = (await connection.execute(wanted)).all()
        rows = tuple(_report(row) for row in found[: query.limit])
        return Page(rows, f"{rows[-1].time_ns}.{rows[-1].camera}" if len(found) > query.limit else None)

    async def newest_health(self) -> tuple[CameraHealth, ...]:
        """See `Store.newest_health`."""
        async with self._backend.reading() as connection:
            found = (await connection.execute(sa.select(newest_health))).all()
        return tuple(sorted((_report(row) for row in found), key=lambda one: one.camera))


def _health_row(one: CameraHealth) -> Row:
    numbers = (one.measured, one.threshold, one.detect_p50_ms, one.detect_p95_ms)
    if not all(math.isfinite(each) for each in numbers if each is not None):
        raise StoreError(f"health of {one.camera}: measured values and times must be finite numbers")
    return {**asdict(one), "state": one.state.value}


def _report(row: sa.Row[tuple[object, ...]]) -> CameraHealth:
    values = {name: getattr(row, name) for name in _HEALTH_FIELDS}
    return CameraHealth(**{**values, "state": CameraState(row.state)})
