"""The overview in a real browser: states, counts and events of few cameras and of thousands, by mouse and by keys."""

import gzip
import re
from dataclasses import replace
from typing import Any

import pytest
from playwright.sync_api import Page, Response, expect

from passerby.domain.health import CameraState
from passerby.domain.road_user import RoadUser
from testing.web.fakes import NOW_S, NS_PER_S, Service, camera_plan, observation
from testing.web.made import open_event
from tests.browser.accessibility import WIDTHS_PX, found_by_axe, wider_px
from tests.browser.holding import Held
from tests.browser.site import Site, running

pytestmark = pytest.mark.slow

MAX_FIRST_LOAD_BYTES = 200 * 1024
ROWS = "main li a"
THE_MAP = re.compile(r"/assets/(CameraMap|Credits|maplibre)")


def cameras(site: Site, *names: str, **changes: Any) -> None:
    """The site has these cameras; every third is in the group `north`."""
    plans = tuple(
        replace(camera_plan(name), groups=("north",) if number % 3 == 0 else ("centre",), **changes)
        for number, name in enumerate(names)
    )
    configurations = site.service.configurations
    site.call(lambda: setattr(configurations, "plan", replace(configurations.plan, cameras=plans)))


@pytest.fixture
def overview(look: Any, site: Site) -> Any:
    """Opens the overview, and waits for its rows."""

    def opened(query: str = "", **context: Any) -> Page:
        page: Page = look(**context).page
        page.goto(f"{site.address}{query}")
        expect(page.locator(ROWS).first).to_be_visible()
        return page

    return opened


def test_state_reason_counts_and_events_stand_in_each_row(overview: Any, site: Site) -> None:
    cameras(site, "square", "gate")
    site.crossed(1234)
    site.is_in_state(CameraState.COVERED, "gate", why="Something hangs before it.")
    site.service.live.place_events = [open_event("square", "full", NOW_S * NS_PER_S)]
    page = overview()
    expect(page.locator(ROWS)).to_have_count(2)
    square, gate = page.locator(ROWS).all()
    expect(square).to_contain_text("1,234 foot")
    expect(square).to_contain_text("1 open event")
    expect(gate).to_contain_text("Covered")
    expect(gate).to_contain_text("Something hangs before it.")
    expect(gate).to_contain_text("–")
    assert "0 bicycle" not in page.locator("main").inner_text()


def test_counts_and_states_move_by_themselves(overview: Any, site: Site) -> None:
    page = overview()
    site.crossed(5)
    expect(page.locator(ROWS)).to_contain_text("5 foot")
    site.is_in_state(CameraState.ONLINE)
    expect(page.locator(ROWS)).to_contain_text("Online")
    site.crossed(6)
    expect(page.locator(".sums")).to_contain_text("6")
    cameras(site, "square", "new-one")
    site.crossed(7)
    expect(page.locator(ROWS)).to_have_count(2)


def test_what_changes_while_the_overview_is_asked_for_is_not_undone_by_its_answer(overview: Any, site: Site) -> None:
    page = overview()
    site.crossed(5)
    expect(page.locator(ROWS)).to_contain_text("5 foot")
    held = Held(page, re.compile("/api/v1/overview$"))
    cameras(site, "square", "new-one")
    site.crossed(5)
    (asked,) = held.wait()
    answer = asked.fetch()
    site.crossed(6)
    expect(page.locator(ROWS)).to_contain_text("6 foot")
    asked.fulfill(response=answer)
    expect(page.locator(ROWS)).to_have_count(2)
    expect(page.locator(ROWS).first).to_contain_text("6 foot")


def test_filters_stand_in_the_address_and_lead_back(overview: Any, site: Site) -> None:
    cameras(site, *(f"street-{number}" for number in range(9)))
    site.is_in_state(CameraState.OFFLINE, "street-4")
    page = overview()
    expect(page.locator(ROWS)).to_have_count(9)
    page.get_by_role("button", name="In trouble").click()
    expect(page.locator(ROWS)).to_have_count(1)
    expect(page).to_have_url(re.compile(r"\?show=trouble$"))
    page.go_back()
    expect(page.locator(ROWS)).to_have_count(9)
    page.get_by_label("Group").select_option("north")
    expect(page.locator(ROWS)).to_have_count(3)
    page.get_by_label("Find a camera").fill("street-6")
    expect(page.locator(ROWS)).to_have_count(1)
    page.reload()
    expect(page.locator(ROWS)).to_have_count(1)
    page.get_by_label("Find a camera").fill("no such one")
    page.get_by_role("button", name="Take the filters away").click()
    expect(page.locator(ROWS)).to_have_count(9)


