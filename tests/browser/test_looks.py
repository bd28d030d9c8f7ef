"""How the page looks and to whom: widths, contrast, assistive technology, and what it weighs."""

import gzip
import hashlib
import os
import re
import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from passerby.domain.health import CameraState
from passerby.domain.road_user import RoadUser
from passerby.ingest.anonymise.silhouettes import COLOUR_BGR
from passerby.web.routes.pages import STATIC
from tests.browser.site import Site, picture
from tests.browser.test_page import until_looked_at

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
AXE = "axe-core@4.14.1"
AXE_SHA256 = "29348999450cdf2849a8e70b7912fc2da85a849da39c0d0d5394f51d4a9ed95c"
WIDTHS_PX = {"desktop": 1440, "tablet": 820, "phone": 390, "narrow phone": 320}
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture(scope="module")
def axe() -> str:
    """The accessibility checker's script, out of its npm package, kept under build."""
    folder = ROOT / "build" / "axe-core"
    script = folder / "axe.min.js"
    if not script.is_file():
        _fetch(folder)
    text = script.read_bytes()
    assert hashlib.sha256(text).hexdigest() == AXE_SHA256
    return text.decode()


def _fetch(folder: Path) -> None:
    npm = shutil.which("npm")
    folder.mkdir(parents=True, exist_ok=True)
    command = [npm or "npm", "pack", AXE, "--ignore-scripts", "--loglevel=error", "--pack-destination", str(folder)]
    if npm is None or subprocess.run(command, capture_output=True, check=False).returncode:
        reason = f"{AXE} is not in build/axe-core, and npm could not fetch it"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    with tarfile.open(next(folder.glob("axe-core-*.tgz"))) as package:
        member = package.extractfile("package/axe.min.js")
        assert member is not None
        (folder / "axe.min.js").write_bytes(member.read())


def set_scene(site: Site, page: Page, scene: str) -> None:
    """Brings the page into one of the conditions that look different."""
    if scene == "moved":
        site.is_in_state(CameraState.MOVED, measured=0.03, threshold=0.02)
        site.crossed(1234, reliable=False)
        expect(page.locator(".warning")).to_be_visible()
    elif scene == "offline":
        site.is_in_state(CameraState.OFFLINE, "square")
        expect(page.locator(".curtain")).to_contain_text("offline")
    else:
        site.is_in_state(CameraState.ONLINE)
        site.crossed(1234)
        until_looked_at(site, page)
        site.show(picture())
        expect(page.locator(".stage")).to_have_attribute("data-state", "running")
    page.locator("summary").click()


def wide(page: Page) -> int:
    """By how many pixels the page is wider than the window."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


@pytest.mark.parametrize("width", WIDTHS_PX)
@pytest.mark.parametrize("cameras", [1, 30])
def test_no_width_scrolls_sideways(look, site: Site, width: str, cameras: int) -> None:
    site.cameras("square", *(f"the-street-with-the-longest-of-all-names-{number}" for number in range(cameras - 1)))
    page = look(viewport={"width": WIDTHS_PX[width], "height": 844}).page
    expect(page.locator("#link")).to_have_class(re.compile("live"))
    assert wide(page) <= 0
    if cameras > 1 and width != "desktop":
        page.get_by_role("link", name="square").click()
        expect(page.get_by_role("link", name="All cameras")).to_be_visible()
    set_scene(site, page, "moved")
    assert wide(page) <= 0


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("scene", ["online", "moved", "offline"])
def test_axe_finds_nothing(look, site: Site, axe: str, scene: str, theme: str) -> None:
    page = look(color_scheme=theme, reduced_motion="reduce").page
    set_scene(site, page, scene)
    page.evaluate(axe)
    found = page.evaluate("rules => axe.run({ runOnly: rules })", RULES)["violations"]
    assert [(each["id"], [node["html"] for node in each["nodes"]]) for each in found] == []


def test_axe_finds_nothing_in_a_list(look, site: Site, axe: str) -> None:
    site.cameras("square", *(f"street {number}" for number in range(20)))
    for number, state in enumerate(CameraState):
        site.is_in_state(state, f"street {number}")
    page = look(color_scheme="dark").page
    expect(page.locator(".cameras .badge.bad")).to_have_count(3)
    page.evaluate(axe)
    found = page.evaluate("rules => axe.run({ runOnly: rules })", RULES)["violations"]
    assert [(each["id"], [node["html"] for node in each["nodes"]]) for each in found] == []


def test_everything_is_reached_by_keyboard(look, site: Site) -> None:
    site.cameras("square", "gate")
    page = look().page
    expect(page.locator("#link")).to_have_class(re.compile("live"))
    reached = []
    for _ in range(9):
        page.keyboard.press("Tab")
        reached.append(
            page.evaluate("document.activeElement.textContent.trim() || document.activeElement.parentNode.textContent")
        )
    wanted = ["Skip to the cameras", "square", "gate", "Lines and zones", "Boxes", "Pause", "About this camera"]
    assert [word for word in wanted if not any(text.startswith(word) for text in reached)] == []


def test_a_state_is_spoken_and_a_count_is_not(look, site: Site) -> None:
    page = look().page
    site.is_in_state(CameraState.ONLINE)
    expect(page.locator(".camera .badge")).to_contain_text("Online")
    site.is_in_state(CameraState.COVERED)
    expect(page.locator("#spoken")).to_have_text("square: Covered")
    site.crossed(5)
    expect(page.locator(".number").first).to_have_text("5")
    expect(page.locator("#spoken")).to_have_text("square: Covered")
    assert page.evaluate("document.querySelector('.number').closest('[aria-live],[role=status]')") is None


def test_nothing_swells_where_motion_is_not_wanted(look, site: Site) -> None:
    page = look(reduced_motion="reduce").page
    for value in (1, 2):
        site.crossed(value)
        expect(page.locator(".number").first).to_have_text(str(value))
        assert page.evaluate("document.querySelector('.number').getAnimations().length") == 0


@pytest.mark.parametrize("user", list(RoadUser))
def test_classes_have_the_colours_of_their_figures(user: RoadUser) -> None:
    blue, green, red = COLOUR_BGR[user]
    assert f"--{user.label}: #{red:02x}{green:02x}{blue:02x};" in (STATIC / "page.css").read_text()


def test_the_page_stays_small() -> None:
    files = [path for path in STATIC.iterdir() if path.is_file()]
    assert {path.suffix for path in files} == {".html", ".js", ".css", ".svg"}
    assert sum(len(gzip.compress(path.read_bytes())) for path in files) < 25_000
    assert sum(path.stat().st_size for path in files) < 65_000
    assert sum(path.stat().st_size for path in (STATIC / "public").iterdir()) < 10_000
    assert sum(len(gzip.compress(path.read_bytes())) for path in (STATIC / "events").iterdir()) < 15_000
