"""Grants, as rows."""

from dataclasses import asdict, replace

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from passerby.domain.access import Grant, Role
from passerby.domain.audit import AuditEntry
from passerby.store.access.access_tables import grants
from passerby.store.access.part import Part

_COLUMNS = ("account", "role", "camera_group", "start_ns", "end_ns", "proposed_by", "confirmed_by", "revoked_ns")


class GrantRows(Part):
    """The table of grants."""

    async def propose_grant(self, grant: Grant, entry: AuditEntry) -> Grant:
        """See `AccessStore`."""
        row = {**asdict(grant), "role": grant.role.value, "camera_group": grant.group}
        statement = sa.insert(grants).values({name: row[name] for name in _COLUMNS})
        async with self._writing() as connection:
            number = (await connection.execute(statement.returning(grants.c.grant_id))).scalar_one()
            await self._append(connection, entry)
        return replace(grant, grant_id=int(number))

    async def confirm_grant(self, grant_id: int, confirmed_by: str, entry: AuditEntry) -> bool:
        """See `AccessStore`."""
        waiting = sa.update(grants).where(
            grants.c.grant_id == grant_id, grants.c.confirmed_by.is_(None), grants.c.revoked_ns.is_(None)
        )
        return await self._changed(waiting.values(confirmed_by=confirmed_by), entry) == 1

    async def revoke_grant(self, grant_id: int, now_ns: int, entry: AuditEntry) -> bool:
        """See `AccessStore`."""
        standing = sa.update(grants).where(grants.c.grant_id == grant_id, grants.c.revoked_ns.is_(None))
        return await self._changed(standing.values(revoked_ns=now_ns), entry) == 1

    async def grants(self, account: str | None = None) -> tuple[Grant, ...]:
        """See `AccessStore`."""
        async with self._reading() as connection:
            return await grants_of(connection, account)


async def grants_of(connection: AsyncConnection, account: str | None) -> tuple[Grant, ...]:
    """Returns all grants, or those of an account, by number."""
    wanted = sa.select(grants).order_by(grants.c.grant_id)
    if account is not None:
        wanted = wanted.where(grants.c.account == account)
    return tuple(_grant(row) for row in await connection.execute(wanted))


def _grant(row: sa.Row[tuple[object, ...]]) -> Grant:
    values = dict(row._mapping)
    group = values.pop("camera_group")
    return Grant(**{**values, "role": Role(values["role"]), "group": group})
