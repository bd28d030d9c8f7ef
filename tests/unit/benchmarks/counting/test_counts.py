import json
from pathlib import Path

import pytest

from benchmarks.counting.counts import score
from benchmarks.footage import PETS, Footage

LINES = [f"x{n}" for n in range(1, 10)] + [f"y{n}" for n in range(2, 10)]


@pytest.mark.footage
def test_counting_nothing_is_off_by_everything(footage: Path, truth: Path, tmp_path: Path) -> None:
    counts = tmp_path / "counts.json"
    counts.write_text(json.dumps({"lines": {name: {} for name in LINES}}))
    found = score(Footage(footage, truth), PETS, counts)
    assert (found.wape, found.off) == (1.0, found.total)
    assert found.total > 300


@pytest.mark.footage
def test_a_line_left_out_is_refused(footage: Path, truth: Path, tmp_path: Path) -> None:
    counts = tmp_path / "counts.json"
    counts.write_text(json.dumps({"lines": {name: {} for name in LINES[1:]}}))
    with pytest.raises(ValueError, match="no line x1"):
        score(Footage(footage, truth), PETS, counts)
