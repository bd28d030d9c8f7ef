"""Accounts, what they log in with, their sessions and tokens, as the store keeps them: without any secret itself."""

from dataclasses import dataclass, field
from enum import StrEnum

from passerby.domain.access import Grant, Permission, Purpose


@dataclass(frozen=True, slots=True)
class Account:
    """A person or a program that may log in.

    Attributes:
        name: as `access.names` normalises it; what the audit log calls it.
        skeleton: what the name looks like; no two accounts look alike.
        handle: random bytes that authenticators know the account by, as base64url; no part of the name.
        created_ns: UTC nanoseconds.
        enabled: False refuses every log-in, session and token at once.
        password_hash: argon2id with its own salt and costs; None without a password.
        code_secret: the secret of one-time codes, encrypted; None without codes.
    """

    name: str
    skeleton: str
    handle: str
    created_ns: int
    enabled: bool = True
    password_hash: str | None = field(default=None, repr=False)
    code_secret: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Passkey:
    """A WebAuthn credential of an account.

    Attributes:
        credential_id: base64url, as the authenticator names it.
        account: whose it is.
        public_key: COSE key, base64url.
        sign_count: uses that the authenticator has counted; 0 for ever where it does not count.
        label: what its owner calls it.
        created_ns, used_ns: UTC nanoseconds; used_ns is 0 until its first use.
    """

    credential_id: str
    account: str
    public_key: str
    sign_count: int
    label: str
    created_ns: int
    used_ns: int = 0


@dataclass(frozen=True, slots=True)
class Identity:
    """An account's identity at a single sign-on provider: the pair of issuer and subject, never an e-mail address."""

    issuer: str
    subject: str
    account: str


class ChallengeKind(StrEnum):
    """What a question that is answered once, and soon, was asked for."""

    PASSKEY_LOG_IN = "passkey_log_in"
    PASSKEY_CONFIRM = "passkey_confirm"
    PASSKEY_ADD = "passkey_add"
    SIGN_ON = "sign_on"
    INVITATION = "invitation"
    CODE_SET_UP = "code_set_up"
    LINK = "link"


@dataclass(frozen=True, slots=True)
class Challenge:
    """A question that works once: a passkey's challenge, a provider's state, an invitation, the one-time link.

    Attributes:
        challenge_hash: SHA-256, hex, of the secret that names it.
        kind: what for.
        account: whom it is for; empty where it is not known yet.
        body: what the answer is checked with, as JSON.
        end_ns: UTC nanoseconds from which it works no more.
    """

    challenge_hash: str
    kind: ChallengeKind
    account: str
    body: str = field(repr=False)
    end_ns: int


class Method(StrEnum):
    """How a session was begun."""

    PASSWORD = "password"  # noqa: S105 - a word, not a secret
    """Always together with a one-time code, or a recovery code."""
    PASSKEY = "passkey"
    SIGN_ON = "sign_on"
    LINK = "link"


@dataclass(frozen=True, slots=True)
class Session:
    """A browser that has logged in.

    Attributes:
        session_id: names it in lists and the audit log.
        secret_hash: SHA-256, hex, of the cookie's secret.
        account: empty for a session begun by the one-time link.
        method: how it was begun.
        strong: more than one factor was proved; roles that see or decide need it.
        created_ns, used_ns, end_ns: UTC nanoseconds of its beginning, its last use (to the minute), its absolute end.
        authenticated_ns: UTC nanoseconds at which its owner last proved who they are.
        client: what the browser called itself, shortened.
    """

    session_id: str
    secret_hash: str = field(repr=False)
    account: str
    method: Method
    strong: bool
    created_ns: int
    used_ns: int
    end_ns: int
    authenticated_ns: int
    client: str = ""


@dataclass(frozen=True, slots=True)
class ApiToken:
    """A program's way in, with no more than its account has.

    Attributes:
        token_id: eight letters, shown in lists; also the part of the token itself that leaked ones are recognised by.
        secret_hash: SHA-256, hex, of the whole token.
        account: whose grants bound it at every moment.
        label: what it is for, in words.
        scopes: the permissions that it may use.
        groups: the camera groups that it may use.
        created_ns, end_ns: UTC nanoseconds; a token always ends.
        purpose, case: why, from the closed list and in words.
        made_by: who made it.
        used_ns: UTC nanoseconds of its last use, to the minute; 0 before the first.
        revoked_ns: UTC nanoseconds at which it was taken back, or None.
    """

    token_id: str
    secret_hash: str = field(repr=False)
    account: str
    label: str
    scopes: frozenset[Permission]
    groups: tuple[str, ...]
    created_ns: int
    end_ns: int
    purpose: Purpose
    case: str
    made_by: str
    used_ns: int = 0
    revoked_ns: int | None = None

    def holds(self, now_ns: int) -> bool:
        """Returns whether it lets anything in at that moment."""
        return self.revoked_ns is None and self.created_ns <= now_ns < self.end_ns


@dataclass(frozen=True, slots=True)
class SessionHolder:
    """A session with its account and all grants of that account; account None for the one-time link."""

    session: Session
    account: Account | None
    grants: tuple[Grant, ...]


@dataclass(frozen=True, slots=True)
class TokenHolder:
    """A token with its account and all grants of that account."""

    token: ApiToken
    account: Account
    grants: tuple[Grant, ...]
