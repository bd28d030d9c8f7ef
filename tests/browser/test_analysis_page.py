"""The page of analysis in a real browser, on a real store: what is drawn, read, compared and exported."""

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlparse

import pyarrow.parquet as pq
import pytest
from openpyxl import load_workbook
from PIL import Image
from playwright.sync_api import Page, Route, expect

from tests.browser.accessibility import WIDTHS_PX, found_by_axe, wider_px
from tests.browser.analysis_site import GATE, OLD_WEEK, WEEK, analysis, chart, measured, site

__all__ = ["analysis", "measured", "site"]

pytestmark = pytest.mark.slow


def asked(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlparse(page.url).query)


def total(page: Page) -> int:
    return int(page.locator(".totals .value").first.inner_text().replace(",", ""))


def test_the_first_line_is_shown_at_once_and_the_span_stands_in_the_address(analysis: Any) -> None:
    page = analysis("")
    chart(page)
    query = asked(page)
    assert (query["place"], query["from"], query["to"]) == (["square/gate"], ["2026-09-22"], ["2026-09-28"])
    expect(page.get_by_text("Times in Europe/Berlin")).to_be_visible()
    expect(page.locator(".totals")).to_contain_text("not validated by hand")


def test_by_mouse_a_day_is_followed_closer_and_the_way_back_leads_out(analysis: Any) -> None:
    page = analysis(f"{OLD_WEEK}&bin=day")
    drawn = chart(page)
    box = drawn.bounding_box()
    drawn.hover(position={"x": box["width"] * 0.5, "y": 100})
    expect(page.locator(".readout")).to_contain_text(re.compile("Thu, 13 Aug 2026 watched"))
    drawn.click(position={"x": box["width"] * 0.5, "y": 100})
    expect(page).to_have_url(re.compile("from=2026-08-13&to=2026-08-13"))
    expect(page.locator("figcaption")).to_contain_text("15 minutes")
    page.go_back()
    expect(page).to_have_url(re.compile("from=2026-08-10&to=2026-08-16"))
    expect(page.locator("figcaption")).to_contain_text("1 day")


def test_by_keyboard_steps_are_read_and_followed_closer(analysis: Any) -> None:
    page = analysis(f"{GATE}&from=2026-08-13&to=2026-08-13&bin=hour")
    drawn = chart(page)
    drawn.focus()
    for _ in range(9):
        page.keyboard.press("ArrowRight")
    expect(drawn).to_have_attribute(
        "aria-valuetext", re.compile(r"Thu, 13 Aug 2026, 08:00–09:00: gate \d+ \(\d+–\d+\); watched 100")
    )
    # Colours that change draw the chart anew; the step that is read stays.
    page.emulate_media(color_scheme="dark")
    page.evaluate("new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))")
    assert "08:00–09:00" in drawn.get_attribute("aria-valuetext")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(quote("2026-08-13T08:00:00+02:00")))
    expect(page.get_by_role("button", name="Whole day")).to_be_visible()


def test_a_gap_is_a_gap_in_chart_table_and_total(analysis: Any) -> None:
    page = analysis(f"{GATE}&from=2026-09-01&to=2026-09-10&bin=day")
    chart(page)
    expect(page.locator(".totals")).to_contain_text(re.compile(r"watched (69|70)\s%"))
    page.get_by_text("Table", exact=True).click()
    row = page.get_by_role("row").filter(has_text="Sat, 5 Sept 2026")
    expect(row).to_contain_text("–")
    expect(row).to_contain_text("not watched")


def test_a_usual_day_and_a_week_before_are_drawn_beside_it(analysis: Any) -> None:
    page = analysis(f"{WEEK}&bin=hour")
    expect(page.locator(".totals")).not_to_contain_text("usual")
    page.get_by_label("Compare with").select_option("usual")
    expect(page.locator(".totals")).to_contain_text(re.compile("(more|less) than usual|as usual"))
    page.get_by_label("Compare with").select_option("week")
    expect(page.locator(".totals")).to_contain_text("a week before")
    assert asked(page)["compare"] == ["week"]


def test_classes_and_ways_have_their_own_lines(analysis: Any) -> None:
    page = analysis()
    chart(page)
    both = total(page)
    page.get_by_label("A line for each").select_option("class")
    expect(page.locator(".totals li")).to_have_count(2)
    page.get_by_label("Cars").check()
    expect(page.locator(".totals li")).to_have_count(1)
    assert 0 < total(page) < both
    page.get_by_label("A line for each").select_option("direction")
    expect(page.locator(".totals li")).to_have_count(2)
    expect(page.locator(".totals")).to_contain_text("gate, in")


