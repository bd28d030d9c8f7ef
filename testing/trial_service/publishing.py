"""Published numbers for tests: a store of them in memory, and a made site that publishes what it is given."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from passerby.domain.audit import AuditEntry
from passerby.domain.layout import Layout, Line, Zone
from passerby.domain.observations import Observation, Quantity
from passerby.domain.publish_plan import PublishedPlace, PublishPlan, SentUntil
from passerby.domain.published import Audience, DrawnNumber, PlaceKind, PublishedBin, PublishedCounter
from passerby.domain.register import Wording
from passerby.domain.road_user import RoadUser
from passerby.domain.service import CameraPlan, SitePlan
from passerby.domain.sources import CameraSource, SourceKind
from passerby.ports.published import PublishedQuery
from passerby.publish.disclosure.publisher import Publisher, PublishRun
from passerby.publish.disclosure.reading import PublishedReader
from passerby.units import DAY_S, MINUTE_S, NS_PER_S
from testing.store_keeper import MONDAY_S, Keeper

NORTH = Line("north", np.array([[0.1, 0.5], [0.9, 0.5]], np.float32))
SOUTH = Line("south", np.array([[0.1, 0.9], [0.9, 0.9]], np.float32))
PLAZA = Zone("plaza", np.array([[0.2, 0.2], [0.8, 0.2], [0.8, 0.4], [0.2, 0.4]], np.float32))
PLACES = (
    PublishedPlace("square", "north", PlaceKind.LINE),
    PublishedPlace("square", "plaza", PlaceKind.ZONE),
)
PUBLISH = PublishPlan(
    Wording({"en": "Counts of the square"}),
    "CC-BY-4.0",
    "counts@example.org",
    {Audience.PARTNER: "The university", Audience.PUBLIC: "Everybody, as open data"},
    PLACES,
    Wording({"en": "How many cross the square."}),
    "City of Trg",
    "SRB",
)


def made_plan(*, lines: tuple[Line, ...] = (NORTH, SOUTH), publish: PublishPlan | None = PUBLISH) -> SitePlan:
    """A site with one camera, whose north line and plaza are published."""
    camera = CameraPlan(
        "square", CameraSource(SourceKind.FILE, file=Path("square.mkv")), Layout(lines, (PLAZA,), (), None)
    )
    return SitePlan("Trg", "Europe/Belgrade", (camera,), publish=publish)


class MemoryPublished:
    """Keeps what was drawn in memory; a `PublishedStore`. `check` fails where the store is away."""

    def __init__(self, check: Callable[[], None] = lambda: None, audit_rows: list[AuditEntry] | None = None) -> None:
        self._check = check
        self.audit_rows: list[AuditEntry] = [] if audit_rows is None else audit_rows
        self.counter_rows: list[PublishedCounter] = []
        self.bins: dict[tuple[str, int], list[DrawnNumber]] = {}
        self.sent_rows: dict[tuple[str, str], SentUntil] = {}

    async def counters(self) -> tuple[PublishedCounter, ...]:
        self._check()
        return tuple(sorted(self.counter_rows, key=lambda one: (one.camera, one.place, one.began_ns)))

    async def change_counters(
        self, begun: Sequence[PublishedCounter], ended: Sequence[PublishedCounter], entry: AuditEntry
    ) -> bool:
        self._check()
        ends = {one.id: one for one in ended}
        kept = [ends.get(one.id, one) for one in self.counter_rows]
        going_on = {(one.camera, one.place) for one in kept if one.ended_ns is None}
        if any((one.camera, one.place) in going_on for one in begun):
            return False
        self.counter_rows = [*kept, *begun]
        self.audit_rows.append(entry)
        return True

    async def add_drawn(self, drawn: Sequence[DrawnNumber], entry: AuditEntry) -> int:
        self._check()
        new: dict[tuple[str, int], list[DrawnNumber]] = {}
        for one in drawn:
            if (one.counter, one.from_ns) not in self.bins:
                new.setdefault((one.counter, one.from_ns), []).append(one)
        self.bins.update(new)
        if new:
            self.audit_rows.append(entry)
        return len(new)

    async def drawn(self, from_ns: int, to_ns: int, counters: Sequence[str] = ()) -> tuple[DrawnNumber, ...]:
        self._check()
        wanted = sorted(key for key in self.bins if from_ns <= key[1] < to_ns and (not counters or key[0] in counters))
        return tuple(one for key in wanted for one in self.bins[key])

    async def drawn_bins(self, from_ns: int) -> frozenset[tuple[str, int]]:
        self._check()
        return frozenset(key for key in self.bins if key[1] >= from_ns)

    async def sent(self, outlet: str) -> tuple[SentUntil, ...]:
        self._check()
        return tuple(one for (name, _), one in sorted(self.sent_rows.items()) if name == outlet)

    async def note_sent(
        self, outlet: str, sent: Sequence[SentUntil], ended: Sequence[str], entry: AuditEntry | None
    ) -> None:
        self._check()
        for counter in ended:
            self.sent_rows.pop((outlet, counter), None)
        self.sent_rows |= {(outlet, one.counter): one for one in sent}
        if entry is not None:
            self.audit_rows.append(entry)


class PublishingSite:
    """A made site on a store, from Monday midnight on (UTC), with a publisher and a reader.

    Args:
        keeper: opens its store.
        plan: what runs at first.
    """

    def __init__(self, keeper: Keeper, plan: SitePlan | None = None) -> None:
        self.keeper, self.plan = keeper, plan or made_plan()
        keeper.clock.now_s = MONDAY_S - 7 * MINUTE_S
        self.store = keeper.open(zone=self.plan.time_zone)
        self.publisher = self.another_publisher()
        self.reader = PublishedReader(self.store.published, lambda: self.plan, keeper.clock, self.store.hand_counts)
        self.run()

    def another_publisher(self) -> Publisher:
        """A publisher that knows nothing of what others have done, as after a restart or on a second hub."""
        return Publisher(self.store, lambda: self.plan, self.keeper.clock)

    def run(self, at_s: int | None = None) -> PublishRun:
        """Publishes what is due at so many seconds after Monday midnight, or now."""
        if at_s is not None:
            self.keeper.clock.now_s = MONDAY_S + at_s
        return self.keeper.run(self.publisher.run_once())

    def count(self, minutes: Iterable[int], number: int, *, place: str = "north", coverage: float = 1.0) -> None:
        """Stores minutes in which so many walked forward over a line, or into the plaza, and one rode back, or out."""
        ways: tuple[tuple[Quantity, str | None], ...] = (
            ((Quantity.ENTRIES, None), (Quantity.EXITS, None))
            if place == "plaza"
            else ((Quantity.FLOW, "forward"), (Quantity.FLOW, "backward"))
        )
        rows = [
            Observation(
                "square", place, quantity, road_user, way, (MONDAY_S + one * MINUTE_S) * NS_PER_S, MINUTE_S,
                float(value), value, coverage,
            )
            for one in minutes
            for (quantity, way), road_user, value in (
                (ways[0], RoadUser.PEDESTRIAN, number), (ways[1], RoadUser.PEDESTRIAN, 0),
                (ways[0], RoadUser.BICYCLE, 0), (ways[1], RoadUser.BICYCLE, 1),
                (ways[0], RoadUser.UNCLASSIFIED, 50), (ways[1], RoadUser.CAR, 0),
            )
        ]  # fmt: skip
        self.keeper.run(self.store.store_observations(rows))

    def counter(self, place: str = "north", audience: Audience = Audience.PUBLIC) -> PublishedCounter:
        """The newest counter of a place."""
        of_place = [one for one in self.keeper.run(self.reader.counters(audience)) if one.place == place]
        return max(of_place, key=lambda one: one.began_ns)

    def read(self, audience: Audience = Audience.PUBLIC, days: int = 1, **wanted: object) -> tuple[PublishedBin, ...]:
        """Published numbers of Monday, or of several days."""
        query = PublishedQuery(audience, MONDAY_S * NS_PER_S, (MONDAY_S + days * DAY_S) * NS_PER_S)
        return self.keeper.run(self.reader.bins(replace(query, **wanted)))  # type: ignore[arg-type]
