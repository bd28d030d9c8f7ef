"""Staff data that is over, by age: accounts without a grant; grants, tokens, sessions and questions that have ended."""

import secrets
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from passerby.store.access.access_tables import (
    accounts,
    api_tokens,
    challenges,
    grants,
    identities,
    passkeys,
    push_subscriptions,
    recovery_codes,
    sessions,
    used_codes,
)
from passerby.store.schema import configuration_versions, event_decisions, profile_switch

_OWN: Final = (
    recovery_codes, used_codes, identities, passkeys, challenges, sessions, grants, api_tokens, push_subscriptions
)  # fmt: skip
"""Tables whose rows belong to an account."""

_NAMED: Final = (
    grants.c.proposed_by, grants.c.confirmed_by, api_tokens.c.made_by, configuration_versions.c.author,
    event_decisions.c.account, event_decisions.c.assigned_to, profile_switch.c.account,
)  # fmt: skip
"""Where an account is named in rows of others."""


def _taken_back(table: sa.Table) -> "sa.ColumnElement[Any]":
    """When a row was over that may be taken back before its end."""
    earlier = (table.c.revoked_ns < table.c.end_ns, table.c.revoked_ns)
    return sa.case(earlier, else_=table.c.end_ns)


_ENDED: Final[tuple[tuple[sa.Table, "sa.ColumnElement[Any]"], ...]] = (
    (grants, _taken_back(grants)),
    (api_tokens, _taken_back(api_tokens)),
    (sessions, sessions.c.end_ns),
    (challenges, challenges.c.end_ns),
)
"""What ends by itself, and when it was over."""


async def oldest_ns(connection: AsyncConnection) -> int | None:
    """Returns UTC nanoseconds at which the first of all this is over; None where there is nothing."""
    ends_ns = list((await _ends_ns(connection)).values())
    for table, end_ns in _ENDED:
        ends_ns += (await connection.execute(sa.select(sa.func.min(end_ns)).select_from(table))).scalars().all()
    return min((each for each in ends_ns if each is not None), default=None)


async def delete_before(connection: AsyncConnection, cutoff_ns: int) -> int:
    """Deletes what was over before then; returns how many accounts, grants, tokens, sessions and questions it were."""
    old = [name for name, end_ns in (await _ends_ns(connection)).items() if end_ns < cutoff_ns]
    for name in old:
        await delete_account(connection, name)
    deleted = len(old)
    for table, end_ns in _ENDED:
        deleted += (await connection.execute(sa.delete(table).where(end_ns < cutoff_ns))).rowcount
    return deleted


async def delete_account(connection: AsyncConnection, name: str) -> bool:
    """Deletes an account with all that is its own; False where there is none.

    In rows of others, such as grants that it has confirmed, a name takes its place that leads to no one.
    """
    # No account has a name with spaces; and no two of these are alike, so that two people stay two.
    alias = f"removed account {secrets.token_hex(4)}"
    for table in _OWN:
        await connection.execute(sa.delete(table).where(table.c.account == name))
    for column in _NAMED:
        await connection.execute(sa.update(column.table).where(column == name).values({column.name: alias}))
    return bool((await connection.execute(sa.delete(accounts).where(accounts.c.name == name))).rowcount)


async def _ends_ns(connection: AsyncConnection) -> dict[str, int]:
    """Account -> when its last grant is over, or when it was added; without the last one of all.

    Where no account is left, the one-time link opens everything again: the one that ends last stays.
    """
    last = sa.select(grants.c.account, sa.func.max(_taken_back(grants)).label("end_ns")).group_by(grants.c.account)
    ends = last.subquery()
    wanted = sa.select(accounts.c.name, accounts.c.created_ns, ends.c.end_ns)
    wanted = wanted.outerjoin(ends, ends.c.account == accounts.c.name)
    found = {
        row.name: max(row.created_ns, row.end_ns or 0) for row in await connection.execute(wanted.order_by("name"))
    }
    if found:
        del found[max(found, key=lambda name: found[name])]
    return found