def test_a_speed_has_its_interval(analysis: Any) -> None:
    page = analysis(f"{WEEK}&measure=speed_mean&bin=hour")
    drawn = chart(page)
    drawn.focus()
    page.keyboard.press("Home")
    expect(page.locator(".readout")).to_contain_text(re.compile(r"gate, Cars, in \d+\.\d \(\d+\.\d–\d+\.\d\)"))
    expect(page.locator(".totals")).to_contain_text("km/h")


def test_hours_by_days_are_read_by_keyboard(analysis: Any) -> None:
    page = analysis(f"{GATE}&from=2026-09-01&to=2026-09-27&view=hours")
    grid = page.get_by_role("grid")
    expect(grid.get_by_role("row")).to_have_count(8)
    cell = grid.locator("[tabindex='0']")
    cell.focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator(":focus")).to_have_attribute(
        "aria-label", re.compile(r"Monday, 09:00: [\d.,]+; 2 of 3 hours watched")
    )


def test_peak_hours_with_their_factor(analysis: Any) -> None:
    page = analysis(f"{GATE}&from=2026-09-01&to=2026-09-27&view=peaks")
    row = page.get_by_role("row").filter(has_text="Thu, 24 Sept 2026")
    expect(row).to_contain_text(re.compile(r"1[67]:\d\d–1[78]:\d\d"))
    expect(row).to_contain_text(re.compile(r"0\.[89]\d"))
    expect(page.get_by_role("row").filter(has_text="Sat, 5 Sept 2026")).to_contain_text("not watched")
    row.get_by_role("button").click()
    expect(page).to_have_url(re.compile("from=2026-09-24&to=2026-09-24"))


def test_turning_movements_stand_in_the_table_as_in_the_diagram(analysis: Any) -> None:
    page = analysis(f"{WEEK}&view=turning")
    expect(page.get_by_role("img", name="Turning movements at square")).to_be_visible()
    expect(page.locator("svg .ribbon")).to_have_count(3)
    row = page.get_by_role("row").filter(has_text=re.compile("^gate"))
    numbers = [int(text.replace(",", "") or 0) for text in row.get_by_role("cell").all_inner_texts()]
    assert numbers[-1] == sum(numbers[:-1])
    shown = sorted(int(text.replace(",", "")) for text in page.locator("svg .count").all_text_contents())
    assert set(numbers[:-1]) - {0} <= set(shown)


def test_speeds_have_their_percentiles_and_are_drawn(analysis: Any) -> None:
    page = analysis(f"{GATE}&from=2026-09-28&to=2026-09-28&view=spread&measure=speed_mean")
    row = page.get_by_role("row").filter(has_text="gate, Cars")
    expect(row).to_contain_text("40")
    # Half of 1.0 to 4.9 m/s are below 3 m/s, within 2 %.
    expect(row).to_contain_text(re.compile(r"10\.[4-8]"))
    expect(page.get_by_role("img", name="Distribution of gate")).to_be_visible()
    page.get_by_role("combobox", name="Distribution of").select_option("headway")
    expect(page.get_by_text("nothing was watched")).to_be_visible()


def test_an_export_asks_why_first_and_holds_what_is_shown(analysis: Any) -> None:
    page = analysis(f"{WEEK}&bin=day", excused=("403",), purpose=False)
    chart(page)
    whole = total(page)
    page.get_by_role("button", name="CSV").click()
    page.get_by_label("Purpose").select_option("traffic_planning")
    page.get_by_label("Case").fill("plan 2026-3")
    with page.expect_download() as download:
        page.get_by_role("dialog").locator("button[type=submit]").click()
    rows = list(csv.DictReader(io.StringIO(Path(download.value.path()).read_text("utf-8"))))
    assert sum(float(row["value"]) for row in rows) == whole
    assert [row["start"][:10] for row in rows] == [f"2026-09-{day}" for day in range(21, 28)]
    with page.expect_download() as download:
        page.get_by_role("button", name="Parquet").click()
    assert pq.read_table(download.value.path()).num_rows == 7


