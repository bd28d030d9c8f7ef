"""What is taken along from the page of analysis, and the interval of counts by hand, in a real browser."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import expect

from passerby.domain.audit import AuditEntry
from passerby.domain.events import Direction
from passerby.domain.hand_counts import CountedFrom, HandCount, MinutePair
from passerby.domain.road_user import RoadUser
from passerby.units import NS_PER_S
from passerby.web.routes.measured.validations.recorded import version_now
from testing.web.fakes import NOW_S
from tests.browser.analysis_site import GATE, analysis, chart, measured, site
from tests.browser.site import Site

__all__ = ["analysis", "measured", "site"]

pytestmark = pytest.mark.slow

PICTURES = Path("build/screenshots")
SHOWN = ("Hours", "Peak hours", "Turning movements", "Distribution")


@pytest.fixture
def made_up(site: Site) -> Iterator[Site]:
    """The same site, of which all before its last day is made up."""
    configurations = site.service.configurations
    plan = configurations.plan
    site.call(lambda: setattr(configurations, "plan", replace(plan, made_up_before=date(2026, 9, 28))))
    yield site
    site.call(lambda: setattr(configurations, "plan", plan))


def test_every_view_is_a_picture_and_a_table_that_say_what_is_made_up(analysis: Any, made_up: Site) -> None:
    page = analysis(f"{GATE}&from=2026-09-21&to=2026-09-28&measure=speed_mean&view=spread")
    for view in SHOWN[::-1]:
        if view in ("Peak hours", "Hours"):
            page.get_by_label("Measure").select_option("flow")
        page.get_by_role("button", name=view, exact=True).click()
        expect(page.locator("[aria-busy=true]")).to_have_count(0)
        with page.expect_download() as download:
            page.get_by_role("button", name="Picture").first.click()
        PICTURES.mkdir(parents=True, exist_ok=True)
        kept = PICTURES / f"analysis-{view.lower().replace(' ', '-')}-picture.png"
        download.value.save_as(kept)
        with Image.open(kept) as image:
            colours = len(image.convert("RGB").getcolors(2**24) or ())
        # Words alone have few colours; the view has its own as well.
        assert (image.format, image.width > 600, colours > 60) == ("PNG", True, True), view
        with page.expect_download() as download:
            page.get_by_role("button", name="CSV").first.click()
        rows = list(csv.DictReader(io.StringIO(Path(download.value.path()).read_text("utf-8-sig"))))
        marks = {row["Made up"] for row in rows}
        assert marks == ({"yes", "no"} if view in ("Peak hours", "Hours") else {"partly"}), view


@pytest.fixture
def counted_by_hand(site: Site) -> Iterator[None]:
    """Cars at the gate were counted by hand for forty minutes: passerby has missed one of ten."""
    minutes = [NOW_S - 3600 - 60 * minute for minute in range(40)]
    pairs = [MinutePair(start_s, RoadUser.CAR, way, 10, 9) for start_s in minutes for way in Direction]
    version = version_now(site.service.app.state.hub, "square", "gate")
    start_ns, end_ns = minutes[-1] * NS_PER_S, (minutes[0] + 60) * NS_PER_S
    counted = HandCount(
        "ab" * 16, "square", "gate", version or "", CountedFrom.KERB, start_ns, end_ns, (RoadUser.CAR,), (),
        tuple(reversed(minutes)), "a person", end_ns,
    )  # fmt: skip
    entry = AuditEntry(end_ns, "a person", "validation.sent", "square")
    store = site.service.store
    site.wait_for(store.hand_counts.add(counted, entry))
    site.wait_for(store.hand_counts.settle(counted.validation_id, pairs, ""))
    yield
    site.wait_for(store.hand_counts.withdraw(counted.validation_id, "a person", end_ns, entry))


def shaded_px(drawn: Any) -> int:
    """How many pixels of a chart have the colour of the band around its first line, on the paper of a card."""
    return int(
        drawn.locator("canvas").evaluate("""canvas => {
            const read = (name) => {
                const swatch = new OffscreenCanvas(1, 1).getContext("2d");
                swatch.fillStyle = getComputedStyle(canvas).getPropertyValue(name).trim();
                swatch.fillRect(0, 0, 1, 1);
                return swatch.getImageData(0, 0, 1, 1).data;
            };
            const line = read("--pedestrian");
            const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
            let found = 0;
            for (let at = 0; at < data.length; at += 4) {
                const near = [0, 1, 2].every((part) => Math.abs(data[at + part] - line[part]) < 12);
                if (near && data[at + 3] > 40 && data[at + 3] < 75) found += 1;
            }
            return found;
        }""")
    )


@pytest.mark.usefixtures("counted_by_hand")
def test_the_interval_of_the_true_number_is_drawn_and_says_whether_anyone_counted(analysis: Any) -> None:
    page = analysis(f"{GATE}&from=2026-09-24&to=2026-09-24&bin=hour")
    drawn = chart(page)
    believed = page.get_by_text("as believed of a place where no one has counted by hand")
    expect(believed).to_be_visible()
    page.get_by_label("Cars").check()
    band = page.get_by_text("shaded: where the true number lies by the counts by hand (95 %)")
    expect(band).to_be_visible()
    expect(believed).to_have_count(0)
    expect(page.locator(".totals")).to_contain_text("truly")
    drawn.focus()
    for _ in range(9):
        page.keyboard.press("ArrowRight")
    found = re.compile(r"gate \d+ \((\d+)–(\d+)\)")
    expect(page.locator(".readout")).to_contain_text(found)
    said = found.search(page.locator(".readout").text_content() or "")
    assert said is not None
    assert int(said[1]) < int(said[2])
    page.locator("figure").screenshot(path=PICTURES / "analysis-by-hand.png")
    assert shaded_px(drawn) > 2000
    # Of pedestrians no one has counted any.
    page.get_by_label("Cars").uncheck()
    page.get_by_label("Pedestrians").check()
    expect(page.locator(".totals")).to_contain_text("not validated by hand")
    expect(believed).to_be_visible()
    expect(band).to_have_count(0)
