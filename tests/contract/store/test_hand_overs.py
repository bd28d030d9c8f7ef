"""A camera that is handed from machine to machine: each moment counts once, in whatever order the minutes come."""

import asyncio
import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from passerby.domain.camera_groups import MeasuredCost
from passerby.domain.histograms import Histogram
from passerby.domain.intervals import regroup
from passerby.domain.leases import MINUTE_MS, Holder, Lease, WatchedPart
from passerby.domain.observations import Observation, Quantity
from passerby.domain.queries import Bin, EventQuery, ObservationQuery, Receipt
from passerby.domain.retention import Kind
from passerby.ports import Store
from passerby.store.migration import migrate
from passerby.store.opening import backend_of
from testing.store_keeper import MONDAY_S, NS_PER_S, Keeper, minute

MINUTES = 3
NODES = ("hall", "cabinet", "hall")
DAY: dict[str, Any] = {"start_ns": MONDAY_S * NS_PER_S, "end_ns": (MONDAY_S + 86_400) * NS_PER_S}
CAMERAS = (f"street-{number}" for number in itertools.count())


class Handed:
    """A store, and a camera that is handed over in it."""

    def __init__(self, keeper: Keeper, store: Store | None = None, *, holders: Sequence[str] = NODES) -> None:
        self.keeper, self.store, self.camera = keeper, store or keeper.open(), next(CAMERAS)
        keeper.clock.now_s = MONDAY_S
        self.holders = holders
        self.leases = [self.take(node) for node in holders]

    def take(self, node: str) -> Lease:
        return self.take_many({self.camera: Holder(node, "worker-1")})[self.camera]

    def take_many(self, wanted: Mapping[str, Holder], *, anew: bool = False) -> Mapping[str, Lease]:
        return self.keeper.run(self.store.leases.take_many(wanted, anew=anew))

    def part(self, number: int, place: int, from_ms: int = 0, to_ms: int = MINUTE_MS) -> WatchedPart:
        node = self.holders[number - 1] if number else ""
        return WatchedPart(self.camera, (MONDAY_S + 60 * place) * NS_PER_S, number, from_ms, to_ms, node)

    def rows(self, part: WatchedPart, value: float) -> list[Observation]:
        """A flow, and speeds with a histogram, of what was watched in a part."""
        known = None if part.empty else value
        flow = minute(0, known, camera=self.camera, start_ns=part.start_ns, coverage=part.share, count=int(value))
        speeds = replace(flow, quantity=Quantity.SPEED_MEAN, histogram=Histogram.of_values([value] * int(value)))
        return [flow, speeds] if value else [flow]

    def deliver(self, part: WatchedPart, value: float) -> Receipt:
        parts = (part,) if part.lease else ()
        return self.keeper.run(self.store.store_observations(self.rows(part, value), parts))

    def found(self, **wanted: Any) -> tuple[Observation, ...]:
        asked = {**DAY, "cameras": (self.camera,), "quantities": (Quantity.FLOW,), **wanted}
        return self.keeper.run(self.store.observations(ObservationQuery(**asked))).rows

    def flows(self, **wanted: Any) -> list[tuple[float | None, float]]:
        return [(one.value, round(one.coverage, 6)) for one in self.found(**wanted)]


@pytest.fixture
def handed(keeper: Keeper) -> Handed:
    return Handed(keeper)


def test_a_lease_ends_by_a_higher_number_alone(handed: Handed) -> None:
    assert [(one.number, one.node) for one in handed.leases] == [(1, "hall"), (2, "cabinet"), (3, "hall")]
    handed.keeper.clock.now_s += 90 * 86_400
    assert handed.take("hall") == handed.leases[-1]
    assert handed.take("cabinet").number == 4
    others = {handed.camera: Holder("cabinet", "worker-2"), "elsewhere": Holder("hall")}
    for _ in range(2):
        assert {camera: lease.number for camera, lease in handed.take_many(others).items()} == {
            handed.camera: 5, "elsewhere": 1,
        }  # fmt: skip
    kept = handed.keeper.run(handed.store.leases.of_cameras((handed.camera, "elsewhere", "nowhere")))
    assert [(one.camera, one.number) for one in kept] == [
        ("elsewhere", 1), *((handed.camera, number) for number in range(1, 6)),
    ]  # fmt: skip


