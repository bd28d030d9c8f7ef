"""Browsers in which operators have switched notices on, as rows."""

import sqlalchemy as sa

from passerby.domain.audit import AuditEntry
from passerby.domain.push import PushSubscription
from passerby.store.access.access_tables import accounts, push_subscriptions
from passerby.store.access.part import Part


class PushRows(Part):
    """The table of browsers."""

    async def push_subscriptions(self, account: str | None = None) -> tuple[PushSubscription, ...]:
        """See `AccessStore`."""
        wanted = sa.select(push_subscriptions).order_by(push_subscriptions.c.created_ns, push_subscriptions.c.endpoint)
        if account is not None:
            wanted = wanted.where(push_subscriptions.c.account == account)
        async with self._reading() as connection:
            return tuple(_subscription(row) for row in await connection.execute(wanted))

    async def add_push_subscription(self, subscription: PushSubscription, max_count: int, entry: AuditEntry) -> bool:
        """See `AccessStore`."""
        table, owner = push_subscriptions, subscription.account
        async with self._writing() as connection:
            known = sa.select(accounts.c.name).where(accounts.c.name == owner)
            if (await connection.execute(known)).one_or_none() is None:
                return False
            await connection.execute(sa.delete(table).where(table.c.endpoint == subscription.endpoint))
            await connection.execute(sa.insert(table).values(_row(subscription)))
            newest = sa.select(table.c.endpoint).where(table.c.account == owner)
            newest = newest.order_by(table.c.created_ns.desc(), table.c.endpoint).limit(max_count)
            kept = (await connection.execute(newest)).scalars().all()
            await connection.execute(sa.delete(table).where(table.c.account == owner, table.c.endpoint.not_in(kept)))
            await self._append(connection, entry)
        return True

    async def remove_push_subscriptions(self, account: str, entry: AuditEntry, endpoint: str | None = None) -> int:
        """See `AccessStore`."""
        wanted = sa.delete(push_subscriptions).where(push_subscriptions.c.account == account)
        if endpoint is not None:
            wanted = wanted.where(push_subscriptions.c.endpoint == endpoint)
        return await self._changed(wanted, entry)


def _row(subscription: PushSubscription) -> dict[str, object]:
    return {
        "endpoint": subscription.endpoint,
        "account": subscription.account,
        "public_key": subscription.public_key.hex(),
        "secret": subscription.secret.hex(),
        "created_ns": subscription.created_ns,
    }


def _subscription(row: sa.Row[tuple[object, ...]]) -> PushSubscription:
    values = dict(row._mapping)
    return PushSubscription(
        values["endpoint"],
        values["account"],
        bytes.fromhex(values["public_key"]),
        bytes.fromhex(values["secret"]),
        values["created_ns"],
    )
