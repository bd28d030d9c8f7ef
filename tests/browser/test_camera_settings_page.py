"""Settings of many cameras in a real browser: chosen, compared, saved together, and put back by undo."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from testing.web.fakes import FakeConfigurations, Service
from tests.browser.accessibility import found_by_axe, wider_px
from tests.browser.holding import Held
from tests.browser.site import Site, running

pytestmark = pytest.mark.slow

NAMES = ("square", "gate", "bridge")
TEXT = "cameras:\n" + "".join(f'  {name}: {{source: {{rtsp: "rtsp://10.0.0.7/{name}"}}}}\n' for name in NAMES)
CHECK = re.compile("/camera-settings/validate$")


@pytest.fixture
def site() -> Iterator[Site]:
    """A service of three cameras."""
    with running(Service(configurations=FakeConfigurations(TEXT))) as site:
        site.cameras(*NAMES)
        yield site


def settings(look: Any, **context: Any) -> Page:
    visit = look(**context)
    page: Page = visit.page
    page.goto(f"{visit.site.address}camera-settings")
    expect(page.get_by_role("heading", name="Cameras 0 of 3 chosen")).to_be_visible()
    return page


def test_two_cameras_are_changed_at_once_and_put_back(look: Any, site: Site) -> None:
    page = settings(look)
    page.get_by_label("Search").fill("g")
    page.get_by_role("checkbox", name="Choose all that are shown").check()
    expect(page.get_by_role("heading", name="Cameras 2 of 3 chosen")).to_be_visible()
    frames = page.get_by_role("group", name="Frames a second")
    frames.get_by_role("checkbox", name="stays as it is").check()
    frames.get_by_role("spinbutton").fill("8")
    expect(page.get_by_role("row", name="gate Frames a second the default 8")).to_be_visible()
    assert found_by_axe(page) == []
    page.get_by_role("button", name="Save for 2 cameras").click()
    expect(page.locator(".undo")).to_contain_text("Settings of 2 cameras are saved.")
    assert site.service.configurations.kept[-1].text.count("analysed_fps: 8") == 2
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".undo")).to_contain_text("The settings are as they were.")
    assert site.service.configurations.kept[-1].text == TEXT


def test_an_answer_about_an_earlier_change_says_nothing_of_the_newer_one(look: Any, site: Site) -> None:
    page = settings(look)
    page.get_by_role("checkbox", name="bridge").check()
    shown = page.get_by_role("group", name="How a picture is shown")
    shown.get_by_role("checkbox", name="stays as it is").check()
    save = page.get_by_role("button", name="Save for 1 camera")
    expect(save).to_be_enabled()
    held = Held(page, CHECK)
    for number, mode in enumerate(("mosaic", "redrawn"), 1):
        shown.get_by_role("combobox").select_option(mode)
        held.wait(number)
    first, second = held.routes
    second.continue_()
    expect(save).to_be_enabled()
    with page.expect_response(CHECK):
        first.continue_()
    page.evaluate("fetch('/api/v1/version').then((answer) => answer.text())")  # Taken after it.
    expect(page.locator(".warn")).to_have_count(0)
    expect(save).to_be_enabled()


def test_what_widens_a_registered_camera_is_said_and_has_to_be_meant(look: Any, site: Site) -> None:
    page = settings(look, viewport={"width": 390, "height": 844}, color_scheme="dark")
    page.get_by_role("checkbox", name="bridge").focus()
    page.keyboard.press("Space")
    shown = page.get_by_role("group", name="How a picture is shown")
    shown.get_by_role("checkbox", name="stays as it is").focus()
    page.keyboard.press("Space")
    shown.get_by_role("combobox").select_option("mosaic")
    save = page.get_by_role("button", name="Save for 1 camera")
    expect(page.locator(".warn")).to_contain_text("a mosaic of what is seen")
    expect(save).to_be_disabled()
    assert found_by_axe(page) == []
    assert wider_px(page) <= 0
    page.get_by_role("checkbox", name="It is meant so.").check()
    save.click()
    expect(page.locator(".undo")).to_contain_text("saved")
    assert "mode: mosaic" in site.service.configurations.kept[-1].text
