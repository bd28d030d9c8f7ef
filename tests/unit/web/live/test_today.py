"""The day so far: every minute once, whatever the store and the worker are doing meanwhile."""

import asyncio
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerby.domain.intervals import Aggregate
from passerby.domain.observations import Observation, Quantity
from passerby.domain.queries import Bin, ObservationQuery, Page
from passerby.web.live.today import DaySoFar, SeriesKey, Today
from testing.waiting import Clock
from testing.web.fakes import MIDNIGHT_S, NOW_S, FakeLive, FakeStore, observation

BERLIN = ZoneInfo("Europe/Berlin")


class Square:
    """A store that adds minutes up as the real one does, and a worker that hands them over."""

    def __init__(self) -> None:
        self.clock = Clock(NOW_S)
        self.live = FakeLive()
        self.store = AddingStore()
        self.today = Today(self.store, self.live, self.clock)  # type: ignore[arg-type]  # only what is asked for

    def only(self) -> Aggregate:
        (value,) = asyncio.run(self.today.of("square", BERLIN)).values.values()
        return value


def shown(value: Aggregate) -> tuple[float | None, float, float, bool]:
    return value.value, value.weight, value.watched_s, value.reliable


class AddingStore(FakeStore):
    """Answers days from its minutes; `arriving` come in while it answers."""

    def __init__(self) -> None:
        super().__init__()
        self.arriving: list[Observation] = []
        self.live: FakeLive | None = None

    async def observations(self, query: ObservationQuery) -> Page[Observation]:
        if query.bin is not Bin.DAY:
            return await super().observations(query)
        self.asked.append(query)
        await asyncio.sleep(0)
        rows = list(self.rows)
        self.rows += self.arriving
        self.arriving = []
        if not rows:
            return Page((), None)
        value = sum(row.value or 0 for row in rows)
        watched_s = sum(row.coverage * row.length_s for row in rows)
        day = observation(MIDNIGHT_S, value, length_s=86_400, coverage=watched_s / 86_400)
        return Page((day,), None)


def test_stored_and_open_minutes_are_added() -> None:
    square = Square()
    square.store.rows = [observation(NOW_S - 180, 3.0), observation(NOW_S - 120, 4.0)]
    square.live.open["square"] = (observation(NOW_S - 60, 2.0, coverage=0.5),)
    assert shown(square.only()) == (9.0, 9.0, 150.0, True)


def test_store_is_asked_once_a_minute() -> None:
    square = Square()
    square.live.open["square"] = (observation(NOW_S - 60, 2.0),)
    square.only()
    asked = len(square.store.asked)
    for value in range(3, 20):
        square.clock.now_s += 1
        square.live.open["square"] = (observation(NOW_S - 60, float(value)),)
        assert square.only().value == value
    assert len(square.store.asked) == asked
    square.clock.now_s += 60
    square.only()
    assert len(square.store.asked) > asked


def test_many_who_want_to_know_at_once_ask_once() -> None:
    square = Square()
    square.live.open["square"] = (observation(NOW_S - 60, 2.0),)

    async def scene() -> list[DaySoFar]:
        return await asyncio.gather(*(square.today.of("square", BERLIN) for _ in range(10)))

    days = asyncio.run(scene())
    assert all(day is days[0] for day in days)
    # The day, and before and after it the minutes that may be on their way.
    assert len(square.store.asked) == 3


def test_minute_on_its_way_into_the_store_counts_once() -> None:
    """It is stored already, and the hub has not yet forgotten it."""
    square = Square()
    square.store.rows = [observation(NOW_S - 60, 2.0)]
    square.live.open["square"] = (observation(NOW_S - 60, 2.0),)
    assert square.only().value == 2.0
    square.live.open["square"] = ()
    assert square.only().value == 2.0


def test_minute_that_is_stored_while_the_store_answers_counts_once() -> None:
    square = Square()
    square.store.arriving = [observation(NOW_S - 60, 2.0)]
    square.live.open["square"] = (observation(NOW_S - 60, 2.0),)
    assert square.only().value == 2.0


def test_minute_that_is_handed_over_while_the_store_answers_counts_once() -> None:
    square = Square()
    minute = observation(NOW_S - 60, 2.0)

    class HandingOver(AddingStore):
        async def observations(self, query: ObservationQuery) -> Page[Observation]:
            page = await super().observations(query)
            if query.bin is Bin.DAY and not self.rows:
                self.rows = [minute]
                square.live.open["square"] = ()
            return page

    square.live.open["square"] = (minute,)
    square.today = Today(HandingOver(), square.live, square.clock)  # type: ignore[arg-type]  # as above
    assert square.only().value == 2.0


@given(
    moves=st.lists(st.sampled_from(["measure", "store", "forget", "ask"]), max_size=20),
)
def test_every_minute_counts_once_at_any_moment(moves: list[str]) -> None:
    square = Square()
    open_rows: list[Observation] = []
    measured = 0
    for move in moves:
        if move == "measure":
            open_rows.append(observation(MIDNIGHT_S + 60 * measured, 1.0))
            measured += 1
        elif move == "store":
            square.store.rows += [row for row in open_rows if row not in square.store.rows]
        elif move == "forget":
            open_rows = [row for row in open_rows if row not in square.store.rows]
        square.live.open["square"] = tuple(open_rows)
        day = asyncio.run(square.today.of("square", BERLIN))
        assert sum(value.value or 0 for value in day.values.values()) == measured


