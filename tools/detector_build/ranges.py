"""The span of numbers of each tensor, as the committed file keeps it; with it the build needs no pictures."""

import json
from pathlib import Path

Ranges = dict[str, tuple[float, float]]
"""Tensor name to its least and greatest value."""

RANGES_FILE = Path(__file__).with_name("activation_ranges.json")


def write_ranges(ranges: Ranges, file: Path = RANGES_FILE) -> None:
    """Writes ranges with six significant digits, a line each, so that a change shows as a small difference."""
    rows = {name: [float(f"{low:.6g}"), float(f"{high:.6g}")] for name, (low, high) in sorted(ranges.items())}
    lines = ",\n".join(f"  {json.dumps(name)}: {json.dumps(span)}" for name, span in rows.items())
    file.write_text(f"{{\n{lines}\n}}\n", "utf-8")


def read_ranges(file: Path = RANGES_FILE) -> Ranges:
    """The committed ranges."""
    return {name: (low, high) for name, (low, high) in json.loads(file.read_text("utf-8")).items()}