def test_everything_is_reached_by_keys(overview: Any, site: Site) -> None:
    cameras(site, *(f"street-{number}" for number in range(5)))
    page = overview()
    page.keyboard.press("f")
    expect(page.get_by_label("Find a camera")).to_be_focused()
    for _ in range(5):
        page.keyboard.press("Tab")
    expect(page.locator(ROWS).first).to_be_focused()
    page.keyboard.press("End")
    page.keyboard.press("ArrowUp")
    expect(page.locator(ROWS).nth(3)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/cameras/street-3$"))


def test_of_thousands_of_cameras_few_rows_are_in_the_page_and_all_are_reached(overview: Any, site: Site) -> None:
    cameras(site, *(f"street-{number}" for number in range(2000)))
    page = overview()
    expect(page.get_by_role("button", name="All")).to_contain_text("2,000")
    assert page.locator(ROWS).count() <= 300
    page.locator(ROWS).first.focus()
    page.keyboard.press("End")
    expect(page.locator(ROWS).filter(has_text="street-1999")).to_be_focused()
    assert page.locator(ROWS).count() <= 300
    page.get_by_label("Find a camera").fill("street-777")
    expect(page.locator(ROWS)).to_have_count(1)


def test_a_lost_connection_leaves_no_camera_green(chromium: Any) -> None:
    first = Service()
    with running(first) as site:
        site.is_in_state(CameraState.ONLINE)
        page = chromium.new_page()
        page.goto(site.link)
        expect(page.locator(ROWS).first).to_contain_text("Online")
        port = site.port
    expect(page.locator(ROWS).first).to_contain_text("Not known now")
    expect(page.get_by_text("Not connected. As of")).to_be_visible()
    expect(page.locator(".badge.good")).to_have_count(0)
    with running(Service(access=first.access), port) as site:  # sessions are stored, and outlive the service
        site.is_in_state(CameraState.ONLINE)
        expect(page.locator(ROWS).first).to_contain_text("Online")
        page.context.close()


def test_a_site_without_cameras_says_what_to_do(look: Any, site: Site) -> None:
    site.cameras()
    page = look().page
    page.goto(site.address)
    expect(page.get_by_text("No camera has been set up yet")).to_be_visible()


@pytest.mark.asvs("3.2.2")
def test_names_from_the_site_file_are_text_and_never_markup(look: Any, site: Site) -> None:
    site.cameras("<img src=x onerror=alert(1)>")
    page = look().page
    page.goto(site.address)
    expect(page.locator(ROWS)).to_contain_text("<img src=x onerror=alert(1)>")
    expect(page.locator("main img")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(overview: Any, site: Site, scheme: str) -> None:
    names = [f"street-{number}" for number in range(len(CameraState))]
    cameras(site, *names)
    for name, state in zip(names, CameraState, strict=True):
        site.is_in_state(state, name)
    page = overview(color_scheme=scheme, reduced_motion="reduce")
    expect(page.locator(".badge.bad").first).to_be_visible()
    assert found_by_axe(page) == []


@pytest.mark.parametrize("width", WIDTHS_PX)
def test_no_width_scrolls_sideways_and_numbers_lie_above_the_fold(overview: Any, site: Site, width: str) -> None:
    cameras(site, "square", *(f"the-street-with-the-longest-of-all-names-{number}" for number in range(12)))
    site.crossed(123_456)
    page = overview(viewport={"width": WIDTHS_PX[width], "height": 844})
    number = page.get_by_text("123,456").first
    expect(number).to_be_in_viewport()
    expect(page.locator(ROWS).first).to_be_in_viewport()
    assert wider_px(page) <= 0


CUT = """() => [...document.querySelectorAll("main li a")].flatMap((row) => {
  const around = row.getBoundingClientRect(), numbers = row.querySelector(".numbers").getBoundingClientRect();
  return [...row.querySelectorAll(".count")].filter((count) => {
    const one = count.getBoundingClientRect();
    const above = one.top < around.top || one.bottom > around.bottom;
    return above || one.left < numbers.left - 1 || one.right > around.right;
  }).map((count) => count.textContent);
})"""
"""The numbers that lie over something else, or out of their rows."""


@pytest.mark.parametrize("width", [390, 800, 1280])
def test_no_number_loses_a_digit_where_there_is_little_room(overview: Any, site: Site, width: int) -> None:
    cameras(site, *(f"street-{number}" for number in range(4)))
    users = (RoadUser.PEDESTRIAN, RoadUser.BICYCLE, RoadUser.CAR)
    rows = tuple(
        observation(NOW_S - 60, value, camera="street-0", road_user=user)
        for user, value in zip(users, (10.0, 10_000.0, 100_000.0), strict=True)
    )
    site.call(lambda: site.service.live.open.update({"street-0": rows}))
    page = overview(viewport={"width": width, "height": 844})
    expect(page.locator(ROWS).first).to_contain_text("10 foot")
    expect(page.locator(".count")).to_have_count(6)
    assert page.evaluate(CUT) == []


def test_the_first_load_is_small(look: Any, site: Site) -> None:
    page = look().page
    expect(page.locator(ROWS).first).to_be_visible()  # else answers to the first load come after the second has begun
    scripts: dict[str, bytes] = {}

    def answered(response: Response) -> None:
        if response.url.endswith(".js") and not THE_MAP.search(response.url):
            scripts[response.url] = response.body()

    page.on("response", answered)
    page.reload()
    expect(page.locator(ROWS).first).to_be_visible()
    assert len(scripts) >= 2
    assert sum(len(gzip.compress(each)) for each in scripts.values()) < MAX_FIRST_LOAD_BYTES
