"""Profiles switched by hand, and notices by web push in a real browser: off by default, then shown by the worker."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from passerby.access import Access
from passerby.domain.access import Principal
from passerby.domain.accounts import Account
from passerby.domain.audit import AuditEntry
from passerby.domain.event_rules import Profile, WeeklyHours
from passerby.publish.push_key import PushKey
from testing.access.memory_store import MemoryAccessStore
from testing.access.people import cheap_access
from testing.web.fakes import Service, finished
from tests.browser.accessibility import found_by_axe, wider_px
from tests.browser.holding import wait_until
from tests.browser.site import Site, running
from tests.unit.web.routes.events.test_place_events import Known
from tests.unit.web.routes.events.test_push import BODY, ENDPOINT, PUSH

pytestmark = pytest.mark.slow

MARKET = Profile("market day", (WeeklyHours(frozenset({5}), 28_800, 50_400),))
SUBSCRIBING = f"""
PushManager.prototype.subscribe = async function ({{ applicationServerKey }}) {{
  if (!(await navigator.serviceWorker.getRegistration("/app/")).active) throw new Error("no active worker");
  window.askedWith = applicationServerKey.length;
  return {{ toJSON: () => ({json.dumps(BODY)}) }};
}};
"""
"""A browser's push service lies at its maker's; this one subscribes at the local name that the site file has."""


def test_a_profile_is_switched_by_hand_and_back_by_undo(look: Any, site: Site) -> None:
    plan = site.service.configurations.plan
    plan = replace(plan, profiles=(MARKET, Profile("night", dates=frozenset({"2026-09-30"}))))
    site.call(lambda: setattr(site.service.configurations, "plan", plan))
    page: Page = look(viewport={"width": 390, "height": 844}).page
    page.goto(f"{site.address}events?tab=profiles")
    expect(page.get_by_text("The calendar holds.")).to_be_visible()
    page.get_by_role("button", name="Saturday 3 October, 1 profile on").click()
    expect(page.get_by_text("market day (08:00–14:00)")).to_be_visible()
    page.get_by_role("button", name="Wednesday 30 September, 1 profile on").press("Enter")
    expect(page.get_by_text("night (the whole day)")).to_be_visible()
    page.get_by_role("checkbox", name="night").check()
    page.get_by_role("button", name="Switch").click()
    expect(
        page.get_by_text(re.compile("Switched by hand until Mon 28 Sept, 16:0.*, by holder of the link"))
    ).to_be_visible()
    expect(page.locator("li.on")).to_contain_text("night")
    assert found_by_axe(page) == []
    assert wider_px(page) <= 0
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("The calendar holds.")).to_be_visible()
    acts = [entry.action for entry in site.service.store.audit_rows]
    assert acts.count("profiles.switched") == 2


class Ana(Known):
    """An operator, for as long as a stream is open, too."""

    def __init__(self) -> None:
        super().__init__("operator", "*")

    async def again(self, asking: Principal) -> Principal:
        return asking


@pytest.fixture
def store() -> MemoryAccessStore:
    made = MemoryAccessStore()
    finished(made.add_account(Account("ana", "ana", "handle", 0), AuditEntry(0, "test", "account.added", "ana")))
    return made


@pytest.fixture
def pushing(store: MemoryAccessStore, tmp_path: Path) -> Iterator[Site]:
    """A service with web push, asked by an account that is an operator."""
    service = Service(identities=Ana())
    hub = service.app.state.hub
    access: Access = cheap_access(store, service.clock, lambda: service.place)
    service.app.state.hub = replace(hub, access=access, push_key=PushKey(tmp_path / "push.key", {}))
    service.configurations.plan = replace(service.configurations.plan, recipients=(PUSH,))
    service.app.state.hub.rights._access = Ana()
    with running(service) as site:
        yield site


def test_notices_are_off_until_they_are_switched_on_and_then_shown(
    chromium: Any, pushing: Site, store: MemoryAccessStore
) -> None:
    context = chromium.new_context(locale="en-GB")
    context.grant_permissions(["notifications"], origin=pushing.address.rstrip("/"))
    cookie = {"name": pushing.service.cookie.name("http"), "value": "ana", "url": pushing.address}
    context.add_cookies([cookie])
    page = context.new_page()
    page.add_init_script(SUBSCRIBING)
    page.goto(f"{pushing.address}events?tab=notices")
    expect(page.get_by_text("Switched on in no browser of yours.")).to_be_visible()
    assert finished(store.push_subscriptions()) == ()
    page.get_by_role("button", name="Switch notices on in this browser").click()
    expect(page.get_by_text("push.example.org, since Mon 28 Sept, 12:00:00")).to_be_visible()
    (kept,) = finished(store.push_subscriptions())
    assert (kept.endpoint, kept.account) == (ENDPOINT, "ana")
    assert page.evaluate("askedWith") == 65, "the whole public key of the service"
    assert found_by_axe(page) == []
    notice = {"id": "n1", "kind": "raised", "title": "Crowded at benches", "text": "52 people", "link": None}
    assert shown(context, page, json.dumps(notice), "Crowded at benches") == "52 people"
    assert shown(context, page, "no JSON", "passerby") == ""
    page.get_by_role("button", name="Switch them off in all my browsers").click()
    expect(page.get_by_text("Switched on in no browser of yours.")).to_be_visible()
    assert finished(store.push_subscriptions()) == ()
    context.close()


def shown(context: Any, page: Page, message: str, title: str) -> str:
    """Delivers a message to the worker as the browser does, and returns the text that is shown under a title then."""
    devtools = context.new_cdp_session(page)
    found: list[str] = []
    devtools.on("ServiceWorker.workerRegistrationUpdated", lambda event: found.extend(
        each["registrationId"] for each in event["registrations"]
    ))  # fmt: skip
    devtools.send("ServiceWorker.enable")
    page.evaluate("navigator.serviceWorker.getRegistration('/app/').then((its) => its.active.state)")
    wait_until(page, lambda: found)
    origin = page.evaluate("location.origin")
    request = {"origin": origin, "registrationId": found[-1], "data": message}
    devtools.send("ServiceWorker.deliverPushMessage", request)
    texts: list[str] = []

    def is_shown() -> bool:
        texts.extend(page.evaluate(NOTICE, title))
        return bool(texts)

    wait_until(page, is_shown)
    return texts[0]


NOTICE = """(title) => navigator.serviceWorker.getRegistration("/app/").then((its) => its.getNotifications())
  .then((all) => all.filter((each) => each.title === title).map((each) => each.body))"""
"""The texts of the notices with a title."""
