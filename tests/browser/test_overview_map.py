"""The site's own map under the cameras of the overview: asked of this service alone, drawn, and missed with words."""

import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from testing.pictures.map_tiles import write_pmtiles
from testing.waiting import until
from tests.browser.accessibility import found_by_axe
from tests.browser.conftest import Visit
from tests.browser.site import Site

pytestmark = pytest.mark.slow

LAND = {"light": (250, 249, 245), "dark": (29, 37, 45)}
"""The colour of land on our map; nothing else on the page has it."""


@pytest.fixture
def tiles(site: Site, tmp_path: Path) -> Path:
    """The site has a map, on which all is land but the western half of the earth."""
    path = write_pmtiles(
        tmp_path / "city.pmtiles", attribution="© <a href='https://survey.test/x'>The survey</a><script>"
    )
    plan = replace(site.service.configurations.plan, map_file=path)
    site.call(lambda: setattr(site.service.configurations, "plan", plan))
    return path


def the_map(page: Page) -> Locator:
    return page.get_by_role("application", name="Map of the cameras")


def shows(where: Locator, colour: tuple[int, int, int]) -> Callable[[], bool]:
    """Whether a third of what is seen there has this colour."""

    def seen() -> bool:
        picture = Image.open(io.BytesIO(where.screenshot())).convert("RGB")
        counts = picture.getcolors(picture.width * picture.height) or []
        return sum(count for count, found in counts if found == colour) * 3 > picture.width * picture.height

    return seen


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.usefixtures("tiles")
def test_tiles_are_asked_for_by_ranges_and_drawn_in_our_colours(look: Any, site: Site, scheme: str) -> None:
    visit: Visit = look(color_scheme=scheme, reduced_motion="reduce")
    asked: list[tuple[str, str | None]] = []
    visit.page.on(
        "response", lambda answer: asked.append((f"{answer.status} {answer.url}", answer.request.headers.get("range")))
    )
    visit.page.reload()
    until(shows(the_map(visit.page), LAND[scheme]))
    ranges = [given for what, given in asked if what == f"206 {site.address}api/v1/map"]
    assert len(ranges) >= 2  # the header with its directory, and a tile
    assert all(given is not None and given.startswith("bytes=") for given in ranges)
    credit = visit.page.get_by_role("note", name="Whose map this is")
    expect(credit).to_have_text("© The survey")
    expect(credit.get_by_role("link")).to_have_attribute("href", "https://survey.test/x")
    assert found_by_axe(visit.page) == []


def test_a_map_that_is_gone_is_missed_with_words(look: Any, tiles: Path) -> None:
    visit: Visit = look()
    visit.excused = ("503",)
    expect(visit.page.get_by_role("note", name="Whose map this is")).to_be_visible()
    tiles.unlink()
    visit.page.reload()
    expect(visit.page.get_by_text("The site’s own map cannot be shown.")).to_contain_text("there is no such file")
    expect(visit.page.locator("main li a").first).to_be_visible()
