"""Governance in a browser: each journey by mouse and by keyboard, for those whom it is for, with proofs that hold."""

import base64
import re
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from passerby.domain.access import Role
from passerby.domain.audit import AuditEntry
from passerby.domain.cases import CaseKind
from passerby.register.cases import decrypted_answer, new_key_pair, open_case
from testing.trial_service.site_register import SITE_REGISTER
from testing.web.running_file import FileSite, running_file
from tests.browser.accessibility import found_by_axe, wider_px
from tests.browser.conftest import LISTEN_FOR_VIOLATIONS, PATIENCE_MS

pytestmark = pytest.mark.slow

PASSPHRASE = "seven bridges, one kettle"
PUBLIC, PEM = new_key_pair(PASSPHRASE)
SITE = f"""\
site: {{name: Market square, time_zone: Europe/Belgrade}}
cameras:
  square:   # since May
    source: {{rtsp: "rtsp://10.0.0.7/stream"}}
    register:
      title: Market square   # as on the map
      place:
        address: 2 Market square
        position: [44.816, 20.46]
        field_of_view: [[44.816, 20.46], [44.8163, 20.46], [44.8163, 20.4604]]
  gate:
    source: {{rtsp: "rtsp://10.0.0.8/stream"}}
{SITE_REGISTER.rstrip()[:-1]}, questions: {{public_key: "{PUBLIC}"}}}}
"""
PEOPLE = {
    "ann": Role.ADMINISTRATOR, "pia": Role.PRIVACY_OFFICER, "aud": Role.AUDITOR, "olga": Role.OPERATOR,
}  # fmt: skip
PAGES = {
    "governance": "ann", "governance/log": "aud", "governance/retention": "pia", "governance/exports": "pia",
    "governance/people": "ann", "governance/cases": "pia", "governance/register": "pia",
    "governance/register/square": "pia", "welcome": "ann",
}  # fmt: skip
Open = Callable[..., Page]


@pytest.fixture
def site(tmp_path: Path) -> Iterator[FileSite]:
    """A service with some acts in its log, and with a person for each role."""
    with running_file(tmp_path, SITE) as running:
        service = running.service

        async def fill() -> None:
            for at, (actor, action, subject, purpose) in enumerate(
                [
                    ("ada", "view.opened", "square", "maintenance"),
                    ("ben", "view.opened", "gate", "road_safety"),
                    ("ada", "counts.exported", "square", "traffic_planning"),
                ]
            ):
                act = AuditEntry(service.clock() - 3600 * 10**9 + at, actor, action, subject, "csv", purpose, "case 7")
                await service.store.append_audit(act)
            await service.store.enforce_retention()
            await service.access.accounts.make("una", "test")

        running.run(fill())
        yield running


@pytest.fixture
def opened(chromium: Browser, site: FileSite) -> Iterator[Open]:
    """Opens a page as one of the people; what it did that it must not do fails the test at its end."""
    pages: list[tuple[Page, list[str]]] = []

    def open_page(path: str, name: str, excused: str = "", **context: Any) -> Page:
        options = {"viewport": {"width": 1280, "height": 800}, "locale": "en-GB"} | context
        made = chromium.new_context(**options)
        cookie: Any = site.cookie_of(name, PEOPLE[name])
        made.add_cookies([cookie])
        page = made.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.add_init_script(LISTEN_FOR_VIOLATIONS)
        complaints: list[str] = []
        pages.append((page, complaints))
        page.on("pageerror", lambda error: complaints.append(f"uncaught: {error}"))
        page.on(
            "console",
            lambda said: (
                complaints.append(said.text) if said.type == "error" and (excused or "\0") not in said.text else None
            ),
        )
        page.on(
            "request",
            lambda asked: None if asked.url.startswith((site.address, "blob:")) else complaints.append(asked.url),
        )
        page.goto(site.address + path)
        return page

    yield open_page
    for page, complaints in pages:
        assert complaints == []
        assert page.evaluate("window.violations") == []
        page.context.close()


