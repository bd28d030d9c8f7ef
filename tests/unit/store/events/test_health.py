"""Health reports: pages of some cameras, the newest report of each, and numbers that are none refused."""

from dataclasses import replace

import pytest

from passerby.domain.health import CameraHealth, CameraState
from passerby.domain.queries import EventQuery
from passerby.ports import StoreError
from testing.store_keeper import MONDAY_S, Keeper

BASE_NS = MONDAY_S * 1_000_000_000


def report(camera: str, time: int, state: CameraState = CameraState.ONLINE) -> CameraHealth:
    return CameraHealth(camera, BASE_NS + time, state, BASE_NS, f"report {time}")


def within(start: int, end: int, **more: object) -> EventQuery:
    return EventQuery(BASE_NS + start, BASE_NS + end, **more)  # type: ignore[arg-type]


def test_health_is_read_in_pages_by_time_and_camera(keeper: Keeper) -> None:
    store = keeper.open()
    keeper.run(store.store_health([report(camera, time) for time in (3, 1, 2) for camera in ("b.c", "a")]))
    found: list[tuple[int, str]] = []
    after = None
    for number in range(3):
        page = keeper.run(store.health(within(1, 3, limit=2 if number else 1, after=after)))
        found += [(each.time_ns - BASE_NS, each.camera) for each in page.rows]
        after = page.after
    assert found == [(1, "a"), (1, "b.c"), (2, "a"), (2, "b.c")]
    assert after is None
    only = keeper.run(store.health(within(0, 9, cameras=("a",)))).rows
    assert [each.time_ns - BASE_NS for each in only] == [1, 2, 3]


def test_the_newest_report_of_each_camera_is_not_replaced_by_an_older_one(keeper: Keeper) -> None:
    store = keeper.open()
    keeper.run(store.store_health([report("b", 5), report("a", 2), report("a", 7, CameraState.MOVED), report("a", 3)]))
    keeper.run(store.store_health([report("a", 6), report("b", 8, CameraState.OFFLINE)]))
    newest = keeper.run(store.newest_health())
    assert [(each.camera, each.time_ns - BASE_NS, each.state) for each in newest] == [
        ("a", 7, CameraState.MOVED),
        ("b", 8, CameraState.OFFLINE),
    ]


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_what_is_no_number_is_refused(keeper: Keeper, value: float) -> None:
    store = keeper.open()
    with pytest.raises(StoreError, match="finite"):
        keeper.run(store.store_health([replace(report("a", 1), measured=value)]))
    assert keeper.run(store.health(within(0, 9))).rows == ()
