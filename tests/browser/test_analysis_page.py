"""The page of analysis in a real browser, on a real store: what is drawn, read, compared and exported."""

import asyncio
import csv
import io
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlparse
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow.parquet as pq
import pytest
from PIL import Image
from playwright.sync_api import Page, Route, expect

from passerby.domain.histograms import Histogram
from passerby.domain.layout import Layout, Line, Movement, Zone
from passerby.domain.observations import Quantity
from passerby.domain.road_user import RoadUser
from passerby.ports import Store
from passerby.store import open_store
from testing.web.fakes import NOW_S, Service, camera_plan, observation
from testing.web.made_year import fill_year, line_series, movement_series, zone_series
from tests.browser.accessibility import WIDTHS_PX, found_by_axe, wider_px
from tests.browser.site import Site, running

pytestmark = pytest.mark.slow

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


def asked(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlparse(page.url).query)


def chart(page: Page) -> Any:
    drawn = page.get_by_role("slider")
    expect(drawn.locator("canvas")).to_be_visible()
    return drawn


def total(page: Page) -> int:
    return int(page.locator(".totals .value").first.inner_text().replace(",", ""))


def test_the_first_line_is_shown_at_once_and_the_span_stands_in_the_address(analysis: Any) -> None:
    page = analysis("")
    chart(page)
    query = asked(page)
    assert (query["place"], query["from"], query["to"]) == (["square/gate"], ["2026-09-22"], ["2026-09-28"])
    expect(page.get_by_text("Times in Europe/Berlin")).to_be_visible()
    expect(page.locator(".totals")).to_contain_text("not validated by hand")


def test_by_mouse_a_day_is_followed_closer_and_the_way_back_leads_out(analysis: Any) -> None:
    page = analysis(f"{OLD_WEEK}&bin=day")
    drawn = chart(page)
    box = drawn.bounding_box()
    drawn.hover(position={"x": box["width"] * 0.5, "y": 100})
    expect(page.locator(".readout")).to_contain_text(re.compile("Thu, 13 Aug 2026 watched"))
    drawn.click(position={"x": box["width"] * 0.5, "y": 100})
    expect(page).to_have_url(re.compile("from=2026-08-13&to=2026-08-13"))
    expect(page.locator("figcaption")).to_contain_text("15 minutes")
    page.go_back()
    expect(page).to_have_url(re.compile("from=2026-08-10&to=2026-08-16"))
    expect(page.locator("figcaption")).to_contain_text("1 day")


def test_by_keyboard_steps_are_read_and_followed_closer(analysis: Any) -> None:
    page = analysis(f"{GATE}&from=2026-08-13&to=2026-08-13&bin=hour")
    drawn = chart(page)
    drawn.focus()
    for _ in range(9):
        page.keyboard.press("ArrowRight")
    expect(drawn).to_have_attribute(
        "aria-valuetext", re.compile(r"Thu, 13 Aug 2026, 08:00–09:00: gate \d+; watched 100")
    )
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(quote("2026-08-13T08:00:00+02:00")))
    expect(page.get_by_role("button", name="Whole day")).to_be_visible()


def test_a_gap_is_a_gap_in_chart_table_and_total(analysis: Any) -> None:
    page = analysis(f"{GATE}&from=2026-09-01&to=2026-09-10&bin=day")
    chart(page)
    expect(page.locator(".totals")).to_contain_text(re.compile("watched (69|70) %"))
    page.get_by_text("Table", exact=True).click()
    row = page.get_by_role("row").filter(has_text="Sat, 5 Sept 2026")
    expect(row).to_contain_text("–")
    expect(row).to_contain_text("not watched")


def test_a_usual_day_and_a_week_before_are_drawn_beside_it(analysis: Any) -> None:
    page = analysis(f"{WEEK}&bin=hour")
    expect(page.locator(".totals")).not_to_contain_text("usual")
    page.get_by_label("Compare with").select_option("usual")
    expect(page.locator(".totals")).to_contain_text(re.compile("(more|less) than usual|as usual"))
    page.get_by_label("Compare with").select_option("week")
    expect(page.locator(".totals")).to_contain_text("a week before")
    assert asked(page)["compare"] == ["week"]