def test_the_traffic_report_is_read_compared_changed_and_taken(analysis: Any) -> None:
    page = analysis(f"{GATE}&from=2026-09-21&to=2026-09-28&view=report")
    peaks = page.get_by_role("table", name="Peak hours")
    expect(peaks.get_by_role("row").nth(2)).to_contain_text(re.compile(r"motor vehicles.*\d+.*[01]\.\d\d"))
    expect(page.get_by_role("table", name="All road users")).to_contain_text("not followed")
    expect(page.get_by_role("table", name="Speeds over the lines")).to_contain_text("cars")
    units = page.get_by_role("table", name="Vehicles in passenger-car units")
    before = units.inner_text()
    page.get_by_text("Change what a class counts for").click()
    page.get_by_role("spinbutton", name="car", exact=True).fill("2")
    page.get_by_role("button", name="Compute with these").click()
    expect(units).not_to_have_text(before, use_inner_text=True)
    with page.expect_download() as download:
        page.get_by_role("button", name="Spreadsheet").click()
    book = load_workbook(io.BytesIO(Path(download.value.path()).read_bytes()), read_only=True)
    assert "Peak hour" in book.sheetnames
    page.get_by_label("Compare with").select_option("week")
    expect(page.get_by_role("table", name="Totals").get_by_role("columnheader", name="Change")).to_be_visible()
    page.goto(page.url.replace("from=2026-09-21", "from=2026-08-01"))
    page.get_by_role("button", name="The last 31 days").click()
    expect(peaks).to_be_visible()


def test_the_picture_is_one(analysis: Any) -> None:
    page = analysis()
    chart(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="Picture").click()
    with Image.open(download.value.path()) as image:
        assert image.format == "PNG"
        assert image.width > 600
        assert len(image.convert("RGB").getcolors(2**24) or ()) > 20


def test_a_link_shows_the_same_again(analysis: Any) -> None:
    query = f"{WEEK}&bin=hour&compare=week&split=class&class=car"
    first = analysis(query)
    expect(first.locator(".totals")).to_contain_text("gate, Cars")
    shown = first.locator(".totals").inner_text()
    second = analysis(urlparse(first.url).query)
    expect(second.locator(".totals")).to_contain_text("gate, Cars")
    assert second.locator(".totals").inner_text() == shown


@pytest.mark.parametrize(
    ("query", "said", "does", "then"),
    [
        (f"{GATE}&from=2016-09-28&to=2026-09-27&bin=quarter", "too much for steps this", "Choose the steps", "1 week"),
        (f"{GATE}&from=1990-01-01&to=2026-09-27", "At most 20 years", "A year", "1 day"),
        (f"{WEEK}&place=square/old%20gate", "not known any more", "Show the others", "15 minutes"),
    ],
)  # fmt: skip
def test_what_cannot_be_shown_says_what_helps(analysis: Any, query: str, said: str, does: str, then: str) -> None:
    page = analysis(query, excused=("422", "404"))
    state = page.get_by_role("alert")
    expect(state).to_contain_text(said)
    state.get_by_role("button", name=does).click()
    chart(page)
    expect(page.locator("figcaption")).to_contain_text(then)


def test_nothing_measured_is_not_zero(analysis: Any) -> None:
    page = analysis("place=gate/west%20gate&from=2026-09-21&to=2026-09-27")
    expect(page.get_by_text("That is not zero: nothing was watched.")).to_be_visible()
    expect(page.get_by_role("slider")).to_have_count(0)


def test_a_server_that_is_gone_leaves_what_was_there(analysis: Any) -> None:
    page = analysis(excused=("Failed to load", "ERR_FAILED"))
    chart(page)

    def gone(route: Route) -> None:
        route.abort()

    page.route("**/api/v1/series*", gone)
    page.get_by_label("Cars").check()
    expect(page.get_by_text("What is shown is from before")).to_be_visible()
    chart(page)
    page.unroute("**/api/v1/series*", gone)
    page.get_by_role("button", name="↻").click()
    expect(page.get_by_text("What is shown is from before")).to_have_count(0)


VIEWS = ("Over time", "Hours", "Peak hours", "Turning movements", "Distribution", "Traffic report")


def views(page: Page) -> Iterator[str]:
    """Opens each view in turn."""
    for view in VIEWS:
        chosen = page.get_by_role("button", name=view, exact=True)
        chosen.click()
        expect(chosen).to_have_attribute("aria-current", "page")
        expect(page.locator("[aria-busy=true]")).to_have_count(0)
        expect(page.locator(".shown table, .shown canvas, .shown select").first).to_be_visible()
        yield view


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(analysis: Any, scheme: str) -> None:
    page = analysis(f"{WEEK}&bin=hour&compare=week", color_scheme=scheme)
    assert {view: found_by_axe(page) for view in views(page)} == {view: [] for view in VIEWS}


def test_no_width_scrolls_sideways(analysis: Any) -> None:
    page = analysis(viewport={"width": WIDTHS_PX["phone"], "height": 844})
    for view in views(page):
        for name, width in WIDTHS_PX.items():
            page.set_viewport_size({"width": width, "height": 844})
            assert wider_px(page) <= 0, (view, name)