def test_leases_are_taken_of_many_cameras_at_once_and_anew_where_that_is_asked_for(handed: Handed) -> None:
    combining = "caf\u0065\u0301"
    cameras = [combining, *(f"{handed.camera} {number}" for number in range(3000))]
    first = handed.take_many(dict.fromkeys(cameras, Holder("hall", "worker-1")))
    assert {lease.number for lease in first.values()} == {1}
    assert list(first) == cameras
    moved = {camera: Holder("cabinet" if place % 2 else "hall", "worker-1") for place, camera in enumerate(cameras)}
    second = handed.take_many(moved)
    assert [second[camera].number for camera in cameras] == [1 + place % 2 for place in range(len(cameras))]
    third = handed.take_many({camera: moved[camera] for camera in cameras[:2]}, anew=True)
    assert [(lease.number, lease.holder) for lease in third.values()] == [
        (2, moved[cameras[0]]), (3, moved[cameras[1]]),
    ]  # fmt: skip
    newest = handed.keeper.run(handed.store.leases.newest((*cameras, "nowhere")))
    assert newest == {**second, **third}


def test_the_first_minute_of_many_cameras_takes_no_more_statements_than_that_of_few(handed: Handed) -> None:
    def first_minute(cameras: Sequence[str]) -> int:
        handed.take_many(dict.fromkeys(cameras, Holder("hall", "worker-1")))
        asked: list[str] = []

        def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
            asked.append(statement)

        rows = [minute(0, 1.0, camera=camera, coverage=1.0) for camera in cameras]
        parts = [WatchedPart(camera, rows[0].start_ns, 1, 0, MINUTE_MS, "hall") for camera in cameras]
        sa.event.listen(sa.Engine, "before_cursor_execute", note)
        try:
            receipt = handed.keeper.run(handed.store.store_observations(rows, parts))
        finally:
            sa.event.remove(sa.Engine, "before_cursor_execute", note)
        assert receipt.new == len(cameras)
        return len(asked)

    first_minute([next(CAMERAS)])  # makes what is made once
    few, many = (first_minute([next(CAMERAS) for _ in range(number)]) for number in (2, 60))
    assert few == many


def test_two_that_take_leases_at_once_take_different_numbers(handed: Handed) -> None:
    async def both() -> list[Mapping[str, Lease]]:
        wanted = [{"bridge": Holder(node), handed.camera: Holder(node)} for node in ("tower", "pole")]
        return await asyncio.gather(*(handed.store.leases.take_many(one) for one in wanted))

    taken = handed.keeper.run(both())
    assert {one["bridge"].number for one in taken} == {1, 2}
    assert {one[handed.camera].number for one in taken} == {4, 5}


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_disjoint_parts_of_a_minute_are_added(handed: Handed, order: tuple[int, int]) -> None:
    parts = [(handed.part(1, 0, 0, 24_000), 3.0), (handed.part(2, 0, 30_000, 60_000), 4.0)]
    for place in order:
        receipt = handed.deliver(*parts[place])
        assert (receipt.refused, receipt.set_aside) == ((), 0)
    assert handed.flows() == [(7.0, 0.9)]
    (speeds,) = handed.found(quantities=(Quantity.SPEED_MEAN,))
    assert (speeds.value, speeds.count) == (pytest.approx((3 * 3 + 4 * 4) / 7), 7)
    assert handed.flows(bin=Bin.QUARTER) == [(7.0, 0.06)]


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_what_is_measured_after_a_hand_over_is_kept_and_never_added(handed: Handed, order: tuple[int, ...]) -> None:
    parts = [
        (handed.part(1, 0, 0, 60_000), 3.0),  # goes on, cut off
        (handed.part(2, 0, 30_000, 60_000), 4.0),
        (handed.part(1, 1), 5.0),
    ]
    receipts = {place: handed.deliver(*parts[place]) for place in order}
    assert handed.flows() == [(4.0, 0.5), (None, 0.0)]
    assert handed.keeper.execute("SELECT count(*) FROM part_rows WHERE number = 1") == [(4,)]
    (known,) = (one for one in handed.keeper.run(handed.store.leases.hand_overs(EventQuery(**DAY))).rows
                if one.lease.number == 2)  # fmt: skip
    assert (known.node_before, known.minutes_set_aside) == ("hall", 2)
    assert known.lease.began_ns == parts[1][0].from_ns
    assert receipts[order[2]].refused == ()
    assert sum(receipt.set_aside for receipt in receipts.values()) == 4
    if order == (1, 0, 2):
        assert [receipts[place].set_aside for place in range(3)] == [2, 0, 2]


def test_a_quarter_that_was_rolled_up_before_a_lease_proved_to_begin_earlier_is_made_anew(handed: Handed) -> None:
    handed.deliver(handed.part(1, 0), 3.0)
    handed.deliver(handed.part(1, 1), 5.0)
    handed.keeper.clock.now_s = MONDAY_S + 3600
    assert handed.keeper.run(handed.store.roll_up())
    assert handed.flows(bin=Bin.QUARTER) == [(8.0, round(2 / 15, 6))]
    handed.deliver(handed.part(2, 0, 30_000, 60_000), 0.0)
    assert handed.flows(bin=Bin.QUARTER) == [(0.0, round(0.5 / 15, 6))]
    assert handed.keeper.run(handed.store.roll_up())
    assert handed.flows(bin=Bin.QUARTER) == [(0.0, round(0.5 / 15, 6))]
    assert handed.keeper.execute("SELECT count(*) FROM observations_900 WHERE bins IS NOT NULL") == [(0,)]


