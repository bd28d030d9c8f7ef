"""Puts the figures of the last runs into docs/explanation/accuracy.md: python -m benchmarks.page.

The page keeps its words; only what lies between `<!-- figures: NAME -->` and `<!-- end -->` is written anew: chapters
of `python -m benchmarks`, and what `python -m benchmarks.counting.tune` left.
"""

import json
import re
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from benchmarks.footage import REPOSITORY, RESULTS_FOLDER

PAGE = REPOSITORY / "docs" / "explanation" / "accuracy.md"
RESULTS = RESULTS_FOLDER / "latest.json"
TUNED = RESULTS_FOLDER / "tuned.json"
RECORDINGS = {"pets09-s2l1": "PETS09-S2L1", "town-centre": "Town Centre"}
"""Names of folders that are no words."""

_BLOCK = re.compile(r"(<!-- figures: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def filled(page: str, blocks: Mapping[str, str]) -> str:
    """The page with every block that was measured; the others stay as they are.

    Args:
        page: Markdown with marked blocks.
        blocks: name -> Markdown.
    """

    def block(match: re.Match[str]) -> str:
        text = blocks.get(match[2])
        return match[0] if text is None else f"{match[1]}\n{text}\n{match[3]}"

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


def tuned_blocks(results: Mapping[str, Any]) -> dict[str, str]:
    """Returns the blocks of what `benchmarks.counting.tune` found, by name.

    Args:
        results: as `benchmarks/results/tuned.json` has them.
    """
    found: dict[str, str] = {}
    for model, block in (("nanodet-g", "tuned"), ("yolox_nano", "tuned_yolox")):
        if model in results:
            found[block] = _left_out(results[model])
    if "rates" in results:
        found["rates"] = _rates(results["rates"])
    if "conditions" in results:
        found["conditions"] = _conditions(results["conditions"])
    return found


def _left_out(result: Mapping[str, Any]) -> str:
    rows = [
        "| left out | frames a second | true | off, chosen without it | off, chosen on all | chosen without it |",
        "|---|--:|--:|--:|--:|---|",
    ]
    for row in result["left_out"]:
        cells = (_name(row["recording"]), f"{row['fps']:g}", row["true"], _off(row, "off"), _off(row, "used"))
        rows.append("| " + " | ".join(map(str, cells)) + f" | {_choice(row['choice'])} |")
    return "\n".join([*rows, "", f"Chosen on all: {_choice(result['chosen'])}. Measured on {result['measured']}.", ""])


def _off(row: Mapping[str, Any], key: str) -> str:
    return f"{row[key]:.1f} ({row[key] / row['true']:.2f})"


def _choice(choice: Mapping[str, float]) -> str:
    side = f"{choice['side_px']:g} px, " if "side_px" in choice else ""
    return f"{side}{choice['start_confidence']:.2f} and {choice['keep_confidence']:.2f}"


def _rates(result: Mapping[str, Any]) -> str:
    rates = sorted({row["fps"] for row in result["rows"]}, reverse=True)
    rows = ["| recording | measured | " + " | ".join(f"{fps:g}" for fps in rates) + " |"]
    rows.append("|---|---|" + "--:|" * len(rates))
    for recording in dict.fromkeys(row["recording"] for row in result["rows"]):
        own = {row["fps"]: row for row in result["rows"] if row["recording"] == recording}
        wapes = {fps: row["off"] / row["true"] for fps, row in own.items()}
        rows.append(_curve(recording, f"WAPE, {own[rates[0]]['true']} crossings", wapes, rates))
        rows += [
            _curve(recording, name.upper(), {fps: row[name] for fps, row in own.items()}, rates)
            for name in ("idf1", "hota")
            if own[rates[0]][name] is not None
        ]
    return "\n".join([*rows, "", f"Measured on {result['measured']}.", ""])


def _curve(recording: str, what: str, values: Mapping[float, float], rates: Sequence[float]) -> str:
    return f"| {_name(recording)} | {what} | " + " | ".join(f"{values[fps]:.2f}" for fps in rates) + " |"


def _conditions(result: Mapping[str, Any]) -> str:
    off = {(row["recording"], row["condition"]): row["off"] for row in result["rows"]}
    true = {row["recording"]: row["true"] for row in result["rows"]}
    conditions = dict.fromkeys(row["condition"] for row in result["rows"])
    rows = [f"| recording | true | {' | '.join(conditions)} |", "|---|--:|" + "--:|" * len(conditions)]
    for recording, crossings in true.items():
        cells = (f"{off[recording, one]:.1f} ({off[recording, one] / crossings:.2f})" for one in conditions)
        rows.append(f"| {_name(recording)} | {crossings} | {' | '.join(cells)} |")
    return "\n".join([*rows, "", f"Measured on {result['measured']}.", ""])


def _name(recording: str) -> str:
    return RECORDINGS.get(recording, recording.replace("-", " "))


def _number(value: float | None, digits: int) -> str:
    return "–" if value is None else f"{value:.{digits}f}"


def main() -> int:
    """Writes the page; exit code 1 when nothing was measured yet."""
    blocks: dict[str, str] = {}
    if RESULTS.is_file():
        chapters = json.loads(RESULTS.read_text("utf-8"))["chapters"]
        blocks |= {name: markdown_of(chapter) for name, chapter in chapters.items()}
    if TUNED.is_file():
        blocks |= tuned_blocks(json.loads(TUNED.read_text("utf-8")))
    if not blocks:
        print(f"benchmarks/results/{RESULTS.name}: nothing was measured yet. Run `make bench` first.", file=sys.stderr)
        return 1
    PAGE.write_text(filled(PAGE.read_text("utf-8"), blocks), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
