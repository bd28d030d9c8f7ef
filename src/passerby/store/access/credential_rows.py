"""Passkeys, identities at providers, and questions that work once, as rows."""

from dataclasses import asdict

import sqlalchemy as sa

from passerby.domain.accounts import Challenge, ChallengeKind, Identity, Passkey
from passerby.domain.audit import AuditEntry
from passerby.store.access.access_tables import challenges, identities, passkeys
from passerby.store.access.part import Part

MAX_CHALLENGES = 10_000
"""Questions of a kind that wait at a time. Anyone may ask for some kinds: a flood must not fill the disk, and as the
oldest give way, it keeps out only who takes longer to answer than as many others to ask."""


class CredentialRows(Part):
    """Tables of passkeys, identities and challenges."""

    async def add_identity(self, identity: Identity, entry: AuditEntry) -> bool:
        """See `AccessStore`."""
        return await self._added(identities, asdict(identity), entry)

    async def identity(self, issuer: str, subject: str) -> Identity | None:
        """See `AccessStore`."""
        table = identities
        wanted = sa.select(table).where(table.c.issuer == issuer, table.c.subject == subject)
        async with self._reading() as connection:
            row = (await connection.execute(wanted)).one_or_none()
        return None if row is None else Identity(**row._mapping)

    async def identities(self, account: str) -> tuple[Identity, ...]:
        """See `AccessStore`."""
        table = identities
        wanted = sa.select(table).where(table.c.account == account).order_by(table.c.issuer, table.c.subject)
        async with self._reading() as connection:
            return tuple(Identity(**row._mapping) for row in await connection.execute(wanted))

    async def remove_identity(self, identity: Identity, entry: AuditEntry) -> bool:
        """See `AccessStore`."""
        same = [identities.c[name] == value for name, value in asdict(identity).items()]
        return await self._changed(sa.delete(identities).where(*same), entry) == 1

    async def add_passkey(self, passkey: Passkey, entry: AuditEntry) -> bool:
        """See `AccessStore`."""
        return await self._added(passkeys, asdict(passkey), entry)

    async def passkey(self, credential_id: str) -> Passkey | None:
        """See `AccessStore`."""
        wanted = sa.select(passkeys).where(passkeys.c.credential_id == credential_id)
        async with self._reading() as connection:
            row = (await connection.execute(wanted)).one_or_none()
        return None if row is None else Passkey(**row._mapping)

    async def passkeys(self, account: str) -> tuple[Passkey, ...]:
        """See `AccessStore`."""
        table = passkeys
        wanted = sa.select(table).where(table.c.account == account).order_by(table.c.created_ns, table.c.credential_id)
        async with self._reading() as connection:
            return tuple(Passkey(**row._mapping) for row in await connection.execute(wanted))

    async def remove_passkey(self, account: str, credential_id: str, entry: AuditEntry) -> bool:
        """See `AccessStore`."""
        table = passkeys
        gone = sa.delete(table).where(table.c.account == account, table.c.credential_id == credential_id)
        return await self._changed(gone, entry) == 1

    async def count_passkey_use(self, credential_id: str, was: int, count: int, now_ns: int) -> bool:
        """See `AccessStore`."""
        table = passkeys
        same = sa.update(table).where(table.c.credential_id == credential_id, table.c.sign_count == was)
        return await self._changed(same.values(sign_count=count, used_ns=now_ns), None) == 1

    async def add_challenge(
        self, challenge: Challenge, now_ns: int, entry: AuditEntry | None = None, *, alone: bool = False
    ) -> None:
        """See `AccessStore`."""
        table = challenges
        same_kind = table.c.kind == challenge.kind.value
        count = sa.select(sa.func.count()).select_from(table).where(same_kind)
        newest = sa.select(table.c.challenge_hash).where(same_kind).order_by(table.c.end_ns.desc())
        async with self._writing() as connection:
            if alone:
                await self._backend.take_turn(connection)
            await connection.execute(sa.delete(table).where(table.c.end_ns <= now_ns))
            if alone:
                await connection.execute(sa.delete(table).where(same_kind, table.c.account == challenge.account))
            if (await connection.execute(count)).scalar_one() >= MAX_CHALLENGES:
                kept = newest.limit(MAX_CHALLENGES - 1).scalar_subquery()
                await connection.execute(sa.delete(table).where(same_kind, table.c.challenge_hash.not_in(kept)))
            await connection.execute(sa.insert(table).values(**asdict(challenge)))
            if entry is not None:
                await self._append(connection, entry)

    async def challenge(self, challenge_hash: str, kind: ChallengeKind) -> Challenge | None:
        """See `AccessStore`."""
        wanted = sa.select(challenges).where(*_same(challenge_hash, kind))
        async with self._reading() as connection:
            row = (await connection.execute(wanted)).one_or_none()
        return None if row is None else _challenge(row)

    async def take_challenge(self, challenge_hash: str, kind: ChallengeKind) -> Challenge | None:
        """See `AccessStore`."""
        taken = sa.delete(challenges).where(*_same(challenge_hash, kind)).returning(*challenges.c)
        async with self._writing() as connection:
            row = (await connection.execute(taken)).one_or_none()
        return None if row is None else _challenge(row)

    async def withdraw_challenges(self, account: str, kind: ChallengeKind) -> None:
        """See `AccessStore`."""
        table = challenges
        await self._changed(sa.delete(table).where(table.c.account == account, table.c.kind == kind.value), None)


def _same(challenge_hash: str, kind: ChallengeKind) -> tuple[sa.ColumnElement[bool], ...]:
    return challenges.c.challenge_hash == challenge_hash, challenges.c.kind == kind.value


def _challenge(row: sa.Row[tuple[object, ...]]) -> Challenge:
    values = dict(row._mapping)
    return Challenge(**{**values, "kind": ChallengeKind(values["kind"])})
