"""Drawing at a camera in a real browser: by mouse, by keys, with others at it, and past the end of a session."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from passerby.domain.draft_trial import DraftCount, DraftNumbers
from passerby.domain.events import Direction
from passerby.domain.road_user import RoadUser
from testing.waiting import until
from testing.web.fakes import NOW_S, NS_PER_S, SITE
from tests.browser.accessibility import WIDTHS_PX, found_by_axe, wider_px
from tests.browser.conftest import Visit
from tests.browser.site import Site, picture

pytestmark = pytest.mark.slow

DRAWN = """\
    lines:
      west gate: {points: [[0.2, 0.3], [0.2, 0.7]], forward: out, backward: in}   # at the posts
    zones:
      benches: {points: [[0.5, 0.5], [0.9, 0.5], [0.9, 0.9]]}
"""


@pytest.fixture(autouse=True)
def drawn(site: Site) -> Iterator[None]:
    """The camera has a line and a zone."""
    kept = site.service.configurations.kept
    kept[0] = replace(kept[0], text=SITE.replace("  gate:\n", f"{DRAWN}  gate:\n"))
    yield


def opened(look: Any, **context: Any) -> Visit:
    """The editor, with its picture."""
    visit: Visit = look(**context)
    visit.page.goto(f"{visit.site.address}cameras/square/draw")
    until(lambda: visit.site.lookers() == 1)
    visit.site.show(picture())
    expect(canvas(visit.page).locator("image")).to_be_visible()
    return visit


def canvas(page: Page) -> Locator:
    return page.get_by_role("application", name=re.compile("^The picture"))


def click(page: Page, x: float, y: float) -> None:
    """Clicks at a place of the picture, 0-1."""
    box = canvas(page).bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + x * box["width"], box["y"] + y * box["height"])


def text(site: Site) -> str:
    """The site file that runs."""
    return str(site.service.configurations.kept[-1].text)


def save(page: Page) -> None:
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved. The camera measures by it now.")).to_be_visible()


def count(site: Site, crossed: int) -> None:
    """The worker has counted over each line that is tried."""
    state = site.service.live.drafts["square"]
    counts = tuple(
        DraftCount(line.name, RoadUser.PEDESTRIAN, Direction.FORWARD, crossed) for line in state.draft.layout.lines
    )
    numbers = DraftNumbers(state.draft.draft_id, (NOW_S + 2) * NS_PER_S, 1.0, False, counts, (), ())
    site.call(lambda: site.service.live.drafts.update({"square": replace(state, numbers=numbers)}))


def test_a_line_is_drawn_by_mouse_counted_live_saved_and_undone(look: Any, site: Site) -> None:
    page = opened(look).page
    page.get_by_role("button", name="Line", exact=True).click()
    click(page, 0.6, 0.2)
    click(page, 0.6, 0.4)
    page.get_by_label("Name", exact=True).fill("new gate")
    page.get_by_label("Blue way").fill("to the river")
    page.get_by_label("Orange way").fill("to the town")
    page.get_by_label("Orange way").blur()
    until(lambda: "new gate" in [line.name for line in _tried(site)])
    count(site, 3)
    expect(page.get_by_role("definition").filter(has_text="3 to the river")).to_be_visible()
    save(page)
    written = re.search(r"new gate: {points: \[\[(.*?), 0.2\d*\], \[(.*?), 0.4\d*\]\], (.*)}", text(site))
    assert written is not None, text(site)
    assert written[3] == "forward: to the river, backward: to the town"
    assert "   # at the posts" in text(site)
    page.get_by_role("button", name="Undo").last.click()
    expect(page.get_by_text("The drawing before is back.")).to_be_visible()
    assert text(site) == site.service.configurations.kept[0].text


def _tried(site: Site) -> tuple[Any, ...]:
    state = site.service.live.drafts.get("square")
    return () if state is None else tuple(state.draft.layout.lines)


def test_points_are_dragged_and_every_step_goes_back_and_forth(look: Any, site: Site) -> None:
    page = opened(look).page
    click(page, 0.7, 0.55)  # the zone
    box = canvas(page).bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 0.5 * box["width"], box["y"] + 0.5 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 0.4 * box["width"], box["y"] + 0.6 * box["height"], steps=3)
    page.mouse.up()
    x = page.get_by_label("x of point 1, in px")
    expect(x).to_have_value("128")
    page.keyboard.press("Control+z")
    expect(x).to_have_value("160")
    page.keyboard.press("Control+y")
    expect(x).to_have_value("128")
    save(page)
    assert "benches: {points: [[0.4, 0.6], [0.9, 0.5], [0.9, 0.9]]}" in text(site)


def test_a_zone_is_drawn_and_changed_by_keys_alone(look: Any, site: Site) -> None:
    page = opened(look).page
    page.keyboard.press("z")
    canvas(page).focus()
    for keys in (["Control+ArrowLeft"], ["Shift+ArrowRight"] * 5, ["Shift+ArrowDown"] * 5):
        for key in keys:
            page.keyboard.press(key)
        page.keyboard.press("Enter")
    page.keyboard.press("f")
    name = page.get_by_label("Name", exact=True)
    expect(name).to_have_value("Zone 1")
    corner = page.get_by_role("button", name=re.compile("^Zone Zone 1, point 1 of 3"))
    corner.focus()
    page.keyboard.press("Shift+ArrowUp")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_label("y of point 1, in px")).to_have_value("80")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name=re.compile("^Zone Zone 1, point 2 of 4"))).to_be_focused()
    page.keyboard.press("Delete")
    expect(page.get_by_role("button", name=re.compile("^Zone Zone 1, point . of 3"))).to_have_count(3)
    canvas(page).focus()
    page.keyboard.press("Control+s")
    expect(page.get_by_text("Saved. The camera measures by it now.")).to_be_visible()
    assert "Zone 1: {points: [[0.19063, 0.44444], [0.34375, 0.5], [0.34375, 0.777" in text(site)


def test_faults_are_said_where_they_are_and_keep_it_from_being_saved(look: Any, site: Site) -> None:
    visit = opened(look)
    visit.excused = ("422",)
    page = visit.page
    page.get_by_role("button", name="west gate").last.click()
    page.get_by_label("Name", exact=True).fill("benches")
    page.get_by_label("Name", exact=True).blur()
    expect(page.get_by_text("To be mended before it can be saved")).to_be_visible()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("alert").filter(has_text="benches").first).to_be_visible()
    assert len(site.service.configurations.kept) == 1


def test_the_ground_is_calibrated_with_its_error_and_its_grid(look: Any, site: Site) -> None:
    page = opened(look).page
    page.get_by_role("button", name="Ground", exact=True).click()
    expect(page.get_by_text("Not calibrated: no speeds and no densities.")).to_be_visible()
    places = [
        ((0.1, 0.9), (0, 0)),
        ((0.9, 0.9), (10, 0)),
        ((0.9, 0.3), (10, 10)),
        ((0.1, 0.3), (0, 10)),
        ((0.5, 0.6), (7, 5)),
    ]
    for number, ((x, y), (x_m, y_m)) in enumerate(places, 1):
        click(page, x, y)
        page.get_by_label(f"x, m, point {number}").fill(str(x_m))
        page.get_by_label(f"y, m, point {number}").fill(str(y_m))
        page.get_by_label(f"y, m, point {number}").blur()
        if number == 4:
            expect(page.get_by_text("Error not known")).to_be_visible()
            expect(canvas(page).locator(".grid polyline").nth(8)).to_be_attached()
    expect(page.get_by_text(re.compile(r"^Error \d\.\d\d m"))).to_be_visible()
    expect(page.get_by_text("Calibrated: speeds and densities are measured.")).to_be_visible()
    expect(page.locator("tbody tr").nth(4).locator(".bad")).to_be_visible()
    save(page)
    assert "- {picture: [0.5, 0.6], metres: [7, 5]}" in text(site)


def test_the_second_of_two_people_sees_what_differs_and_nothing_is_lost(look: Any, site: Site) -> None:
    visit = opened(look)
    visit.excused = ("412",)
    page = visit.page
    page.get_by_role("button", name="west gate").last.click()
    page.get_by_label("Blue way").fill("mine")
    page.get_by_label("Blue way").blur()
    other = page.request.get(f"{site.address}api/v1/cameras/square/drawing").json()
    other["lines"]["west gate"]["backward"] = "theirs"
    other["zones"] = {}
    headers = {"If-Match": f'"{other.pop("tag")}"', "Origin": site.address.rstrip("/")}
    address = f"{site.address}api/v1/cameras/square/drawing"
    assert page.request.put(address, data=other, headers=headers).status == 200
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("both changed it")).to_be_visible()
    assert found_by_axe(page) == []
    expect(page.get_by_role("radio", name="not there")).to_be_checked()  # the other one has taken the zone away
    page.get_by_role("radio", name="2 points, mine, in").check()
    page.get_by_role("button", name="Take over and save").click()
    expect(page.get_by_text("Saved. The camera measures by it now.")).to_be_visible()
    assert "forward: mine, backward: in}   # at the posts" in text(site)
    assert "benches" not in text(site)


def test_a_session_that_ends_loses_no_drawing(look: Any, site: Site) -> None:
    visit = opened(look)
    visit.excused = ("401", "403")
    page = visit.page
    page.get_by_role("button", name="Add a zone in the middle").click()
    page.context.clear_cookies()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Your session has ended.")).to_be_visible()
    page.on("dialog", lambda dialog: dialog.accept())
    page.request.get(site.link)
    page.goto(f"{site.address}cameras/square/draw")
    expect(page.get_by_text("There is a drawing of yours that was not saved.")).to_be_visible()
    page.get_by_role("button", name="Take it up").click()
    save(page)
    assert "Zone 1" in text(site)


def test_what_is_drawn_stays_when_an_earlier_drawing_is_thrown_away(look: Any, site: Site) -> None:
    page = opened(look).page
    page.on("dialog", lambda dialog: dialog.accept())
    offer = page.get_by_text("There is a drawing of yours that was not saved.")
    page.get_by_role("button", name="Add a zone in the middle").click()
    page.reload()
    expect(offer).to_be_visible()
    page.get_by_role("button", name="Add a line in the middle").click()
    page.get_by_role("button", name="Throw it away").click()
    expect(offer).to_have_count(0)
    page.reload()
    page.get_by_role("button", name="Take it up").click()
    save(page)
    assert ("Line 1" in text(site), "Zone 1" in text(site)) == (True, False)


@pytest.mark.parametrize(("width", "scheme"), [("desktop", "dark"), ("phone", "light")])
def test_everybody_can_use_it(look: Any, width: str, scheme: str) -> None:
    page = opened(look, color_scheme=scheme, viewport={"width": WIDTHS_PX[width], "height": 844}).page
    page.get_by_role("button", name="west gate").last.click()
    assert (found_by_axe(page), wider_px(page) <= 0) == ([], True)
    page.get_by_role("button", name="Ground", exact=True).click()
    page.get_by_role("button", name="Add a point by numbers").click()
    assert (found_by_axe(page), wider_px(page) <= 0) == ([], True)


CLOSE = """\
    lines:
      north kerb: {points: [[0.50, 0.40], [0.60, 0.42]], forward: to the north square, backward: to the harbour}
      middle of the road: {points: [[0.50, 0.44], [0.60, 0.46]], forward: to the north square, backward: to the harbour}
      south kerb: {points: [[0.50, 0.48], [0.60, 0.50]], forward: to the north square, backward: to the harbour}
      west gate: {points: [[0.02, 0.02], [0.02, 0.10]], forward: out, backward: in}
    zones:
      benches: {points: [[0.45, 0.4], [0.65, 0.4], [0.55, 0.55]]}
