"""The page on a frame's way names files that exist, at most 25 of them, in an order that the imports allow."""

import re

from testing.source_tree import ROOT

PAGE = ROOT / "docs" / "explanation" / "a-frame-s-way.md"
STEP = re.compile(r"^(\d+)\. `([\w/.]+)`", re.MULTILINE)


def test_every_step_is_a_file() -> None:
    steps = STEP.findall(PAGE.read_text(encoding="utf-8"))
    assert [int(number) for number, _ in steps] == list(range(1, len(steps) + 1))
    assert 20 <= len(steps) <= 25
    missing = [path for _, path in steps if not (ROOT / "src" / "passerby" / path).is_file()]
    assert missing == []
