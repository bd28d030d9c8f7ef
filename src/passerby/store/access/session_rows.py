"""Sessions, as rows."""

from dataclasses import asdict

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from passerby.domain.accounts import Method, Session, SessionHolder
from passerby.domain.audit import AuditEntry
from passerby.store.access.access_tables import challenges, session_purposes, sessions
from passerby.store.access.account_rows import account_of
from passerby.store.access.grant_rows import grants_of
from passerby.store.access.part import Part

_ENDING = (sessions, session_purposes, challenges)


class SessionRows(Part):
    """The table of sessions."""

    async def add_session(self, session: Session, entry: AuditEntry) -> None:
        """See `AccessStore`."""
        async with self._writing() as connection:
            await connection.execute(sa.insert(sessions).values(**_row(session)))
            await self._append(connection, entry)

    async def session_holder(self, secret_hash: str) -> SessionHolder | None:
        """See `AccessStore`."""
        return await self._holder(sessions.c.secret_hash, secret_hash)

    async def session_holder_by_id(self, session_id: str) -> SessionHolder | None:
        """See `AccessStore`."""
        return await self._holder(sessions.c.session_id, session_id)

    async def _holder(self, column: "sa.Column[str]", value: str) -> SessionHolder | None:
        key = f"{column.name} {value}"
        kept, changes = self._holders.get(key), self._holders.changes
        if isinstance(kept, SessionHolder):
            return kept
        async with self._reading() as connection:
            holder = await _read_holder(connection, column == value)
        if holder is not None:
            self._holders.keep(key, holder, changes)
        return holder

    async def sessions(self, account: str) -> tuple[Session, ...]:
        """See `AccessStore`."""
        table = sessions
        wanted = sa.select(table).where(table.c.account == account)
        async with self._reading() as connection:
            found = await connection.execute(wanted.order_by(table.c.created_ns.desc(), table.c.session_id))
            return tuple(_session(row) for row in found)

    async def touch_session(self, session_id: str, now_ns: int) -> None:
        """See `AccessStore`."""
        await self._changed(sa.update(sessions).where(sessions.c.session_id == session_id).values(used_ns=now_ns), None)

    async def renew_session(self, session: Session, entry: AuditEntry) -> bool:
        """See `AccessStore`."""
        same = sa.update(sessions).where(sessions.c.session_id == session.session_id)
        return await self._changed(same.values(**_row(session)), entry) == 1

    async def end_sessions(
        self, account: str, entry: AuditEntry, *, only: str | None = None, all_but: str | None = None
    ) -> int:
        """See `AccessStore`."""
        gone = sa.delete(sessions).where(sessions.c.account == account)
        if only is not None:
            gone = gone.where(sessions.c.session_id == only)
        if all_but is not None:
            gone = gone.where(sessions.c.session_id != all_but)
        return await self._changed(gone, entry)

    async def end_all(self, entry: AuditEntry) -> None:
        """See `AccessStore`."""
        async with self._writing() as connection:
            await end_all(connection)
            await self._append(connection, entry)

    async def delete_ended(self, now_ns: int, idle_ns: int) -> int:
        """See `AccessStore`."""
        over = sa.or_(sessions.c.end_ns <= now_ns, sessions.c.used_ns <= now_ns - idle_ns)
        ended = await self._changed(sa.delete(sessions).where(over), None)
        for table in (challenges, session_purposes):
            ended += await self._changed(sa.delete(table).where(table.c.end_ns <= now_ns), None)
        return ended

    async def ended(self, before_ns: int) -> tuple[int, int]:
        """See `AccessStore`."""
        each = [sa.select(table.c.end_ns).where(table.c.end_ns < before_ns) for table in _ENDING]
        ends = sa.union_all(*each).subquery()
        async with self._reading() as connection:
            found = (await connection.execute(sa.select(sa.func.count(), sa.func.min(ends.c.end_ns)))).one()
        return int(found[0]), int(found[1] or 0)


async def _read_holder(connection: AsyncConnection, condition: sa.ColumnElement[bool]) -> SessionHolder | None:
    row = (await connection.execute(sa.select(sessions).where(condition))).one_or_none()
    if row is None:
        return None
    session = _session(row)
    if not session.account:
        return SessionHolder(session, None, ())
    account = await account_of(connection, session.account)
    if account is None:
        return None
    return SessionHolder(session, account, await grants_of(connection, session.account))


async def end_all(connection: AsyncConnection) -> None:
    """Deletes all sessions, purposes and waiting questions, as in a backup: some of it has been ended since."""
    for table in _ENDING:
        await connection.execute(sa.delete(table))


def _row(session: Session) -> dict[str, object]:
    return {**asdict(session), "method": session.method.value, "strong": int(session.strong)}


def _session(row: sa.Row[tuple[object, ...]]) -> Session:
    values = dict(row._mapping)
    return Session(**{**values, "method": Method(values["method"]), "strong": bool(values["strong"])})
