"""Puts the figures of the last run into docs/explanation/accuracy.md: python -m benchmarks.page.

The page keeps its words; only what lies between `<!-- figures: NAME -->` and `<!-- end -->` is written anew.
"""

import json
import re
import sys
from collections.abc import Mapping
from typing import Any

from benchmarks.footage import REPOSITORY, RESULTS_FOLDER

PAGE = REPOSITORY / "docs" / "explanation" / "accuracy.md"
RESULTS = RESULTS_FOLDER / "latest.json"

_BLOCK = re.compile(r"(<!-- figures: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def filled(page: str, chapters: Mapping[str, Any]) -> str:
    """The page with the figures of every chapter that was measured; the others stay as they are.

    Args:
        page: Markdown with marked blocks.
        chapters: name -> chapter, as `benchmarks/results/latest.json` has them.
    """

    def block(match: re.Match[str]) -> str:
        chapter = chapters.get(match[2])
        return match[0] if chapter is None else f"{match[1]}\n{markdown_of(chapter)}\n{match[3]}"

    return _BLOCK.sub(block, page)


def markdown_of(chapter: Mapping[str, Any]) -> str:
    """One chapter as a Markdown table, and when and on what it was measured."""
    rows = ["| recording | measured | passerby | other parts | must | note |", "|---|---|--:|--:|--:|---|"]
    for figure in chapter["figures"]:
        digits = figure["digits"]
        must = "" if figure["must"] is None else f"{figure['must']:.{digits}f} or less"
        ours, peer = (_number(figure[column], digits) for column in ("ours", "peer"))
        if figure["passed"] is False:
            ours += " (missed)"
        cells = (figure["footage"], figure["what"], ours, peer, must, figure["note"])
        rows.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    day, machine = chapter["measured"][:10], chapter["machine"]
    return "\n".join([*rows, "", f"Measured on {day}, {machine}.", ""])


def _number(value: float | None, digits: int) -> str:
    return "–" if value is None else f"{value:.{digits}f}"


def main() -> int:
    """Writes the page; exit code 1 when nothing was measured yet."""
    if not RESULTS.is_file():
        print(f"benchmarks/results/{RESULTS.name}: nothing was measured yet. Run `make bench` first.", file=sys.stderr)
        return 1
    chapters = json.loads(RESULTS.read_text("utf-8"))["chapters"]
    PAGE.write_text(filled(PAGE.read_text("utf-8"), chapters), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
