"""A service on a real store with some weeks of numbers, and its page of analysis."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from passerby.domain.histograms import Histogram
from passerby.domain.layout import Layout, Line, Movement, Zone
from passerby.domain.observations import Quantity
from passerby.domain.road_user import RoadUser
from passerby.ports import Store
from passerby.store import open_store
from testing.web.fakes import NOW_S, Service, camera_plan, observation
from testing.web.made_year import fill_year, line_series, movement_series, zone_series
from tests.browser.site import Site, running

DAYS = 56
GATE = "place=square/gate"
WEEK = f"{GATE}&from=2026-09-21&to=2026-09-27"
OLD_WEEK = f"{GATE}&from=2026-08-10&to=2026-08-16"
"""Its minutes are not kept any more."""
MOVEMENTS = {("gate", "bridge"): 9, ("gate", "road"): 4, ("bridge", "gate"): 7}


def _layout() -> Layout:
    places = {"gate": (0.5, 0.95), "bridge": (0.5, 0.1), "road": (0.95, 0.5)}
    lines = tuple(
        Line(name, np.array([[x - 0.03, y], [x + 0.03, y]], np.float32), frozenset(RoadUser), "in", "out")
        for name, (x, y) in places.items()
    )
    zone = Zone("fountain", np.array([[0.3, 0.3], [0.7, 0.3], [0.7, 0.7]], np.float32))
    movements = tuple(
        Movement(f"{entry} to {way_out}", entry, "forward", way_out, "backward") for entry, way_out in MOVEMENTS
    )
    return Layout(lines, (zone,), movements, None)


async def _filled(url: str) -> Store:
    store = await open_store(url, zone=ZoneInfo("Europe/Berlin"), clock=lambda: NOW_S * 10**9)
    series = [*line_series("gate", (RoadUser.PEDESTRIAN, RoadUser.CAR)), *zone_series("fountain")]
    for (entry, way_out), busy in MOVEMENTS.items():
        series += movement_series(f"{entry} to {way_out}", busy)
    await fill_year(store, url, series, NOW_S, days=DAYS)
    speeds = Histogram.of_values([1.0 + 0.1 * number for number in range(40)])
    changes: dict[str, Any] = {"series": "gate", "quantity": Quantity.SPEED_MEAN, "road_user": RoadUser.CAR}
    await store.store_observations([observation(NOW_S - 3600, 2.95, count=40, histogram=speeds, **changes)])
    return store


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A service on a store with some weeks of numbers: those of the camera `square`; `gate` has none yet."""
    loop = asyncio.new_event_loop()
    url = f"sqlite:///{tmp_path_factory.mktemp('measured') / 'passerby.db'}"
    # In a thread, for Playwright has a loop of its own in this one.
    with ThreadPoolExecutor(1) as thread:
        store = thread.submit(loop.run_until_complete, _filled(url)).result(120)
    store.audit_log.use_key(b"a" * 32)
    service = Service(store)
    cameras = (replace(camera_plan("square"), layout=_layout()), camera_plan("gate"))
    service.configurations.plan = replace(service.configurations.plan, cameras=cameras)
    with running(service, loop=loop) as site:
        yield site
        site.wait_for(store.close())


@pytest.fixture
def site(measured: Site) -> Site:
    """The site that `look` opens."""
    return measured


@pytest.fixture
def analysis(look: Any, site: Site) -> Any:
    """Opens the page with a question in its address."""

    def opened(query: str = WEEK, excused: tuple[str, ...] = (), **context: Any) -> Page:
        visit = look(**context)
        visit.excused = excused
        page: Page = visit.page
        page.goto(f"{site.address}analysis?{query}")
        expect(page.get_by_role("heading", name="Analysis")).to_be_visible()
        return page

    return opened


def chart(page: Page) -> Any:
    drawn = page.get_by_role("slider")
    expect(drawn.locator("canvas")).to_be_visible()
    return drawn
