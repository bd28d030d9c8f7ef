"""The place-safety events of a recording on a terminal: a line for each report, and a table of all."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final

from rich.markup import escape
from rich.table import Table

from passerby.domain.event_rules import EventRule
from passerby.domain.place_events import EventState, PlaceEvent
from passerby.events.wording import amount, span
from passerby.text import printable
from passerby.units import MINUTE_S, NS_PER_S

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_STATES: Final = {EventState.OPEN: "raised", EventState.SUSPENDED: "suspended", EventState.CLOSED: "closed"}


class EventTexts:
    """Puts events into words, with times by the site's clock or from the recording's beginning.

    Args:
        rules: those that the events are of.
        start_ns: UTC nanoseconds of the recording's first frame.
        zone: the site's time zone; None where it is not known when the recording began.
    """

    def __init__(self, rules: Sequence[EventRule], start_ns: int, zone: tzinfo | None) -> None:
        self._rules = {rule.name: rule for rule in rules}
        self._start_ns, self._zone = start_ns, zone

    def line(self, event: PlaceEvent, state: str = "") -> str:
        """Returns one report of an event as a line, in rich's markup; `state` says where it stands in other words."""
        name, why = escape(printable(event.rule)), escape(printable(event.why))
        word = state or _STATES[event.state]
        return f"{self.time(event.updated_ns)}  {word}  [bold]{event.severity}[/]  {name}: {why}"

    def table(self, events: Iterable[PlaceEvent]) -> Table:
        """Returns a row for each event."""
        table = Table("begun", "rule", "place", "severity", "at most", "threshold", "lasted")
        for event in events:
            rule, bound = self._rules[event.rule], "at least " if event.at_least else ""
            table.add_row(
                self.time(event.start_ns),
                escape(printable(event.rule)),
                escape(printable(event.place)),
                event.severity.value,
                bound + amount(rule, event.peak),
                amount(rule, event.threshold),
                span(event.lasted_s) + ("" if event.state is EventState.CLOSED else " so far"),
            )
        return table

    def time(self, time_ns: int) -> str:
        """Returns a moment as people read it: by the site's clock, or as minutes and seconds of the recording."""
        if self._zone is None:
            minutes, seconds = divmod(round((time_ns - self._start_ns) / NS_PER_S, 1), MINUTE_S)
            return f"{minutes:.0f}:{seconds:04.1f}"
        moment = _EPOCH + timedelta(microseconds=time_ns // 1000)
        return f"{moment.astimezone(self._zone):%Y-%m-%d %H:%M:%S}"
