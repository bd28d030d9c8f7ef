"""Each page of the application, left while what it asked for is on its way: nothing of it comes after."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from passerby.domain.access import Role
from passerby.web.routes.pages import PAGES
from testing.trial_service.site_register import SITE_REGISTER
from testing.web.running_file import FileSite, running_file
from tests.browser.conftest import PATIENCE_MS
from tests.browser.holding import Held, wait_until

pytestmark = pytest.mark.slow

SITE = f"""\
site: {{name: Market square, time_zone: Europe/Belgrade}}
cameras:
  square:
    source: {{rtsp: "rtsp://10.0.0.7/stream"}}
    lines: {{gate: {{points: [[0.1, 0.5], [0.9, 0.5]]}}}}
{SITE_REGISTER}
"""
ADDRESSES = [re.sub(r"\{\w+\}", "square", address) for address in PAGES]
NEED_THE_SITE = ["/", "/cameras/square", "/cameras/square/draw", "/events", "/validate"]
"""They ask for the site before they ask for what is their own."""
ANSWERS = re.compile(r"/api/v1/(?!live)")
LATER_ANSWERS = re.compile(r"/api/v1/(?!live|version|account)")
"""Without those that a page knows from the one before it: the site, and who reads."""

ABOUT_ASKS = re.compile(r"/api/v1/(live|version|account|nodes$)")
"""What the page that is gone to asks itself."""

LISTEN_TO_QUESTIONS = """
window.questions = [];
const ask = window.fetch;
window.fetch = (what, ...others) => {
  window.questions.push([location.pathname, what instanceof Request ? what.url : String(what)]);
  return ask(what, ...others);
};
"""


@pytest.fixture
def site(tmp_path: Path) -> Iterator[FileSite]:
    with running_file(tmp_path, SITE) as running:
        yield running


@pytest.fixture
def page(chromium: Browser, site: FileSite) -> Iterator[Page]:
    """A browser of an account that may do everything."""
    context = chromium.new_context(viewport={"width": 1280, "height": 800}, locale="en-GB")
    context.add_init_script(LISTEN_TO_QUESTIONS)
    cookie = site.cookie_of("ann", *Role)
    context.add_cookies([{"name": cookie["name"], "value": cookie["value"], "url": cookie["url"]}])
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    yield page
    context.close()


class Heard:
    """What a page says, and how many of its answers are on their way."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._open = 0
        self.complaints: list[str] = []
        page.on("console", lambda said: self._said(said.type, said.text))
        page.on("pageerror", lambda error: self._said("error", str(error)))
        page.on("request", lambda request: self._counted(request.url, 1))
        page.on("requestfinished", lambda request: self._counted(request.url, -1))
        page.on("requestfailed", lambda request: self._counted(request.url, -1))

    def _said(self, kind: str, text: str) -> None:
        # A camera that is not there has no picture.
        if kind in ("error", "warning") and "GL Driver Message" not in text and "status of 409" not in text:
            self.complaints.append(text)

    def _counted(self, url: str, change: int) -> None:
        if ANSWERS.search(url):
            self._open += change

    def forget(self) -> None:
        """Begins anew, as a page that is loaded does."""
        self._open = 0
        self.complaints.clear()

    def settle(self) -> None:
        """Waits until every answer has come and what waited for it has been done."""
        wait_until(self._page, lambda: self._open <= 0)
        self._page.evaluate("new Promise((done) => setTimeout(() => setTimeout(done, 20), 20))")


@pytest.mark.parametrize(
    ("held_back", "addresses"),
    [(ANSWERS, NEED_THE_SITE), (LATER_ANSWERS, ADDRESSES)],
    ids=["all answers", "answers about the page"],
)
def test_a_page_that_is_left_asks_says_and_writes_nothing_more(
    page: Page, site: FileSite, held_back: re.Pattern[str], addresses: list[str]
) -> None:
    heard = Heard(page)
    found: dict[str, list[str]] = {}
    for address in addresses:
        page.goto("about:blank")
        heard.forget()
        held = Held(page, held_back)
        page.goto(site.address.rstrip("/") + address)
        expect(page.locator("main h1, main .state").first).to_be_visible()
        to, title = ("/governance", "Governance") if address == "/about" else ("/about", "About passerby")
        page.locator(f"a[href='{to}']").first.click()
        expect(page).to_have_title(title)
        held.let_go()
        heard.settle()
        questions = page.evaluate("window.questions")
        asked = [url for where, url in questions if where == "/about" != address and not ABOUT_ASKS.search(url)]
        moved = [] if page.url.endswith(to) else [page.url]
        page.unroute(held_back)
        if wrong := [*heard.complaints, *asked, *moved]:
            found[address] = wrong
    assert found == {}
