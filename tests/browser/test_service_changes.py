"""A service that is slow, gone or upgraded under an open page, in a real browser."""

import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from passerby.web.routes import pages
from testing.web.fakes import NOW_S, FakeConfigurations, Service
from tests.browser.accessibility import found_by_axe, wider_px
from tests.browser.holding import Held, wait_until
from tests.browser.site import Site, running

pytestmark = pytest.mark.slow

TEXT = 'cameras:\n  square: {source: {rtsp: "rtsp://10.0.0.7/square"}}\n'
PICTURES = Path("build/screenshots")
SLOW = "The server takes longer than usual."
UPGRADED = "passerby was upgraded."


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """A service of one camera, with the files of its application where an upgrade may replace them."""
    built = tmp_path / "built"
    shutil.copytree(pages.BUILT, built)
    monkeypatch.setattr(pages, "BUILT", built)
    monkeypatch.setitem(pages.FOLDERS, "/app", built)
    with running(Service(configurations=FakeConfigurations(TEXT))) as site:
        site.cameras("square")
        yield site


def upgrade(site: Site, **changes: Any) -> None:
    """The service is another one from now on, with the same sessions."""
    state = site.service.app.state
    site.call(lambda: setattr(state, "hub", replace(state.hub, **changes)))


def comes_into_sight(page: Page) -> None:
    """The reader comes back to the page from another one."""
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


def photographed(page: Page, name: str) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=PICTURES / f"service-{name}.png")


def test_a_slow_answer_is_said_and_two_clicks_are_one_change(look: Any, site: Site) -> None:
    visit = look()
    page: Page = visit.page
    page.clock.install(time=NOW_S)
    page.goto(f"{site.address}camera-settings")
    page.get_by_role("checkbox", name="square").check()
    frames = page.get_by_role("group", name="Frames a second")
    frames.get_by_role("checkbox", name="stays as it is").check()
    frames.get_by_role("spinbutton").fill("8")
    page.clock.run_for(1000)
    held = Held(page, re.compile("/camera-settings$"), "PUT")
    save = page.get_by_role("button", name="Save for 1 camera")
    expect(save).to_be_enabled()
    # Two clicks of one moment, before the page has drawn the button as pressed.
    save.evaluate("button => { button.click(); button.click(); }")
    expect(save).to_be_disabled()
    page.clock.run_for(5000)
    expect(page.get_by_text(SLOW)).to_be_visible()
    frames.get_by_role("spinbutton").fill("9")
    assert found_by_axe(page) == []
    photographed(page, "slow")
    page.set_viewport_size({"width": 390, "height": 844})
    photographed(page, "slow-phone")
    assert wider_px(page) <= 0
    (asked,) = held.wait()
    asked.continue_()
    expect(page.locator(".undo")).to_contain_text("Settings of 1 camera are saved.")
    expect(page.get_by_text(SLOW)).to_have_count(0)
    assert len(site.service.configurations.kept) == 2


def test_questions_do_not_pile_up_before_a_slow_service(look: Any, site: Site) -> None:
    page: Page = look().page
    page.clock.install(time=NOW_S)
    page.goto(f"{site.address}about")
    expect(page.get_by_text("Version")).to_be_visible()
    held = Held(page, re.compile(r"/api/v1/cameras$"), "GET")
    for _ in range(3):
        page.get_by_role("link", name="Validate").click()
        page.get_by_role("link", name="Analysis").click()
    page.clock.run_for(5000)
    expect(page.get_by_text(SLOW)).to_be_visible()
    (asked,) = held.wait()
    asked.continue_()
    expect(page.get_by_text(SLOW)).to_have_count(0)
    # Only pages that were shown have asked; where the clicks were quicker than the pages, one question is all there is.
    shown = page.get_by_role("button", name="Over time")
    wait_until(page, lambda: len(held.routes) > 1 or shown.is_visible())
    for route in held.routes[1:]:
        route.continue_()
    expect(shown).to_be_visible()
    assert len(held.routes) <= 2


def test_an_upgrade_is_said_calmly_and_what_is_written_stays(look: Any, site: Site) -> None:
    visit = look(color_scheme="dark")
    page: Page = visit.page
    page.goto(f"{site.address}camera-settings")
    page.get_by_label("Search").fill("squ")
    expect(page.get_by_text(UPGRADED)).to_have_count(0)
    upgrade(site, version="1.2.4")
    comes_into_sight(page)
    expect(page.get_by_text(UPGRADED)).to_be_visible()
    expect(page.get_by_label("Search")).to_have_value("squ")
    assert found_by_axe(page) == []
    photographed(page, "upgraded")
    with page.expect_navigation():
        page.get_by_role("button", name="Load the page anew").click()
    expect(page.get_by_role("heading", name="Settings of cameras")).to_be_visible()
    comes_into_sight(page)
    page.wait_for_load_state("networkidle")
    expect(page.get_by_text(UPGRADED)).to_have_count(0)


def test_a_stream_that_an_upgrade_ends_says_so_when_it_is_back(look: Any, site: Site) -> None:
    page: Page = look().page
    expect(page.get_by_text("square").first).to_be_visible()
    hub = site.service.app.state.hub
    upgrade(site, version="1.2.4")
    site.call(hub.ending.set)
    expect(page.get_by_text(UPGRADED)).to_be_visible()
    site.call(hub.ending.clear)


def test_a_part_of_the_application_before_leads_to_the_notice_and_not_to_nothing(look: Any, site: Site) -> None:
    visit = look(viewport={"width": 390, "height": 844})
    visit.excused = ("404",)
    page: Page = visit.page
    page.goto(f"{site.address}about")
    expect(page.get_by_text("Version")).to_be_visible()
    # Another build of the same version: all its parts have other names.
    assets = pages.BUILT / "assets"
    for part in assets.glob("*.js"):
        part.rename(part.with_name(f"new-{part.name}"))
    index = pages.BUILT / "index.html"
    index.write_text(re.sub(r"/assets/([^\"]+\.js)", r"/assets/new-\1", index.read_text("utf-8")), "utf-8")
    page.get_by_role("button", name="Pages").click()
    page.get_by_role("link", name="Analysis").click()
    expect(page.get_by_role("heading", name="This page could not be loaded.")).to_be_visible()
    expect(page.get_by_text(UPGRADED)).to_be_visible()
    assert found_by_axe(page) == []
    assert wider_px(page) <= 0
    photographed(page, "part-gone")


def test_a_page_that_cannot_be_loaded_without_the_service_is_loaded_when_it_is_back(look: Any, site: Site) -> None:
    visit = look()
    visit.excused = ("ERR_INTERNET_DISCONNECTED",)
    page: Page = visit.page
    page.goto(f"{site.address}about")
    expect(page.get_by_text("Version")).to_be_visible()
    page.context.set_offline(True)
    page.get_by_role("link", name="Governance").click()
    expect(page.get_by_role("heading", name="This page could not be loaded.")).to_be_visible()
    expect(page.get_by_text("The server does not answer.", exact=True)).to_be_visible()
    expect(page.get_by_text(UPGRADED)).to_have_count(0)
    page.context.set_offline(False)
    expect(page.get_by_text("What is shown may be old")).to_have_count(0)
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("heading", name="Governance")).to_be_visible()
