from typing import Any

from benchmarks.page import PAGE, filled, markdown_of, tuned_blocks

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
    page = filled(TEXT, {"counts": markdown_of(CHAPTER)})
    assert "| PETS | WAPE | 0.051 (missed) | – | 0.040 or less | a \\| b |" in page
    assert "Measured on 2026-01-02, A processor." in page
    assert "old" not in page
    assert page.startswith("Words.\n") and page.endswith("More.\n<!-- figures: cpu -->\nkept\n<!-- end -->\n")


def test_filling_twice_changes_nothing() -> None:
    once = filled(TEXT, {"counts": markdown_of(CHAPTER)})
    assert filled(once, {"counts": markdown_of(CHAPTER)}) == once


def test_the_page_has_a_block_for_every_chapter() -> None:
    text = PAGE.read_text("utf-8")
    for name in (
        "counts",
        "cpu",
        "ground",
        "tracking",
        "stages",
        "faces",
        "tuned",
        "tuned_yolox",
        "rates",
        "conditions",
    ):
        assert text.count(f"<!-- figures: {name} -->") == 1


def test_what_tuning_found_becomes_a_table_of_the_left_out_and_a_curve() -> None:
    choice = {"side_px": 448, "start_confidence": 0.45, "keep_confidence": 0.3}
    left_out = {"recording": "town-centre", "fps": 10.0, "off": 10.5, "used": 8.0, "true": 53, "choice": choice}
    rates = [
        {"recording": "tunnel", "fps": fps, "off": off, "true": 9, "idf1": idf1, "hota": idf1}
        for fps, off, idf1 in ((10.0, 0.9, None), (5.0, 4.5, None))
    ]
    blocks = tuned_blocks(
        {
            "nanodet-g": {"left_out": [left_out], "chosen": choice, "measured": "2026-01-02"},
            "rates": {"rows": rates, "measured": "2026-01-02"},
        }
    )
    assert "| Town Centre | 10 | 53 | 10.5 (0.20) | 8.0 (0.15) | 448 px, 0.45 and 0.30 |" in blocks["tuned"]
    assert blocks["rates"].splitlines()[2] == "| tunnel | WAPE, 9 crossings | 0.10 | 0.50 |"
    assert "IDF1" not in blocks["rates"] and "tuned_yolox" not in blocks


def test_what_is_seen_badly_becomes_a_column_a_condition() -> None:
    rows = [
        {"recording": "tunnel", "condition": name, "off": off, "true": 9}
        for name, off in (("clear", 0.5), ("rain", 4.5))
    ]
    block = tuned_blocks({"conditions": {"rows": rows, "measured": "2026-01-02"}})["conditions"]
    assert block.splitlines()[0] == "| recording | true | clear | rain |"
    assert block.splitlines()[2] == "| tunnel | 9 | 0.5 (0.06) | 4.5 (0.50) |"
