"""Who may do what: roles, permissions, grants, purposes, and the principal that a request is made by."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

EVERY_CAMERA: Final = "*"
"""The camera group that every camera belongs to."""


LINK_NAME: Final = "holder of the link"
"""What the audit log calls it; no account has a name with spaces."""

_MACHINE_NAME: Final = "command line ("


def machine_name(user: str) -> str:
    """Returns what the audit log calls the command line, run by a user of the machine; no account has such a name."""
    return f"{_MACHINE_NAME}{user})"


class Permission(StrEnum):
    """One kind of act. Every route, stream, page and export of the service needs one of them."""

    SEE_PUBLIC = "see_public"
    """The register, its pages, health probes and log-in: needs no account."""
    SEE_OWN = "see_own"
    """One's own account, sessions, passkeys and codes; needs any account."""
    SEE_STATE = "see_state"
    """Names of cameras and their health."""
    SEE_COUNTS = "see_counts"
    EXPORT_COUNTS = "export_counts"
    SEE_PLACE = "see_place"
    """The learned empty place, on which lines and zones are drawn; without road users."""
    DRAW = "draw"
    """Change lines, zones, masks, ground and rules; confirm the view of a moved camera."""
    SEE_EVENTS = "see_events"
    DECIDE_EVENTS = "decide_events"
    SEE_LIVE = "see_live"
    """Anonymised live pictures; needs a purpose."""
    CONFIGURE = "configure"
    """Change the site file as a whole: sources, server, retention."""
    KEEP_REGISTER = "keep_register"
    """Record entries, tiers, pauses; open fields of the impact assessment."""
    READ_CASES = "read_cases"
    """Objections and questions of the public."""
    CONFIRM_GRANTS = "confirm_grants"
    PROPOSE_GRANTS = "propose_grants"
    """Accounts, grants and tokens: proposed here, valid once they are confirmed."""
    READ_AUDIT = "read_audit"
    SEE_METRICS = "see_metrics"


class Role(StrEnum):
    """What an account is for. None of them may do everything."""

    ANALYST = "analyst"
    ENGINEER = "engineer"
    OPERATOR = "operator"
    PRIVACY_OFFICER = "privacy_officer"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


_EVERY_VISITOR = frozenset({Permission.SEE_PUBLIC})
_EVERY_ACCOUNT = _EVERY_VISITOR | {Permission.SEE_OWN}

PERMISSIONS: Final[Mapping[Role, frozenset[Permission]]] = {
    Role.ANALYST: _EVERY_ACCOUNT | {Permission.SEE_STATE, Permission.SEE_COUNTS, Permission.EXPORT_COUNTS},
    Role.ENGINEER: _EVERY_ACCOUNT
    | {Permission.SEE_STATE, Permission.SEE_COUNTS, Permission.EXPORT_COUNTS, Permission.SEE_PLACE, Permission.DRAW},
    Role.OPERATOR: _EVERY_ACCOUNT
    | {
        Permission.SEE_STATE, Permission.SEE_COUNTS, Permission.SEE_EVENTS, Permission.DECIDE_EVENTS,
        Permission.SEE_LIVE,
    },
    Role.PRIVACY_OFFICER: _EVERY_ACCOUNT
    | {Permission.SEE_STATE, Permission.KEEP_REGISTER, Permission.READ_CASES, Permission.CONFIRM_GRANTS},
    Role.AUDITOR: _EVERY_ACCOUNT | {Permission.SEE_STATE, Permission.READ_AUDIT},
    # Neither video nor counts: who runs the machine need not see the place.
    Role.ADMINISTRATOR: _EVERY_ACCOUNT
    | {Permission.SEE_STATE, Permission.CONFIGURE, Permission.PROPOSE_GRANTS, Permission.SEE_METRICS},
}  # fmt: skip
"""What each role may do, on the cameras of its grant."""


class Purpose(StrEnum):
    """Why a live view is opened or data are exported: a closed list, counted publicly."""

    TRAFFIC_PLANNING = "traffic_planning"
    EVENT_SAFETY = "event_safety"
    ROAD_SAFETY = "road_safety"
    MAINTENANCE = "maintenance"
    PRIVACY_CHECK = "privacy_check"
    LEGAL_REQUEST = "legal_request"