def test_classes_and_ways_have_their_own_lines(analysis: Any) -> None:
    page = analysis()
    chart(page)
    both = total(page)
    page.get_by_label("A line for each").select_option("class")
    expect(page.locator(".totals li")).to_have_count(2)
    page.get_by_label("Cars").check()
    expect(page.locator(".totals li")).to_have_count(1)
    assert 0 < total(page) < both
    page.get_by_label("A line for each").select_option("direction")
    expect(page.locator(".totals li")).to_have_count(2)
    expect(page.locator(".totals")).to_contain_text("gate, in")


def test_a_speed_has_its_interval(analysis: Any) -> None:
    page = analysis(f"{WEEK}&measure=speed_mean&bin=hour")
    drawn = chart(page)
    drawn.focus()
    page.keyboard.press("Home")
    expect(page.locator(".readout")).to_contain_text(re.compile(r"gate, Cars, in \d+\.\d \(\d+\.\d–\d+\.\d\)"))
    expect(page.locator(".totals")).to_contain_text("km/h")


def test_hours_by_days_are_read_by_keyboard(analysis: Any) -> None:
    page = analysis(f"{GATE}&from=2026-09-01&to=2026-09-27&view=hours")
    grid = page.get_by_role("grid")
    expect(grid.get_by_role("row")).to_have_count(8)
    cell = grid.locator("[tabindex='0']")
    cell.focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator(":focus")).to_have_attribute(
        "aria-label", re.compile(r"Monday, 09:00: [\d.,]+; 2 of 3 hours watched")
    )


def test_peak_hours_with_their_factor(analysis: Any) -> None:
    page = analysis(f"{GATE}&from=2026-09-01&to=2026-09-27&view=peaks")
    row = page.get_by_role("row").filter(has_text="Thu, 24 Sept 2026")
    expect(row).to_contain_text(re.compile(r"1[67]:\d\d–1[78]:\d\d"))
    expect(row).to_contain_text(re.compile(r"0\.[89]\d"))
    expect(page.get_by_role("row").filter(has_text="Sat, 5 Sept 2026")).to_contain_text("not watched")
    row.get_by_role("button").click()
    expect(page).to_have_url(re.compile("from=2026-09-24&to=2026-09-24"))


def test_turning_movements_stand_in_the_table_as_in_the_diagram(analysis: Any) -> None:
    page = analysis(f"{WEEK}&view=turning")
    expect(page.get_by_role("img", name="Turning movements at square")).to_be_visible()
    expect(page.locator("svg .ribbon")).to_have_count(3)
    row = page.get_by_role("row").filter(has_text=re.compile("^gate"))
    numbers = [int(text.replace(",", "") or 0) for text in row.get_by_role("cell").all_inner_texts()]
    assert numbers[-1] == sum(numbers[:-1])
    shown = sorted(int(text.replace(",", "")) for text in page.locator("svg .count").all_text_contents())
    assert set(numbers[:-1]) - {0} <= set(shown)


def test_speeds_have_their_percentiles_and_are_drawn(analysis: Any) -> None:
    page = analysis(f"{GATE}&from=2026-09-28&to=2026-09-28&view=spread&measure=speed_mean")
    row = page.get_by_role("row").filter(has_text="gate, Cars")
    expect(row).to_contain_text("40")
    # Half of 1.0 to 4.9 m/s are below 3 m/s, within 2 %.
    expect(row).to_contain_text(re.compile(r"10\.[4-8]"))
    expect(page.get_by_role("img", name="Distribution of gate")).to_be_visible()
    page.get_by_role("combobox", name="Distribution of").select_option("headway")
    expect(page.get_by_text("nothing was watched")).to_be_visible()


