"""A site's published numbers for tests of outlets: two counters, their bins, and a stand-in of the port."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import product

from passerby.domain.class_groups import ClassGroup
from passerby.domain.published import (
    Audience,
    BinStatus,
    PlaceKind,
    PublishedBin,
    PublishedCounter,
    Way,
)
from passerby.ports.published import PublishedQuery, Span
from passerby.publish.open_data.description import (
    CountingSite,
    Licence,
    OpenDataDescription,
    Publisher,
)
from passerby.units import NS_PER_S, QUARTER_S

BEGAN_NS = 1_793_491_200 * NS_PER_S
"""2026-11-01 00:00 UTC."""

QUARTER_NS = QUARTER_S * NS_PER_S

LINE = PublishedCounter(
    "square-north-a1b2c3",
    "square",
    "=north",
    PlaceKind.LINE,
    ("out of the square", "into the square"),
    (ClassGroup.ON_FOOT, ClassGroup.MOTOR_VEHICLES),
    sensitive=False,
    geometry="a1b2c3",
    began_ns=BEGAN_NS,
)
ZONE = replace(
    LINE,
    id="quay-steps-d4e5f6",
    camera="quay",
    place="steps",
    kind=PlaceKind.ZONE,
    way_names=("in", "out"),
    groups=(ClassGroup.BICYCLES,),
    geometry="d4e5f6",
    ended_ns=BEGAN_NS + 40 * 24 * 4 * QUARTER_NS,
)
COUNTERS = (ZONE, LINE)

DESCRIPTION = OpenDataDescription(
    "Counts of Novi Sad",
    "Road users that cross lines, every 15 minutes.",
    Publisher("City of Novi Sad", "data@example.org", "https://example.org/"),
    Licence("CC-BY-4.0", "https://creativecommons.org/licenses/by/4.0/"),
    "https://count.example.org",
    "SRB",
    "en",
    {
        "square": CountingSite("square", "Trg slobode", 45.2551, 19.8451),
        "quay": CountingSite("quay", "Kej žrtava racije, 1", 45.254, 19.85),
    },
)


def published_bin(counter: PublishedCounter, group: ClassGroup, way: int, at: int, value: int | None) -> PublishedBin:
    """The number of the bin `at` (from 0): withheld for None, a gap for -1, not published yet for -2."""
    status, coverage, threshold = BinStatus.PUBLISHED, 0.98, 10
    if value is None:
        status = BinStatus.BELOW_THRESHOLD
    elif value < 0:
        status, coverage = (BinStatus.GAP, 0.0) if value == -1 else (BinStatus.WAITING, 0.0)
    known = value if value is not None and value >= 0 else None
    return PublishedBin(
        counter.id, group, counter.ways[way], BEGAN_NS + at * QUARTER_NS, BEGAN_NS + (at + 1) * QUARTER_NS,
        known, status, None if status is BinStatus.WAITING else coverage,
        None if known is None else float(max(known - 6, 0)), None if known is None else known + 6.0, threshold, 1,
        "" if known is None else "prior",
    )  # fmt: skip


def quarter_hours(counter: PublishedCounter, first: int, last: int) -> list[PublishedBin]:
    """Numbers of the bins from `first` up to `last`, which is none of them; each eleventh withheld, each 13th a gap."""
    made = []
    for at, group, way in product(range(first, last), counter.groups, (0, 1)):
        number = 10 + (at * 7 + way * 3) % 50
        value = None if at % 11 == 10 else -1 if at % 13 == 12 else number
        made.append(published_bin(counter, group, way, at, value))
    return made


class SomePublishedNumbers:
    """Implements `PublishedNumbers`: quarter hours of its counters until a time, for the public alone.

    Args:
        until: how many bins from the beginning are published.
        counters: whose numbers there are.
    """

    def __init__(self, until: int, counters: Sequence[PublishedCounter] = COUNTERS) -> None:
        self.until, self.known = until, tuple(counters)
        self.asked: list[PublishedQuery] = []

    async def counters(self, audience: Audience) -> tuple[PublishedCounter, ...]:
        return self.known if audience is Audience.PUBLIC else ()

    async def bins(self, query: PublishedQuery) -> tuple[PublishedBin, ...]:
        self.asked.append(query)
        if query.audience is not Audience.PUBLIC:
            return ()
        first = max(-(-(query.from_ns - BEGAN_NS) // QUARTER_NS), 0)
        last = min(-(-(query.to_ns - BEGAN_NS) // QUARTER_NS), self.until)
        wanted = [each for each in self.known if not query.counters or each.id in query.counters]
        bins = [one for counter in wanted for one in quarter_hours(counter, first, max(first, last))]
        if (query.span, query.add_groups, query.add_ways) == (Span.BIN, False, False):
            return tuple(bins)
        length_ns = {Span.BIN: QUARTER_NS, Span.HOUR: 4 * QUARTER_NS, Span.DAY: 96 * QUARTER_NS}[query.span]
        return tuple(added(bins, length_ns, query))


def added(bins: Sequence[PublishedBin], length_ns: int, query: PublishedQuery) -> list[PublishedBin]:
    """Sums of bins from UTC's midnights on; what is withheld or a gap is nothing of them here."""
    parts: dict[tuple[str, int, ClassGroup | None, Way | None], list[PublishedBin]] = {}
    for one in bins:
        group, way = None if query.add_groups else one.group, None if query.add_ways else one.way
        parts.setdefault((one.counter, one.from_ns // length_ns * length_ns, group, way), []).append(one)
    sums = []
    for (counter, from_ns, group, way), of_sum in parts.items():
        known = [one.value for one in of_sum if one.value is not None]
        first = next((one for one in of_sum if one.value is not None), of_sum[0])
        whole = replace(first, counter=counter, from_ns=from_ns, to_ns=from_ns + length_ns, group=group, way=way)
        if known:
            total = sum(known)
            whole = replace(whole, value=total, low=max(total - 20.0, 0.0), high=total + 20.0, series=len(known))
        sums.append(whole)
    return sums
