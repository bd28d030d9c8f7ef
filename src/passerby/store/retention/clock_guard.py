"""Waiting period after a leap of the clock: by a clock that is wrong, everything would be too old and be deleted."""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from passerby.ports import StoreError
from passerby.store.databases.backend import Backend
from passerby.store.schema import deletion_runs, minutes, store_settings
from passerby.text import utc_minute
from passerby.units import DAY_S, NS_PER_S

_DAY_NS = DAY_S * NS_PER_S

LEAP_DAYS = 7
"""A service that runs deletes at least once a day; after a longer outage it waits a day more."""

WAIT_DAYS = 1
"""Long enough for a time server to be reached, or for an administrator to read the service's log."""

_SEEN = "clock_leapt_ns"


class ClockGuard:
    """Check of the clock from one deletion run to the next.

    A long outage looks exactly like a clock that is wrong, and so does what the cameras of the same machine measure. So
    both wait, and the outage costs one more day.

    Args:
        backend: the database.
    """

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    async def check(self, now_ns: int) -> None:
        """Checks that a deletion run may begin.

        Raises:
            StoreError: the clock has leapt, and less than a day ago.
        """
        async with self._backend.writing() as connection:
            last_ns = await self._last_ns(connection)
            seen_ns = await self._seen_ns(connection)
            leapt = last_ns is not None and now_ns - last_ns > LEAP_DAYS * _DAY_NS
            if not leapt or (seen_ns is not None and now_ns >= seen_ns + WAIT_DAYS * _DAY_NS):
                await connection.execute(sa.delete(store_settings).where(store_settings.c.name == _SEEN))
                return
            if seen_ns is None or now_ns < seen_ns:
                seen_ns = now_ns
                row = {"name": _SEEN, "value": str(seen_ns)}
                await self._backend.put(connection, store_settings, [row], update=("value",))
        raise StoreError(
            f"{self._backend.failures.place}: the clock shows {utc_minute(now_ns)}, and the newest entry here is of "
            f"{utc_minute(last_ns or 0)}, so nothing was deleted. Set the clock if it is wrong; if it is right, "
            f"deleting goes on by itself from {utc_minute(seen_ns + WAIT_DAYS * _DAY_NS)}"
        )

    async def _last_ns(self, connection: AsyncConnection) -> int | None:
        """Returns the time of the last deletion run; before the first one, that of the newest minute."""
        newest = sa.select(deletion_runs.c.time_ns).order_by(deletion_runs.c.run_id.desc()).limit(1)
        last_ns: int | None = (await connection.execute(newest)).scalar_one_or_none()
        if last_ns is not None:
            return last_ns
        start_s = (await connection.execute(sa.select(sa.func.max(minutes.c.start_s)))).scalar_one()
        return None if start_s is None else int(start_s) * NS_PER_S

    async def _seen_ns(self, connection: AsyncConnection) -> int | None:
        wanted = sa.select(store_settings.c.value).where(store_settings.c.name == _SEEN)
        found = (await connection.execute(wanted)).scalar_one_or_none()
        return None if found is None else int(found)
