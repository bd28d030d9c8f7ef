"""A passkey of Chromium's virtual authenticator: added by an invitation, logged in with, used again, and refused."""

import pytest
from playwright.sync_api import Browser, Page, expect

from passerby.access import Place
from tests.browser.holding import wait_until
from tests.browser.site import Site, picture

pytestmark = pytest.mark.slow

AUTHENTICATOR = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
    "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip


def test_a_passkey_lets_in_without_a_password(chromium: Browser, site: Site) -> None:
    address = f"http://localhost:{site.port}"
    site.call(lambda: setattr(site.service, "place", Place("localhost", address)))
    page: Page = chromium.new_context().new_page()
    page.goto(site.link.replace("127.0.0.1", "localhost"))
    page.goto(f"{address}/start")
    page.get_by_label("Name of the account").fill("ann")
    page.get_by_role("button", name="Add the account").click()
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    added = session.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    page.get_by_role("button", name="Add a passkey").click()
    page.wait_for_url(f"{address}/")
    page.goto(f"{address}/account")
    expect(page.get_by_role("heading", level=1)).to_have_text("ann")
    page.get_by_role("button", name="Log out").click()
    page.wait_for_url(f"{address}/log-in")
    page.get_by_role("button", name="Log in with a passkey").click()
    page.wait_for_url(f"{address}/")
    site.call(lambda: setattr(site.service.clock, "now_s", site.service.clock.now_s + 700))
    page.goto(f"{address}/log-in/again?to=/accounts")
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url(f"{address}/accounts")
    # An authenticator that does not verify its user lets no one in.
    session.send("WebAuthn.setUserVerified", {"authenticatorId": added["authenticatorId"], "isUserVerified": False})
    page.context.clear_cookies()
    page.goto(f"{address}/log-in")
    page.get_by_role("button", name="Log in with a passkey").click()
    expect(page.locator("#answer")).to_contain_text("not used in time, or refused")
    assert page.url == f"{address}/log-in"
    page.context.close()


def test_the_page_asks_why_before_the_first_picture(look, site: Site) -> None:
    visit = look(purpose=False)
    visit.excused = ("403",)
    page = visit.page
    page.goto(f"{site.address}cameras/square")
    form = page.get_by_role("form", name="Why you look")
    expect(form).to_be_visible()
    assert site.lookers() == 0
    form.get_by_label("Purpose").select_option("road_safety")
    form.get_by_label("Case").fill("report 2026-117")
    form.get_by_role("button").click()
    wait_until(page, lambda: site.lookers() == 1)
    site.show(picture())
    expect(page.locator("p.mark")).to_contain_text("holder of the link")
    assert [entry.action for entry in site.service.store.audit_rows] == ["purpose.stated", "view.opened"]


@pytest.mark.parametrize("width_px", [320, 390, 1440])
def test_all_of_the_question_why_can_be_read_and_answered_at_every_width(look, width_px: int) -> None:
    visit = look(purpose=False, viewport={"width": width_px, "height": 740})
    visit.excused = ("403",)
    visit.page.goto(f"{visit.site.address}cameras/square")
    form = visit.page.get_by_role("form", name="Why you look")
    expect(form).to_be_visible()
    # All at once: what comes above it meanwhile moves it.
    (top, bottom), *parts = form.evaluate(
        "form => [form, form.querySelector('p'), form.querySelector('select'), form.querySelector('button')]"
        ".map((each) => each.getBoundingClientRect()).map((box) => [box.top, box.bottom])"
    )
    assert all(top <= part_top and part_bottom <= bottom for part_top, part_bottom in parts)
