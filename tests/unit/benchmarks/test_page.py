from typing import Any

from benchmarks.page import PAGE, filled

MEASURED: dict[str, Any] = {"measured": "2026-01-02T03:04:05Z", "machine": "A processor"}
FIGURE: dict[str, Any] = {
    "footage": "PETS",
    "what": "WAPE",
    "ours": 0.0512,
    "peer": None,
    "must": 0.04,
    "note": "a | b",
    "digits": 3,
    "passed": False,
}
CHAPTER = MEASURED | {"figures": [FIGURE]}
TEXT = "Words.\n<!-- figures: counts -->\nold\n<!-- end -->\nMore.\n<!-- figures: cpu -->\nkept\n<!-- end -->\n"


def test_a_measured_block_is_written_anew_and_everything_else_is_kept() -> None:
    page = filled(TEXT, {"counts": CHAPTER})
    assert "| PETS | WAPE | 0.051 (missed) | – | 0.040 or less | a \\| b |" in page
    assert "Measured on 2026-01-02, A processor." in page
    assert "old" not in page
    assert page.startswith("Words.\n") and page.endswith("More.\n<!-- figures: cpu -->\nkept\n<!-- end -->\n")


def test_filling_twice_changes_nothing() -> None:
    once = filled(TEXT, {"counts": CHAPTER})
    assert filled(once, {"counts": CHAPTER}) == once


def test_the_page_has_a_block_for_every_chapter() -> None:
    text = PAGE.read_text("utf-8")
    for name in ("counts", "cpu", "ground", "tracking", "stages", "faces"):
        assert text.count(f"<!-- figures: {name} -->") == 1
