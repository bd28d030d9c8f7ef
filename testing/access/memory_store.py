"""An `AccessStore` in memory, for tests that need no database; it passes the contract of the real one."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from passerby.domain.access import Grant, StatedPurpose
from passerby.domain.accounts import (
    Account,
    ApiToken,
    Challenge,
    ChallengeKind,
    Identity,
    Passkey,
    Session,
    SessionHolder,
    TokenHolder,
)
from passerby.domain.audit import AuditEntry
from passerby.domain.push import PushSubscription

MAX_CHALLENGES = 10_000


class MemoryAccessStore:
    """Keeps everything in dictionaries; `entries` is the audit log."""

    def __init__(self, entries: list[AuditEntry] | None = None) -> None:
        self.entries: list[AuditEntry] = [] if entries is None else entries
        self._accounts: dict[str, Account] = {}
        self._recovery: dict[str, set[str]] = {}
        self._used: set[tuple[str, int]] = set()
        self._identities: dict[tuple[str, str], Identity] = {}
        self._passkeys: dict[str, Passkey] = {}
        self._challenges: dict[str, Challenge] = {}
        self._sessions: dict[str, Session] = {}
        self._grants: dict[int, Grant] = {}
        self._tokens: dict[str, ApiToken] = {}
        self._browsers: dict[str, PushSubscription] = {}
        self._purposes: dict[str, StatedPurpose] = {}

    async def append_audit(self, entry: AuditEntry) -> None:
        self.entries.append(entry)

    async def any_account(self) -> bool:
        return bool(self._accounts)

    async def account(self, name: str) -> Account | None:
        return self._accounts.get(name)

    async def account_of_handle(self, handle: str) -> Account | None:
        return next((each for each in self._accounts.values() if each.handle == handle), None)

    async def accounts(self) -> tuple[Account, ...]:
        return tuple(self._accounts[name] for name in sorted(self._accounts))

    async def add_account(self, account: Account, entry: AuditEntry) -> bool:
        if account.name in self._accounts or account.skeleton in {each.skeleton for each in self._accounts.values()}:
            return False
        self._accounts[account.name] = account
        self.entries.append(entry)
        return True

    async def set_enabled(self, name: str, enabled: bool, entry: AuditEntry) -> bool:
        if name not in self._accounts:
            return False
        self._accounts[name] = replace(self._accounts[name], enabled=enabled)
        if not enabled:
            self._sessions = {key: each for key, each in self._sessions.items() if each.account != name}
        self.entries.append(entry)
        return True

    async def remove_account(self, name: str, entry: AuditEntry) -> bool:
        if name not in self._accounts or len(self._accounts) == 1:
            return False
        del self._accounts[name]
        self._recovery.pop(name, None)
        alias = f"removed account {len(self.entries)}"
        for grant in self._grants.values():
            proposed = alias if grant.proposed_by == name else grant.proposed_by
            confirmed = alias if grant.confirmed_by == name else grant.confirmed_by
            self._grants[grant.grant_id] = replace(grant, proposed_by=proposed, confirmed_by=confirmed)
        for token in self._tokens.values():
            made_by = alias if token.made_by == name else token.made_by
            self._tokens[token.token_id] = replace(token, made_by=made_by)
        owned: tuple[dict[Any, Any], ...] = (
            self._identities, self._passkeys, self._challenges, self._sessions, self._grants, self._tokens,
            self._browsers,
        )  # fmt: skip
        for held in owned:
            for key in [key for key, each in held.items() if each.account == name]:
                del held[key]
        self.entries.append(entry)
        return True

    async def set_password(
        self, name: str, password_hash: str, code_secret: str, recovery: Sequence[str], entry: AuditEntry
    ) -> None:
        self._accounts[name] = replace(self._accounts[name], password_hash=password_hash, code_secret=code_secret)
        self._recovery[name] = set(recovery)
        self._used = {each for each in self._used if each[0] != name}
        self.entries.append(entry)

    async def renew_password_hash(self, name: str, was: str, renewed: str) -> bool:
        account = self._accounts.get(name)
        if account is None or account.password_hash != was:
            return False
        self._accounts[name] = replace(account, password_hash=renewed)
        return True

    async def take_credentials(self, name: str, entry: AuditEntry) -> None:
        self._accounts[name] = replace(self._accounts[name], password_hash=None, code_secret=None)
        self._recovery.pop(name, None)
        self._used = {each for each in self._used if each[0] != name}
        self._passkeys = {key: each for key, each in self._passkeys.items() if each.account != name}
        self._identities = {key: each for key, each in self._identities.items() if each.account != name}
        self._sessions = {key: each for key, each in self._sessions.items() if each.account != name}
        self._browsers = {key: each for key, each in self._browsers.items() if each.account != name}
        for grant in self._grants.values():
            if grant.account == name and grant.revoked_ns is None:
                self._grants[grant.grant_id] = replace(grant, confirmed_by=None)
        for token in self._tokens.values():
            if token.account == name and token.revoked_ns is None:
                self._tokens[token.token_id] = replace(token, revoked_ns=entry.time_ns)
        self.entries.append(entry)

    async def use_code(self, name: str, step: int, now_step: int) -> bool:
        if (name, step) in self._used:
            return False
        self._used.add((name, step))
        own = sorted(step for each, step in self._used if each == name)
        self._used -= {(name, old) for old in own[:-200] if old < now_step - 10}
        return True

    async def use_recovery_code(self, name: str, code_hash: str, entry: AuditEntry) -> bool:
        if code_hash not in self._recovery.get(name, set()):
            return False
        self._recovery[name].remove(code_hash)
        self.entries.append(entry)
        return True

    async def recovery_codes(self, name: str) -> int:
        return len(self._recovery.get(name, set()))

    async def add_identity(self, identity: Identity, entry: AuditEntry) -> bool:
        return self._new(self._identities, (identity.issuer, identity.subject), identity, entry)

    async def identity(self, issuer: str, subject: str) -> Identity | None:
        return self._identities.get((issuer, subject))

    async def identities(self, account: str) -> tuple[Identity, ...]:
        own = [each for each in self._identities.values() if each.account == account]
        return tuple(sorted(own, key=lambda each: (each.issuer, each.subject)))

    async def remove_identity(self, identity: Identity, entry: AuditEntry) -> bool:
        there = self._identities.get((identity.issuer, identity.subject)) == identity
        if there:
            del self._identities[identity.issuer, identity.subject]
            self.entries.append(entry)
        return there

    async def add_passkey(self, passkey: Passkey, entry: AuditEntry) -> bool:
        return self._new(self._passkeys, passkey.credential_id, passkey, entry)

    async def passkey(self, credential_id: str) -> Passkey | None:
        return self._passkeys.get(credential_id)

    async def passkeys(self, account: str) -> tuple[Passkey, ...]:
        own = [each for each in self._passkeys.values() if each.account == account]
        return tuple(sorted(own, key=lambda each: (each.created_ns, each.credential_id)))

    async def remove_passkey(self, account: str, credential_id: str, entry: AuditEntry) -> bool:
        found = self._passkeys.get(credential_id)
        if found is None or found.account != account:
            return False
        del self._passkeys[credential_id]
        self.entries.append(entry)
        return True

    async def count_passkey_use(self, credential_id: str, was: int, count: int, now_ns: int) -> bool:
        found = self._passkeys.get(credential_id)
        if found is None or found.sign_count != was:
            return False
        self._passkeys[credential_id] = replace(found, sign_count=count, used_ns=now_ns)
        return True

    async def add_challenge(
        self, challenge: Challenge, now_ns: int, entry: AuditEntry | None = None, *, alone: bool = False
    ) -> None:
        if alone:
            await self.withdraw_challenges(challenge.account, challenge.kind)
        self._challenges = {key: each for key, each in self._challenges.items() if each.end_ns > now_ns}
        same = sorted((each.end_ns, key) for key, each in self._challenges.items() if each.kind is challenge.kind)
        for _, key in same[: max(0, len(same) - MAX_CHALLENGES + 1)]:
            del self._challenges[key]
        self._challenges[challenge.challenge_hash] = challenge
        self.entries += [] if entry is None else [entry]

    async def challenge(self, challenge_hash: str, kind: ChallengeKind) -> Challenge | None:
        found = self._challenges.get(challenge_hash)
        return found if found is not None and found.kind is kind else None

    async def take_challenge(self, challenge_hash: str, kind: ChallengeKind) -> Challenge | None:
        found = await self.challenge(challenge_hash, kind)
        return None if found is None else self._challenges.pop(challenge_hash)

    async def withdraw_challenges(self, account: str, kind: ChallengeKind) -> None:
        kept = {key: each for key, each in self._challenges.items() if (each.account, each.kind) != (account, kind)}
        self._challenges = kept

    async def add_session(self, session: Session, entry: AuditEntry) -> None:
        self._sessions[session.session_id] = session
        self.entries.append(entry)

    async def session_holder(self, secret_hash: str) -> SessionHolder | None:
        found = [each for each in self._sessions.values() if each.secret_hash == secret_hash]
        return await self.session_holder_by_id(found[0].session_id) if found else None

    async def session_holder_by_id(self, session_id: str) -> SessionHolder | None:
        session = self._sessions.get(session_id)
        if session is None or not session.account:
            return None if session is None else SessionHolder(session, None, ())
        account = self._accounts.get(session.account)
        return None if account is None else SessionHolder(session, account, await self.grants(account.name))

    async def sessions(self, account: str) -> tuple[Session, ...]:
        own = [each for each in self._sessions.values() if each.account == account]
        return tuple(sorted(own, key=lambda each: (-each.created_ns, each.session_id)))

    async def touch_session(self, session_id: str, now_ns: int) -> None:
        if session_id in self._sessions:
            self._sessions[session_id] = replace(self._sessions[session_id], used_ns=now_ns)

    async def renew_session(self, session: Session, entry: AuditEntry) -> bool:
        if session.session_id not in self._sessions:
            return False
        self._sessions[session.session_id] = session
        self.entries.append(entry)
        return True

    async def end_sessions(
        self, account: str, entry: AuditEntry, *, only: str | None = None, all_but: str | None = None
    ) -> int:
        gone = [
            key
            for key, each in self._sessions.items()
            if each.account == account and only in (None, key) and (all_but is None or key != all_but)
        ]
        for key in gone:
            del self._sessions[key]
        self.entries += [entry] if gone else []
        return len(gone)

    async def propose_grant(self, grant: Grant, entry: AuditEntry) -> Grant:
        stored = replace(grant, grant_id=len(self._grants) + 1)
        self._grants[stored.grant_id] = stored
        self.entries.append(entry)
        return stored

    async def confirm_grant(self, grant_id: int, confirmed_by: str, entry: AuditEntry) -> bool:
        found = self._grants.get(grant_id)
        if found is None or found.confirmed_by is not None or found.revoked_ns is not None:
            return False
        self._grants[grant_id] = replace(found, confirmed_by=confirmed_by)
        self.entries.append(entry)
        return True

    async def revoke_grant(self, grant_id: int, now_ns: int, entry: AuditEntry) -> bool:
        found = self._grants.get(grant_id)
        if found is None or found.revoked_ns is not None:
            return False
        self._grants[grant_id] = replace(found, revoked_ns=now_ns)
        self.entries.append(entry)
        return True

    async def grants(self, account: str | None = None) -> tuple[Grant, ...]:
        return tuple(each for each in self._grants.values() if account in (None, each.account))

    async def add_token(self, token: ApiToken, entry: AuditEntry) -> bool:
        return self._new(self._tokens, token.token_id, token, entry)

    async def token_holder(self, token_id: str) -> TokenHolder | None:
        token = self._tokens.get(token_id)
        account = None if token is None else self._accounts.get(token.account)
        if token is None or account is None:
            return None
        return TokenHolder(token, account, await self.grants(account.name))

    async def tokens(self, account: str | None = None) -> tuple[ApiToken, ...]:
        own = [each for each in self._tokens.values() if account in (None, each.account)]
        return tuple(sorted(own, key=lambda each: (each.created_ns, each.token_id)))

    async def touch_token(self, token_id: str, now_ns: int) -> None:
        self._tokens[token_id] = replace(self._tokens[token_id], used_ns=now_ns)

    async def revoke_token(self, token_id: str, now_ns: int, entry: AuditEntry) -> bool:
        found = self._tokens.get(token_id)
        if found is None or found.revoked_ns is not None:
            return False
        self._tokens[token_id] = replace(found, revoked_ns=now_ns)
        self.entries.append(entry)
        return True

    async def push_subscriptions(self, account: str | None = None) -> tuple[PushSubscription, ...]:
        kept = sorted(self._browsers.values(), key=lambda each: (each.created_ns, each.endpoint))
        return tuple(each for each in kept if account in (None, each.account))

    async def add_push_subscription(self, subscription: PushSubscription, max_count: int, entry: AuditEntry) -> bool:
        if subscription.account not in self._accounts:
            return False
        self._browsers[subscription.endpoint] = subscription
        own = await self.push_subscriptions(subscription.account)
        for each in own[: max(0, len(own) - max_count)]:
            del self._browsers[each.endpoint]
        self.entries.append(entry)
        return True

    async def remove_push_subscriptions(self, account: str, entry: AuditEntry, endpoint: str | None = None) -> int:
        own = [each.endpoint for each in await self.push_subscriptions(account) if endpoint in (None, each.endpoint)]
        for each in own:
            del self._browsers[each]
        if own:
            self.entries.append(entry)
        return len(own)

    async def state_purpose(self, session_id: str, stated: StatedPurpose, entry: AuditEntry) -> None:
        self._purposes[session_id] = stated
        self.entries.append(entry)

    async def end_purpose(self, session_id: str) -> None:
        self._purposes.pop(session_id, None)

    async def purposes(self, now_ns: int) -> Mapping[str, StatedPurpose]:
        kept = sorted(self._purposes.items(), key=lambda each: each[1].end_ns)
        return {session_id: stated for session_id, stated in kept if stated.end_ns > now_ns}

    async def end_all(self, entry: AuditEntry) -> None:
        self._sessions, self._challenges, self._purposes = {}, {}, {}
        self.entries.append(entry)

    async def delete_ended(self, now_ns: int, idle_ns: int) -> int:
        before = len(self._sessions) + len(self._challenges) + len(self._purposes)
        self._sessions = {
            key: each
            for key, each in self._sessions.items()
            if each.end_ns > now_ns and each.used_ns > now_ns - idle_ns
        }
        self._challenges = {key: each for key, each in self._challenges.items() if each.end_ns > now_ns}
        self._purposes = {key: each for key, each in self._purposes.items() if each.end_ns > now_ns}
        return before - len(self._sessions) - len(self._challenges) - len(self._purposes)

    async def ended(self, before_ns: int) -> tuple[int, int]:
        every = [each.end_ns for each in self._sessions.values()] + [each.end_ns for each in self._challenges.values()]
        every += [each.end_ns for each in self._purposes.values()]
        ends = [end_ns for end_ns in every if end_ns < before_ns]
        return len(ends), min(ends, default=0)

    def _new(self, table: dict[Any, Any], key: object, row: object, entry: AuditEntry) -> bool:
        if key in table:
            return False
        table[key] = row
        self.entries.append(entry)
        return True
