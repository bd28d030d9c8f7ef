"""PostgreSQL: the long tables are partitioned by time, and the store makes the partitions that it needs, ahead."""

from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from passerby.ports import StoreUnavailableError
from passerby.store.databases.backend import Row, disposed
from passerby.store.databases.claim import HubSessions
from passerby.store.databases.failures import Failures
from passerby.store.databases.upserts import from_query, settled
from passerby.store.schema import PARTITION_SPANS

_CONNECTIONS = 8
_CONNECT_TIMEOUT_S = 10
_LOCK_WAIT_S = 5

_SETTINGS = {
    "application_name": "passerby",
    # A plan for any values knows not which partitions are needed; making one costs less than looking into all of them.
    "plan_cache_mode": "force_custom_plan",
    # Compiling a chart's query takes longer than answering it.
    "jit": "off",
}

_ONE_AT_A_TIME = 7_211_520
"""Key of the lock by which those who must not meet take turns; any number that is only ours."""


class PostgresqlBackend:
    """A PostgreSQL database.

    Args:
        url: `postgresql://user:password@host:port/database`, with asyncpg's options.
        claim: the hub's that opens it; None for a command beside it.
    """

    def __init__(self, url: sa.URL, claim: HubSessions | None = None) -> None:
        self.failures = Failures(url)
        self._claim = claim
        settings = _SETTINGS if claim is None else {**_SETTINGS, "application_name": claim.name}
        self._engine = create_async_engine(
            url.set(drivername="postgresql+asyncpg"),
            pool_size=_CONNECTIONS,
            max_overflow=0,
            pool_pre_ping=True,
            hide_parameters=True,
            connect_args={"timeout": _CONNECT_TIMEOUT_S, "server_settings": settings},
        )
        self._reader = self._engine.execution_options(postgresql_readonly=True)
        self._made: set[str] = set()
        if claim is not None:
            sa.event.listen(self._engine.sync_engine, "connect", _begins_by(claim))

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """See `Backend`; refused to a hub that may not be the active one."""
        if self._claim is not None and (refusal := self._claim.refusal()) is not None:
            raise refusal
        async with self._engine.begin() as connection:
            yield connection

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """See `Backend`."""
        async with self._reader.begin() as connection:
            yield connection

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[AsyncConnection]:
        """See `Backend`."""
        async with self.reading() as connection:
            await connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            yield connection

    async def scrub(self, table: sa.Table) -> None:
        """See `Backend`; the table is written anew. The server's write-ahead log keeps the bytes for a while."""
        async with self._engine.connect() as connection:
            alone = await connection.execution_options(isolation_level="AUTOCOMMIT")
            # Who waits for the table's lock holds up all who come later: a long verification must not stop every act.
            await alone.exec_driver_sql(f"SET lock_timeout = '{_LOCK_WAIT_S}s'")
            try:
                await alone.exec_driver_sql(f'VACUUM FULL "{table.name}"')
            except sa.exc.DBAPIError as error:
                raise StoreUnavailableError(
                    f"{self.failures.place}: what was deleted is still in the files of the database, because another "
                    "program uses the table. The next deletion run removes it"
                ) from error
            finally:
                await alone.exec_driver_sql("RESET lock_timeout")

    async def put(
        self,
        connection: AsyncConnection,
        table: sa.Table,
        rows: Sequence[Row],
        *,
        update: Sequence[str] = (),
        if_greater: str | None = None,
    ) -> None:
        """See `Backend`; columns travel as arrays, which is several times faster than rows."""
        if not rows:
            return
        names = list(rows[0])
        types = [table.c[name].type for name in names]
        columns = [
            sa.cast(sa.bindparam(None, [row[name] for row in rows], postgresql.ARRAY(type_), unique=True),
                    postgresql.ARRAY(type_))
            for name, type_ in zip(names, types, strict=True)
        ]  # fmt: skip
        given = sa.func.unnest(*columns).table_valued(
            *(sa.column(name, type_) for name, type_ in zip(names, types, strict=True)), name="given"
        )
        insert = postgresql.insert(table).from_select(names, sa.select(given.render_derived()))
        await connection.execute(settled(insert, table, update, if_greater))

    def insert_select(self, table: sa.Table, rows: sa.Select[tuple[object, ...]]) -> sa.Executable:
        """See `Backend`."""
        return from_query(postgresql.insert(table), table, rows)

    def among(self, column: sa.ColumnElement[object], values: Sequence[int] | Sequence[str]) -> sa.ColumnElement[bool]:
        """See `Backend`."""
        array = sa.bindparam(None, list(values), postgresql.ARRAY(column.type), unique=True)
        return column == sa.any_(array)

    def pairs(self, pairs: Sequence[tuple[int, int]], names: tuple[str, str]) -> sa.FromClause:
        """See `Backend`."""
        arrays = [
            sa.bindparam(None, [pair[place] for pair in pairs], postgresql.ARRAY(sa.BigInteger), unique=True)
            for place in (0, 1)
        ]
        columns = (sa.column(name, sa.BigInteger) for name in names)
        return sa.func.unnest(*arrays).table_valued(*columns, name=f"pairs_{names[0]}").render_derived()

    async def make_room(self, table: sa.Table, times: Iterable[int]) -> None:
        """See `Backend`."""
        span = PARTITION_SPANS[table.name]
        wanted = {f"{table.name}_p{number}": number for number in {time // span for time in times}}
        if wanted.keys() <= self._made:
            return
        async with self.writing() as connection:
            await self.take_turn(connection)
            there = await self._partitions(connection, table)
            for name in sorted(wanted.keys() - set(there)):
                await _make_partition(connection, table.name, name, wanted[name] * span, (wanted[name] + 1) * span)
        self._made.update(wanted)

    async def take_turn(self, connection: AsyncConnection) -> None:
        """See `Backend`."""
        await connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_ONE_AT_A_TIME)))

    async def delete_before(self, connection: AsyncConnection, column: "sa.Column[int]", cutoff: int) -> int:
        """See `Backend`; whole partitions are dropped, and only the last one is deleted from row by row."""
        table = column.table
        deleted = 0
        if isinstance(table, sa.Table) and table.name in PARTITION_SPANS:
            for name in await self._partitions(connection, table):
                if (int(name.rpartition("_p")[2]) + 1) * PARTITION_SPANS[table.name] <= cutoff:
                    rows = sa.select(sa.func.count()).select_from(sa.table(name))
                    deleted += (await connection.execute(rows)).scalar_one()
                    await connection.exec_driver_sql(f'DROP TABLE "{name}"')
                    self._made.discard(name)
        return deleted + (await connection.execute(sa.delete(table).where(column < cutoff))).rowcount

    async def close(self) -> None:
        """See `Backend`."""
        await disposed(self._engine)

    async def _partitions(self, connection: AsyncConnection, table: sa.Table) -> list[str]:
        found = await connection.execute(
            sa.text(
                "SELECT child.relname FROM pg_inherits JOIN pg_class child ON child.oid = inhrelid "
                "WHERE inhparent = to_regclass(:parent) ORDER BY child.relname"
            ),
            {"parent": table.name},
        )
        return [str(name) for name in found.scalars()]


def _begins_by(claim: HubSessions) -> Callable[[DBAPIConnection, ConnectionPoolEntry], None]:
    """Returns what lets a hub that is not the active one any more begin no session."""

    def begins(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
        cursor = connection.cursor()

        def ask(statement: str) -> tuple[object, ...] | None:
            cursor.execute(statement)
            found: tuple[object, ...] | None = cursor.fetchone()
            return found

        try:
            claim.may_begin(ask)
        finally:
            cursor.close()
            connection.rollback()

    return begins


async def _make_partition(connection: AsyncConnection, parent: str, name: str, first: int, end: int) -> None:
    """Makes a table and attaches it, which unlike CREATE TABLE ... PARTITION OF blocks no other session.

    Names and numbers are our own: tables of the schema, and whole numbers.
    """
    await connection.exec_driver_sql(f'CREATE TABLE "{name}" (LIKE "{parent}" INCLUDING ALL)')
    await connection.exec_driver_sql(
        f'ALTER TABLE "{parent}" ATTACH PARTITION "{name}" FOR VALUES FROM ({first}) TO ({end})'
    )
