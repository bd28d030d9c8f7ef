"""The ground calibrated by points of the picture and of the plan: by mouse on the site's map, by keys without WebGL."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from testing.pictures.map_tiles import write_pmtiles
from tests.browser.accessibility import WIDTHS_PX, found_by_axe, wider_px
from tests.browser.conftest import Visit
from tests.browser.holding import Held
from tests.browser.site import Site

pytestmark = pytest.mark.slow

NO_WEBGL = """
const real = HTMLCanvasElement.prototype.getContext;
HTMLCanvasElement.prototype.getContext = function (kind, ...others) {
  return kind.startsWith("webgl") ? null : real.call(this, kind, ...others);
};
"""
PAIRS = [((0.1, 0.9), (0.2, 0.8)), ((0.9, 0.9), (0.8, 0.8)), ((0.7, 0.4), (0.8, 0.2)), ((0.3, 0.4), (0.2, 0.2))]
"""Where one clicks in the picture, and where on the plan: shares of each."""


@pytest.fixture
def tiles(site: Site, tmp_path: Path) -> Path:
    """The site has a map."""
    path = write_pmtiles(tmp_path / "city.pmtiles")
    plan = replace(site.service.configurations.plan, map_file=path)
    site.call(lambda: setattr(site.service.configurations, "plan", plan))
    return path


def opened(look: Any, site: Site, **context: Any) -> Page:
    """The calibration of the camera, by places on a map."""
    visit: Visit = look(**context)
    visit.excused = ("409",)  # No picture of the place is there yet: one can draw without it.
    page = visit.page
    page.goto(f"{site.address}cameras/square/draw")
    page.get_by_role("button", name="Ground", exact=True).click()
    page.get_by_label("What do you know?").select_option("map")
    expect(plan(page)).to_be_visible()
    return page


def picture(page: Page) -> Locator:
    return page.get_by_role("application", name=re.compile("^The picture"))


def plan(page: Page) -> Locator:
    return page.get_by_role("application", name=re.compile("^The plan"))


def on_plan(page: Page, number: int) -> Locator:
    return page.get_by_role("button", name=re.compile(f"^Point {number} on the plan"))


def in_picture(page: Page, number: int) -> Locator:
    return page.get_by_role("button", name=re.compile(f"^Point {number} of the ground"))


def click(page: Page, where: Locator, share: tuple[float, float]) -> None:
    where.scroll_into_view_if_needed()
    box = where.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + share[0] * box["width"], box["y"] + share[1] * box["height"])


def latitude(page: Page, number: int) -> Locator:
    return page.get_by_label(f"Latitude, point {number}", exact=True)


def drag(page: Page, mark: Locator, right: int, down: int) -> None:
    box = mark.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + right, y + down, steps=3)
    page.mouse.up()


@pytest.mark.usefixtures("tiles")
def test_pairs_are_clicked_dragged_taken_back_and_saved(look: Any, site: Site) -> None:
    page = opened(look, site)
    expect(page.get_by_role("note", name="Whose map this is")).to_have_text("© The survey of Testland")
    for number, (there, here) in enumerate(PAIRS, 1):
        click(page, picture(page), there)
        expect(page.get_by_text(f"Point {number}: click its place on the plan.")).to_be_visible()
        click(page, plan(page), here)
        expect(on_plan(page, number)).to_be_visible()
    expect(page.get_by_text("Calibrated: speeds and densities are measured.")).to_be_visible()
    expect(picture(page).locator(".grid polyline").nth(8)).to_be_attached()
    click(page, picture(page), (0.5, 0.6))
    expect(page.get_by_text("Point 5: click its place on the plan.")).to_be_visible()
    click(page, plan(page), (0.5, 0.5))
    expect(page.get_by_text(re.compile(r"^Error \d+\.\d\d m"))).to_be_visible()
    before = latitude(page, 5).input_value()
    drag(page, on_plan(page, 5), 0, -40)
    expect(latitude(page, 5)).not_to_have_value(before)
    assert float(latitude(page, 5).input_value()) > float(before)
    page.get_by_role("button", name="Undo", exact=True).click()
    expect(latitude(page, 5)).to_have_value(before)
    across = page.get_by_label("x of point 5, in px")
    whence = across.input_value()
    drag(page, in_picture(page, 5), 60, 0)
    expect(across).not_to_have_value(whence)
    page.keyboard.press("Control+z")
    expect(across).to_have_value(whence)
    page.keyboard.press("Control+y")
    expect(across).not_to_have_value(whence)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved. The camera measures by it now.")).to_be_visible()
    text = str(site.service.configurations.kept[-1].text)
    assert len(re.findall(r"- \{picture: \[[\d., ]+\], metres: \[[-\d., ]+\]\}", text)) == 5


@pytest.mark.usefixtures("tiles")
def test_the_way_of_calibrating_is_known_before_a_point_is_placed(look: Any, site: Site) -> None:
    """A slow answer about the site must not make degrees of the metres that were written meanwhile."""
    visit: Visit = look()
    visit.excused = ("409",)
    page = visit.page
    page.goto("about:blank")
    held = Held(page, re.compile("/api/v1/version$"))
    page.goto(f"{site.address}cameras/square/draw")
    held.wait()
    expect(page.get_by_text("Loading")).to_be_visible()
    expect(picture(page)).to_have_count(0)
    held.let_go()
    page.get_by_role("button", name="Ground", exact=True).click()
    expect(page.get_by_label("What do you know?")).to_have_value("map")


def test_a_plan_that_is_left_for_another_takes_no_answer(look: Any, site: Site) -> None:
    """The plan of metres has asked where the camera is when the plan of places takes its place."""
    visit: Visit = look()
    visit.excused = ("409",)
    page = visit.page
    page.goto(f"{site.address}cameras/square/draw")
    held = Held(page, re.compile("/api/v1/cameras/square$"))
    page.get_by_role("button", name="Ground", exact=True).click()
    held.wait()
    page.get_by_label("What do you know?").select_option("map")
    expect(plan(page)).to_have_count(0)
    held.let_go()
    expect(plan(page)).to_be_visible()
    add_a_point = page.get_by_role("button", name="Add a point by numbers")
    add_a_point.click()
    expect(latitude(page, 1)).to_be_visible()


def test_without_webgl_and_without_a_map_keys_are_enough(look: Any, site: Site) -> None:
    visit: Visit = look()
    visit.excused = ("409",)
    visit.page.add_init_script(NO_WEBGL)
    page = visit.page
    page.goto(f"{site.address}cameras/square/draw")
    page.get_by_role("button", name="Ground", exact=True).click()
    page.get_by_label("What do you know?").select_option("map")
    expect(page.get_by_role("img", name=re.compile("^Scale: the bar has"))).to_be_visible()
    moves = (
        ("ArrowLeft", "ArrowUp"),
        ("ArrowRight", "ArrowRight"),
        ("ArrowDown", "ArrowDown"),
        ("ArrowLeft", "ArrowLeft"),
    )
    for number, keys in enumerate(moves, 1):
        picture(page).focus()
        for key in keys:
            for _ in range(4):
                page.keyboard.press(f"Shift+{key}")
        page.keyboard.press("Enter")
        plan(page).focus()
        for key in keys:
            page.keyboard.press(key)
        page.keyboard.press("Enter")
        expect(on_plan(page, number)).to_be_visible()
    expect(page.get_by_text("Calibrated: speeds and densities are measured.")).to_be_visible()
    north = float(latitude(page, 2).input_value())
    on_plan(page, 2).focus()
    page.keyboard.press("Shift+ArrowUp")
    expect(latitude(page, 2)).not_to_have_value(str(north))
    assert 0.5 < (float(latitude(page, 2).input_value()) - north) * 111_300 < 1.5  # a metre to the north
    in_picture(page, 2).focus()
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    expect(latitude(page, 2)).to_have_value(str(north))
    on_plan(page, 2).focus()
    page.keyboard.press("Delete")
    expect(latitude(page, 2)).to_have_value("")
    expect(page.get_by_text("1 more is needed.")).to_be_visible()
    expect(page.get_by_text("Not calibrated: no speeds and no densities.")).to_be_visible()


@pytest.mark.parametrize(("width", "scheme"), [("desktop", "dark"), ("phone", "light")])
@pytest.mark.usefixtures("tiles")
def test_everybody_can_use_it(look: Any, site: Site, width: str, scheme: str) -> None:
    page = opened(look, site, color_scheme=scheme, viewport={"width": WIDTHS_PX[width], "height": 844})
    click(page, picture(page), (0.2, 0.3))
    click(page, plan(page), (0.3, 0.3))
    expect(on_plan(page, 1)).to_be_visible()
    assert (found_by_axe(page), wider_px(page) <= 0) == ([], True)
