"""Opens a store by its URL: connects, brings the tables up to date, makes partitions ahead."""

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from passerby.domain.intervals import Intervals
from passerby.domain.retention import Retention
from passerby.domain.service import SitePlan
from passerby.ports import Store, StoreError
from passerby.store.databases.backend import Backend, make_partitions_ahead
from passerby.store.databases.claim import Claim, HubSessions, SqliteClaim
from passerby.store.databases.postgresql import PostgresqlBackend
from passerby.store.databases.sqlite import SqliteBackend
from passerby.store.migration import migrate
from passerby.store.schema import store_settings
from passerby.store.sql_store import SqlStore


async def open_store(
    url: str,
    *,
    zone: ZoneInfo = ZoneInfo("UTC"),  # noqa: B008 - ZoneInfo is immutable
    retention: Retention | None = None,
    clock: Callable[[], int] = time.time_ns,
    claim: Claim | None = None,
) -> Store:
    """Opens a store, makes it where it is new, and migrates it where it is old.

    Args:
        url: `sqlite:///path/to/file` or `postgresql://user:password@host:port/database`.
        zone: the site's time zone, which days are counted by; fixed once the store has been made.
        retention: how long each kind is kept.
        clock: UTC nanoseconds now.
        claim: that of the hub which opens it, taken; None for a command beside it.

    Raises:
        StoreVersionError: written by a newer passerby, or by other software.
        StoreUnavailableError: the database does not answer.
        StoreError: the URL is none, the zone differs from the store's own, or the database refuses.
    """
    backend = backend_of(url, claim)
    try:
        async with backend.failures.reported("opening the store"):
            async with backend.writing() as connection:
                await connection.run_sync(migrate, backend.failures.place)
                await _fix_zone(connection, backend, zone)
            await make_partitions_ahead(backend, clock)
            store = SqlStore(backend, Intervals(zone), retention or Retention(), clock)
            await store.recall()
    except BaseException:
        await backend.close()
        raise
    return store


def claim_of(url: str, place: str) -> Claim:
    """Returns the claim to be the active hub of a database, not taken yet.

    Args:
        url: the database's.
        place: this hub's machine and folder.

    Raises:
        StoreError: the URL is none, or of no kind of database that is supported.
    """
    parsed = parsed_url(url)
    if parsed.get_backend_name() == "sqlite":
        return SqliteClaim(parsed, place)
    from passerby.store.databases.postgresql_claim import PostgresqlClaim  # its driver is there with an extra only

    return PostgresqlClaim(parsed, place)


def backend_of(url: str, claim: Claim | None = None) -> Backend:
    """Returns the database of a URL, not yet connected.

    Args:
        url: the database's.
        claim: that of the hub which opens it; None for a command beside it.

    Raises:
        StoreError: the URL is none, or of no kind of database that is supported.
    """
    parsed = parsed_url(url)
    if parsed.get_backend_name() == "sqlite":
        return SqliteBackend(parsed)
    return PostgresqlBackend(parsed, claim if isinstance(claim, HubSessions) else None)


def parsed_url(url: str) -> sa.URL:
    """Returns a store's URL, of `sqlite` or `postgresql`.

    Raises:
        StoreError: the URL is none, or of no kind of database that is supported.
    """
    try:
        parsed = sa.make_url(url)
        kind = parsed.get_backend_name()
    except (sa.exc.ArgumentError, ValueError):
        # The text itself may hold a password in the wrong place, so it is not shown.
        raise StoreError(
            "store: not a URL. Write sqlite:///path/to/file or postgresql://user:password@host:port/database"
        ) from None
    if kind == "sqlite":
        if not parsed.database or parsed.database == ":memory:" or parsed.query:
            raise StoreError(f"store: an SQLite store is a file without options, got {parsed.database or 'no path'}")
        if not Path(parsed.database).parent.is_dir():
            raise StoreError(f"store: the folder of {parsed.database} does not exist. Make it first")
        return parsed
    if kind in ("postgresql", "postgres"):
        return parsed.set(drivername="postgresql")
    raise StoreError(f"store: SQLite and PostgreSQL are known, got {kind}. Write sqlite:///… or postgresql://…")


async def _fix_zone(connection: AsyncConnection, backend: Backend, zone: ZoneInfo) -> None:
    """Checks the zone against the stored one: days cannot be rolled up anew once their minutes are deleted."""
    name = zone.key
    await backend.put(connection, store_settings, [{"name": "zone", "value": name}])
    found = sa.select(store_settings.c.value).where(store_settings.c.name == "zone")
    stored = (await connection.execute(found)).scalar_one()
    if stored != name:
        raise StoreError(
            f"{backend.failures.place}: its days are those of {stored}, the site file has {name}. "
            f"Set the site's time zone to {stored}, or begin a new store"
        )


@asynccontextmanager
async def open_site_store(url: str, plan: SitePlan) -> AsyncIterator[Store]:
    """Opens the store of a site for the block, as commands do beside the service; the errors are those of `open_store`.

    Args:
        url: the database.
        plan: the site's.
    """
    store = await open_store(url, zone=ZoneInfo(plan.time_zone), retention=plan.retention)
    try:
        yield store
    finally:
        await store.close()