def test_minutes_of_before_the_first_lease_count_until_it_begins(keeper: Keeper) -> None:
    handed = Handed(keeper, holders=())
    for place in range(3):
        handed.deliver(handed.part(0, place), 2.0)
    handed.holders = ("cabinet",)
    handed.take("cabinet")
    handed.deliver(handed.part(0, 3), 2.0)  # what the one machine still had in its outbox
    assert handed.flows() == [(2.0, 1.0)] * 4
    handed.deliver(handed.part(1, 1, 20_000, 60_000), 1.0)
    assert handed.flows() == [(2.0, 1.0), (1.0, round(2 / 3, 6)), (None, 0.0), (None, 0.0)]
    handed.deliver(handed.part(0, 4), 2.0)
    assert handed.flows()[4] == (None, 0.0)


def test_of_two_rows_of_one_part_the_better_covered_stays(handed: Handed) -> None:
    part = handed.part(1, 0, 0, 30_000)
    flow = handed.rows(part, 3.0)[0]
    for some in (flow, replace(flow, value=2.0, count=2, coverage=0.4), replace(flow, value=4.0, coverage=0.45)):
        handed.keeper.run(handed.store.store_observations([some], [part]))
    handed.deliver(handed.part(2, 0, 30_000, 45_000), 1.0)
    receipt = handed.keeper.run(handed.store.store_observations([replace(flow, value=9.0, coverage=0.2)], [part]))
    assert [("differs" in one.why) for one in receipt.refused] == [True]
    assert handed.flows() == [(4.0, 0.75)]


@pytest.mark.parametrize(
    ("number", "node", "why"),
    [
        (1, "cabinet", "given to hall, not to cabinet"),
        (9, "hall", "nothing was given number 9"),
        (0, "hall", "under no lease"),
        (1, "", "given to hall, not to the hub's machine"),
    ],
)
def test_who_never_held_a_number_stores_nothing_under_it(handed: Handed, number: int, node: str, why: str) -> None:
    part = WatchedPart(handed.camera, MONDAY_S * NS_PER_S, number, 0, MINUTE_MS, node)
    receipt = handed.keeper.run(handed.store.store_observations(handed.rows(part, 1.0), [part]))
    assert [why in one.why for one in receipt.refused] == [True, True]
    assert handed.flows() == []


def test_nothing_is_watched_for_longer_than_its_part(handed: Handed) -> None:
    part = handed.part(1, 0, 0, 30_000)
    wrong = [replace(handed.rows(part, 1.0)[0], coverage=0.6)]
    receipt = handed.keeper.run(handed.store.store_observations(wrong, [part]))
    assert ["0.600 of the minute was watched, and the part is 0.500" in one.why for one in receipt.refused] == [True]
    backwards = replace(part, from_ms=50_000)
    receipt = handed.keeper.run(handed.store.store_observations(handed.rows(part, 1.0), [backwards]))
    assert ["from_ms, to_ms" in one.why for one in receipt.refused] == [True, True]


def test_parts_go_when_their_minutes_go(handed: Handed) -> None:
    handed.deliver(handed.part(1, 0), 3.0)
    handed.deliver(handed.part(2, 0, 30_000, 60_000), 4.0)
    handed.keeper.leap(handed.store, 40)
    runs = handed.keeper.run(handed.store.enforce_retention())
    assert {run.kind: run.deleted for run in runs}[Kind.MINUTES] == 2
    for table in ("minute_parts", "part_rows"):
        assert handed.keeper.execute(f"SELECT count(*) FROM {table}") == [(0,)]


def test_one_machine_writes_no_parts(keeper: Keeper) -> None:
    handed = Handed(keeper, holders=())
    handed.deliver(handed.part(0, 0), 3.0)
    assert handed.flows() == [(3.0, 1.0)]
    assert handed.keeper.execute("SELECT count(*) FROM minute_parts") == [(0,)]


@pytest.fixture(params=["sqlite", "postgresql"])
def of_0017(request: pytest.FixtureRequest, new_database: Any) -> Iterator[Keeper]:
    """A database of each kind as the version before leases left it, with a minute of a camera."""
    with Keeper(new_database(request.param)) as keeper:

        async def make() -> None:
            backend = backend_of(keeper.url)
            async with backend.writing() as connection:
                await connection.run_sync(lambda one: migrate(one, keeper.url, to="0017"))
            await backend.close()

        keeper.run(make())
        yield keeper


