"""The profiles that an operator has switched on."""

import json

import sqlalchemy as sa

from passerby.domain.audit import AuditEntry
from passerby.domain.event_rules import ProfileSwitch
from passerby.store.audit_log.writer import AuditWriter
from passerby.store.databases.backend import Backend
from passerby.store.databases.texts import check_texts
from passerby.store.schema import profile_switch


class ProfileSwitches:
    """The table of what an operator has switched last.

    Args:
        backend: the database.
        audit: appends to the audit log.
    """

    def __init__(self, backend: Backend, audit: AuditWriter) -> None:
        self._backend, self._audit = backend, audit

    async def switch(self, by_hand: ProfileSwitch, account: str, entry: AuditEntry) -> None:
        """See `EventStore.switch_profiles`."""
        check_texts("profiles", account, *by_hand.profiles)
        names = json.dumps(sorted(by_hand.profiles), ensure_ascii=False)
        row = {"one": 1, "account": account, "profiles": names, "until_ns": by_hand.until_ns}
        async with self._backend.writing() as connection:
            await self._backend.put(connection, profile_switch, [row], update=("account", "profiles", "until_ns"))
            await self._audit.append(connection, entry)

    async def newest(self) -> tuple[ProfileSwitch, str] | None:
        """See `EventStore.profile_switch`."""
        async with self._backend.reading() as connection:
            row = (await connection.execute(sa.select(profile_switch))).one_or_none()
        return None if row is None else (ProfileSwitch(frozenset(json.loads(row.profiles)), row.until_ns), row.account)
