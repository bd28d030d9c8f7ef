"""Accounts, their passwords and their one-time codes, as rows."""

from collections.abc import Sequence
from dataclasses import asdict

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from passerby.domain.accounts import Account
from passerby.domain.audit import AuditEntry
from passerby.store.access.access_tables import (
    accounts,
    api_tokens,
    grants,
    identities,
    passkeys,
    push_subscriptions,
    recovery_codes,
    sessions,
    used_codes,
)
from passerby.store.access.part import Part, insert_new
from passerby.store.access.staff_rows import delete_account

_KEPT_STEPS = 10
"""A used code is remembered for as many time steps of 30 s; older ones are refused by their age."""

_KEPT_CODES = 200
"""So many of an account are remembered however old they are: a clock that is set back makes old ones right again."""


class AccountRows(Part):
    """Tables of accounts, recovery codes and used codes."""

    async def any_account(self) -> bool:
        """See `AccessStore`."""
        key = "any account"
        kept, changes = self._holders.get(key), self._holders.changes
        if isinstance(kept, bool):
            return kept
        async with self._reading() as connection:
            found = bool((await connection.execute(sa.select(sa.exists(sa.select(accounts.c.name))))).scalar_one())
        self._holders.keep(key, found, changes)
        return found

    async def account(self, name: str) -> Account | None:
        """See `AccessStore`."""
        async with self._reading() as connection:
            return await account_of(connection, name)

    async def account_of_handle(self, handle: str) -> Account | None:
        """See `AccessStore`."""
        async with self._reading() as connection:
            row = (await connection.execute(sa.select(accounts).where(accounts.c.handle == handle))).one_or_none()
        return None if row is None else _account(row)

    async def accounts(self) -> tuple[Account, ...]:
        """See `AccessStore`."""
        async with self._reading() as connection:
            found = await connection.execute(sa.select(accounts).order_by(accounts.c.name))
            return tuple(_account(row) for row in found)

    async def add_account(self, account: Account, entry: AuditEntry) -> bool:
        """See `AccessStore`."""
        return await self._added(accounts, {**asdict(account), "enabled": int(account.enabled)}, entry)

    async def set_enabled(self, name: str, enabled: bool, entry: AuditEntry) -> bool:
        """See `AccessStore`."""
        statement = sa.update(accounts).where(accounts.c.name == name).values(enabled=int(enabled))
        async with self._writing() as connection:
            if not (await connection.execute(statement)).rowcount:
                return False
            if not enabled:
                await connection.execute(sa.delete(sessions).where(sessions.c.account == name))
            await self._append(connection, entry)
        return True

    async def remove_account(self, name: str, entry: AuditEntry) -> bool:
        """See `AccessStore`."""
        others = sa.select(sa.exists(sa.select(accounts.c.name).where(accounts.c.name != name)))
        async with self._writing() as connection:
            if not (await connection.execute(others)).scalar_one() or not await delete_account(connection, name):
                return False
            await self._append(connection, entry)
        return True

    async def set_password(
        self, name: str, password_hash: str, code_secret: str, recovery: Sequence[str], entry: AuditEntry
    ) -> None:
        """See `AccessStore`."""
        new = sa.update(accounts).where(accounts.c.name == name)
        async with self._writing() as connection:
            await connection.execute(new.values(password_hash=password_hash, code_secret=code_secret))
            await _delete_codes(connection, name)
            rows = [{"account": name, "code_hash": each} for each in recovery]
            await self._backend.put(connection, recovery_codes, rows)
            await self._append(connection, entry)

    async def renew_password_hash(self, name: str, was: str, renewed: str) -> bool:
        """See `AccessStore`."""
        same = sa.update(accounts).where(accounts.c.name == name, accounts.c.password_hash == was)
        return await self._changed(same.values(password_hash=renewed), None) == 1

    async def take_credentials(self, name: str, entry: AuditEntry) -> None:
        """See `AccessStore`."""
        emptied = sa.update(accounts).where(accounts.c.name == name).values(password_hash=None, code_secret=None)
        async with self._writing() as connection:
            await connection.execute(emptied)
            await _delete_codes(connection, name)
            for table in (passkeys, identities, sessions, push_subscriptions):
                await connection.execute(sa.delete(table).where(table.c.account == name))
            own = sa.update(grants).where(grants.c.account == name, grants.c.revoked_ns.is_(None))
            await connection.execute(own.values(confirmed_by=None))
            ours = sa.update(api_tokens).where(api_tokens.c.account == name, api_tokens.c.revoked_ns.is_(None))
            await connection.execute(ours.values(revoked_ns=entry.time_ns))
            await self._append(connection, entry)

    async def use_code(self, name: str, step: int, now_step: int) -> bool:
        """See `AccessStore`."""
        table = used_codes
        own = table.c.account == name
        newest = sa.select(table.c.step).where(own).order_by(table.c.step.desc()).limit(_KEPT_CODES)
        async with self._writing() as connection:
            if not await insert_new(connection, table, {"account": name, "step": step}):
                return False
            old = sa.delete(table).where(own, table.c.step < now_step - _KEPT_STEPS)
            await connection.execute(old.where(table.c.step.not_in(newest.scalar_subquery())))
        return True

    async def use_recovery_code(self, name: str, code_hash: str, entry: AuditEntry) -> bool:
        """See `AccessStore`."""
        table = recovery_codes
        used = sa.delete(table).where(table.c.account == name, table.c.code_hash == code_hash)
        return await self._changed(used, entry) == 1

    async def recovery_codes(self, name: str) -> int:
        """See `AccessStore`."""
        left = sa.select(sa.func.count()).select_from(recovery_codes).where(recovery_codes.c.account == name)
        async with self._reading() as connection:
            return int((await connection.execute(left)).scalar_one())


async def account_of(connection: AsyncConnection, name: str) -> Account | None:
    """Returns an account; None where there is none."""
    row = (await connection.execute(sa.select(accounts).where(accounts.c.name == name))).one_or_none()
    return None if row is None else _account(row)


def _account(row: sa.Row[tuple[object, ...]]) -> Account:
    values = dict(row._mapping)
    return Account(**{**values, "enabled": bool(values["enabled"])})


async def _delete_codes(connection: AsyncConnection, name: str) -> None:
    for table in (recovery_codes, used_codes):
        await connection.execute(sa.delete(table).where(table.c.account == name))
