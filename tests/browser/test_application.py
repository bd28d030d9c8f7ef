"""The frame of the web application, in a real browser: at its addresses, in each language, for everybody."""

from dataclasses import replace
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from passerby import __version__
from passerby.domain.fleet import NodeReport, NodeState
from passerby.units import NS_PER_S
from testing.web.fakes import NOW_S
from tests.browser.accessibility import WIDTHS_PX, found_by_axe, wider_px
from tests.unit.domain.test_fleet_nodes import NODE

pytestmark = pytest.mark.slow


def about(look: Any, **context: Any) -> Page:
    """Opens the page about passerby."""
    visit = look(**context)
    page: Page = visit.page
    page.goto(f"{visit.site.address}about")
    expect(page.get_by_text("Version")).to_be_visible()
    return page


def test_a_page_is_shown_at_its_address_in_the_reader_s_language(look: Any) -> None:
    page = about(look)
    expect(page.get_by_role("heading", name="About passerby")).to_be_visible()
    page.get_by_label("Language").select_option("sr-Cyrl")
    expect(page.get_by_role("heading", name="О програму passerby")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "sr-Cyrl")
    # The pages that the service writes are read in the language that was chosen here, and the other way round.
    page.get_by_role("link", name="Налог").click()
    expect(page.get_by_role("heading", level=1, name="Једнократна веза")).to_be_visible()
    page.get_by_role("link", name="English").press("Enter")
    expect(page.get_by_role("heading", level=1, name="The one-time link")).to_be_visible()
    page.get_by_role("link", name="Validate").click()
    expect(page.get_by_label("Language")).to_have_value("en")


def test_a_refusal_is_read_in_the_page_s_language_with_the_api_s_words_below(look: Any) -> None:
    visit = look(locale="sr-Latn-RS")
    visit.excused = ("403",)
    visit.page.goto(f"{visit.site.address}events?tab=notices")
    # Who came by the link has no account, so no browser of theirs is told of events.
    refusal = visit.page.get_by_role("alert").filter(has_text="Vaš nalog ovo ne sme.")
    expect(refusal.locator("[lang=en]")).to_contain_text("only an account that has logged in")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(look: Any, scheme: str) -> None:
    assert found_by_axe(about(look, color_scheme=scheme)) == []


@pytest.mark.parametrize("width", WIDTHS_PX)
def test_no_width_scrolls_sideways(look: Any, width: str) -> None:
    assert wider_px(about(look, viewport={"width": WIDTHS_PX[width], "height": 844})) <= 0


@pytest.mark.parametrize("width", ["desktop", "narrow phone"])
def test_the_other_machines_are_shown_with_what_is_wrong(look: Any, width: str) -> None:
    now_ns = NOW_S * NS_PER_S
    well = replace(NODE, seen_ns=now_ns, program=__version__, report=NodeReport(3, 1, 1234), reported_ns=now_ns)
    copied = replace(NODE, name="pole-8", state=NodeState.CLONED, program="0.0.9", clock_off_s=300.0)
    visit = look(viewport={"width": WIDTHS_PX[width], "height": 844})
    visit.site.call(lambda: visit.site.service.store.fleet.rows.extend([well, copied]))
    visit.page.goto(f"{visit.site.address}about")
    row = visit.page.get_by_role("row").filter(has_text="pole-8")
    expect(row).to_contain_text("two machines have its key")
    expect(row).to_contain_text("another version than the hub's; its clock is off by 300 s")
    expect(visit.page.get_by_role("row").filter(has_text="pole-7")).to_contain_text("1,234")
    assert wider_px(visit.page) <= 0
    assert found_by_axe(visit.page) == []


def test_an_address_without_a_page_is_none_of_the_application(look: Any) -> None:
    visit = look()
    visit.excused = ("404",)
    answer = visit.page.goto(f"{visit.site.address}nowhere")
    assert answer is not None
    assert answer.status == 404
    expect(visit.page.get_by_role("heading", name="There is no such page")).to_be_visible()
    assert found_by_axe(visit.page) == []
    visit.page.get_by_role("link", name="Go to the cameras").press("Enter")
    expect(visit.page.get_by_text("square").first).to_be_visible()


def test_a_narrow_window_has_its_pages_behind_a_button(look: Any) -> None:
    page = about(look, viewport={"width": 390, "height": 844})
    events = page.get_by_role("navigation", name="Pages").get_by_role("link", name="Events")
    expect(events).to_be_hidden()
    page.get_by_role("button", name="Pages").press("Enter")
    events.press("Enter")
    expect(page.get_by_role("heading", name="Events", exact=True)).to_be_visible()
    expect(events).to_be_hidden()
