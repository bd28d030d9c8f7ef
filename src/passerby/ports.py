"""The protocols of the outside, on one page: stores and their failures, live values, and the configuration."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from passerby.domain.access import Grant
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
from passerby.domain.alerts import Alert
from passerby.domain.audit import AuditEntry
from passerby.domain.configurations import ConfigurationVersion
from passerby.domain.errors import PasserbyError
from passerby.domain.health import CameraHealth
from passerby.domain.isolation import Isolation
from passerby.domain.observations import Observation
from passerby.domain.preview import Preview
from passerby.domain.queries import EventQuery, ObservationQuery, Page, Receipt
from passerby.domain.retention import DeletionRun, RetentionLine
from passerby.domain.service import SitePlan


class StoreError(PasserbyError):
    """A failure of the store; its text never holds a password."""


class StoreUnavailableError(StoreError):
    """A database that does not answer now; trying again later may help, and nothing was stored."""


class StoreVersionError(StoreError):
    """A store that a newer passerby has written, or that is none of ours."""


class Store(Protocol):
    """Storage of results. Whatever a `store_...` call returned for is on the disk; storing twice is harmless."""

    async def store_observations(self, observations: Sequence[Observation]) -> Receipt:
        """Stores one-minute rows; of two rows of one interval the better covered stays.

        Raises:
            StoreError: nothing of it was stored.
        """
        ...

    async def observations(self, query: ObservationQuery) -> Page[Observation]:
        """Returns observations by start, then series; what has just been stored is in every bin at once.

        Raises:
            ValueError: `after` is not from an earlier page.
        """
        ...

    async def roll_up(self) -> int:
        """Adds finished minutes up to quarters, hours and days; returns how many intervals were written.

        Costs what is new only. Answers are the same before and after; afterwards they are read from fewer rows.
        """
        ...

    async def store_alerts(self, alerts: Sequence[Alert]) -> None:
        """Stores alerts; one of the same camera, rule, place and time is the same alert."""
        ...

    async def alerts(self, query: EventQuery) -> Page[Alert]:
        """Returns alerts, oldest first."""
        ...

    async def store_health(self, reports: Sequence[CameraHealth]) -> None:
        """Stores health reports; one of the same camera and time is the same report."""
        ...

    async def health(self, query: EventQuery) -> Page[CameraHealth]:
        """Returns health reports, oldest first."""
        ...

    async def newest_health(self) -> tuple[CameraHealth, ...]:
        """Returns the newest report of each camera, by name."""
        ...

    async def append_audit(self, entry: AuditEntry) -> None:
        """Appends to the audit log; there is no way to change an entry."""
        ...

    async def audit(self, query: EventQuery) -> Page[AuditEntry]:
        """Returns audit entries, oldest first."""
        ...

    async def add_configuration(self, text: str, author: str) -> ConfigurationVersion:
        """Stores a version of the site file with its audit entry; the newest one again makes no new one."""
        ...

    async def configuration(self, number: int | None = None) -> ConfigurationVersion | None:
        """Returns the version of that number, or the newest; None where there is none."""
        ...

    async def configurations(self) -> tuple[ConfigurationVersion, ...]:
        """Returns all versions that are kept, oldest first."""
        ...

    async def enforce_retention(self) -> tuple[DeletionRun, ...]:
        """Deletes what is older than its limit, and records that it did.

        Raises:
            StoreError: nothing was deleted; also when the clock has leapt ahead and is not believed yet.
        """
        ...

    async def retention_report(self) -> tuple[RetentionLine, ...]:
        """Returns the oldest row of each kind, compared with its limit."""
        ...

    async def deletion_runs(self) -> tuple[DeletionRun, ...]:
        """Returns the record of what was deleted when, oldest first."""
        ...

    async def close(self) -> None:
        """Ends all connections; the store cannot be used afterwards."""
        ...


class Live(Protocol):
    """The live state of the hub; nothing of it is stored."""

    @property
    def change(self) -> int:
        """Number that grows with every change."""
        ...

    async def changed(self, after: int, timeout_s: float) -> int:
        """Waits until `change` is past `after`, or for the time-out; returns `change`."""
        ...

    def health(self) -> tuple[CameraHealth, ...]:
        """Returns the newest report of each camera that has sent one since the start, by name."""
        ...

    def isolations(self) -> dict[str, Isolation]:
        """Returns camera -> how far the process that sees its pixels is isolated."""
        ...

    def open_observations(self, camera: str) -> tuple[Observation, ...]:
        """Returns the values so far of the minutes that the store does not hold yet."""
        ...

    def previews(self, camera: str) -> AbstractAsyncContextManager[AsyncIterator[Preview]]:
        """Returns the camera's pictures while the block lasts; a slow reader misses some.

        Pictures are drawn only while there is a reader.

        Raises:
            KeyError: there is no such camera.
        """
        ...

    async def confirm_view(self, camera: str) -> bool:
        """Confirms that the lines and zones of a moved camera are right; False where its worker is not connected."""
        ...


class ConfigurationRefusedError(PasserbyError):
    """A site file with faults; it was not applied, and what ran goes on running."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = tuple(faults)


class ConfigurationConflictError(PasserbyError):
    """Another version has been applied in the meantime."""


class Configurations(Protocol):
    """The site file: the truth about what runs, and its history."""

    @property
    def plan(self) -> SitePlan:
        """The plan that runs now."""
        ...

    async def newest(self) -> ConfigurationVersion:
        """The version that runs now."""
        ...

    async def versions(self) -> tuple[ConfigurationVersion, ...]:
        """Returns all versions that are kept, oldest first."""
        ...

    async def version(self, number: int) -> ConfigurationVersion | None:
        """Returns one version; None where there is none."""
        ...

    def faults(self, text: str) -> tuple[str, ...]:
        """Returns the faults of a site file, one sentence each with its line and key."""
        ...

    async def apply(self, text: str, author: str, base: int | None) -> ConfigurationVersion:
        """Writes the site file anew and runs it; only the cameras that differ are started again.

        Args:
            text: the whole file.
            author: who applies it.
            base: number of the version that it was made from, None to overwrite whatever there is.

        Raises:
            ConfigurationRefusedError: it has faults.
            ConfigurationConflictError: `base` is not the newest.
        """
        ...

    async def roll_back(self, number: int, author: str) -> ConfigurationVersion:
        """Applies an earlier version again, as a new one.

        Raises:
            KeyError: there is no such version.
            ConfigurationRefusedError: it is not valid any more.
        """
        ...


class AccessStore(Protocol):
    """Storage of accounts and what they log in with. An act and its audit entry are stored together, or neither."""

    async def any_account(self) -> bool:
        """Returns whether there is any account."""
        ...

    async def account(self, name: str) -> Account | None:
        """Returns an account; None where there is none."""
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

    async def set_password(
        self, name: str, password_hash: str, code_secret: str, recovery: Sequence[str], entry: AuditEntry
    ) -> None:
        """Sets a password (hash), the encrypted secret of codes, and hashes of recovery codes, over older ones."""
        ...

    async def take_credentials(self, name: str, entry: AuditEntry) -> None:
        """Deletes password, codes, passkeys and identities of an account, and ends its sessions."""
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

    async def add_challenge(self, challenge: Challenge, now_ns: int, entry: AuditEntry | None = None) -> bool:
        """Stores a challenge, and deletes those that have ended; False where there are too many."""
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

    async def delete_ended(self, now_ns: int, idle_ns: int) -> int:
        """Deletes challenges and sessions that have ended, and sessions idle for so long; returns how many."""
        ...
