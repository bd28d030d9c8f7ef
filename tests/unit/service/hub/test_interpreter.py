"""Garbage is collected seldom, and cycles are still found."""

import gc
import subprocess
import sys

PROGRAM = """
import gc, weakref
from passerby.service.hub.interpreter import GARBAGE_THRESHOLDS, answer_soon
answer_soon()
class Knot: pass
one = Knot(); one.itself = one
gone = weakref.ref(one); del one
kept = [[] for _ in range(GARBAGE_THRESHOLDS[0] + 1000)]
print(gc.get_threshold()[0] == GARBAGE_THRESHOLDS[0], gc.get_freeze_count() > 0, gone() is None)
"""


def test_knots_are_still_found() -> None:
    before = gc.get_threshold()
    said = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True).stdout
    assert said.split() == ["True", "True", "True"]
    assert gc.get_threshold() == before
