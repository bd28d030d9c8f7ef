"""Counting by hand in a real browser: by touch without a network, by keys, and what is shown afterwards."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from passerby.domain.preview import Preview
from passerby.domain.road_user import RoadUser
from testing.web.fakes import NOW_S
from testing.web.made import observation
from tests.browser.accessibility import found_by_axe, wider_px
from tests.browser.conftest import Visit
from tests.browser.holding import wait_until
from tests.browser.site import picture

pytestmark = pytest.mark.slow

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
PAGE = "validate?camera=square&line=west+gate"
PICTURES = Path("build/screenshots")
BLIND_TO = re.compile(r"/api/v1/(live|observations|series|accuracy|validations|glance)")


def opened(look: Any, **context: Any) -> Visit:
    """The page, in a browser whose clock is a minute slow; five bicycles a minute are counted out, and one in."""
    visit: Visit = look(**context)
    visit.page.clock.install(time=NOW_S - 60)
    visit.page.goto(visit.site.address + PAGE)
    store = visit.site.service.store
    store.rows = [
        observation(NOW_S + 60 * minute, value, road_user=RoadUser.BICYCLE, direction=way)
        for minute in range(10)
        for way, value in (("forward", 5.0), ("backward", 1.0))
    ]
    return visit


def passes(visit: Visit, seconds: int) -> None:
    """So many seconds pass, in the browser and at the service."""
    catch_up(visit, seconds)
    visit.page.clock.run_for(seconds * 1000)


def catch_up(visit: Visit, seconds: int = 30) -> None:
    """The service's clock goes on: it stands while the browser's goes on by itself."""
    clock = visit.site.service.clock
    visit.site.call(lambda: setattr(clock, "now_s", clock.now_s + seconds))


def button(page: Page, what: str, way: str) -> Any:
    return page.get_by_role("button", name=re.compile(rf"^{what} {way} \d"))


def photographed(page: Page, name: str) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=PICTURES / f"validate-{name}.png")


def test_a_tally_by_touch_survives_the_network_and_the_page_and_is_sent_and_compared(look: Any) -> None:
    visit = opened(look, **PHONE)
    visit.excused = ("ERR_INTERNET_DISCONNECTED",)
    page = visit.page
    expect(page.get_by_text("The clock is right to")).to_be_visible()
    expect(page.get_by_text("may be a twentieth lower or two thirds higher")).to_be_visible()
    assert found_by_axe(page) == []
    photographed(page, "phone")
    page.get_by_label("pedestrian").tap()
    asked: list[str] = []
    page.get_by_role("button", name="Start counting").tap()
    expect(page.get_by_role("dialog")).to_be_visible()
    page.on("request", lambda request: asked.append(request.url))
    page.context.set_offline(True)
    for _ in range(5):
        passes(visit, 60)
        for _ in range(6):
            button(page, "bicycle", "out").tap()
    button(page, "bicycle", "in").tap()
    page.get_by_role("button", name="Undo").tap()
    expect(button(page, "bicycle", "in")).to_have_accessible_name("bicycle in 0")
    expect(button(page, "bicycle", "out")).to_have_accessible_name("bicycle out 30")
    photographed(page, "phone-counting")
    assert wider_px(page) == 0
    sizes = [button(page, "bicycle", way).bounding_box() for way in ("out", "in")]
    assert all(box["height"] >= 64 and box["width"] >= 150 for box in sizes)
    assert found_by_axe(page) == []
    catch_up(visit)
    page.get_by_role("button", name="Finish").tap()
    expect(page.get_by_role("heading", name="Waiting to be sent")).to_be_visible()
    photographed(page, "phone-unsent")
    assert visit.site.service.store.hand_counts.counts == {}
    assert [url for url in asked if BLIND_TO.search(url) and not url.endswith("/validations")] == []
    page.context.set_offline(False)
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.get_by_role("heading", name="Waiting to be sent")).to_have_count(0)
    expect(page.get_by_text("waits for passerby's minutes")).to_be_visible()
    passes(visit, 200)
    expect(page.get_by_text("Of 24 bicycles that were counted by hand, passerby counted 24")).to_be_visible()
    assert page.evaluate("localStorage.getItem('passerby.tallies')") is None
    photographed(page, "phone-compared")
    assert found_by_axe(page) == []
    assert wider_px(page) == 0


def test_a_tally_by_keys_alone(look: Any) -> None:
    visit = opened(look, color_scheme="dark", viewport={"width": 1280, "height": 800})
    page = visit.page
    expect(page.get_by_text("The clock is right to")).to_be_visible()
    page.get_by_role("button", name="Start counting").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.keyboard.press("Escape")
    passes(visit, 60)
    for _ in range(4):
        # Pedestrians are 1 and Q, bicycles 2 and W; `g c` leads to the cameras everywhere else.
        for key in ("2", "2", "w", "1", "Backspace", "g", "c"):
            page.keyboard.press(key)
        passes(visit, 60)
    expect(button(page, "bicycle", "out")).to_have_accessible_name("bicycle out 8")
    assert asked == []
    assert found_by_axe(page) == []
    photographed(page, "desk-counting")
    catch_up(visit)
    page.keyboard.press("Tab")
    while page.evaluate("document.activeElement.textContent.trim()") != "Finish":
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("waits for passerby's minutes")).to_be_visible()
    passes(visit, 200)
    expect(page.get_by_text("Of 12 bicycles that were counted by hand, passerby counted 24. Under 20")).to_be_visible()
    photographed(page, "desk")
    assert found_by_axe(page) == []
    (counted,) = visit.site.service.store.hand_counts.counts.values()
    assert (counted.total, counted.road_users) == (12, (RoadUser.PEDESTRIAN, RoadUser.BICYCLE))


def test_a_tally_goes_on_after_the_page_was_loaded_anew_and_a_locked_phone_is_a_pause(look: Any) -> None:
    visit = opened(look, **PHONE)
    page = visit.page
    expect(page.get_by_text("The clock is right to")).to_be_visible()
    page.get_by_role("button", name="Start counting").tap()
    passes(visit, 30)
    button(page, "pedestrian", "in").tap()
    page.reload()
    expect(button(page, "pedestrian", "in")).to_have_accessible_name("pedestrian in 1")
    page.evaluate(
        "Object.defineProperty(document, 'hidden', { value: true });"
        "document.dispatchEvent(new Event('visibilitychange'))"
    )
    expect(page.get_by_text("Paused")).to_be_visible()
    expect(button(page, "pedestrian", "in")).to_be_disabled()
    page.get_by_role("button", name="Finish").tap()
    expect(page.get_by_text("No whole minute was counted")).to_be_visible()
    assert visit.site.service.store.hand_counts.counts == {}


def test_a_tally_goes_on_when_the_page_is_loaded_anew_without_a_network(look: Any) -> None:
    visit = opened(look, **PHONE)
    visit.excused = ("ERR_INTERNET_DISCONNECTED", "Failed to load")
    page = visit.page
    expect(page.get_by_text("This page can be loaded anew without a network.")).to_be_visible()
    page.get_by_role("button", name="Start counting").tap()
    passes(visit, 60)
    for _ in range(6):
        button(page, "bicycle", "out").tap()
    passes(visit, 60)
    page.context.set_offline(True)
    page.reload()
    expect(button(page, "bicycle", "out")).to_have_accessible_name("bicycle out 6")
    # While a page is loaded no one counts: that minute is left out.
    page.get_by_role("button", name="Go on").tap()
    passes(visit, 60)
    button(page, "bicycle", "out").tap()
    expect(button(page, "bicycle", "out")).to_have_accessible_name("bicycle out 7")
    photographed(page, "phone-offline")
    passes(visit, 60)
    catch_up(visit)
    page.get_by_role("button", name="Finish").tap()
    expect(page.get_by_role("heading", name="Waiting to be sent")).to_be_visible()
    kept = page.evaluate(
        "caches.keys().then((names) => Promise.all(names.map((name) => caches.open(name))))"
        ".then((all) => Promise.all(all.map((each) => each.keys()))).then((all) => all.flat().map((one) => one.url))"
    )
    assert [url for url in kept if "/api/" in url] == []
    assert {url.removeprefix(visit.site.address).split("/")[0] for url in kept} == {"app", "validate"}
    page.context.set_offline(False)
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.get_by_role("heading", name="Waiting to be sent")).to_have_count(0)
    (counted,) = visit.site.service.store.hand_counts.counts.values()
    assert counted.total == 7
    # The worker is this page's alone.
    scopes = page.evaluate("navigator.serviceWorker.getRegistrations().then((all) => all.map((each) => each.scope))")
    assert scopes == [f"{visit.site.address}validate"]


def test_a_discarded_tally_can_be_brought_back(look: Any) -> None:
    visit = opened(look, **PHONE)
    page = visit.page
    expect(page.get_by_text("The clock is right to")).to_be_visible()
    page.get_by_role("button", name="Start counting").tap()
    button(page, "pedestrian", "in").tap()
    page.get_by_role("button", name="Discard").tap()
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.get_by_role("button", name="Undo").tap()
    expect(button(page, "pedestrian", "in")).to_have_accessible_name("pedestrian in 1")


def differences(number: int) -> Preview:
    """A picture for a person who counts by hand, of a moment."""
    shown = picture(method="differences", tally=True)
    nothing: dict[str, Any] = {"xyxy": np.empty((0, 4), np.float32), "road_user": np.empty(0, np.int16)}
    return replace(shown, time_ns=NOW_S * 10**9 + number * 80_000_000, **nothing)


def test_a_stretch_that_cannot_be_begun_says_why(look: Any) -> None:
    visit = opened(look, viewport={"width": 1280, "height": 800})
    visit.excused = ("ERR_FAILED",)
    page = visit.page
    expect(page.get_by_text("The clock is right to")).to_be_visible()
    page.route("**/api/v1/purpose", lambda route: route.abort())
    page.get_by_label("From a picture").check()
    page.get_by_role("button", name="Start counting").click()
    expect(page.get_by_role("alert").filter(has_text="What you wrote is still here")).to_be_visible()
    page.unroute("**/api/v1/purpose")
    page.get_by_role("button", name="Start counting").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    expect(page.get_by_text("What you wrote is still here")).to_have_count(0)


def test_a_stretch_from_pictures_begins_with_the_first_one_and_a_gap_voids_it(look: Any) -> None:
    visit = opened(look, viewport={"width": 1280, "height": 800})
    page, site = visit.page, visit.site
    expect(page.get_by_text("The clock is right to")).to_be_visible()
    page.get_by_label("From a picture").check()
    page.get_by_role("button", name="Start counting").click()
    expect(page.get_by_text("The picture is on its way").first).to_be_visible()
    expect(button(page, "bicycle", "out")).to_be_disabled()
    wait_until(page, lambda: site.lookers())
    site.show(differences(0))
    expect(button(page, "bicycle", "out")).to_be_enabled()
    for number in range(1, 4):
        site.show(differences(number))
        page.keyboard.press("2")
    expect(button(page, "bicycle", "out")).to_have_accessible_name("bicycle out 3")
    assert found_by_axe(page) == []
    photographed(page, "mosaic")
    passes(visit, 130)
    expect(page.get_by_text("The picture stood still for")).to_be_visible()
    catch_up(visit)
    page.get_by_role("button", name="Finish").click()
    expect(page.get_by_text("The pictures had a gap of")).to_be_visible()
    (counted,) = site.service.store.hand_counts.counts.values()
    assert "a gap of" in counted.void
    entry = next(row for row in site.service.store.audit_rows if row.action == "view.opened" and row.detail)
    assert entry.detail == "to count by hand"
