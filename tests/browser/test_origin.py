"""No page asks another host for anything: each page of the application is opened, and all its requests looked at."""

import pytest

from passerby.web.routes.pages import PAGES
from tests.browser.site import Site

pytestmark = pytest.mark.slow


def test_no_request_leaves_the_origin(look, site: Site) -> None:
    visit = look()
    visit.excused = ("403", "404", "422")
    asked: list[str] = []
    visit.page.on("request", lambda request: asked.append(request.url))
    for address in PAGES:
        path = address.replace("{name}", "square").replace("{camera}", "square")
        visit.page.goto(site.address.rstrip("/") + path)
        visit.page.locator("h1").first.wait_for()
        visit.page.wait_for_load_state("load")
    foreign = [url for url in asked if not url.startswith((site.address, "blob:", "data:"))]
    assert len(asked) > 5 * len(PAGES)
    assert foreign == []
    assert visit.page.evaluate("window.violations") == []
