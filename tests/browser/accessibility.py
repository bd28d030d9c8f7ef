"""What a page is for whom: axe's rules, and widths that must not scroll sideways."""

from typing import Final

from playwright.sync_api import Page

from testing.source_tree import ROOT

AXE: Final = ROOT / "ui" / "node_modules" / "axe-core" / "axe.min.js"
RULES: Final = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WIDTHS_PX: Final = {"desktop": 1440, "tablet": 820, "phone": 390, "narrow phone": 320}
SETTLED: Final = """new Promise((settled) => requestAnimationFrame(() => requestAnimationFrame(() => {
  const ends = (each) => Number.isFinite(each.effect?.getComputedTiming().endTime);
  Promise.allSettled(document.getAnimations().filter(ends).map((each) => each.finished)).then(settled);
})))"""
"""Two frames, for what follows its own size, and the end of what fades: till then its colours are others."""


def found_by_axe(page: Page) -> list[tuple[str, list[str]]]:
    """Returns each rule that the page breaks, and the elements that do."""
    page.evaluate(SETTLED)
    # Evaluated, not loaded: the content security policy lets no script of a test in.
    page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate("rules => axe.run({ runOnly: rules })", RULES)["violations"]
    return [(each["id"], [node["html"] for node in each["nodes"]]) for each in found]


def wider_px(page: Page) -> int:
    """Returns by how many pixels the page is wider than the window."""
    page.evaluate(SETTLED)
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))
