"""The page in a real browser: numbers, pictures, states, and what it never does."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from passerby.domain.health import CameraState
from passerby.domain.layout import Layout
from passerby.domain.road_user import RoadUser
from passerby.web.app import end_streams
from testing.web.fakes import Service
from tests.browser.site import STREET_RGB, Site, picture, running

pytestmark = pytest.mark.slow

OUT = ".card:has(h4:text-is('west gate')) .way:nth-of-type(1) .number"
IN = ".card:has(h4:text-is('west gate')) .way:nth-of-type(2) .number"

HIDE = """state => {
  Object.defineProperty(document, "visibilityState", { value: state, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""

MIDDLE_PIXEL = """() => {
  const canvas = document.querySelector("canvas");
  return [...canvas.getContext("2d").getImageData(canvas.width / 4, canvas.height / 2, 1, 1).data];
}"""


def until_looked_at(site: Site, page, lookers: int = 1, camera: str = "square") -> None:
    for _ in range(600):
        if site.lookers(camera) == lookers:
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"{site.lookers(camera)} look, not {lookers}")


def until_shown(site: Site, page, **changes) -> None:
    until_looked_at(site, page)
    site.show(picture(**changes))
    expect(page.locator(".stage")).to_have_attribute("data-state", "running")


def test_the_page_bears_the_name_of_the_site_and_says_what_it_measures(look) -> None:
    page = look().page
    expect(page).to_have_title("Market square")
    expect(page.get_by_role("heading", level=1)).to_have_text("Market square")
    expect(page.get_by_text("It measures the place, never the person.")).to_be_visible()


def test_counters_move_with_each_event(look, site: Site) -> None:
    page = look().page
    site.crossed(1234)
    expect(page.locator(OUT)).to_have_text("1,234")
    site.crossed(1235)
    expect(page.locator(OUT)).to_have_text("1,235")
    expect(page.locator(".pill b").first).to_have_text("1,235")
    expect(page.get_by_text("1,235 pedestrians")).to_be_visible()


def test_no_data_is_a_dash_and_never_a_zero(look, site: Site) -> None:
    page = look().page
    site.crossed(None, coverage=0.0)
    expect(page.get_by_text("Not watched today so far").first).to_be_visible()
    expect(page.locator(OUT)).to_have_text("–")
    expect(page.locator(IN)).to_have_text("–")
    site.crossed(0)
    expect(page.locator(OUT)).to_have_text("0")
    expect(page.locator(IN)).to_have_text("–")


def test_numbers_are_written_as_the_reader_writes_them(look, site: Site) -> None:
    site.crossed(1234)
    expect(look(locale="de-DE").page.locator(OUT)).to_have_text("1.234")


def test_pictures_come_to_the_canvas_with_lines_zones_and_boxes_over_them(look, site: Site) -> None:
    page = look().page
    until_shown(site, page)
    assert page.evaluate("[document.querySelector('canvas').width, document.querySelector('canvas').height]") == [
        320,
        180,
    ]
    assert page.evaluate(MIDDLE_PIXEL)[:3] == pytest.approx(STREET_RGB, abs=6)
    expect(page.locator("rect.box.pedestrian")).to_have_count(1)
    expect(page.locator("polyline.line")).to_have_count(1)
    expect(page.locator("polygon.zone")).to_have_count(1)
    expect(page.locator(".zone-card .number")).to_have_text("1")
    expect(page.locator("figcaption")).to_contain_text("72% of the place is shown sharp")


def test_a_camera_without_lines_says_so_and_names_the_colours_that_are_seen(look, site: Site) -> None:
    site.draws(Layout((), (), (), None))
    page = look().page
    expect(page.get_by_text("This camera has no lines and no zones yet")).to_be_visible()
    expect(page.locator(".key li")).to_have_count(0)
    until_shown(site, page)
    expect(page.locator(".key li")).to_have_text(["pedestrians"])


def test_nothing_is_drawn_for_a_hidden_tab_or_a_paused_view(look, site: Site) -> None:
    page = look().page
    until_shown(site, page)
    page.evaluate(HIDE, "hidden")
    until_looked_at(site, page, 0)
    expect(page.locator(".curtain")).to_have_text(re.compile("Nothing is drawn"))
    page.evaluate(HIDE, "visible")
    until_shown(site, page)
    page.get_by_role("button", name="Pause").click()
    until_looked_at(site, page, 0)
    expect(page.locator(".zone-card .number")).to_have_text("–")
    page.get_by_role("button", name="Go on").click()
    until_shown(site, page)


def test_a_masked_picture_says_why(look, site: Site) -> None:
    page = look().page
    nobody = {"xyxy": picture().xyxy[:0], "road_user": picture().road_user[:0]}
    until_shown(site, page, method="masked", why="the place is not learned yet", **nobody)
    expect(page.locator(".ribbon")).to_have_text("The picture is hidden on purpose: the place is not learned yet")
    expect(page.locator(".zone-card .number")).to_have_text("–")


class Gone:
    """Stands where a picture should: the camera has just been taken off the site."""

    def __getattr__(self, name: str) -> None:
        raise KeyError(name)


def test_a_view_that_breaks_off_comes_back(look, site: Site) -> None:
    page = look().page
    until_shown(site, page)
    looks = site.service.live.looks
    gone: Any = Gone()
    site.call(lambda: site.service.live.pictures["square"][0].put_nowait(gone))
    expect(page.locator(".curtain")).to_have_text(re.compile("connection is lost|first picture"))
    until_shown(site, page)
    assert site.service.live.looks == looks + 1


def test_a_moved_camera_warns_and_asks_to_be_confirmed(look, site: Site) -> None:
    page = look().page
    site.crossed(7, reliable=False)
    site.is_in_state(CameraState.MOVED, why="The picture lies beside its place.", measured=0.0341, threshold=0.02)
    expect(page.get_by_role("heading", name="This camera has moved: its counts are unreliable")).to_be_visible()
    expect(page.locator(".why")).to_have_text("The picture lies beside its place. Measured 0.0341, limit 0.02.")
    expect(page.get_by_text("Some of today was counted after the camera had moved")).to_be_visible()
    page.get_by_role("button", name="Confirm lines and zones").click()
    expect(page.get_by_text("Confirmed. Waiting for the camera’s next report…")).to_be_visible()
    assert site.service.live.confirmed == ["square"]
    site.is_in_state(CameraState.ONLINE)
    expect(page.locator(".warning")).to_be_hidden()


def test_a_confirmation_that_does_not_arrive_says_so(look, site: Site) -> None:
    visit = look()
    visit.excused = ("409",)
    site.service.live.worker_away = True
    site.is_in_state(CameraState.MOVED)
    visit.page.get_by_role("button", name="Confirm lines and zones").click()
    expect(visit.page.locator(".answer")).to_have_text(
        "Not confirmed: The process that watches square is not running now."
    )


@pytest.mark.parametrize("state", list(CameraState))
def test_every_state_has_a_word_of_its_own(look, site: Site, state: CameraState) -> None:
    site.is_in_state(state)
    badge = look().page.locator(".camera .badge")
    expect(badge).not_to_contain_text("No report yet")
    expect(badge).to_have_class(re.compile({"online": "good", "connecting": "idle"}.get(state, "bad|warn")))


def test_a_site_without_cameras_says_what_to_do(look, site: Site) -> None:
    site.cameras()
    expect(look().page.get_by_text("No camera has been set up yet.")).to_be_visible()


def test_many_cameras_are_a_list_of_which_one_is_open(look, site: Site) -> None:
    names = ["square", *(f"street {number}" for number in range(49))]
    site.cameras(*names)
    site.is_in_state(CameraState.OFFLINE, "street 30")
    page = look().page
    rows = page.locator(".cameras li a")
    expect(rows).to_have_count(50)
    expect(rows.first).to_contain_text("street 30")
    until_looked_at(site, page)
    page.get_by_label("Find a camera").fill("street 4")
    expect(page.locator(".cameras li:visible")).to_have_count(10)
    page.get_by_role("link", name="street 41").press("Enter")
    expect(page.locator("#camera-name")).to_have_text("street 41")
    until_looked_at(site, page, 0)
    until_looked_at(site, page, 1, "street 41")


def test_a_lost_connection_is_reported_and_comes_back(chromium, look) -> None:
    first = Service()
    with running(first) as site:
        page = chromium.new_page()
        page.goto(site.link)
        site.crossed(3)
        expect(page.locator(OUT)).to_have_text("3")
        port = site.port
    expect(page.get_by_role("status").filter(has_text="The connection to passerby is lost")).to_be_visible()
    with running(Service(access=first.access), port) as site:  # sessions are stored, and outlive the service
        site.crossed(4, road_user=RoadUser.BICYCLE)
        expect(page.locator(OUT)).to_have_text("4")
        expect(page.locator("#notice")).to_be_hidden()
        page.context.close()


def test_an_ended_session_says_how_to_come_in(chromium, site: Site) -> None:
    with chromium.new_context() as context:
        page = context.new_page()
        page.goto(site.link)
        expect(page.locator("#link")).to_have_class(re.compile("live"))
        context.clear_cookies()
        site.call(lambda: end_streams(site.service.app))
        expect(page.locator("#notice")).to_contain_text("Open the one-time link")


@pytest.mark.asvs("3.2.2")
def test_names_from_the_site_file_are_text_and_never_markup(look, site: Site) -> None:
    site.cameras("<img src=x onerror=alert(1)>")
    page = look().page
    expect(page.locator("#camera-name")).to_have_text("<img src=x onerror=alert(1)>")
    expect(page.locator("main img")).to_have_count(0)
