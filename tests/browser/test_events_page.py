"""The page of events in a real browser: lanes, one event with its reason, and what is decided, by mouse and by keys."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from passerby.domain.decisions import DecisionKind, Judgement, RuleRecord
from passerby.domain.event_rules import RuleKind, Severity
from passerby.domain.place_events import EventState, PlaceEvent, Sample
from testing.trial_service.site_register import registration_with_events
from testing.web.fakes import NOW_S, NS_PER_S
from testing.web.made import open_event, place_event
from testing.web.replays import encrypted, event_replay
from tests.browser.accessibility import WIDTHS_PX, found_by_axe, wider_px
from tests.browser.holding import Held
from tests.browser.site import Site

pytestmark = pytest.mark.slow

START_NS = (NOW_S - 600) * NS_PER_S


def crowded(**changes: Any) -> PlaceEvent:
    values = (30.0, 44.0, None, 52.0, 47.0)
    samples = tuple(Sample(START_NS + number * 60 * NS_PER_S, value) for number, value in enumerate(values))
    kept: dict[str, Any] = {"threshold": 40.0, "unit": "1", "peak": 52.0, "samples": samples, "place": "benches"}
    return open_event("square", "crowded", START_NS, after_s=300, **(kept | changes))


def vehicle(state: EventState = EventState.CLOSED) -> PlaceEvent:
    end_ns = START_NS + 90 * NS_PER_S if state is EventState.CLOSED else None
    closed: dict[str, Any] = {"state": state, "end_ns": end_ns}
    return place_event(
        rule="closed to vehicles",
        start_ns=START_NS,
        kind=RuleKind.VEHICLE_IN_ZONE,
        severity=Severity.CRITICAL,
        place="benches",
        **closed,
    )


@pytest.fixture
def events(look, site: Site):
    """Opens the page of events."""

    def opened(*rows: PlaceEvent, event: PlaceEvent | None = None, excused: str = "", **context: Any) -> Page:
        site.call(lambda: site.service.store.event_rows.extend(rows))
        visit = look(**context)
        visit.excused = (excused,) if excused else ()
        page: Page = visit.page
        page.goto(f"{site.address}events" + (f"?event={event.event_id}" if event else ""))
        expect(page.locator(".link")).to_have_class(re.compile("live"))
        return page

    return opened


def lane(page: Page, severity: str) -> Locator:
    return page.get_by_role("region", name=severity)


def test_events_stand_in_lanes_by_severity_those_to_look_at_first(events) -> None:
    page = events(crowded(), vehicle())
    expect(lane(page, "Critical").get_by_role("link")).to_have_text(re.compile("Vehicle in a closed zone.*Over", re.S))
    expect(lane(page, "Warning").get_by_role("link")).to_have_text(re.compile("Crowded.*Goes on", re.S))
    expect(page.locator(".summary")).to_contain_text("1 to look at, 2 in all")
    expect(lane(page, "Notice")).to_contain_text("None.")
    page.get_by_label("View").select_option("list")
    expect(page.locator(".list li")).to_have_count(2)
    assert "view=list" in page.url


def test_events_of_one_cause_stand_as_one_and_name_each_other(events) -> None:
    main = crowded()
    follows = open_event("square", "packed", START_NS, 60, kind=RuleKind.DENSEST_AREA, group_id=main.event_id)
    page = events(replace(main, group_id=main.event_id), follows)
    expect(page.locator(".summary")).to_contain_text("1 to look at, 1 in all")
    page.get_by_role("link", name=re.compile("Crowded.*with densely packed in one spot", re.S)).click()
    page.get_by_role("link", name="Densely packed in one spot", exact=True).click()
    expect(page.get_by_role("heading", name="Densely packed in one spot")).to_be_focused()
    expect(page.locator(".event")).to_contain_text("level F of A to F")


def test_a_cause_that_goes_on_is_said_to_though_its_first_event_is_over(events) -> None:
    first = replace(crowded(), state=EventState.CLOSED, end_ns=START_NS + 60 * NS_PER_S)
    again = open_event("square", "crowded", START_NS + 90 * NS_PER_S, 60, group_id=first.event_id)
    page = events(first, again)
    expected = re.compile("Crowded.*Goes on.*1 more of this kind", re.S)
    expect(lane(page, "Warning").get_by_role("link")).to_have_text(expected)


@pytest.mark.parametrize("sign", ["?", "#"])
def test_a_link_of_a_notice_opens_its_event(events, site: Site, sign: str) -> None:
    page = events(one := crowded())
    page.goto("about:blank")
    page.goto(f"{site.address}events{sign}event={one.event_id}")
    expect(page.get_by_role("heading", name="Crowded: benches")).to_be_visible()


def test_an_event_says_why_and_shows_its_values_with_gaps(events) -> None:
    one = crowded()
    page = events(one)
    page.get_by_role("link", name="Crowded").click()
    expect(page.get_by_role("heading", name="Crowded: benches")).to_be_focused()
    expect(page.locator(".event .why")).to_contain_text(one.why.rstrip("."))
    expect(page.locator("svg .values")).to_have_count(2)
    expect(page.get_by_role("img", name=re.compile("highest value 52, threshold 40"))).to_be_visible()
    page.get_by_text("Values over time").click()
    expect(page.locator("figure tbody tr")).to_have_count(5)
    expect(page.locator("figure tbody")).to_contain_text("not measured")
    with page.expect_download() as saved:
        page.locator("figure").get_by_role("button", name="CSV").click()
    rows = Path(saved.value.path()).read_text("utf-8-sig").splitlines()
    assert rows[0] == "time,value (1),threshold (1)"
    assert [row.split(",")[1] for row in rows[1:]] == ["30", "44", "", "52", "47"]


@pytest.mark.parametrize("verdict", ["True", "False", "Unsure"])
def test_one_click_judges_an_event_and_one_takes_it_back(events, site: Site, verdict: str) -> None:
    page = events(one := crowded(), event=one)
    button = page.get_by_role("button", name=verdict, exact=True)
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    stored = site.service.store.decision_rows
    assert [(row.kind, row.verdict) for row in stored] == [(DecisionKind.JUDGED, Judgement(verdict.lower()))]
    expect(page.locator(".decisions")).to_contain_text(f"judged it {verdict.lower()}")
    expect(lane(page, "Warning").get_by_role("link")).to_contain_text(f"judged {verdict.lower()}")
    page.get_by_role("button", name="Undo").click()
    expect(button).to_have_attribute("aria-pressed", "false")
    expect(page.locator(".undo")).to_contain_text("Taken back.")
    assert [row.kind for row in stored] == [DecisionKind.JUDGED, DecisionKind.TAKEN_BACK]
    expect(page.locator(".decisions")).to_contain_text("took back: the verdict")


def test_an_event_is_reviewed_by_keys_alone(events, site: Site) -> None:
    page = events(crowded(), vehicle())
    expect(page.locator(".summary")).to_contain_text("2 in all")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_contain_text("Next event")
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    expect(page.get_by_role("heading", name="Vehicle in a closed zone: benches")).to_be_focused()
    page.keyboard.press("j")
    expect(page.get_by_role("heading", name="Crowded: benches")).to_be_focused()
    page.keyboard.press("f")
    expect(page.get_by_role("button", name="False", exact=True)).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("u")
    expect(page.get_by_role("button", name="False", exact=True)).to_have_attribute("aria-pressed", "false")
    page.keyboard.press("t")
    expect(page.get_by_role("button", name="True", exact=True)).to_have_attribute("aria-pressed", "true")
    page.get_by_label("Note").focus()
    page.keyboard.type("far too many")  # letters are text there, not keys
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".decisions")).to_contain_text("“far too many”")
    page.get_by_role("heading", name="Crowded: benches").focus()
    page.keyboard.press("b")
    expect(page.locator(".empty")).to_be_visible()
    kinds = [row.kind.value for row in site.service.store.decision_rows]
    assert kinds == ["judged", "taken_back", "judged", "acknowledged"]


def test_what_is_decided_while_a_decision_is_on_its_way_follows_it(events, site: Site) -> None:
    page = events(one := crowded(), event=one)
    judged = page.get_by_role("button", name="True", exact=True)
    acknowledged = page.get_by_role("button", name="Acknowledge")
    held = Held(page, re.compile("/decisions$"), "POST")
    judged.click()
    held.wait()
    judged.click()
    acknowledged.click()
    held.let_go()
    expect(acknowledged).to_have_attribute("aria-pressed", "true")
    expect(judged).to_have_attribute("aria-pressed", "true")
    assert [row.kind.value for row in site.service.store.decision_rows] == ["judged", "acknowledged"]


def test_keys_can_be_switched_off(events) -> None:
    page = events(crowded())
    page.get_by_role("button", name="Keys (?)").click()
    page.get_by_role("checkbox", name="Use single keys").uncheck()
    page.get_by_role("dialog").get_by_role("button", name="Close").click()
    page.keyboard.press("j")
    expect(page.locator(".empty")).to_be_visible()
    page.reload()
    expect(page.locator(".link")).to_have_class(re.compile("live"))
    page.keyboard.press("?")
    expect(page.get_by_role("checkbox", name="Use single keys")).not_to_be_checked()


def test_how_often_a_rule_was_right_stands_beside_its_event(events, site: Site) -> None:
    record = RuleRecord("square", "crowded", RuleKind.OVERCROWDING, 12, true=8, false=2)
    site.call(lambda: site.service.store.record_rows.append(record))
    page = events(one := crowded(), event=one)
    expect(page.locator(".review")).to_contain_text(
        "80 % of 10 judged events of this rule were true (95% interval 49 % to 94 %)"
    )
    page.get_by_role("link", name="Rules").click()
    expect(page.locator("tbody")).to_contain_text("80 % (49 % to 94 %)")
    assert found_by_axe(page) == []


def test_an_acknowledged_or_snoozed_event_asks_for_no_more_attention(events, site: Site) -> None:
    page = events(one := crowded(), event=one)
    page.get_by_label("Note").fill("a market stall")
    page.get_by_role("button", name="Acknowledge").click()
    expect(page.locator(".summary")).to_contain_text("0 to look at, 1 in all")
    expect(page.locator(".decisions")).to_contain_text("“a market stall”")
    page.get_by_label("Snooze for").select_option("day")
    page.get_by_label("Until the morning of").fill("2026-09-30")
    page.get_by_role("button", name="Snooze", exact=True).click()
    expect(page.locator(".decisions")).to_contain_text("snoozed it until Wed 30 Sept, 00:00:00")


def test_days_without_a_review_have_a_dot_and_one_of_them_is_chosen(events, site: Site) -> None:
    page = events(crowded())
    page.get_by_text("Calendar").click()
    day = page.get_by_role("button", name="Monday 28 September, today, 1 event not reviewed")
    expect(day).to_be_visible()
    day.click()
    expect(page).to_have_url(re.compile("day=2026-09-28"))
    expect(day).to_be_focused()
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("button", name=re.compile("^Sunday 27 September"))).to_be_focused()
    with page.expect_response(re.compile(r"/api/v1/events\?start=2026-09-27&end=2026-09-28$")):
        page.keyboard.press("Enter")
    assert "day=2026-09-27" in page.url
    with page.expect_response(re.compile(r"/api/v1/events\?start=2026-09-28&end=2026-09-29$")):
        page.go_back()


def keep_replay(site: Site, event: PlaceEvent, *, readable: bool = True) -> None:
    """The register allows replays, and there is one of the event."""
    registration = registration_with_events()
    assert registration.record is not None
    registration = replace(registration, record=replace(registration.record, event_replays=True))
    service = site.service

    def keep() -> None:
        plan = service.configurations.plan
        cameras = tuple(replace(camera, registration=registration) for camera in plan.cameras)
        service.configurations.plan = replace(plan, cameras=cameras)
        service.store.replay_rows.append(encrypted(event))
        if readable:
            service.replays[event.event_id] = event_replay(event)

    site.call(keep)


def test_a_replay_plays_after_its_purpose_and_each_opening_is_a_look(events, site: Site) -> None:
    one = crowded()
    keep_replay(site, one)
    page = events(one, event=one)
    expect(page.locator(".replay")).to_contain_text("Each opening is written into the audit log")
    page.get_by_role("button", name="Open the replay").click()
    picture = page.get_by_role("img", name=re.compile("as moving figures"))
    expect(picture).to_be_visible()
    assert picture.evaluate("node => node.decode().then(() => node.naturalWidth)") > 0
    page.get_by_role("button", name="True", exact=True).click()
    expect(page.locator(".decisions")).to_contain_text("judged it true")
    expect(picture).to_be_visible()
    acts = [row.action for row in site.service.store.audit_rows]
    assert acts.count("replay.opened") == 1  # a report that comes must not open it again
    page.get_by_role("button", name="Play it again").click()
    expect(picture).to_be_visible()


PICTURES = """() => {
  const [make, revoke] = [URL.createObjectURL, URL.revokeObjectURL];
  window.pictures = new Set();
  URL.createObjectURL = (blob) => { const made = make.call(URL, blob); window.pictures.add(made); return made; };
  URL.revokeObjectURL = (made) => { window.pictures.delete(made); revoke.call(URL, made); };
}"""
"""Keeps the addresses of pictures that have not been given back in `pictures`."""


def test_a_replay_s_picture_is_given_back_when_the_event_is_left(events, site: Site) -> None:
    one, other = crowded(), vehicle()
    keep_replay(site, one)
    page = events(one, other, event=one)
    page.evaluate(PICTURES)
    for key in ("b", "k"):
        page.get_by_role("button", name="Open the replay").click()
        expect(page.locator(".replay img")).to_be_visible()
        assert page.evaluate("pictures.size") == 1
        page.keyboard.press(key)
        expect(page.locator(".replay img")).to_have_count(0)
        assert page.evaluate("pictures.size") == 0
        page.go_back()


def test_a_threshold_is_no_lower_bound_where_the_values_are(events) -> None:
    page = events(one := crowded(at_least=True), event=one)
    expect(page.get_by_role("img", name=re.compile("highest value at least 52, threshold 40"))).to_be_visible()


def test_a_replay_that_is_gone_says_why(events, site: Site) -> None:
    one = crowded()
    keep_replay(site, one, readable=False)
    page = events(one, event=one, excused="404")
    page.get_by_role("button", name="Open the replay").click()
    expect(page.locator(".replay .fault")).to_contain_text("replay")
    expect(page.locator(".replay img")).to_have_count(0)


def test_a_live_event_appears_and_is_spoken(events, site: Site) -> None:
    page = events()
    expect(page.locator(".summary")).to_contain_text("0 to look at, 0 in all")
    site.call(lambda: site.service.live.place_events.append(crowded()))
    site.call(site.service.live.tell)
    expect(lane(page, "Warning").get_by_role("link")).to_contain_text("Crowded")
    expect(page.locator("[data-test=spoken]")).to_have_text("Warning: Crowded, square")


def test_what_is_typed_stays_while_a_report_comes(events, site: Site) -> None:
    page = events(one := crowded(), event=one)
    page.get_by_label("Note").fill("half a no")
    later = crowded(value=50.0, updated_ns=one.updated_ns + NS_PER_S)

    def report() -> None:
        site.service.store.event_rows[:] = [later]
        site.service.live.place_events[:] = [later]
        site.service.live.tell()

    site.call(report)
    expect(page.locator(".facts")).to_contain_text("50")
    expect(page.get_by_label("Note")).to_have_value("half a no")
    expect(page.get_by_label("Note")).to_be_focused()


def test_an_unknown_event_says_so(events) -> None:
    page = events(event=place_event(start_ns=5), excused="404")
    expect(page.get_by_role("alert")).to_contain_text("no event")


@pytest.mark.parametrize("width", WIDTHS_PX)
def test_no_width_scrolls_sideways(events, width: str) -> None:
    page = events(vehicle(), one := crowded(), viewport={"width": WIDTHS_PX[width], "height": 844})
    assert wider_px(page) <= 0
    page.goto(f"{page.url}?event={one.event_id}")
    expect(page.locator("figure svg")).to_be_visible()
    assert wider_px(page) <= 0


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing(events, theme: str) -> None:
    page = events(vehicle(), one := crowded(), event=one, color_scheme=theme, reduced_motion="reduce")
    expect(page.locator("figure svg")).to_be_visible()
    page.get_by_text("Calendar").click()
    page.get_by_role("button", name="Unsure", exact=True).click()
    expect(page.locator(".undo .what")).to_be_visible()
    assert found_by_axe(page) == []
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    assert found_by_axe(page) == []
