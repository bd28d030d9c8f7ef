"""The right to be a PostgreSQL database's one active hub: a lock that ends with the session that holds it."""

import asyncio
import secrets
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from typing import Any, Final

import asyncpg
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg

from passerby.ports import StoreError, StoreUnavailableError
from passerby.store.databases.failures import Failures
from passerby.telemetry.logs import get_log

BEAT_S: Final = 1.0
SILENT_S: Final = 5.0
"""A hub whose session has sent nothing for so long has stopped, or cannot be reached: its session is ended."""
ANSWER_S: Final = 3.0
"""Shorter than `SILENT_S`: a hub that gets no answer knows that it may be replaced before another one is active."""
AGAIN_S: Final = 0.5
ENDED_S: Final = 5.0
_CONNECT_S: Final = 10.0

_KEY: Final = 7_211_521
"""Key of the lock; any number below 2**32 that is only ours."""
_NAME: Final = "passerby hub"
_MAX_NAME: Final = 63
"""Bytes of an application's name that PostgreSQL keeps (NAMEDATALEN - 1)."""

_HOLDER = (
    "SELECT a.pid, a.application_name, extract(epoch FROM clock_timestamp() - a.state_change)::float8 AS silent_s "
    "FROM pg_locks l JOIN pg_stat_activity a USING (pid) WHERE l.locktype = 'advisory' AND l.classid = 0 "
    "AND l.objid = 7211521 AND l.objsubid = 1 AND l.granted "
    "AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)
_OTHERS = (
    "SELECT pid, backend_start FROM pg_stat_activity WHERE datname = current_database() "
    "AND application_name LIKE $1 AND application_name <> $2"
)
_STILL = (
    "SELECT count(*) FROM unnest($1::int[], $2::timestamptz[]) AS one(pid, begun) "
    "JOIN pg_stat_activity a ON a.pid = one.pid AND a.backend_start = one.begun"
)
_PUT = "INSERT INTO store_settings VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value"
_FIND = "SELECT value FROM store_settings WHERE name = $1"
_ACTIVE: Final = "active_hub"

# Where a machine dies without a word, and there is no other hub that notices it, its session ends by these.
_DEAD_PEER = {"tcp_keepalives_idle": "5", "tcp_keepalives_interval": "2", "tcp_keepalives_count": "3"}


@dataclass(frozen=True, slots=True)
class _Holder:
    pid: int
    name: str
    silent_s: float | None


class PostgresqlClaim:
    """That of a PostgreSQL database; see `Claim`.

    One session of this hub holds an advisory lock, and shows each second that it lives. All sessions of a hub have its
    name. The next hub ends the sessions of the one before as soon as it has the lock; a session that the earlier one
    begins after that is refused by `may_begin`. So nothing that it does comes after the first act of the next one.

    Args:
        url: the database's.
        place: this hub's machine and folder.

    Attributes:
        name: the name of this hub's sessions.
        held: this hub is the active one, as far as it knows.
    """

    def __init__(self, url: sa.URL, place: str) -> None:
        self.place, self.held = place, False
        self.hub_id = secrets.token_hex(6)
        self.name = f"{_NAME} {self.hub_id} {place}".encode("ascii", "replace")[:_MAX_NAME].decode("ascii")
        self._failures = Failures(url)
        dialect: Any = PGDialect_asyncpg
        _, self._options = dialect().create_connect_args(url.set(drivername="postgresql+asyncpg"))
        self._connection: Any = None
        self._pid = 0
        self._turn = asyncio.Lock()
        self._log = get_log()

    async def take(self) -> str:
        """See `Claim`."""
        try:
            async with self._failures.reported("asking which hub is active"), asyncio.timeout(_CONNECT_S + ANSWER_S):
                if self._connection is None or self._connection.is_closed():
                    self._connection = await self._connected()
                return await self._taken()
        except BaseException:
            self._drop()
            raise

    async def watch(self) -> None:
        """See `Claim`."""
        while True:
            try:
                await self._beat()
            except Exception as fault:
                self.held = False
                self._log.error("whether this hub is the active one is not known; it writes nothing", why=str(fault))
                self._drop()
                if not await self._taken_again():
                    self._drop()  # and with it the lock, where this hub has got it again
                    return
                self._log.info("this hub is the active one still")
            await asyncio.sleep(BEAT_S)

    async def last(self) -> str:
        """See `Claim`."""
        async with self._failures.reported("reading which hub was active"):
            return (await self._setting(_ACTIVE)).partition(" ")[2]

    async def begin(self) -> None:
        """See `Claim`."""
        async with self._failures.reported("storing which hub is active"):
            await self._asked(_PUT, _ACTIVE, f"{self.hub_id} {self.place}")

    async def setting(self, name: str) -> str:
        """See `Claim`."""
        async with self._failures.reported("reading what the hub before left"):
            return await self._setting(name)

    async def put(self, name: str, value: str) -> None:
        """See `Claim`."""
        if (refusal := self.refusal()) is not None:
            raise refusal
        async with self._failures.reported("storing what the next hub needs"):
            await self._asked(_PUT, name, value)

    async def close(self) -> None:
        """See `Claim`."""
        self.held = False
        self._drop()

    def refusal(self) -> StoreError | None:
        """Returns why this hub may not write now; None where it may."""
        if self.held:
            return None
        return StoreUnavailableError(
            f"{self._failures.place}: whether this hub is the active one is not known now. Nothing was stored; try "
            "again"
        )

    def may_begin(self, ask: Callable[[str], tuple[object, ...] | None]) -> None:
        """Refuses a new session of a hub that is not the active one.

        Args:
            ask: asks the database within that session.

        Raises:
            StoreUnavailableError: another hub is.
        """
        found = ask(_HOLDER)
        if found is None or found[1] != self.name:
            raise StoreUnavailableError(f"{self._failures.place}: another hub of this database is the active one")

    async def _connected(self) -> Any:
        await self._refuse_pooler()
        settings = {"application_name": self.name, **_DEAD_PEER}
        return await asyncpg.connect(**self._options, timeout=_CONNECT_S, server_settings=settings)

    async def _refuse_pooler(self) -> None:
        """Raises a StoreError where two connections share one session of the server, as behind a transaction pooler."""
        settings = {"application_name": "passerby"}
        connect = dict(self._options, timeout=_CONNECT_S, server_settings=settings, statement_cache_size=0)
        with ExitStack() as ends:
            first = await asyncpg.connect(**connect)
            ends.callback(first.terminate)
            second = await asyncpg.connect(**connect)
            ends.callback(second.terminate)
            shared = await _shared(first, second)
        if shared:
            raise StoreError(
                f"{self._failures.place}: this address leads to a pooler that gives each transaction another session "
                "of PostgreSQL (pool_mode transaction or statement of PgBouncer, for example). Which hub is active "
                "is not known then, and two could write at a time. Name PostgreSQL itself in `store` of the site "
                "file, or a pool of whole sessions"
            )

    async def _taken(self) -> str:
        connection = self._connection
        if not await connection.fetchval("SELECT pg_try_advisory_lock($1)", _KEY):
            return await self._other(connection)
        self._pid = await connection.fetchval("SELECT pg_backend_pid()")
        left = await self._end_others(connection)
        if left:
            await connection.execute("SELECT pg_advisory_unlock_all()")
            return f"{left} sessions of the hub before, which do not end"
        connection.add_termination_listener(self._ended)
        self.held = True
        return ""

    async def _other(self, connection: Any) -> str:
        """Returns who holds the lock; ends its session where it shows no life any more."""
        row = await connection.fetchrow(_HOLDER)
        if row is None:
            return "one that has ended just now"
        holder = _Holder(row["pid"], row["application_name"], row["silent_s"])
        place = holder.name.removeprefix(_NAME).strip().partition(" ")[2] or holder.name
        if holder.silent_s is not None and holder.silent_s > SILENT_S:
            self._log.warning("the active hub shows no life; its session is ended", hub=place, for_s=holder.silent_s)
            await connection.fetchval("SELECT pg_terminate_backend($1)", holder.pid)
        return place

    async def _end_others(self, connection: Any) -> int:
        """Ends all sessions of other hubs; returns how many are left."""
        found = await connection.fetch(_OTHERS, f"{_NAME} %", self.name)
        pids, begun = [row["pid"] for row in found], [row["backend_start"] for row in found]
        await connection.fetch("SELECT pg_terminate_backend(pid) FROM unnest($1::int[]) AS pid", pids)
        left = 0
        for _ in range(int(ENDED_S / 0.05)):
            left = await connection.fetchval(_STILL, pids, begun)
            if not left:
                return 0
            await asyncio.sleep(0.05)
        return int(left)

    async def _beat(self) -> None:
        async with asyncio.timeout(ANSWER_S):
            if await self._asked("SELECT pg_backend_pid()") != self._pid:
                raise StoreUnavailableError("the connection leads to another session of PostgreSQL than before")

    async def _taken_again(self) -> bool:
        """Becomes the active hub again; returns whether none was meanwhile, since what this one knows is old then."""
        known = ""
        while True:
            try:
                other = await self.take()
                if other:
                    return False
                if (await self._setting(_ACTIVE)).partition(" ")[0] == self.hub_id:
                    return True
                self.held = False
                return False
            except Exception as fault:
                self.held = False
                if str(fault) != known:
                    self._log.error("the database does not answer; tried again", why=str(fault), again_in_s=AGAIN_S)
                known = str(fault)
            await asyncio.sleep(AGAIN_S)

    async def _setting(self, name: str) -> str:
        return str(await self._asked(_FIND, name) or "")

    async def _asked(self, statement: str, *values: object) -> object:
        """Returns the first value that a statement finds; one at a time, as it is one connection."""
        async with self._turn:
            if self._connection is None:
                raise StoreUnavailableError(f"{self._failures.place}: there is no connection now")
            return await self._connection.fetchval(statement, *values)

    def _ended(self, _connection: object) -> None:
        self.held = False

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(Exception):
                connection.terminate()


async def _shared(first: Any, second: Any) -> bool:
    """Returns whether two connections get one session of the server in turn."""
    try:
        before = await _session(first)
        async with second.transaction():
            # A pooler has given it the session that the first one has just left.
            other = await second.fetchval("SELECT pg_backend_pid()")
            return bool(other == before or await _session(first) != before)
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as fault:
        if "pooling mode" not in str(fault):  # one that gives each statement a session of its own
            raise
        return True


async def _session(connection: Any) -> int:
    async with connection.transaction():
        return int(await connection.fetchval("SELECT pg_backend_pid()"))