def test_an_export_asks_why_first_and_holds_what_is_shown(analysis: Any) -> None:
    page = analysis(f"{WEEK}&bin=day", excused=("403",), purpose=False)
    chart(page)
    whole = total(page)
    page.get_by_role("button", name="CSV").click()
    page.get_by_label("Purpose").select_option("traffic_planning")
    page.get_by_label("Case").fill("plan 2026-3")
    with page.expect_download() as download:
        page.get_by_role("dialog").locator("button[type=submit]").click()
    rows = list(csv.DictReader(io.StringIO(Path(download.value.path()).read_text("utf-8"))))
    assert sum(float(row["value"]) for row in rows) == whole
    assert [row["start"][:10] for row in rows] == [f"2026-09-{day}" for day in range(21, 28)]
    with page.expect_download() as download:
        page.get_by_role("button", name="Parquet").click()
    assert pq.read_table(download.value.path()).num_rows == 7


def test_the_picture_is_one(analysis: Any) -> None:
    page = analysis()
    chart(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="Picture").click()
    with Image.open(download.value.path()) as image:
        assert image.format == "PNG"
        assert image.width > 600
        assert len(image.convert("RGB").getcolors(2**24) or ()) > 20


def test_a_link_shows_the_same_again(analysis: Any) -> None:
    query = f"{WEEK}&bin=hour&compare=week&split=class&class=car"
    first = analysis(query)
    expect(first.locator(".totals")).to_contain_text("gate, Cars")
    shown = first.locator(".totals").inner_text()
    second = analysis(urlparse(first.url).query)
    expect(second.locator(".totals")).to_contain_text("gate, Cars")
    assert second.locator(".totals").inner_text() == shown


@pytest.mark.parametrize(
    ("query", "said", "does", "then"),
    [
        (f"{GATE}&from=2016-09-28&to=2026-09-27&bin=quarter", "too much for steps this", "Choose the steps", "1 week"),
        (f"{GATE}&from=1990-01-01&to=2026-09-27", "At most 20 years", "A year", "1 day"),
        (f"{WEEK}&place=square/old%20gate", "not known any more", "Show the others", "15 minutes"),
    ],
)  # fmt: skip
def test_what_cannot_be_shown_says_what_helps(analysis: Any, query: str, said: str, does: str, then: str) -> None:
    page = analysis(query, excused=("422", "404"))
    state = page.get_by_role("alert")
    expect(state).to_contain_text(said)
    state.get_by_role("button", name=does).click()
    chart(page)
    expect(page.locator("figcaption")).to_contain_text(then)


def test_nothing_measured_is_not_zero(analysis: Any) -> None:
    page = analysis("place=gate/west%20gate&from=2026-09-21&to=2026-09-27")
    expect(page.get_by_text("That is not zero: nothing was watched.")).to_be_visible()
    expect(page.get_by_role("slider")).to_have_count(0)


def test_a_server_that_is_gone_leaves_what_was_there(analysis: Any) -> None:
    page = analysis(excused=("Failed to load", "ERR_FAILED"))
    chart(page)

    def gone(route: Route) -> None:
        route.abort()

    page.route("**/api/v1/series*", gone)
    page.get_by_label("Cars").check()
    expect(page.get_by_text("What is shown is from before")).to_be_visible()
    chart(page)
    page.unroute("**/api/v1/series*", gone)
    page.get_by_role("button", name="↻").click()
    expect(page.get_by_text("What is shown is from before")).to_have_count(0)


VIEWS = ("Over time", "Hours", "Peak hours", "Turning movements", "Distribution")


def views(page: Page) -> Iterator[str]:
    """Opens each view in turn."""
    for view in VIEWS:
        page.get_by_role("button", name=view, exact=True).click()
        expect(page.locator("[aria-busy=true]")).to_have_count(0)
        expect(page.locator(".shown table, .shown canvas, .shown select").first).to_be_visible()
        yield view


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(analysis: Any, scheme: str) -> None:
    page = analysis(f"{WEEK}&bin=hour&compare=week", color_scheme=scheme)
    assert {view: found_by_axe(page) for view in views(page)} == {view: [] for view in VIEWS}


def test_no_width_scrolls_sideways(analysis: Any) -> None:
    page = analysis(viewport={"width": WIDTHS_PX["phone"], "height": 844})
    for view in views(page):
        for name, width in WIDTHS_PX.items():
            page.set_viewport_size({"width": width, "height": 844})
            assert wider_px(page) <= 0, (view, name)
