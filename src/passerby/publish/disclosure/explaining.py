"""What was done to the numbers of a day, and what would be done to those of the last one; for staff alone."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from passerby.domain.class_groups import ClassGroup
from passerby.domain.errors import PasserbyError
from passerby.domain.publish_plan import PublishPlan
from passerby.domain.published import (
    OUTSIDE,
    WAIT_S,
    Audience,
    BinStatus,
    DrawnNumber,
    PublishedCounter,
    WantedSum,
    Way,
    chance_published,
    noise_mean,
    published,
)
from passerby.domain.service import SitePlan
from passerby.ports import Store
from passerby.publish.disclosure.counters import counter_changes
from passerby.publish.disclosure.counting import CountedBin, counted_bins
from passerby.publish.disclosure.publisher import bins_between
from passerby.text import utc_minute
from passerby.units import DAY_S, NS_PER_S


@dataclass(frozen=True, slots=True)
class ExplainedNumber:
    """What was done to one number.

    Attributes:
        counter: the counter's id.
        camera: the camera's name.
        from_ns, to_ns: the bin, UTC nanoseconds.
        group, way: of what.
        measured: how many were counted, as it is stored now; None where nothing is stored any more.
        coverage: 0-1, as it is stored now.
        audience: for whom.
        drawn: the number with its noise; None where nothing was drawn.
        published: what the audience gets; None where it gets none.
        status: why.
        why: the same in a sentence.
    """

    counter: str
    camera: str
    from_ns: int
    to_ns: int
    group: ClassGroup
    way: Way
    measured: int | None
    coverage: float
    audience: Audience
    drawn: int | None
    published: int | None
    status: BinStatus
    why: str


@dataclass(frozen=True, slots=True)
class PreviewedCounter:
    """What would go out of one counter for one audience, going by the last 24 hours; nothing was drawn for it.

    Attributes:
        camera, place: where.
        audience: for whom.
        bin_s: length of its bins.
        numbers: how many it had in these hours, of all class groups and ways.
        published: how many of them would have been published, on the mean.
        withheld: how many would have been below the threshold, on the mean.
        gaps: how many were not watched.
        error: mean error by noise of a number that would have been published, as a share of it; None without any.
    """

    camera: str
    place: str
    audience: Audience
    bin_s: int
    numbers: int
    published: float
    withheld: float
    gaps: int
    error: float | None


async def explained(
    store: Store, plan: SitePlan, place: str, day: date, now_ns: int, camera: str | None = None
) -> list[ExplainedNumber]:
    """Returns what was done to the numbers of a line or zone on a day of the site's clock, as far as it has come.

    Raises:
        PasserbyError: no counter has that name.
        StoreError: it cannot be read.
    """
    midnight = datetime(day.year, day.month, day.day, tzinfo=plan.zone)
    after = midnight + timedelta(days=1)
    from_ns, to_ns = (int(each.timestamp()) * NS_PER_S for each in (midnight, after))
    known = await store.published.counters()
    counters = [one for one in known if one.place == place and camera in (None, one.camera)]
    if not counters:
        names = ", ".join(sorted({f"{one.camera}: {one.place}" for one in known})) or "none"
        raise PasserbyError(f"{place}: no line or zone of this name was ever published; published are: {names}")
    due = [each for one in counters for each in bins_between(one, from_ns, min(to_ns, now_ns))]
    drawn = await store.published.drawn(from_ns, to_ns, [one.id for one in counters])
    return [
        number
        for counted in await counted_bins(store, due)
        for number in _explained(counted, drawn, _audiences(plan.publish), now_ns)
    ]


def _audiences(publish: PublishPlan | None) -> Sequence[Audience]:
    return [each for each in OUTSIDE if publish is not None and each in publish.audiences]


def _explained(
    counted: CountedBin, drawn: Sequence[DrawnNumber], audiences: Sequence[Audience], now_ns: int
) -> Iterator[ExplainedNumber]:
    due, counter = counted.due, counted.due.counter
    of_bin = [one for one in drawn if one.counter == counter.id and one.from_ns == due.from_ns]
    for (group, way), count in counted.counts.items():
        number = next((one for one in of_bin if (one.group, one.way) == (group, way)), None)
        for audience in audiences:
            wanted = WantedSum(counter, audience, due.from_ns, due.to_ns, 1, group, way)
            shown = published(wanted, of_bin, now_ns)
            noisy = None if number is None else number.for_audience(audience)
            yield ExplainedNumber(
                counter.id, counter.camera, due.from_ns, due.to_ns, group, way,
                count if counted.coverage > 0 else None, counted.coverage, audience, noisy, shown.value, shown.status,
                _why(counted, counter, audience, shown.status, number),
            )  # fmt: skip


def _why(
    counted: CountedBin, counter: PublishedCounter, audience: Audience, status: BinStatus, drawn: DrawnNumber | None
) -> str:
    rules, to_ns = counter.rules(audience), counted.due.to_ns
    late = " More was measured than when it was drawn, and changes nothing." if _came_late(counted, drawn) else ""
    if status is BinStatus.WAITING and drawn is None and not counted.complete:
        return f"minutes are missing: they are waited for until {utc_minute(to_ns + WAIT_S * NS_PER_S)}"
    if status is BinStatus.WAITING:
        return f"published at {utc_minute(to_ns + rules.delay_s * NS_PER_S)}"
    if status is BinStatus.GAP:
        return "there is no number: it was not watched, or was lost with a store that was put back." + late
    if status is BinStatus.BELOW_THRESHOLD:
        return f"withheld: with its noise it is below {rules.threshold}." + late
    return f"published with noise of epsilon {rules.epsilon:g}." + late


def _came_late(counted: CountedBin, drawn: DrawnNumber | None) -> bool:
    return drawn is not None and counted.coverage > drawn.coverage + 1e-6


async def previewed(store: Store, plan: SitePlan, now_ns: int) -> list[PreviewedCounter]:
    """Returns what would go out of each counter of a plan, whether it runs yet or not; nothing is drawn or stored.

    The chances are exact: of a count, the noise and the threshold it is known how often it is published.

    Raises:
        PasserbyError: the plan publishes nothing.
        StoreError: it cannot be read.
    """
    if plan.publish is None:
        raise PasserbyError("the site file has no `publish`, so nothing leaves the site and nothing is to be previewed")
    from_ns = now_ns - DAY_S * NS_PER_S
    # As if each began anew, a day ago.
    counters = counter_changes((), plan, from_ns).begun
    found: list[PreviewedCounter] = []
    due = [each for one in counters for each in bins_between(one, from_ns, now_ns)]
    of_counter: dict[str, list[CountedBin]] = {}
    for counted in await counted_bins(store, due):
        of_counter.setdefault(counted.due.counter.id, []).append(counted)
    for counter in counters:
        found += [_previewed(counter, each, of_counter.get(counter.id, [])) for each in _audiences(plan.publish)]
    return found


def _previewed(counter: PublishedCounter, audience: Audience, bins: Sequence[CountedBin]) -> PreviewedCounter:
    rules = counter.rules(audience)
    epsilon = rules.epsilon or 0.0
    watched = [one for one in bins if one.coverage > 0]
    counts: list[Mapping[tuple[ClassGroup, Way], int]] = [one.counts for one in watched]
    chances = [(count, chance_published(count, epsilon, rules.threshold)) for one in counts for count in one.values()]
    shown = sum(chance for _, chance in chances)
    weighted = sum(chance * noise_mean(epsilon) / max(count, rules.threshold) for count, chance in chances)
    numbers = len(bins) * counter.series
    return PreviewedCounter(
        counter.camera, counter.place, audience, counter.bin_s, numbers, shown, len(chances) - shown,
        numbers - len(chances), weighted / shown if shown else None,
    )  # fmt: skip