def test_minutes_of_the_version_before_are_handed_over(of_0017: Keeper) -> None:
    if of_0017.url.startswith("postgresql"):
        number = MONDAY_S // 86_400
        of_0017.execute(
            f"CREATE TABLE observations_60_p{number} PARTITION OF observations_60 "
            f"FOR VALUES FROM ({number * 86_400}) TO ({(number + 1) * 86_400})"
        )
    camera = f"street-{next(CAMERAS)[7:]}x"
    of_0017.execute(
        "INSERT INTO series_keys (key_id, camera, series, quantity, road_user, direction, fold) "
        f"VALUES (1, '{camera}', 'gate', 'flow', 0, 'forward', 0)",
        *(
            "INSERT INTO observations_60 (start_s, key_id, value, count, coverage) "
            f"VALUES ({MONDAY_S + 60 * place}, 1, 5, 5, 1)"
            for place in range(2)
        ),
    )
    handed = Handed(of_0017, holders=())
    handed.camera, handed.holders = camera, ("cabinet",)
    handed.take("cabinet")
    assert handed.flows() == [(5.0, 1.0)] * 2
    handed.deliver(handed.part(1, 1, 30_000, 60_000), 0.0)
    assert handed.flows() == [(5.0, 1.0), (0.0, 0.5)]


@pytest.fixture(scope="module")
def shared(shared_keeper: Keeper) -> tuple[Keeper, Store]:
    return shared_keeper, shared_keeper.open()


spans = st.tuples(st.integers(0, 60), st.integers(0, 60)).map(sorted)
deliveries = st.dictionaries(
    st.tuples(st.integers(0, len(NODES)), st.integers(0, MINUTES - 1)),
    st.tuples(spans, st.integers(0, 4)),
    max_size=8,
)


def counted(handed: Handed, measured: dict[tuple[int, int], tuple[WatchedPart, float]]) -> list[Observation]:
    """The flows of the minutes as they have to be, from all that was measured, by the rule as the ADR says it."""
    began = {
        number: min((part.from_ns for (each, _), (part, _) in measured.items()
                     if each == number and not part.empty), default=2**62)
        for number in range(1, len(NODES) + 1)
    }  # fmt: skip
    flows: list[Observation] = []
    for place in range(MINUTES):
        of_minute = [(number, *measured[number, place]) for number in range(4) if (number, place) in measured]
        kept = [
            handed.rows(part, value)[0]
            for number, part, value in of_minute
            if part.to_ns <= min((began[other] for other in range(number + 1, 4)), default=2**62)
        ]
        if kept:
            flows += regroup(kept, 60)
        elif of_minute:
            whole = handed.rows(of_minute[0][1], of_minute[0][2])[0]
            flows.append(replace(whole, value=None, count=0, coverage=0.0))
    return flows


def summed_up(one: Observation) -> tuple[Any, ...]:
    return one.start_ns, one.value, one.count, round(one.coverage, 9)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(made=deliveries, data=st.data())
def test_any_order_and_repetition_gives_the_same_minutes(
    shared: tuple[Keeper, Store], made: dict[tuple[int, int], tuple[list[int], int]], data: st.DataObject
) -> None:
    handed = Handed(*shared)
    measured = {
        (number, place): (
            handed.part(number, place, 1000 * from_s, 1000 * to_s) if number else handed.part(0, place),
            float(value if number == 0 or to_s > from_s else 0),
        )
        for (number, place), ((from_s, to_s), value) in made.items()
    }
    # Each delivery comes at least once; again where the acknowledgement was lost.
    sent = data.draw(st.permutations([*measured, *data.draw(st.lists(st.sampled_from(sorted(measured) or [(0, 0)])))]))
    for each in sent:
        if each in measured:
            assert handed.deliver(*measured[each]).refused == ()
    found = handed.found()
    assert list(map(summed_up, found)) == list(map(summed_up, counted(handed, measured)))
    assert all(one.coverage <= 1 for one in found)
    together = handed.found(bin=Bin.QUARTER)
    assert sum(one.value or 0 for one in together) == sum(one.value or 0 for one in found)


def test_what_cameras_take_is_kept_for_the_next_hub(keeper: Keeper) -> None:
    store = keeper.open()
    assert keeper.run(store.leases.costs()) == ()
    kept = [MeasuredCost("quay", 0.1 + 0.2, 250.5, 3), MeasuredCost("mole", 90.0, 100.0, 200_000)]
    keeper.run(store.leases.keep_costs(kept))
    assert sorted(keeper.run(keeper.open().leases.costs()), key=lambda cost: cost.camera) == kept[::-1]
    keeper.run(store.leases.keep_costs(kept[:1]))
    assert keeper.run(store.leases.costs()) == (kept[0],)
    keeper.run(store.leases.keep_costs([]))
    assert keeper.run(store.leases.costs()) == ()