def test_of_two_rows_of_one_minute_the_better_covered_counts() -> None:
    square = Square()
    square.live.open["square"] = (
        observation(NOW_S - 60, 1.0, coverage=0.25),
        observation(NOW_S - 60, 4.0, coverage=0.75),
        observation(NOW_S - 60, 2.0, coverage=0.5),
    )
    assert shown(square.only()) == (4.0, 4.0, 45.0, True)


def test_what_was_measured_yesterday_is_not_of_today() -> None:
    square = Square()
    square.live.open["square"] = (observation(MIDNIGHT_S - 60, 5.0), observation(MIDNIGHT_S, 1.0))
    assert square.only().value == 1.0


@pytest.mark.parametrize(
    ("quantity", "value"),
    [
        (Quantity.FLOW, 6.0),
        (Quantity.MOVEMENT, 6.0),
        (Quantity.ENTRIES, 6.0),
        (Quantity.EXITS, 6.0),
        (Quantity.OCCUPANCY_MAX, 4.0),
        (Quantity.DENSITY_MAX, 4.0),
        # Watched for 60 s and 30 s.
        (Quantity.OCCUPANCY_MEAN, (2 * 60 + 4 * 30) / 90),
        (Quantity.DENSITY_MEAN, (2 * 60 + 4 * 30) / 90),
        # Rests on 2 and 4.
        (Quantity.SPEED_MEAN, (2 * 2 + 4 * 4) / 6),
        (Quantity.SPEED_P85, (2 * 2 + 4 * 4) / 6),
        (Quantity.DWELL_P50, (2 * 2 + 4 * 4) / 6),
        (Quantity.DWELL_P85, (2 * 2 + 4 * 4) / 6),
    ],
)
def test_values_are_joined_as_the_store_joins_them(quantity: Quantity, value: float) -> None:
    square = Square()
    square.live.open["square"] = (
        observation(NOW_S - 120, 2.0, quantity=quantity),
        observation(NOW_S - 60, 4.0, quantity=quantity, coverage=0.5),
        observation(NOW_S, None, quantity=quantity, coverage=0.0),
    )
    assert square.only().value == pytest.approx(value)


def test_what_cannot_be_known_is_not_zero() -> None:
    square = Square()
    square.live.open["square"] = (observation(NOW_S - 60, None, coverage=0.0),)
    assert shown(square.only()) == (None, 0.0, 0.0, True)


def test_a_moved_camera_makes_the_day_unreliable() -> None:
    square = Square()
    square.live.open["square"] = (observation(NOW_S - 120), observation(NOW_S - 60, reliable=False))
    assert not square.only().reliable


def test_series_are_kept_apart() -> None:
    square = Square()
    square.live.open["square"] = (observation(NOW_S), observation(NOW_S, direction="backward"))
    keys = list(asyncio.run(square.today.of("square", BERLIN)).values)
    assert [key.direction for key in keys] == ["forward", "backward"]
    assert isinstance(keys[0], SeriesKey)


def test_many_cameras_are_asked_about_at_once_and_then_known_without_asking() -> None:
    square = Square()
    square.store.rows = [observation(NOW_S - 120, 4.0)]
    square.live.open = {name: (observation(NOW_S - 60, 2.0, camera=name),) for name in ("square", "gate")}
    assert square.today.known("square", BERLIN) is None
    assert list(square.today.stale(["square", "gate"], BERLIN)) == ["square", "gate"]
    asyncio.run(square.today.refresh(("square", "gate"), BERLIN))
    assert [query.cameras for query in square.store.asked if query.bin is Bin.DAY] == [("square", "gate")]
    square.live.open["square"] = (observation(NOW_S - 60, 3.0), observation(NOW_S, 1.0))
    (value,) = known(square, "square").values.values()
    assert value.value == 8.0
    assert list(square.today.stale(["square", "gate"], BERLIN)) == ["square"]


def test_a_minute_that_has_gone_to_the_store_is_missed_by_nobody_until_it_is_asked_again() -> None:
    square = Square()
    square.live.open["square"] = (observation(NOW_S - 60, 2.0),)
    asyncio.run(square.today.refresh(("square",), BERLIN))
    assert next(iter(known(square, "square").values.values())).value == 2.0
    square.live.open["square"] = ()
    square.store.rows = [observation(NOW_S - 60, 2.0)]
    assert next(iter(known(square, "square").values.values())).value == 2.0
    square.clock.now_s += 24 * 3600
    assert square.today.known("square", BERLIN) is None


def test_what_is_not_asked_for_is_not_added_up() -> None:
    square = Square()
    square.live.open["square"] = (observation(NOW_S - 60, 2.0), observation(NOW_S - 60, 9.0, quantity=Quantity.ENTRIES))
    flows = Today(square.store, square.live, square.clock, (Quantity.FLOW,))  # type: ignore[arg-type]
    asyncio.run(flows.refresh(("square",), BERLIN))
    day = flows.known("square", BERLIN)
    assert day is not None
    assert [key.quantity for key in day.values] == [Quantity.FLOW]
    assert {query.quantities for query in square.store.asked} == {(Quantity.FLOW,)}


def known(square: Square, camera: str) -> DaySoFar:
    day = square.today.known(camera, BERLIN)
    assert day is not None
    return day
