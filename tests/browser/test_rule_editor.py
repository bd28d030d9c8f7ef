"""The editor of rules in a real browser: written, checked as one goes, tried on the past and live, saved and undone."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from passerby.domain.draft_trial import DraftNumbers, DraftRule
from passerby.domain.event_rules import Profile
from passerby.domain.observations import Observation, Quantity
from passerby.domain.road_user import RoadUser
from testing.trial_service.site_register import registration_with_events
from testing.web.fakes import MIDNIGHT_S, NS_PER_S, FakeConfigurations, Service, observation
from tests.browser.accessibility import found_by_axe, wider_px
from tests.browser.site import Site, running

pytestmark = pytest.mark.slow

TEXT = """\
# The market
cameras:
  square:
    source: {rtsp: "rtsp://10.0.0.7/stream", user: viewer, password: "********"}
    lines: {west gate: {points: [[0.27, 0.36], [0.25, 0.48]], forward: out, backward: in}}
    zones: {benches: {points: [[0.3, 0.3], [0.7, 0.3], [0.7, 0.6]]}}
    rules:
      crowded: {kind: overcrowding, zone: benches, above_people: 40}  # by the fire brigade
  gate: {source: {rtsp: "rtsp://10.0.0.8/x"}}
profiles: {market day: {}}
"""
DAY_S = 86_400


@pytest.fixture
def site() -> Iterator[Site]:
    """A service with one rule, whose register names operational events."""
    service = Service(configurations=FakeConfigurations(TEXT))
    with running(service) as site:
        site.cameras("square", "gate")
        plan = service.configurations.plan
        cameras = tuple(replace(camera, registration=registration_with_events()) for camera in plan.cameras)
        plan = replace(plan, cameras=cameras, profiles=(Profile("market day"),))
        site.call(lambda: setattr(service.configurations, "plan", plan))
        yield site


def editor(look: Any, query: str = "&edit=square", excused: str = "", **context: Any) -> Page:
    visit = look(**context)
    visit.excused = (excused,) if excused else ()
    page: Page = visit.page
    page.goto(f"{visit.site.address}events?tab=rules{query}")
    return page


def minute(start_s: int, people: float) -> Observation:
    changes: dict[str, Any] = {"series": "benches", "quantity": Quantity.OCCUPANCY_MEAN, "direction": None}
    return observation(start_s, people, road_user=RoadUser.PEDESTRIAN, count=60, **changes)


def file_of(site: Site) -> str:
    return site.service.configurations.kept[-1].text


def test_a_rule_is_tried_on_the_past_then_saved_silently_then_undone(look: Any, site: Site) -> None:
    crowds = [MIDNIGHT_S - day * DAY_S + 8 * 3600 for day in (1, 1, 2)]
    crowds[1] += 7200
    rows = [minute(start + 60 * at, people) for start in crowds for at, people in enumerate((3, 25, 25, 3, 3, 3))]
    site.call(lambda: site.service.store.rows.extend(sorted(rows, key=lambda row: row.start_ns)))
    page = editor(look)
    page.get_by_label("Name").fill("lunch")
    expect(page.get_by_label("What it watches for")).to_have_value("overcrowding")
    page.get_by_role("spinbutton", name="Threshold").fill("24")
    page.get_by_role("button", name="Try it on the past").click()
    expect(page.locator(".would")).to_have_text("It would have fired 3 times in 7 days.")
    expect(page.get_by_role("list", name=re.compile("When")).get_by_role("listitem")).to_have_count(3)
    page.locator("summary", has_text="Times").click()
    expect(page.get_by_role("row", name="Sun 27 Sept 2")).to_be_visible()
    expect(page.get_by_label("Try it out silently")).to_be_checked()
    assert found_by_axe(page) == []
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".undo")).to_contain_text("The rule is saved and runs.")
    expect(page).to_have_url(re.compile(r"tab=rules$"))
    saved = "lunch: {kind: overcrowding, zone: benches, above_people: 24, silent: true}"
    assert saved in file_of(site)
    assert "# by the fire brigade" in file_of(site)
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".undo")).to_contain_text("The rules are as they were.")
    assert file_of(site) == TEXT


def test_what_is_wrong_stands_at_its_field_before_it_is_saved(look: Any, site: Site) -> None:
    page = editor(look, "&edit=square&rule=crowded")
    expect(page.get_by_role("button", name="Save")).to_be_disabled()
    page.get_by_role("spinbutton", name="Threshold").fill("0")
    expect(page.locator(".field.wrong")).to_contain_text("it must be at least 1, got 0")
    page.get_by_label("Name").fill("busy")
    page.get_by_role("spinbutton", name="Threshold").fill("30")
    expect(page.locator(".field.wrong")).to_have_count(0)
    page.get_by_text("What saving changes").click()
    expect(page.locator(".editor details").last).to_contain_text("above_people: was 40, becomes 30")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".undo")).to_be_visible()
    assert "busy: {kind: overcrowding, zone: benches, above_people: 30}" in file_of(site)


def test_another_person_s_change_is_shown_and_kept(look: Any, site: Site) -> None:
    page = editor(look, "&edit=square&rule=crowded", excused="412")
    page.get_by_role("spinbutton", name="Threshold").fill("30")
    expect(page.get_by_role("button", name="Save")).to_be_enabled()
    theirs = TEXT.replace("# by the fire brigade\n", "# new\n      full: {kind: saturated, zone: benches}\n")
    kept = site.service.configurations.kept
    site.call(lambda: kept.append(replace(kept[-1], number=2, text=theirs, author="ben")))
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text("full · kind: was –, becomes saturated")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".undo")).to_contain_text("saved")
    assert "full: {kind: saturated" in file_of(site)
    assert "above_people: 30" in file_of(site)


def test_a_rule_that_needs_tracks_is_tried_live(look: Any, site: Site) -> None:
    page = editor(look)
    page.get_by_label("Name").fill("waiting")
    page.get_by_label("What it watches for").select_option("queue")
    page.get_by_label("Unit").select_option("longer_than_vehicles")
    page.get_by_role("button", name="Try it for ten minutes").click()
    expect(page.get_by_text("It is tried until")).to_be_visible()
    live = site.service.live

    def report() -> None:
        state = live.drafts["square"]
        rules = (DraftRule("waiting", 7.0, True, 2),)
        numbers = DraftNumbers(state.draft.draft_id, state.begun_ns + NS_PER_S, 0.9, False, rules=rules)
        live.drafts["square"] = replace(state, numbers=numbers)

    site.call(report)
    expect(page.locator(".would")).to_contain_text("Now 7, threshold 30; it would have raised 2 events so far.")
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_text("It was withdrawn.")).to_be_visible()


def test_a_rule_is_written_by_keys_alone_on_a_phone(look: Any, site: Site) -> None:
    page = editor(look, viewport={"width": 390, "height": 844}, color_scheme="dark")
    page.get_by_label("Name").focus()
    page.keyboard.type("night")
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent") == "Add hours":
            break
    page.keyboard.press("Enter")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")  # and away with them again
    expect(page.get_by_text("Always, where nothing stands here.")).to_be_visible()
    page.get_by_label("market day").focus()
    page.keyboard.press("Space")
    assert wider_px(page) <= 0
    assert found_by_axe(page) == []
    page.get_by_role("button", name="Save").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".undo")).to_contain_text("saved")
    assert "night: {kind: overcrowding, zone: benches, above_people: 20, silent: true, profiles: [market day]}" in (
        file_of(site)
    )