@dataclass(frozen=True, slots=True)
class StatedPurpose:
    """Why a session looks or exports.

    Attributes:
        purpose: from the closed list.
        case: in the person's own words, or the event that is looked at.
        end_ns: UTC nanoseconds from which it has to be stated anew.
        camera: the only camera that it is for; None for all of the grants.
    """

    purpose: Purpose
    case: str
    end_ns: int
    camera: str | None = None


class PrincipalKind(StrEnum):
    """What a request is made by."""

    ACCOUNT = "account"
    TOKEN = "token"  # noqa: S105 - a word, not a secret
    LINK = "link"
    """The one-time link of a machine without accounts yet."""
    MACHINE = "machine"
    """The command line, run as the account that passerby runs as."""


@dataclass(frozen=True, slots=True)
class Grant:
    """A role that an account has on a group of cameras, for a time.

    Attributes:
        grant_id: number of the grant.
        account: name of the account.
        role: what it may be.
        group: camera group; `EVERY_CAMERA` for all.
        start_ns, end_ns: UTC nanoseconds from and until when; a grant always ends.
        proposed_by: the account that proposed it.
        confirmed_by: the account that confirmed it; None until then, and it gives nothing.
        revoked_ns: UTC nanoseconds at which it was taken back, or None.
    """

    grant_id: int
    account: str
    role: Role
    group: str
    start_ns: int
    end_ns: int
    proposed_by: str
    confirmed_by: str | None = None
    revoked_ns: int | None = None

    def holds(self, now_ns: int) -> bool:
        """Returns whether it gives anything at that moment; a future or unconfirmed one does not."""
        return self.confirmed_by is not None and self.start_ns <= now_ns and not self.over(now_ns)

    @property
    def by_two(self) -> bool:
        """Whether two people have given it, neither to themselves.

        The machine's owner stands for both where there is no one yet who could: the link for an administrator, and the
        command line for the first privacy officer.
        """
        if self.account in (self.proposed_by, self.confirmed_by):
            return False
        if self.confirmed_by == LINK_NAME:
            return self.role is Role.ADMINISTRATOR
        if self.confirmed_by is not None and self.confirmed_by.startswith(_MACHINE_NAME):
            return self.role is Role.PRIVACY_OFFICER
        return self.proposed_by != self.confirmed_by

    def over(self, now_ns: int) -> bool:
        """Returns whether it has ended or was taken back by that moment; one that begins later is not over."""
        # Whatever was taken back stays so: by a clock that is set back it would give something again.
        return self.revoked_ns is not None or now_ns >= self.end_ns


@dataclass(frozen=True, slots=True)
class Principal:
    """What a request is made by, with what it may do at this moment.

    Attributes:
        name: what the audit log calls it.
        kind: account, token or link.
        grants: those that hold now.
        session_id: identifies the session or the token; never its secret.
        scopes: a token's narrower list of permissions; None for whatever the roles give.
        authenticated_ns: UTC nanoseconds at which a person last proved who they are; 0 for a token.
        purpose, case: why a token was made; a person states them before a look or an export, and has none here.
        account: the account that a token acts for; empty for a person, who acts under `name`.
    """

    name: str
    kind: PrincipalKind
    grants: tuple[Grant, ...]
    session_id: str
    scopes: frozenset[Permission] | None = None
    authenticated_ns: int = 0
    purpose: Purpose | None = None
    case: str = ""
    account: str = ""

    @property
    def responsible(self) -> str:
        """The account that answers for it, by which its looks and exports are counted."""
        return self.account or self.name

    @property
    def roles(self) -> frozenset[Role]:
        """The roles on any camera."""
        return frozenset(grant.role for grant in self.grants)

    def may(self, permission: Permission, groups: Iterable[str] | None = None) -> bool:
        """Returns whether it may do something.

        Args:
            permission: what.
            groups: groups of the camera that it is done to; None for what concerns no single camera.
        """
        if permission in _EVERY_VISITOR:
            return True
        if self.scopes is not None and permission not in self.scopes:
            return False
        if permission in _EVERY_ACCOUNT:
            return True
        wanted = None if groups is None else {*groups, EVERY_CAMERA}
        return any(
            permission in PERMISSIONS[grant.role] and (wanted is None or grant.group in wanted) for grant in self.grants
        )
