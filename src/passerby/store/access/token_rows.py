"""API tokens, as rows."""

import json
from dataclasses import asdict

import sqlalchemy as sa

from passerby.domain.access import Permission, Purpose
from passerby.domain.accounts import ApiToken, TokenHolder
from passerby.domain.audit import AuditEntry
from passerby.store.access.access_tables import api_tokens
from passerby.store.access.account_rows import account_of
from passerby.store.access.grant_rows import grants_of
from passerby.store.access.part import Part


class TokenRows(Part):
    """The table of API tokens."""

    async def add_token(self, token: ApiToken, entry: AuditEntry) -> bool:
        """See `AccessStore`."""
        return await self._added(api_tokens, _row(token), entry)

    async def token_holder(self, token_id: str) -> TokenHolder | None:
        """See `AccessStore`."""
        key = f"token {token_id}"
        kept, changes = self._holders.get(key), self._holders.changes
        if isinstance(kept, TokenHolder):
            return kept
        async with self._reading() as connection:
            wanted = sa.select(api_tokens).where(api_tokens.c.token_id == token_id)
            row = (await connection.execute(wanted)).one_or_none()
            account = None if row is None else await account_of(connection, row.account)
            if row is None or account is None:
                return None
            holder = TokenHolder(_token(row), account, await grants_of(connection, account.name))
        self._holders.keep(key, holder, changes)
        return holder

    async def tokens(self, account: str | None = None) -> tuple[ApiToken, ...]:
        """See `AccessStore`."""
        wanted = sa.select(api_tokens).order_by(api_tokens.c.created_ns, api_tokens.c.token_id)
        if account is not None:
            wanted = wanted.where(api_tokens.c.account == account)
        async with self._reading() as connection:
            return tuple(_token(row) for row in await connection.execute(wanted))

    async def touch_token(self, token_id: str, now_ns: int) -> None:
        """See `AccessStore`."""
        await self._changed(sa.update(api_tokens).where(api_tokens.c.token_id == token_id).values(used_ns=now_ns), None)

    async def revoke_token(self, token_id: str, now_ns: int, entry: AuditEntry) -> bool:
        """See `AccessStore`."""
        standing = sa.update(api_tokens).where(api_tokens.c.token_id == token_id, api_tokens.c.revoked_ns.is_(None))
        return await self._changed(standing.values(revoked_ns=now_ns), entry) == 1


def _row(token: ApiToken) -> dict[str, object]:
    row = asdict(token)
    del row["groups"], row["case"]
    return {
        **row,
        "scopes": " ".join(sorted(token.scopes)),
        "camera_groups": json.dumps(token.groups, ensure_ascii=False),
        "purpose": token.purpose.value,
        "case_text": token.case,
    }


def _token(row: sa.Row[tuple[object, ...]]) -> ApiToken:
    values = dict(row._mapping)
    groups, case = values.pop("camera_groups"), values.pop("case_text")
    values |= {
        # A scope that a newer passerby has given, and this one does not know, gives nothing.
        "scopes": frozenset(Permission(each) for each in values["scopes"].split() if each in set(Permission)),
        "purpose": Purpose(values["purpose"]),
        "groups": tuple(json.loads(groups)),
        "case": case,
    }
    return ApiToken(**values)
