"""A real browser in front of the page: Debian's Chromium, driven by Playwright."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, expect, sync_playwright

from testing.web.fakes import Service
from tests.browser.site import Site, running

PATIENCE_MS = 60_000
"""What a loaded machine may take; nothing is waited for longer than it takes."""

LISTEN_FOR_VIOLATIONS = """
window.violations = [];
addEventListener("securitypolicyviolation", (event) =>
  window.violations.push(`${event.violatedDirective} ${event.blockedURI}`));
"""


@dataclass
class Visit:
    """One page, opened by the one-time link, and whatever it did that it must not do.

    Attributes:
        page: the page.
        site: the service behind it.
        complaints: errors in the console, uncaught ones, and requests that left the origin.
        excused: parts of complaints that a test provokes.
    """

    page: Page
    site: Site
    complaints: list[str] = field(default_factory=list)
    excused: tuple[str, ...] = ()

    def listen(self) -> None:
        """Writes down what goes wrong from now on."""
        self.page.on("console", self._said)
        self.page.on("pageerror", lambda error: self.complaints.append(f"uncaught: {error}"))
        self.page.on("request", self._requested)

    def _said(self, message: ConsoleMessage) -> None:
        # The software's drawing in place of a graphics card says of itself that it is slow.
        if message.type in ("error", "warning") and "GL Driver Message" not in message.text:
            self.complaints.append(f"console: {message.text}")

    def _requested(self, request: Request) -> None:
        if not request.url.startswith((self.site.address, "data:", "blob:")):
            self.complaints.append(f"asked somebody else: {request.url}")

    def judged(self) -> list[str]:
        """What is not excused."""
        violations = self.page.evaluate("window.violations")
        return [
            complaint
            for complaint in [*self.complaints, *violations]
            if not any(excuse in complaint for excuse in self.excused)
        ]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The browser; absent, the tests are skipped on somebody's own machine, and fail in CI.

    Not for the whole session: as long as Playwright runs, no other test can have an event loop of its own.
    """
    program = os.environ.get("PASSERBY_CHROMIUM") or shutil.which("chromium")
    if program is None:
        reason = "no chromium here (Debian: apt install chromium; or PASSERBY_CHROMIUM=path)"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        # The sandbox needs what root in a container has not; nothing but our own page is opened.
        browser = playwright.chromium.launch(executable_path=program, chromium_sandbox=False)
        yield browser
        browser.close()


@pytest.fixture
def site() -> Iterator[Site]:
    """A service of one camera, named `square`."""
    with running(Service()) as site:
        site.cameras("square")
        yield site


@pytest.fixture
def look(request: pytest.FixtureRequest, chromium: Browser, site: Site) -> Iterator[Any]:
    """Opens the page by its link; whatever it did that it must not do fails the test at its end."""
    visits: list[Visit] = []

    def opened(*, purpose: bool = True, **context: Any) -> Visit:
        context = {"viewport": {"width": 1440, "height": 900}, "locale": "en-GB"} | context
        page = chromium.new_context(**context).new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.add_init_script(LISTEN_FOR_VIOLATIONS)
        visit = Visit(page, site)
        visit.listen()
        page.request.get(site.link)
        if purpose:
            page.request.put(f"{site.address}api/v1/purpose", data={"purpose": "maintenance", "case": "a test"})
        page.goto(site.address)
        visits.append(visit)
        return visit

    yield opened
    try:
        for visit in visits:
            assert visit.judged() == []
    finally:
        for visit in visits:
            visit.page.context.close()