"""
OVERLAPS = """texts => {
    const boxes = texts.filter(each => each.textContent.trim()).map(each => [each.textContent.trim(), each.getBBox()]);
    const pairs = boxes.flatMap(([name, a], at) => boxes.slice(at + 1).filter(([, b]) =>
        Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x) > 1
        && Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y) > a.height / 3
    ).map(([other]) => [name, other]));
    const whole = document.querySelector("svg[role=application]").viewBox.baseVal.width;
    const cut = boxes.filter(([, a]) => a.x < -1 || a.x + a.width > whole + 1).map(([name]) => [name, "the edge"]);
    return [boxes.length, pairs.concat(cut)];
}"""


@pytest.mark.parametrize("width", [1440, 390])
def test_names_of_lines_that_are_close_do_not_lie_over_one_another(look: Any, site: Site, width: int) -> None:
    kept = site.service.configurations.kept
    kept[0] = replace(kept[0], text=SITE.replace("  gate:\n", f"{CLOSE}  gate:\n"))
    page = opened(look, viewport={"width": width, "height": 900}).page
    names = canvas(page).locator("text")
    expect(names.filter(has_text="middle of the road")).to_have_count(1)
    page.get_by_role("button", name="south kerb").last.click()
    expect(names.filter(has_text="to the harbour")).to_have_count(3 if width > 600 else 1)
    number, overlaps = names.evaluate_all(OVERLAPS)
    assert number >= (13 if width > 600 else 7)
    assert overlaps == []
