"""The protocol of the store of accounts, and of what they log in with."""

from collections.abc import Mapping, Sequence
from typing import Protocol

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


class AccessStore(Protocol):
    """Storage of accounts and what they log in with. An act and its audit entry are stored together, or neither."""

    async def append_audit(self, entry: AuditEntry) -> None:
        """Appends an act that changes nothing, such as a log-in that was refused."""
        ...

    async def any_account(self) -> bool:
        """Returns whether there is any account."""
        ...

    async def account(self, name: str) -> Account | None:
        """Returns an account; None where there is none."""
        ...

    async def account_of_handle(self, handle: str) -> Account | None:
        """Returns the account of a handle; None where there is none, or none any more."""
        ...

    async def accounts(self) -> tuple[Account, ...]:
        """Returns all accounts by name."""
        ...

    async def add_account(self, account: Account, entry: AuditEntry) -> bool:
        """Adds an account; False where one has the name, or looks like it."""
        ...

    async def set_enabled(self, name: str, enabled: bool, entry: AuditEntry) -> bool:
        """Enables or disables an account; its sessions end when it is disabled. False where there is none."""
        ...

    async def remove_account(self, name: str, entry: AuditEntry) -> bool:
        """Deletes an account with all that is its own, unless it is the last one; False then, or where there is none.

        In rows of others, such as grants that it has confirmed, a name takes its place that leads to no one.
        """
        ...

    async def set_password(
        self, name: str, password_hash: str, code_secret: str, recovery: Sequence[str], entry: AuditEntry
    ) -> None:
        """Sets a password (hash), the encrypted secret of codes, and hashes of recovery codes, over older ones."""
        ...

    async def renew_password_hash(self, name: str, was: str, renewed: str) -> bool:
        """Replaces the hash of the same password; False where it is no longer `was`."""
        ...

    async def take_credentials(self, name: str, entry: AuditEntry) -> None:
        """Deletes what an account logs in with, sessions, browsers for notices; ends tokens, unconfirms grants."""
        ...

    async def use_code(self, name: str, step: int, now_step: int) -> bool:
        """Records that the code of a time step was used; False where it was used before."""
        ...

    async def use_recovery_code(self, name: str, code_hash: str, entry: AuditEntry) -> bool:
        """Deletes a recovery code; False where the account has no such one."""
        ...

    async def recovery_codes(self, name: str) -> int:
        """Returns how many recovery codes are left."""
        ...

    async def add_identity(self, identity: Identity, entry: AuditEntry) -> bool:
        """Ties an identity to an account; False where it is tied to one."""
        ...

    async def identity(self, issuer: str, subject: str) -> Identity | None:
        """Returns the identity with its account; None where it is not known."""
        ...

    async def identities(self, account: str) -> tuple[Identity, ...]:
        """Returns the identities of an account."""
        ...

    async def remove_identity(self, identity: Identity, entry: AuditEntry) -> bool:
        """Unties an identity; False where it was not tied to that account."""
        ...

    async def add_passkey(self, passkey: Passkey, entry: AuditEntry) -> bool:
        """Adds a passkey; False where one of that id is there."""
        ...

    async def passkey(self, credential_id: str) -> Passkey | None:
        """Returns a passkey; None where it is not known."""
        ...

    async def passkeys(self, account: str) -> tuple[Passkey, ...]:
        """Returns the passkeys of an account, oldest first."""
        ...

    async def remove_passkey(self, account: str, credential_id: str, entry: AuditEntry) -> bool:
        """Removes a passkey; False where that account has no such one."""
        ...

    async def count_passkey_use(self, credential_id: str, was: int, count: int, now_ns: int) -> bool:
        """Records a use with the authenticator's count; False where the count is no longer `was`."""
        ...

    async def add_challenge(
        self, challenge: Challenge, now_ns: int, entry: AuditEntry | None = None, *, alone: bool = False
    ) -> None:
        """Stores a challenge; deletes those that have ended, and the oldest of its kind where there are too many.

        With `alone` all others of its account and kind go with it: of two that are added at once, one is left.
        """
        ...

    async def challenge(self, challenge_hash: str, kind: ChallengeKind) -> Challenge | None:
        """Returns a challenge and leaves it."""
        ...

    async def take_challenge(self, challenge_hash: str, kind: ChallengeKind) -> Challenge | None:
        """Returns a challenge and deletes it: of two who answer at once, one gets it."""
        ...

    async def withdraw_challenges(self, account: str, kind: ChallengeKind) -> None:
        """Deletes all challenges of an account of a kind."""
        ...

    async def add_session(self, session: Session, entry: AuditEntry) -> None:
        """Stores a new session."""
        ...

    async def session_holder(self, secret_hash: str) -> SessionHolder | None:
        """Returns the session of a secret, in one read; None where it is not known."""
        ...

    async def session_holder_by_id(self, session_id: str) -> SessionHolder | None:
        """Returns the session of an id, in one read; None where it is not known."""
        ...

    async def sessions(self, account: str) -> tuple[Session, ...]:
        """Returns the sessions of an account, newest first."""
        ...

    async def touch_session(self, session_id: str, now_ns: int) -> None:
        """Records that a session was used."""
        ...

    async def renew_session(self, session: Session, entry: AuditEntry) -> bool:
        """Stores a session's new secret and log-in time; False where it has ended meanwhile."""
        ...

    async def end_sessions(
        self, account: str, entry: AuditEntry, *, only: str | None = None, all_but: str | None = None
    ) -> int:
        """Ends sessions of an account: all, `only` one, or `all_but` one; returns how many. No entry where none was."""
        ...

    async def state_purpose(self, session_id: str, stated: StatedPurpose, entry: AuditEntry) -> None:
        """Stores why a session looks from now on, over what it stated before."""
        ...

    async def end_purpose(self, session_id: str) -> None:
        """Deletes why a session looks."""
        ...

    async def purposes(self, now_ns: int) -> Mapping[str, StatedPurpose]:
        """Returns the purposes that have not ended then, by session, the first to end first."""
        ...

    async def propose_grant(self, grant: Grant, entry: AuditEntry) -> Grant:
        """Stores a grant and returns it with its number; one with `confirmed_by` holds at once."""
        ...

    async def confirm_grant(self, grant_id: int, confirmed_by: str, entry: AuditEntry) -> bool:
        """Confirms a grant; False where it is not there, was confirmed, or was taken back."""
        ...

    async def revoke_grant(self, grant_id: int, now_ns: int, entry: AuditEntry) -> bool:
        """Takes a grant back; False where it is not there or was taken back."""
        ...

    async def grants(self, account: str | None = None) -> tuple[Grant, ...]:
        """Returns all grants, or those of an account, by number; also those that have ended."""
        ...

    async def add_token(self, token: ApiToken, entry: AuditEntry) -> bool:
        """Stores a token; False where its id is taken."""
        ...

    async def token_holder(self, token_id: str) -> TokenHolder | None:
        """Returns the token of an id, in one read; None where it is not known."""
        ...

    async def tokens(self, account: str | None = None) -> tuple[ApiToken, ...]:
        """Returns all tokens, or those of an account, oldest first; also those that have ended."""
        ...

    async def touch_token(self, token_id: str, now_ns: int) -> None:
        """Records that a token was used."""
        ...

    async def revoke_token(self, token_id: str, now_ns: int, entry: AuditEntry) -> bool:
        """Takes a token back; False where it is not there or was taken back."""
        ...

    async def push_subscriptions(self, account: str | None = None) -> tuple[PushSubscription, ...]:
        """Returns the browsers in which notices are switched on, all or those of an account, oldest first."""
        ...

    async def add_push_subscription(self, subscription: PushSubscription, max_count: int, entry: AuditEntry) -> bool:
        """Stores a browser, over one of its address that any account had; False where the account is gone.

        Of an account the newest `max_count` are kept.
        """
        ...

    async def remove_push_subscriptions(self, account: str, entry: AuditEntry, endpoint: str | None = None) -> int:
        """Removes the browsers of an account, or the one of an address; returns how many. No entry where none was."""
        ...

    async def end_all(self, entry: AuditEntry) -> None:
        """Ends all sessions, what they have stated, and all challenges that wait."""
        ...

    async def delete_ended(self, now_ns: int, idle_ns: int) -> int:
        """Deletes challenges, sessions and purposes that have ended, and idle sessions; returns how many."""
        ...

    async def ended(self, before_ns: int) -> tuple[int, int]:
        """Returns how many challenges, sessions and purposes ended before then and are kept, and when the first did."""
        ...
