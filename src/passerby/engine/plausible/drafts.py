"""Whether the numbers that a camera's process reports of a draft can be the draft's: its lines, zones and rules.

A process that was taken over could otherwise put names and sentences of its own before whoever tries a draft.
"""

from collections import deque
from dataclasses import replace
from typing import Final

from passerby.domain.draft_trial import Draft, DraftNumbers
from passerby.domain.errors import WorkerError
from passerby.text import printable, shortened

MAX_WHY: Final = 1000
MAX_KNOWN: Final = 20
"""A report may be on its way while its draft is withdrawn, or another one begins."""


class DraftCheck:
    """Checks the numbers of one camera's drafts; types and ranges are checked where a message is read."""

    def __init__(self) -> None:
        self._draft: Draft | None = None
        self._before: deque[str] = deque(maxlen=MAX_KNOWN)

    def begin(self, draft: Draft) -> None:
        """Takes the draft that is tried from now on."""
        self.end()
        self._draft = draft

    def end(self) -> str:
        """Ends the draft that is tried; returns its id, empty where there is none."""
        draft, self._draft = self._draft, None
        if draft is None:
            return ""
        self._before.append(draft.draft_id)
        return draft.draft_id

    def end_this(self, draft_id: str) -> None:
        """Ends a draft, unless another one is tried already."""
        if self._draft is not None and self._draft.draft_id == draft_id:
            self.end()

    def checked(self, numbers: DraftNumbers) -> DraftNumbers | None:
        """Returns the numbers with texts that are safe to show; None where their draft is over already.

        Raises:
            WorkerError: they are of no draft of this camera's, or of other lines, zones or rules.
        """
        draft = self._draft
        if draft is None or numbers.draft_id != draft.draft_id:
            if numbers.draft_id in self._before:
                return None
            raise WorkerError("it reports a draft that is not tried.")
        lines, zones = draft.layout.lines, draft.layout.zones
        # Each once, and of a class that is counted there: what is shown is then of the draft alone.
        ways = [(one.line, one.road_user, one.direction) for one in numbers.counts]
        inside = [(one.zone, one.road_user) for one in numbers.occupancy]
        counted = {(line.name, user) for line in lines for user in line.road_users}
        measured = {(zone.name, user) for zone in zones for user in zone.road_users}
        if not {way[:2] for way in ways} <= counted or len(set(ways)) != len(ways):
            raise WorkerError("it reports counts at other lines than those of the draft.")
        if not set(inside) <= measured or len(set(inside)) != len(inside):
            raise WorkerError("it reports road users in other zones than those of the draft.")
        if [one.rule for one in numbers.rules] != [rule.name for rule in draft.rules]:
            raise WorkerError("it reports other rules than those of the draft.")
        if numbers.over:
            self.end()
        rules = tuple(replace(one, why_not=shortened(printable(one.why_not), MAX_WHY)) for one in numbers.rules)
        return replace(numbers, rules=rules)
