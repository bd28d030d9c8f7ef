"""What every part of access works with: the store, the clock, the settings, and the rules that all of them keep."""

import re
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Final

from passerby.access.attempts import Attempts
from passerby.access.credentials.devices import Devices
from passerby.access.credentials.secret_words import Cipher
from passerby.access.errors import InputError, LogInRefusedError, NotAllowedError, RecentLogInNeededError
from passerby.access.values import Place, Visitor
from passerby.domain.access import EVERY_CAMERA, Grant, Permission, Principal, PrincipalKind, Role, machine_name
from passerby.domain.access_plan import AccessPlan
from passerby.domain.audit import AuditEntry
from passerby.ports import AccessStore
from passerby.text import in_nfc, invisible_letter, is_storable, moment
from passerby.units import MINUTE_S, NS_PER_S

CLOCK_SLACK_NS: Final = 5 * MINUTE_S * NS_PER_S
"""So far a clock may be set back, as time servers do, before what its old times limit is ended."""

_GROUP = re.compile(r"^[\w][\w .-]{0,63}$")


class SeenClock:
    """A clock that may be set back: it notices, and knows the latest moment that it has shown.

    Args:
        clock: UTC nanoseconds now.
    """

    def __init__(self, clock: Callable[[], int]) -> None:
        self._clock = clock
        self._last_ns, self._at_ns = 0, 0
        self._latest_ns = 0
        self.was_set_back = False
        """Set when it was, by more than the slack; who does something about that clears it."""

    def __call__(self) -> int:
        """Returns what the clock shows (UTC nanoseconds)."""
        now_ns, at_ns = self._clock(), time.monotonic_ns()
        if self._last_ns:
            expected_ns = self._last_ns + at_ns - self._at_ns
            self.was_set_back |= expected_ns - now_ns > CLOCK_SLACK_NS
            self._latest_ns += at_ns - self._at_ns if now_ns < self._latest_ns else 0
        self._last_ns, self._at_ns = now_ns, at_ns
        self._latest_ns = max(self._latest_ns, now_ns)
        return now_ns

    def latest(self) -> int:
        """Returns what it shows (UTC nanoseconds), or what it would show had it never been set back."""
        return max(self(), self._latest_ns)


@dataclass(frozen=True, slots=True)
class Context:
    """The surroundings of a service's access.

    Attributes:
        store: the accounts.
        plan: the site's settings now.
        place: where browsers reach the service.
        site: the site's name, as authenticators show it.
        cipher: encrypts what has to be read again.
        groups: the camera groups that there are; None where they are not known.
        attempts: counts log-ins.
        devices: knows browsers that have logged in before.
        clock: UTC nanoseconds now, and at the latest.
    """

    store: AccessStore
    plan: Callable[[], AccessPlan]
    place: Callable[[], Place]
    site: Callable[[], str]
    groups: Callable[[], Collection[str]] | None
    cipher: Cipher
    attempts: Attempts
    devices: Devices
    clock: SeenClock

    async def follow_clock(self) -> None:
        """Ends all sessions, and all questions, links and invitations that wait, where the clock has been set back.

        Their times are by a clock that showed something else, and would last longer by as much.
        """
        self.clock()
        if self.clock.was_set_back:
            self.clock.was_set_back = False
            try:
                await self.store.end_all(self.entry("passerby", "session.ended", "all", "the clock was set back"))
            except BaseException:
                self.clock.was_set_back = True  # the next one does it
                raise

    def entry(self, actor: str, action: str, subject: str, detail: str = "") -> AuditEntry:
        """Returns an audit entry of now."""
        return AuditEntry(self.clock(), actor, action, subject, detail)

    async def count_visitor(self, visitor: Visitor) -> None:
        """Counts an attempt that names no account: by the browser where it is known, or else by the address.

        Raises:
            TooManyAttemptsError: there were too many.
        """
        await self.follow_clock()
        self.attempts.count_address(visitor.address, await self.devices.number_of(visitor))

    def require(
        self,
        principal: Principal,
        *permissions: Permission,
        recent: bool = True,
        groups: Collection[str] | None = None,
    ) -> None:
        """Refuses a principal that has none of the permissions.

        Args:
            principal: who asks.
            permissions: one of them is enough.
            recent: its log-in must be recent.
            groups: the camera groups that it is about; None for what concerns no cameras.

        Raises:
            NotAllowedError: it has none.
            RecentLogInNeededError: its log-in is too long ago.
        """
        if principal.kind is PrincipalKind.TOKEN and recent:
            raise NotAllowedError("a token cannot do this: log in")
        if not any(principal.may(permission, groups) for permission in permissions):
            raise NotAllowedError(f"{principal.name} may not do this: it needs {' or '.join(permissions)}")
        if recent and not self.is_recent(principal):
            raise RecentLogInNeededError

    def checked_group(self, group: str) -> str:
        """Returns a camera group's name.

        Raises:
            InputError: it is none.
        """
        plain = in_nfc(group.strip())
        if plain != EVERY_CAMERA and not _GROUP.match(plain):
            raise InputError("camera group: write its name as in the site file, or * for every camera")
        known = None if self.groups is None else self.groups()
        if known is not None and plain != EVERY_CAMERA and plain not in known:
            there = ", ".join(sorted(known)) or "no camera is in a group"
            raise InputError(f"camera group: the site file has none of this name. There are: {there}; or * for all")
        return plain

    def is_recent(self, principal: Principal) -> bool:
        """Returns whether its last log-in is recent enough for dangerous changes."""
        if principal.kind is PrincipalKind.MACHINE:
            return True
        age_ns = self.clock() - principal.authenticated_ns
        return principal.kind is not PrincipalKind.TOKEN and 0 <= age_ns < self.plan().recent_s * NS_PER_S

    def refusal(self) -> LogInRefusedError:
        """Returns the refusal of a log-in, the same for every reason."""
        return LogInRefusedError(
            "the log-in was refused: something of it is wrong, was used before or is too old. One-time codes depend on "
            f"clocks; the service's shows {moment(self.clock()):%H:%M} UTC"
        )


def machine_principal(user: str) -> Principal:
    """Returns the principal of the command line, run by a user of this machine who may read the database anyway."""
    name = machine_name(user)
    return Principal(name, PrincipalKind.MACHINE, (every_camera(name, Role.ADMINISTRATOR),), "command line")


def every_camera(name: str, role: Role) -> Grant:
    """Returns a grant of a role on every camera that is in no table and has no end."""
    return Grant(0, name, role, EVERY_CAMERA, 0, 2**63 - 1, name, name)


def checked_text(what: str, text: str, max_letters: int, min_letters: int = 1) -> str:
    """Returns a text of one line that a person typed, without spaces around it.

    Raises:
        InputError: it is too short or too long, or holds what cannot be shown; the text itself is not repeated.
    """
    plain = text.strip()
    if not min_letters <= len(plain) <= max_letters:
        raise InputError(f"{what}: {min_letters} to {max_letters} letters are needed, got {len(plain)}")
    if not is_storable(plain) or invisible_letter(plain):
        raise InputError(f"{what}: it holds a character that cannot be shown. Write one line of letters and signs")
    return plain
