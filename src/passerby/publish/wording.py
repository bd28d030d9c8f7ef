"""The words of a notice: what happened where and when, the values and the threshold, and a link to look at it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from passerby.domain.notices import Notice, NoticeKind
from passerby.domain.place_events import EventState, PlaceEvent
from passerby.domain.service import SitePlan
from passerby.text import compared, duration, moment, printable, shortened

MAX_EVENTS: Final = 20
"""That a text names one by one; the JSON of a webhook has all of them."""
MAX_LISTED: Final = 100
"""Events of one notice at most."""
_SUBJECT_LETTERS: Final = 150
_UNITS: Final = {"1": "", "m-2": " people/m²", "/min": " a minute", "/h": " an hour"}


@dataclass(frozen=True, slots=True)
class SiteWords:
    """What notices say of the site.

    Attributes:
        name: its name.
        zone: its time zone, in which times are given.
        origin: its own address with HTTPS; empty where it has none.
    """

    name: str
    zone: ZoneInfo
    origin: str

    @classmethod
    def of(cls, plan: SitePlan) -> "SiteWords":
        """Returns those of a plan: links lead to the public address, and nowhere without TLS."""
        public = plan.server.public_url or ""
        return cls(plan.name, ZoneInfo(plan.time_zone), public if public.startswith("https://") else "")


def notice_of(
    kind: NoticeKind, notice_id: str, time_ns: int, site: SiteWords, events: Sequence[PlaceEvent] = ()
) -> Notice:
    """Returns a notice.

    Args:
        kind: what it says.
        notice_id: its number.
        time_ns: UTC nanoseconds now.
        site: what it says of the site.
        events: as they stand, what matters most first; none for a test.
    """
    link = _link(kind, site, events)
    lines = [*_lines(kind, time_ns, site, events), *([f"Look at it (after a log-in): {link}"] if link else [])]
    subject = shortened(printable(f"[{site.name}] {_subject(kind, events)}"), _SUBJECT_LETTERS)
    # Without samples: the newest value, the one farthest past the threshold, and the sentence say what is to be said.
    return Notice(notice_id, kind, time_ns, site.name, subject, "\n\n".join(lines), link, tuple(events))


def _subject(kind: NoticeKind, events: Sequence[PlaceEvent]) -> str:
    if not events:
        return "test: this alarm works"
    first = events[0]
    what = f"{first.rule} ({first.camera})"
    more = f" and {len(events) - 1} more" if len(events) > 1 else ""
    if kind is NoticeKind.RAISED:
        return f"{first.severity.value}: {what}{more}"
    if kind is NoticeKind.CLOSED:
        return f"over: {what}{more}"
    return f"summary of {len(events)} events: {what}{more}"


def _lines(kind: NoticeKind, time_ns: int, site: SiteWords, events: Sequence[PlaceEvent]) -> Iterator[str]:
    if kind is NoticeKind.TEST:
        yield (
            f"This is a test of {_time(time_ns, site.zone)}: nothing has happened. Where it does not arrive, alarms "
            "would not either."
        )
    if kind is NoticeKind.SUMMARY:
        yield "What follows could not be delivered at the time, or was more than may be delivered one by one."
    for event in events[:MAX_EVENTS]:
        yield _event(event, site.zone)
    if len(events) > MAX_EVENTS:
        yield f"And {len(events) - MAX_EVENTS} more events."


def _event(event: PlaceEvent, zone: ZoneInfo) -> str:
    place = f"{event.place}, " if event.place else ""
    if event.state is EventState.CLOSED:
        when = f"{_time(event.start_ns, zone)}, over after {duration(event.lasted_s)}"
    else:
        when = f"since {_time(event.start_ns, zone)}"
    return (
        f"{event.rule} ({event.severity.value}) at {place}camera {event.camera}: {when}. "
        f"{event.why} Farthest past the threshold of {_amount(event.threshold, event)}: {_amount(event.peak, event)}."
    )


def _amount(value: float, event: PlaceEvent) -> str:
    unit = _UNITS.get(event.unit, f" {event.unit}")
    return f"{compared(value)}{unit}"


def _time(time_ns: int, zone: ZoneInfo) -> str:
    here: datetime = moment(time_ns, zone)
    return f"{here:%Y-%m-%d %H:%M:%S} {here.tzname()}"


def _link(kind: NoticeKind, site: SiteWords, events: Sequence[PlaceEvent]) -> str:
    if not site.origin:
        return ""
    if kind in (NoticeKind.RAISED, NoticeKind.CLOSED):
        return f"{site.origin}/events?event={events[0].event_id}"
    return f"{site.origin}/events"