@pytest.mark.asvs("16.4.2")
def test_each_entry_is_proved_and_one_that_is_shown_otherwise_is_found(opened: Open) -> None:
    page = opened("governance/log", "aud")
    expect(page.get_by_text("✓ proved").first).to_be_visible()
    expect(page.get_by_text("Its signature is right.")).to_be_visible()
    expect(page.get_by_text("NOT IN THE LOG")).to_have_count(0)

    def altered(route: Route) -> None:
        answer = route.fetch()
        rows = answer.json()
        next(row for row in rows["rows"] if row["actor"] == "ben")["actor"] = "eve"
        route.fulfill(response=answer, json=rows)

    page.route(re.compile(r"/api/v1/audit\?"), altered)
    page.reload()
    expect(page.get_by_role("row").filter(has_text="eve")).to_contain_text("✗ CHANGED")
    expect(page.get_by_text("1 entry is not what the log holds.")).to_be_visible()
    expect(page.get_by_text("✓ proved").first).to_be_visible()


def test_an_entry_that_is_altered_in_the_database_is_found(opened: Open, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "passerby.db") as database:
        ben, eve = b'"actor":"ben"', b'"actor":"eve"'
        rows = database.execute("SELECT leaf_index, content FROM audit_leaves").fetchall()
        found = [(bytes(content).replace(ben, eve), at) for at, content in rows if content and ben in bytes(content)]
        assert len(found) == 1
        database.executemany("UPDATE audit_leaves SET content = ? WHERE leaf_index = ?", found)
    page = opened("governance/log", "aud")
    expect(page.get_by_role("row").filter(has_text="eve")).to_contain_text("✗ NOT IN THE LOG")
    expect(page.get_by_role("row").filter(has_text="view.opened").filter(has_text="ada")).to_contain_text("✓ proved")


def test_the_log_is_searched_by_keyboard_and_the_search_stands_in_the_address(opened: Open) -> None:
    page = opened("governance/log", "aud")
    expect(page.get_by_text("✓ proved").first).to_be_visible()
    page.get_by_label("Who", exact=True).focus()
    page.keyboard.type("ben")
    page.keyboard.press("Enter")
    expect(page.get_by_role("row").filter(has_text="ada")).to_have_count(0)
    expect(page.get_by_role("row").filter(has_text="road safety")).to_contain_text("proved")
    assert "actor=ben" in page.url
    page.reload()
    expect(page.get_by_label("Who", exact=True)).to_have_value("ben")


def test_a_role_is_proposed_by_one_and_confirmed_by_another(opened: Open, site: FileSite) -> None:
    ann = opened("governance/people", "ann")
    ann.get_by_label("Name of the account").fill("ivo")
    ann.get_by_role("button", name="Add and invite").click()
    expect(ann.get_by_text("/join/")).to_be_visible()
    ann.get_by_role("combobox", name="Account").select_option("ivo")
    ann.get_by_role("combobox", name="Role").select_option("operator")
    ann.get_by_role("button", name="Propose", exact=True).click()
    expect(ann.get_by_role("heading", name="ivo", level=3, exact=True)).to_be_visible()
    expect(ann.get_by_role("button", name=re.compile("^Confirm "))).to_have_count(0)
    pia = opened("governance/people", "pia")
    pia.get_by_role("button", name="Confirm operator ivo").press("Enter")
    expect(pia.get_by_text("operator for ivo holds now.")).to_be_visible()
    expect(pia.get_by_role("row").filter(has_text="ivo").filter(has_text="holds")).to_be_visible()
    row = ann.get_by_role("row").filter(has_text="una").filter(has_text="enabled")
    row.get_by_role("button", name="Disable una").click()
    expect(ann.get_by_text("una is disabled")).to_be_visible()
    ann.get_by_role("button", name="Undo", exact=True).click()
    expect(ann.get_by_text("una is enabled again.")).to_be_visible()


def test_a_log_in_of_long_ago_is_asked_for_and_nothing_is_lost(opened: Open, site: FileSite) -> None:
    ann = opened("governance/people", "ann", excused="403")
    ann.get_by_label("Name of the account").fill("ivo")
    site.service.clock.now_s += 601
    ann.get_by_role("button", name="Add and invite").click()
    expect(ann.get_by_role("link", name="Log in again in a new tab, then repeat it")).to_be_visible()
    expect(ann.get_by_label("Name of the account")).to_have_value("ivo")


