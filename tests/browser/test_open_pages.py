"""The pages of public numbers in a real browser: nothing for axe to find, no sideways scroll, no script needed."""

import asyncio
import http.server
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, expect

from passerby.publish.open_data.months import OpenData
from passerby.units import DAY_S, HOUR_S, NS_PER_S
from testing.web.fakes import Service
from tests.browser.accessibility import found_by_axe, wider_px
from tests.browser.site import Site, running
from tests.unit.publish.published_numbers import BEGAN_NS, DESCRIPTION, SomePublishedNumbers

pytestmark = pytest.mark.slow

DAYS = 75
COUNTER = "counters/square-north-a1b2c3"
PAGES = (
    "en/",
    f"en/{COUNTER}/2027-01-14?class=on-foot",
    f"sr-Latn/{COUNTER}/2027-W02",
    f"sr-Cyrl/{COUNTER}/2026?class=all",
    f"en/{COUNTER}/2026-10-05",
    f"en/{COUNTER}/2027-W02/embed",
)


@pytest.fixture(scope="module")
def public(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site of which 75 days are public, and the afternoon of the next one."""
    service, now_ns = Service(), BEGAN_NS + (DAYS * DAY_S + 15 * HOUR_S) * NS_PER_S
    numbers, folder = SomePublishedNumbers(DAYS * 96 + 56), tmp_path_factory.mktemp("open")
    data = OpenData(numbers, folder, lambda: ZoneInfo("UTC"), lambda: DESCRIPTION, lambda: now_ns)
    service.app.state.hub = replace(service.app.state.hub, open_data=data, clock=lambda: now_ns)

    async def publish() -> None:
        await service.register.publish(service.configurations.plan, await service.configurations.newest())

    with ThreadPoolExecutor(1) as other:  # Playwright has a loop in this one
        other.submit(asyncio.run, publish()).result()
    with running(service) as site:
        yield site


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "light"), (390, "dark")])
def test_axe_finds_nothing_and_nothing_scrolls_sideways(
    chromium: Browser, public: Site, width: int, scheme: str
) -> None:
    # Axe is a script of the test's own; the pages' policy lets in none of anybody's.
    context = chromium.new_context(
        viewport={"width": width, "height": 900},
        color_scheme=scheme,  # type: ignore[arg-type]
        bypass_csp=True,
    )
    page = context.new_page()
    for path in PAGES:
        page.goto(f"{public.address}open/{path}")
        assert found_by_axe(page) == [], path
        assert wider_px(page) == 0, path
    context.close()


def test_a_reader_without_scripts_gets_from_the_map_to_a_file(chromium: Browser, public: Site) -> None:
    context = chromium.new_context(java_script_enabled=False, locale="en-GB", accept_downloads=True)
    page = context.new_page()
    problems: list[str] = []
    page.on("console", lambda message: problems.append(message.text))
    page.goto(f"{public.address}open/")
    page.get_by_role("link", name="2: Trg slobode").click()
    page.locator("#place-2").get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("=north, 2027-01-14")
    page.get_by_label("Day", exact=True).fill("2027-01-07")
    page.get_by_role("button", name="Show").click()
    page.get_by_role("link", name="motor vehicles").click()
    assert page.url.endswith(f"/open/en/{COUNTER}/2027-01-07?class=motor-vehicles")
    page.get_by_role("link", name="Week").click()
    page.get_by_role("link", name="Srpski").click()
    assert page.url.endswith(f"/open/sr-Latn/{COUNTER}/2027-W01?class=motor-vehicles")
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV", exact=True).click()
    assert download.value.suggested_filename == "square-north-a1b2c3-2027-W01.csv"
    assert Path(download.value.path()).read_bytes().startswith(b'"channel"')
    assert problems == []
    context.close()


@contextmanager
def other_site(shown: str) -> Iterator[str]:
    """A page of somebody else's that shows an address in a frame."""

    class Page(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(f'<!doctype html><iframe src="{shown}" width="600" height="480"></iframe>'.encode())

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://localhost:{server.server_address[1]}/"
        server.shutdown()


def test_pages_of_others_show_a_chart_and_nothing_else(chromium: Browser, public: Site) -> None:
    context = chromium.new_context()
    page = context.new_page()
    for path, is_shown in ((f"{COUNTER}/2027-01-14/embed", True), (f"{COUNTER}/2027-01-14", False)):
        with other_site(f"{public.address}open/en/{path}") as address:
            page.goto(address)
            expect(page.frame_locator("iframe").get_by_role("img")).to_have_count(int(is_shown))
    assert context.cookies() == []
    context.close()
