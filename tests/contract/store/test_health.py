"""Health reports are kept once each, and read page by page."""

import itertools
from dataclasses import replace
from typing import Any

import pytest

from passerby.domain.health import CameraHealth, CameraState
from passerby.domain.queries import EventQuery
from passerby.ports import StoreError
from testing.store_keeper import MONDAY_S, NS_PER_S

START_NS = MONDAY_S * NS_PER_S
ALL = EventQuery(START_NS, START_NS + 3600 * NS_PER_S)
REPORT = CameraHealth(
    "north", START_NS + 1, CameraState.DARK, START_NS, "Mean brightness 3, under 12.", 3.0, 12.0, 900, 7, 1, 21.5, 40.25
)


def paged(keeper, ask, **wanted):
    """Everything, read two rows at a time."""
    pages: list[tuple[Any, ...]] = []
    after = None
    while not pages or after is not None:
        page = keeper.run(ask(replace(ALL, limit=2, after=after, **wanted)))
        pages.append(page.rows)
        after = page.after
    return tuple(itertools.chain(*pages))


def test_health_comes_out_as_it_went_in_once(keeper):
    store = keeper.open()
    bare = CameraHealth("west", START_NS + 2, CameraState.CONNECTING, START_NS + 2, "The camera was just added.")
    some = [REPORT, bare, *(replace(REPORT, camera=f"cam.{number}") for number in range(4))]
    keeper.run(store.store_health(some))
    keeper.run(store.store_health(some[:2]))
    found = paged(keeper, store.health)
    assert sorted(found, key=repr) == sorted(some, key=repr)
    assert paged(keeper, store.health, cameras=("west",)) == (bare,)


def test_the_newest_report_is_the_newest_in_any_order(keeper):
    store = keeper.open()
    reports = [replace(REPORT, time_ns=START_NS + number, state=state) for number, state in enumerate(CameraState)]
    other = replace(REPORT, camera="a-first")
    keeper.run(store.store_health([reports[4], other, reports[6]]))
    keeper.run(store.store_health([reports[5], reports[1]]))
    assert keeper.run(store.newest_health()) == (other, reports[6])
    keeper.run(store.store_health([reports[7]]))
    assert keeper.run(store.newest_health()) == (other, reports[7])


@pytest.mark.parametrize("changes", [{"measured": float("nan")}, {"why": "\ud800"}])
def test_a_report_that_says_nothing_is_refused(keeper, changes):
    store = keeper.open()
    with pytest.raises(StoreError, match="health"):
        keeper.run(store.store_health([REPORT, replace(REPORT, time_ns=START_NS, **changes)]))
    assert keeper.run(store.newest_health()) == ()


@pytest.mark.parametrize("after", ["", "x.y", "-5.a"])
def test_a_page_that_never_was_is_refused(keeper, after):
    store = keeper.open()
    for ask in (store.health, store.audit):
        with pytest.raises(ValueError, match="after"):
            keeper.run(ask(replace(ALL, after=after)))