def test_a_letter_is_read_and_answered_with_a_key_that_stays_in_the_browser(
    opened: Open, site: FileSite, tmp_path: Path
) -> None:
    store = site.service.store
    _, reference = site.run(
        open_case(
            store, CaseKind.OBJECTION, "Zašto kamera gleda u moj prozor?", "square", PUBLIC, 30, site.service.clock()
        )
    )
    (tmp_path / "officer.pem").write_bytes(PEM)
    page = opened("governance/cases", "pia")
    sent: list[str] = []
    page.on("request", lambda asked: sent.append(asked.post_data or ""))
    expect(page.get_by_text("The letter is encrypted.")).to_be_visible()
    page.get_by_label("File of the private key (PEM)").set_input_files(tmp_path / "officer.pem")
    page.get_by_label("Its passphrase").fill("wrong, and long enough")
    page.keyboard.press("Enter")
    expect(page.get_by_text("The passphrase is not the one of this key.")).to_be_visible()
    page.get_by_label("Its passphrase").fill(PASSPHRASE)
    page.keyboard.press("Enter")
    expect(page.get_by_text("Zašto kamera gleda u moj prozor?")).to_be_visible()
    page.get_by_label("Your answer").fill("It was turned yesterday. Jučer je okrenuta.")
    page.get_by_role("button", name="Send the answer").click()
    expect(page.get_by_text("Nothing waits for an answer.")).to_be_visible()
    (answered,) = site.run(store.cases())
    assert decrypted_answer(answered.answer, reference) == "It was turned yesterday. Jučer je okrenuta."
    assert not any(each in "".join(sent) for each in (PASSPHRASE, "PRIVATE KEY", reference, "turned yesterday"))
    assert base64.b64encode(b"turned yesterday").decode() not in "".join(sent)


def test_the_register_is_seen_before_it_is_published_and_undone(opened: Open, tmp_path: Path) -> None:
    page = opened("governance/register", "pia")
    page.get_by_role("link", name="Market square").click()
    title = page.get_by_label("Name of the place", exact=True)
    title.fill("The old market")
    frame = page.frame_locator("iframe")
    expect(frame.get_by_role("heading", name="The old market")).to_be_visible()
    expect(page.get_by_role("row").filter(has_text="record.title")).to_contain_text("The old market")
    title.fill("")
    expect(page.get_by_text("Still missing: Name of the place")).to_be_visible()
    title.fill("The old market")
    page.get_by_role("button", name="Save and publish").click()
    expect(page.get_by_text("Saved and published.")).to_be_visible()
    text = (tmp_path / "site.yaml").read_text()
    assert "title: The old market   # as on the map" in text
    page.get_by_role("button", name="Undo", exact=True).click()
    expect(title).to_have_value("Market square")
    expect(page.get_by_text("The earlier texts are published again.")).to_be_visible()


def test_two_who_edit_the_same_camera_overwrite_nothing_silently(opened: Open, tmp_path: Path) -> None:
    ann = opened("governance/register/square", "ann", excused="412")
    pia = opened("governance/register/square", "pia")
    ann.get_by_label("Name of the place", exact=True).fill("Ann's market")
    pia.get_by_label("Put up on").fill("2026-05-02")
    pia.get_by_role("button", name="Save and publish").press("Enter")
    expect(pia.get_by_text("Saved and published.")).to_be_visible()
    ann.get_by_role("button", name="Save and publish").click()
    expect(ann.get_by_text("Another person changed these keys meanwhile: installed.")).to_be_visible()
    expect(ann.get_by_label("Name of the place", exact=True)).to_have_value("Ann's market")
    assert "Ann's market" not in (tmp_path / "site.yaml").read_text()


def test_who_may_not_see_a_page_is_told_whom_it_is_for(opened: Open) -> None:
    for path, roles in (("log", "the auditor"), ("cases", "the privacy officer")):
        page = opened(f"governance/{path}", "olga")
        expect(page.get_by_text(f"This page is for {roles}.")).to_be_visible()
        expect(page.get_by_text("Your roles: operator.")).to_be_visible()
        assert found_by_axe(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_and_no_phone_scrolls_sideways(opened: Open, scheme: str) -> None:
    phone: Any = {"width": 390, "height": 844}
    for path, name in PAGES.items():
        page = opened(path, name, color_scheme=scheme, **({"viewport": phone} if scheme == "dark" else {}))
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        page.wait_for_load_state("networkidle")
        assert found_by_axe(page) == [], path
        page.set_viewport_size(phone)
        assert wider_px(page) <= 0, path
