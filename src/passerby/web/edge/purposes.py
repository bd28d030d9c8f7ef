"""Why a person looks or exports, stated once and for a limited time; the tickets of live views; counts of looks."""

import hmac
import secrets
from collections import OrderedDict, defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final

from passerby.access.context import SeenClock
from passerby.domain.access import Principal, Purpose, StatedPurpose
from passerby.units import HOUR_S, MINUTE_S, NS_PER_S
from passerby.web.problems import ProblemError

PURPOSE_S: Final = 30 * MINUTE_S
"""How long a purpose lasts: an incident on a square; after it, it is stated again."""

TICKET_S: Final = 30
"""Between the page's asking and its WebSocket lie milliseconds."""

PURPOSE_NEEDED: Final = "purpose-needed"
"""Code of the problem that asks for the purpose, as every page does before the first look."""

MAX_KEPT: Final = 10_000
_HOUR_NS: Final = HOUR_S * NS_PER_S


class Purposes:
    """What each session has stated, as the store has it: the one hub that answers is the only one that changes it.

    Args:
        clock: UTC nanoseconds now.
    """

    def __init__(self, clock: Callable[[], int]) -> None:
        self._clock = clock
        self._stated: OrderedDict[str, StatedPurpose] = OrderedDict()

    def made(self, purpose: Purpose, case: str, camera: str | None = None) -> StatedPurpose:
        """Returns a purpose that holds from now on, to be stored before it is held."""
        return StatedPurpose(purpose, case, self._clock() + PURPOSE_S * NS_PER_S, camera)

    def hold(self, session_id: str, stated: StatedPurpose) -> None:
        """Has a purpose hold for a session, instead of the one before."""
        self._stated[session_id] = stated
        self._stated.move_to_end(session_id)
        if len(self._stated) > MAX_KEPT:
            self._stated.popitem(last=False)

    def of(self, principal: Principal, camera: str | None = None) -> StatedPurpose | None:
        """Returns the purpose that holds now, for a camera or for an export; a token has the one it was made for."""
        if principal.purpose is not None:
            return StatedPurpose(principal.purpose, principal.case, 2**63 - 1)
        stated = self._stated.get(principal.session_id)
        if stated is None or not stated.end_ns - PURPOSE_S * NS_PER_S <= self._clock() < stated.end_ns:
            return None
        return stated if stated.camera in (None, camera) else None

    def needed(self, principal: Principal, camera: str | None = None) -> StatedPurpose:
        """Returns the purpose that holds now.

        Raises:
            ProblemError: none does.
        """
        stated = self.of(principal, camera)
        if stated is None:
            raise ProblemError(
                HTTPStatus.FORBIDDEN,
                PURPOSE_NEEDED,
                "It has not been stated why you look or export, or too long ago.",
                "PUT /api/v1/purpose with a purpose of the list and the case; the page asks for it.",
            )
        return stated

    def end(self, session_id: str) -> None:
        """Ends a session's purpose; views that were opened for it end within seconds."""
        self._stated.pop(session_id, None)


@dataclass(frozen=True, slots=True)
class _Ticket:
    session_id: str
    camera: str
    end_ns: int
    secret: str = field(repr=False)


class Tickets:
    """One-time tickets for WebSockets: a page that cannot read our answers cannot have one.

    Args:
        clock: UTC nanoseconds now.
    """

    def __init__(self, clock: Callable[[], int]) -> None:
        self._clock = clock
        self._open: OrderedDict[str, _Ticket] = OrderedDict()

    def new(self, principal: Principal, camera: str) -> str:
        """Returns a ticket for one view of one camera by one session."""
        secret = secrets.token_urlsafe(32)
        key, end_ns = secret[:12], self._clock() + TICKET_S * NS_PER_S
        self._open[key] = _Ticket(principal.session_id, camera, end_ns, secret)
        if len(self._open) > MAX_KEPT:
            self._open.popitem(last=False)
        return secret

    def use(self, secret: str, principal: Principal, camera: str) -> None:
        """Uses a ticket up.

        Raises:
            ProblemError: it is none, was used, is too old, or is another session's or camera's.
        """
        found = self._open.pop(secret[:12], None)
        fits = (
            found is not None
            and hmac.compare_digest(found.secret.encode(), secret.encode("utf-8", "replace"))
            and (found.session_id, found.camera) == (principal.session_id, camera)
            and found.end_ns - TICKET_S * NS_PER_S <= self._clock() < found.end_ns
        )
        if not fits:
            raise ProblemError(
                HTTPStatus.FORBIDDEN,
                "ticket-needed",
                "A live view needs a ticket of its own, which works once and for 30 s.",
                "POST /api/v1/cameras/{camera}/ticket, and give what it answers as `ticket`.",
            )


class RecentLooks:
    """On how many cameras each viewer has looked within the last hour.

    Args:
        clock: UTC nanoseconds now.
    """

    def __init__(self, clock: Callable[[], int]) -> None:
        self._clock = SeenClock(clock)
        self._looks: defaultdict[str, deque[tuple[int, str]]] = defaultdict(deque)
        self._raised: dict[str, int] = {}

    def add(self, viewer: str, camera: str, limit: int) -> int | None:
        """Counts a look; returns the number of cameras where it is past the limit, once an hour and viewer."""
        now_ns, looks = self._clock.latest(), self._looks[viewer]
        looks.append((now_ns, camera))
        while looks and looks[0][0] <= now_ns - _HOUR_NS:
            looks.popleft()
        while len(looks) > MAX_KEPT:
            looks.popleft()
        cameras = len({name for _, name in looks})
        if cameras <= limit or now_ns - self._raised.get(viewer, -_HOUR_NS) < _HOUR_NS:
            return None
        self._raised[viewer] = now_ns
        return cameras
