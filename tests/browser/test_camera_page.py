"""A camera's page in a real browser: the live picture, its counters, the day by the hour, and its state in words."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from passerby.domain.health import CameraState
from passerby.domain.layout import Layout
from tests.browser.accessibility import SETTLED, WIDTHS_PX, found_by_axe, wider_px
from tests.browser.holding import wait_until
from tests.browser.site import STREET_RGB, Site, picture

pytestmark = pytest.mark.slow

OUT = "article:has(h3:has-text('west gate')) .way:nth-of-type(1) b"
IN = "article:has(h3:has-text('west gate')) .way:nth-of-type(2) b"
MIDDLE_PIXEL = """() => {
  const canvas = document.querySelector("canvas");
  return [...canvas.getContext("2d").getImageData(canvas.width / 4, canvas.height / 2, 1, 1).data];
}"""
HIDE = """state => {
  Object.defineProperty(document, "visibilityState", { value: state, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""


@pytest.fixture
def camera(look: Any, site: Site) -> Any:
    """Opens the page of the camera `square`."""

    def opened(query: str = "", *, excused: str = "", **context: Any) -> Page:
        visit = look(**context)
        visit.excused = (excused,) if excused else ()
        page: Page = visit.page
        page.goto(f"{site.address}cameras/square{query}")
        expect(page.get_by_role("heading", name="Market square")).to_be_visible()
        return page

    return opened


def until_looked_at(site: Site, page: Page, lookers: int = 1) -> None:
    """Waits until so many look at the camera."""
    wait_until(page, lambda: site.lookers() == lookers)


def until_shown(site: Site, page: Page, **changes: Any) -> None:
    """Waits until a picture is shown."""
    until_looked_at(site, page)
    site.show(picture(**changes))
    expect(page.locator("canvas.dim")).to_have_count(0)


def test_counters_move_in_the_picture_and_beside_it(camera: Any, site: Site) -> None:
    page = camera()
    until_shown(site, page)
    site.crossed(1234)
    expect(page.locator(OUT)).to_have_text("1,234")
    expect(page.locator(".pill b").first).to_have_text("1,234")
    site.crossed(1235)
    expect(page.locator(".pill b").first).to_have_text("1,235")
    expect(page.get_by_text("1,235 pedestrians")).to_be_visible()
    assert page.evaluate(MIDDLE_PIXEL)[:3] == pytest.approx(STREET_RGB, abs=6)
    expect(page.locator("polygon.zone")).to_have_count(1)
    expect(page.locator("article:has-text('benches') b")).to_have_text("1")
    expect(page.locator("rect.box")).to_have_count(0)
    page.get_by_label("Boxes").check()
    expect(page.locator("rect.box.pedestrian")).to_have_count(1)


def test_names_and_counters_stay_inside_the_picture(camera: Any, site: Site) -> None:
    places = site.service.configurations.plan.cameras[0].layout
    line = places.lines[0]
    points = line.points.copy()
    points[:] = [[0.985, 0.01], [0.999, 0.05]]
    long = type(line)("the line with a name as long as a street", points, line.road_users, "out", "in")
    site.draws(Layout((long,), places.zones, (), None))
    page = camera(viewport={"width": 390, "height": 844})
    until_shown(site, page)
    expect(page.locator(".label:visible").first).to_be_visible()
    page.evaluate(SETTLED)
    frame = page.locator(".frame").bounding_box()
    assert frame is not None
    for label in page.locator(".label:visible").all():
        box = label.bounding_box()
        assert box is not None
        assert box["x"] >= frame["x"] and box["x"] + box["width"] <= frame["x"] + frame["width"] + 1
        assert box["y"] >= frame["y"] and box["y"] + box["height"] <= frame["y"] + frame["height"] + 1


def test_no_data_is_a_dash_and_never_a_zero_and_no_class_is_named_of_which_there_was_none(
    camera: Any, site: Site
) -> None:
    page = camera()
    site.crossed(None, coverage=0.0)
    expect(page.locator(OUT)).to_have_text("–")
    site.crossed(0)
    expect(page.locator(OUT)).to_have_text("0")
    expect(page.locator(IN)).to_have_text("–")
    expect(page.get_by_text("none yet")).to_be_visible()
    assert "0 pedestrians" not in page.locator("main").inner_text()


def test_the_purpose_is_asked_before_the_first_picture(look: Any, site: Site) -> None:
    visit = look(purpose=False)
    visit.excused = ("403",)
    page: Page = visit.page
    page.goto(f"{site.address}cameras/square")
    page.get_by_label("Purpose").select_option("maintenance")
    page.get_by_label("Case").fill("report 2026-117")
    assert site.lookers() == 0
    page.get_by_role("button", name="Look for half an hour").press("Enter")
    until_shown(site, page)


def test_nothing_is_drawn_over_no_picture(camera: Any, site: Site) -> None:
    site.is_in_state(CameraState.OFFLINE, why="It does not answer at 10.0.0.7.")
    page = camera()
    expect(page.locator(".curtain")).to_contain_text("No picture")
    expect(page.locator(".curtain")).to_contain_text("It does not answer at 10.0.0.7.")
    expect(page.locator("polyline, .label")).to_have_count(0)


def test_nothing_is_drawn_for_a_hidden_tab_or_a_paused_view(camera: Any, site: Site) -> None:
    page = camera()
    until_shown(site, page)
    page.evaluate(HIDE, "hidden")
    until_looked_at(site, page, 0)
    page.evaluate(HIDE, "visible")
    until_shown(site, page)
    page.get_by_role("button", name="Pause").click()
    until_looked_at(site, page, 0)
    expect(page.locator("article:has-text('benches') b")).to_have_text("–")
    page.get_by_role("button", name="Go on").click()
    until_shown(site, page)


def test_a_place_that_is_being_learned_says_so(camera: Any, site: Site) -> None:
    page = camera()
    nobody = {"xyxy": picture().xyxy[:0], "road_user": picture().road_user[:0]}
    until_shown(site, page, method="masked", why="learning the background", **nobody)
    expect(page.locator(".ribbon")).to_contain_text("Learning the empty place")
    until_shown(site, page, method="masked", why="too dark to be sure", **nobody)
    expect(page.locator(".ribbon")).to_contain_text("too dark to be sure")


def test_a_moved_camera_warns_and_is_confirmed(camera: Any, site: Site) -> None:
    site.is_in_state(CameraState.MOVED, why="The picture lies beside its place.", measured=0.0341, threshold=0.02)
    page = camera()
    expect(page.get_by_role("heading", name="This camera has moved")).to_be_visible()
    expect(page.locator(".why")).to_contain_text("Measured 0.034, limit 0.020.")
    page.get_by_role("button", name="Confirm lines and zones").click()
    expect(page.get_by_text("Confirmed. Waiting")).to_be_visible()
    assert site.service.live.confirmed == ["square"]
    site.is_in_state(CameraState.ONLINE)
    expect(page.locator(".warning")).to_have_count(0)


def test_the_day_has_yesterday_and_last_week_behind_it_as_plot_and_table(camera: Any, site: Site) -> None:
    page = camera()
    expect(page.locator(".plot canvas")).to_be_visible()
    page.get_by_text("As a table").click()
    heads = page.locator(".scroll-x th")
    expect(heads).to_contain_text(["Hour", "Today", "Yesterday", "A week before", "watched"])
    expect(heads.nth(3)).to_contain_text("21 Sep")
    page.get_by_label("Class").select_option("bicycle")
    expect(page).to_have_url(re.compile("class=bicycle"))


def test_a_camera_that_there_is_not_is_no_empty_page(look: Any, site: Site) -> None:
    visit = look()
    visit.excused = ("404",)
    visit.page.goto(f"{site.address}cameras/nowhere")
    expect(visit.page.get_by_text("There is no such thing here.")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(camera: Any, site: Site, scheme: str) -> None:
    site.is_in_state(CameraState.MOVED, measured=0.03, threshold=0.02)
    site.crossed(7, reliable=False)
    page = camera(color_scheme=scheme, reduced_motion="reduce")
    until_shown(site, page)
    expect(page.locator(".plot canvas")).to_be_visible()
    page.get_by_text("As a table").click()
    assert found_by_axe(page) == []


@pytest.mark.parametrize("width", WIDTHS_PX)
def test_no_width_scrolls_sideways(camera: Any, site: Site, width: str) -> None:
    site.crossed(1234)
    page = camera(viewport={"width": WIDTHS_PX[width], "height": 844})
    until_shown(site, page)
    expect(page.locator(".pill b").first).to_be_in_viewport()
    assert wider_px(page) <= 0
