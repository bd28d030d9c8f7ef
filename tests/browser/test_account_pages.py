"""Log-in, account and people pages in a real browser: nothing for axe to find, on a desk and on a telephone."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from passerby.access import Visitor
from passerby.domain.access import EVERY_CAMERA, Grant, Permission, Purpose, Role
from passerby.domain.accounts import Identity, Method, Passkey
from passerby.domain.audit import AuditEntry
from testing.web.fakes import Service
from tests.browser.site import Site, running

pytestmark = pytest.mark.slow

PAGES = (
    "account", "accounts", "account/tokens", "account/password", "log-in/again?to=/accounts", "camera-passwords",
)  # fmt: skip
LONG_AGENT = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36"


def done(asked: Any) -> Any:
    with ThreadPoolExecutor(1) as other:  # Playwright has a loop in this one
        return other.submit(asyncio.run, asked).result()


async def settle(service: Service) -> tuple[str, str]:
    """An administrator of a busy site; returns the name and the value of their cookie."""
    access, store, now_ns = service.access, service.access._context.store, service.clock()
    for name, role, confirmed in (
        ("ida.markovic-petrovic", Role.ADMINISTRATOR, "y"),
        ("ana", Role.OPERATOR, None),
        ("pia", Role.PRIVACY_OFFICER, "x"),
    ):
        await access.accounts.make(name, "test")
        grant = Grant(0, name, role, EVERY_CAMERA, 0, now_ns + 10**16, "x", confirmed)
        await store.propose_grant(grant, AuditEntry(0, "test", "grant.confirmed", name))
    me, entry = "ida.markovic-petrovic", AuditEntry(0, "test", "passkey.added", "ida")
    await store.add_passkey(Passkey("id-1", me, "key", 0, "YubiKey of the town hall", now_ns), entry)
    await store.add_identity(Identity("https://id.example.org/realms/the-city", "4f2c-" * 7, me), entry)
    await access.sessions.begin(me, Method.SIGN_ON, Visitor("127.0.0.1", LONG_AGENT))
    begun = await access.sessions.begin(me, Method.PASSKEY, Visitor("127.0.0.1", LONG_AGENT))
    principal = await access.principal_of(cookie=begun.cookie)
    assert principal is not None
    await access.tokens.create(
        principal, account=me, label="Grafana", scopes={Permission.SEE_STATE}, groups=[EVERY_CAMERA],
        end_ns=now_ns + 10**15, purpose=Purpose.MAINTENANCE, case="report 7",
    )  # fmt: skip
    return service.cookie.name("http"), begun.cookie


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1200])
def test_axe_finds_nothing_and_nothing_scrolls_sideways(chromium: Browser, width: int, scheme: str) -> None:
    service = Service()
    name, value = done(settle(service))
    with running(service) as site:
        # Axe is a script of the test's own; the pages' policy lets in no other's.
        context = chromium.new_context(
            viewport={"width": width, "height": 800},
            color_scheme=scheme,  # type: ignore[arg-type]
            bypass_csp=True,
        )
        page = context.new_page()
        link = site.link
        for status in (303, 403):
            assert context.request.get(link, headers={"Accept": "text/html"}, max_redirects=0).status == status
            context.clear_cookies()
        page.goto(link)
        assert "passerby link SITE.yaml" in page.inner_text("main")
        judge(page, "a used link", width)
        page.goto(f"{site.address}analysis?to=1&language=sr-Cyrl")
        assert page.title() == "Пријава · passerby"
        judge(page, "a missing session in Cyrillic", width)
        context.clear_cookies()
        look(page, site, "log-in", width)
        page.get_by_label("Name").fill("ana")
        page.get_by_label("Password").fill("wrong")
        page.get_by_label("Code").fill("123456")
        page.get_by_role("button", name="Log in", exact=True).click()
        expect(page.get_by_role("alert")).to_be_visible()
        judge(page, "a refused log-in", width)
        context.add_cookies([{"name": name, "value": value, "url": site.address}])
        for path in PAGES:
            look(page, site, path, width)
        context.close()


def test_a_used_link_leads_on_where_the_session_holds(chromium: Browser) -> None:
    with running(Service()) as site:
        page = chromium.new_context(locale="en-GB").new_page()
        link = site.link
        page.goto(link)
        page.goto(link)
        assert page.url == site.address
        page.context.clear_cookies()
        page.goto(link)
        assert page.get_by_role("heading", level=1).inner_text() == "This link lets no one in any more"
        page.goto(site.address)
        assert page.get_by_role("heading", level=1).inner_text() == "There is no session here"
        page.context.close()


def look(page: Any, site: Site, path: str, width: int) -> None:
    answer = page.goto(f"{site.address}{path}")
    assert answer.status == 200, path
    judge(page, path, width)


def judge(page: Any, what: str, width: int) -> None:
    # A click ends before the page that it asks for has its style sheet.
    page.wait_for_load_state("load")
    found = Axe().run(page)
    assert found.violations_count == 0, f"{what}: {found.generate_report()}"
    assert page.evaluate("document.documentElement.scrollWidth") <= width, what
