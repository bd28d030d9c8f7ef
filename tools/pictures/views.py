"""What is pictured, how a page is brought to where it is worth it, and which pictures the documentation shows."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from playwright.sync_api import Page, expect

PATIENCE_MS: Final = 300_000
"""The empty place is learned first, and people have to come; a loaded machine takes minutes."""

WINDOWS_PX: Final = {"desktop": (1280, 800), "phone": (390, 844)}
SCHEMES: Final = ("light", "dark")

MAX_BYTES: Final = 600_000
"""All pictures of the documentation together, so that the repository stays small."""

CAMERA: Final = "junction"
MIN_BOXES, MIN_CROSSINGS = 4, 3
"""A picture has so many people in it, and its counters have begun to count."""

MAP_FROM_PX, MAP_DRAWN_MS = 820, 2_000
"""Where the overview has a map beside its list; and how long it may fade in, which the page says nowhere."""

COUNTED: Final = """least => [...document.querySelectorAll(".pill b")]
  .map((each) => Number.parseInt(each.textContent, 10) || 0).reduce((a, b) => a + b, 0) >= least"""


@dataclass(frozen=True, slots=True)
class View:
    """A page of the application.

    Attributes:
        name: what its pictures are called.
        path: its address.
        ready: waits until the page shows what it is pictured for.
    """

    name: str
    path: str
    ready: Callable[[Page], None]


def _overview(page: Page) -> None:
    expect(page.locator("main li a")).to_have_count(3)
    expect(page.locator("main li a").first).to_contain_text(re.compile(r"[1-9]\d* foot"))
    if page.viewport_size and page.viewport_size["width"] > MAP_FROM_PX:
        expect(page.locator(".maplibregl-ctrl-zoom-in")).to_be_visible()
        page.wait_for_timeout(MAP_DRAWN_MS)


def _live(page: Page) -> None:
    expect(page.locator("canvas.dim")).to_have_count(0)
    expect(page.locator(".ribbon, .curtain")).to_have_count(0)
    page.wait_for_function(COUNTED, arg=MIN_CROSSINGS)
    page.get_by_label("Boxes").check()
    expect(page.locator("rect.box").nth(MIN_BOXES - 1)).to_be_attached()
    page.evaluate("scrollTo(0, 0)")


def _draw(page: Page) -> None:
    """A line is drawn with the mouse, as a person does; it is not saved."""
    place = page.get_by_role("application")
    expect(place.locator("image")).to_be_visible()
    page.get_by_role("button", name="Line", exact=True).click()
    box = place.bounding_box()
    if box is None:
        raise LookupError("The page of drawing shows no picture.")
    for x, y in ((0.45, 0.37), (0.47, 0.52)):
        page.mouse.click(box["x"] + x * box["width"], box["y"] + y * box["height"])
    for label, text in (("Name", "mid path"), ("Blue way", "to the west"), ("Orange way", "to the east")):
        page.get_by_label(label, exact=True).fill(text)
    page.get_by_label("Orange way", exact=True).blur()
    page.evaluate("scrollTo(0, 0)")


VIEWS: Final = (
    View("overview", "/", _overview),
    View("live-view", f"/cameras/{CAMERA}", _live),
    View("draw-a-line", f"/cameras/{CAMERA}/draw", _draw),
)
COUNT: Final = "count"
"""The picture of a count, which `passerby count` draws."""

REVIEW: Final = "review-film"
"""A page of a count's review film."""

FILMED: Final = ("--film-from", "10s", "--film-for", "12s")
"""A part of the demo's recording in which several people cross the lines."""


def picture_name(view: str, window: str, scheme: str) -> str:
    """Returns what a picture is called, without an ending."""
    return f"{view}-{window}-{scheme}"


SHOWN: Final = (
    *(f"{COUNT}-{scheme}" for scheme in SCHEMES),
    REVIEW,
    *(picture_name("live-view", "desktop", scheme) for scheme in SCHEMES),
    picture_name("live-view", "phone", "light"),
    picture_name("draw-a-line", "desktop", "light"),
    picture_name("overview", "desktop", "light"),
)
"""The pictures that the documentation shows; those beside them are there to be looked at."""
