"""What leaves of the own error of counters: of lines that were counted by hand, as they are drawn now."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence

from passerby.domain.hand_counts import HandCount, line_version
from passerby.domain.published import PlaceKind, PublishedCounter
from passerby.domain.published_errors import NO_ERRORS, Errors, leaving_errors
from passerby.domain.service import SitePlan
from passerby.ports import HandCountStore
from passerby.units import NS_PER_S, QUARTER_S

Place = tuple[str, str]


class OwnErrors:
    """Reads counts by hand, once in a quarter of an hour at most: anyone may ask for published numbers.

    Args:
        hand_counts: all of them.
        plan: what runs now.
        clock: UTC nanoseconds now.
    """

    def __init__(self, hand_counts: HandCountStore, plan: Callable[[], SitePlan], clock: Callable[[], int]) -> None:
        self._hand_counts, self._plan, self._clock = hand_counts, plan, clock
        self._known: Mapping[Place, Errors] = {}
        self._known_of: tuple[SitePlan, int] | None = None

    async def of(self, counter: PublishedCounter) -> Errors:
        """Returns what is known of a counter; nothing of zones, and of lines that were drawn otherwise.

        Raises:
            StoreError: the counts by hand cannot be read.
        """
        plan, quarter = self._plan(), self._clock() // (QUARTER_S * NS_PER_S)
        if self._known_of is None or self._known_of[0] is not plan or self._known_of[1] != quarter:
            self._known = await self._read(plan)
            self._known_of = plan, quarter
        if counter.kind is not PlaceKind.LINE or counter.ended_ns is not None:
            return NO_ERRORS
        return self._known.get((counter.camera, counter.place), NO_ERRORS)

    async def _read(self, plan: SitePlan) -> Mapping[Place, Errors]:
        of_line: defaultdict[Place, list[HandCount]] = defaultdict(list)
        for one in await self._hand_counts.of(_published_cameras(plan)):
            if one.line_version == _version(plan, one):
                of_line[one.camera, one.line].append(one)
        return {line: leaving_errors(counts) for line, counts in of_line.items()}


def _published_cameras(plan: SitePlan) -> Sequence[str]:
    return sorted({place.camera for place in plan.publish.places}) if plan.publish is not None else ()


def _version(plan: SitePlan, counted: HandCount) -> str | None:
    camera = plan.camera(counted.camera)
    lines = () if camera is None else camera.layout.lines
    line = next((one for one in lines if one.name == counted.line), None)
    return None if camera is None or line is None else line_version(camera, line, plan.detector.model)
