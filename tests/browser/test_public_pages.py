"""The public pages in a real browser: nothing for axe to find, no sideways scroll, no script needed."""

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from passerby.domain.register import Registration, Wording
from testing.trial_service.site_register import camera_record
from testing.web.fakes import Service, camera_plan
from tests.browser.site import running

pytestmark = pytest.mark.slow

PAGES = (
    "en/index.html",
    "sr-Latn/index.html",
    "sr-Cyrl/cameras/square.html",
    "en/cameras/gate.html",
    "en/history.html",
)


async def publish(service: Service) -> None:
    await service.register.publish(service.configurations.plan, await service.configurations.newest())


def published(drift: str) -> Service:
    service = Service()
    paused = Registration(camera_record("Gate"), paused=Wording({"": "Street works"}))
    gate = replace(camera_plan("gate"), registration=paused)
    missing = replace(camera_plan("bridge"), registration=Registration(gaps=("title",)))
    plan = service.configurations.plan
    service.configurations.plan = replace(plan, cameras=(plan.cameras[0], gate, missing))
    with ThreadPoolExecutor(1) as other:  # Playwright has a loop in this one
        other.submit(asyncio.run, publish(service)).result()
    service.register.drift = drift
    return service


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1200])
@pytest.mark.parametrize("drift", ["", "another configuration runs"])
def test_axe_finds_nothing_and_nothing_scrolls_sideways(chromium: Browser, width: int, scheme: str, drift: str) -> None:
    with running(published(drift)) as site:
        # Axe is a script of the test's own; the pages' policy lets in none of anybody's.
        context = chromium.new_context(
            viewport={"width": width, "height": 800},
            color_scheme=scheme,  # type: ignore[arg-type]
            bypass_csp=True,
        )
        page = context.new_page()
        for path in PAGES:
            page.goto(f"{site.address}register/{path}")
            found = Axe().run(page)
            assert found.violations_count == 0, found.generate_report()
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            assert page.locator(".warning").count() == bool(drift)
        context.close()


@pytest.mark.asvs("3.4.3")
def test_the_pages_work_without_scripts_and_break_no_policy(chromium: Browser) -> None:
    with running(published("")) as site:
        context = chromium.new_context(java_script_enabled=False, locale="sr-Latn")
        page = context.new_page()
        problems: list[str] = []
        page.on("console", lambda message: problems.append(message.text))
        page.goto(f"{site.address}register/")
        assert page.url.endswith("/register/sr-Latn/index.html")
        page.locator("main td, main th").get_by_role("link", name="Market square").first.click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Market square")
        page.get_by_role("link", name="English").click()
        expect(page).to_have_url(re.compile(r"/en/cameras/square\.html$"))
        assert problems == []
        context.close()
