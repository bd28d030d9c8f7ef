"""From an empty site to a first count, in a browser, with real cameras: by their stream's address, and by ONVIF."""

import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from testing.films import film
from testing.onvif_camera import virtual_camera
from testing.ports import free_port
from testing.rtsp_camera.camera import RtspCamera
from testing.rtsp_camera.film import opened
from testing.trial_service.service import Service
from tests.browser.accessibility import found_by_axe, wider_px
from tests.browser.conftest import PATIENCE_MS

pytestmark = pytest.mark.slow

EMPTY = """\
site: {{name: Station square, time_zone: Europe/Belgrade}}
network: {{cameras: [127.0.0.0/8]}}
server: {{port: {port}}}
"""
NEEDED = {
    "Name of the place": "Station square",
    "Address": "1 Station square",
    "Position of the camera": "44.8166, 20.4601",
    "Law or decision": "Roads Act s. 1",
    "Controller": "City of Example",
    "Its postal address": "1 Town Hall Square",
    "Its e-mail, telephone or page": "traffic@example.org",
    "Privacy officer is reached at": "privacy@example.org",
    "Number or address of the document": "DPIA 1",
}
"""What the register asks for: label and text."""
PASSWORD = "pa55 w0rd"
FIVE_MINUTES_S = 300


@pytest.fixture(scope="module")
def service() -> Iterator[Service]:
    """A service that begins without any camera, in a folder with a short path: sockets lie in it."""
    folder = Path(tempfile.mkdtemp(prefix="psb-"))
    with Service(folder, EMPTY.format(port=free_port())) as running:
        running.enter()
        yield running
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def page(chromium: Browser, service: Service) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 1280, "height": 800}, locale="en-GB")
    name, _, value = service.cookie.partition("=")
    context.add_cookies([{"name": name, "value": value, "url": service.address}])
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.goto(f"{service.address}/welcome")
    yield page
    context.close()


def registered(page: Page) -> None:
    """Fills in what the register needs, where nothing is known yet."""
    for label, text in NEEDED.items():
        page.get_by_label(label, exact=True).fill(text)
    page.get_by_label("It looks towards").select_option("east")
    page.get_by_role("button", name="Fill the ground from this").click()
    page.get_by_role("button", name="Register and start").click()


@pytest.mark.footage
def test_a_camera_counts_within_five_minutes(page: Page, service: Service, footage: Path, tmp_path: Path) -> None:
    walks = opened(footage / "pets09-s2l1" / "video.avi", tmp_path)
    with RtspCamera(walks, user="watcher", password=PASSWORD) as camera:
        begun_s = time.monotonic()
        page.get_by_label("Address").fill(camera.address)
        page.get_by_label("User at the camera").fill("watcher")
        page.get_by_label("Password at the camera").fill("wrong")
        page.get_by_role("button", name="Ask the camera").click()
        expect(page.get_by_role("alert").filter(has_text="does not accept")).to_be_visible()
        page.get_by_label("Password at the camera").fill(PASSWORD)
        page.get_by_role("button", name="Ask the camera").click()
        expect(page.get_by_text("It answers.")).to_be_visible()
        page.get_by_label("Name of the camera").fill("station")
        page.get_by_role("button", name="Add this camera").click()
        expect(page.get_by_role("heading", name="Step 2 of 3")).to_be_visible()
        assert found_by_axe(page) == []
        registered(page)
        expect(page.get_by_text("is online")).to_be_visible(timeout=60_000)
        page.get_by_role("button", name="Put one across the middle now").click()
        expect(page.get_by_text("The first count!")).to_be_visible(timeout=120_000)
        assert time.monotonic() - begun_s < FIVE_MINUTES_S
        assert found_by_axe(page) == []
    kept = service.site.read_text("utf-8")
    assert PASSWORD not in kept
    assert "controller" in kept.partition("cameras:")[0] + kept.partition("register:")[2]


def test_a_camera_with_onvif_is_asked_what_it_streams(page: Page, tmp_path: Path) -> None:
    noise = film(tmp_path / "noise.mp4", size_px=(160, 128), noisy=True)
    try:
        (tmp_path / "camera").mkdir()
        playing: Any = virtual_camera.playing(noise, tmp_path / "camera")
        with playing as camera:
            page.get_by_label("Address").fill(f"127.0.0.1:{camera.onvif_port}")
            page.get_by_label("User at the camera").fill(virtual_camera.USER)
            page.get_by_label("Password at the camera").fill(virtual_camera.PASSWORD)
            page.keyboard.press("Enter")
            expect(page.get_by_text("Which of its pictures are to be watched?")).to_be_visible()
            expect(page.get_by_role("radio", checked=True)).to_have_count(1)
            expect(page.get_by_text("(recommended)")).to_have_count(1)
            page.set_viewport_size({"width": 390, "height": 844})
            assert wider_px(page) <= 0
            page.get_by_label("Name of the camera").focus()
            page.keyboard.press("Enter")
            expect(page.get_by_role("heading", name="Step 2 of 3")).to_be_focused()
    except RuntimeError as fault:
        pytest.skip(f"ipycam could not be fetched: {fault}")


def test_what_may_not_be_contacted_is_refused_in_words(page: Page) -> None:
    for address, words in (
        ("10.1.2.3", "not in the networks"),
        ("rtsp://me:secret@127.0.0.1/", "credentials do not belong"),
    ):
        page.get_by_label("Address").fill(address)
        page.get_by_role("button", name="Ask the camera").click()
        expect(page.get_by_role("alert").filter(has_text=words)).to_be_visible()
    assert "secret" not in page.get_by_role("alert").inner_text()
