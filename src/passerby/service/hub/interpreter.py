"""How Python is set for a process that answers many at a time."""

import gc
import sys
from typing import Final

GARBAGE_THRESHOLDS = (200_000, 50, 100)
"""Python's own are 700, 10 and 10. A month's chart makes some 50,000 objects, and collections fell into the middle of
it: at the 95th percentile it took 134 ms, and takes 50 ms so. Garbage without a cycle is freed at once all the same."""

SWITCH_S: Final = 0.001
"""How long a thread that computes keeps the event loop waiting each time; Python's own are 5 ms. A register of many
cameras is compared in a thread, and a request comes round to the event loop a dozen times."""


def answer_soon() -> None:
    """Sets Python to collect garbage seldom, leaves what is loaded now out of every collection, and shortens turns.

    To be called once, when all is loaded.
    """
    gc.freeze()
    gc.set_threshold(*GARBAGE_THRESHOLDS)
    sys.setswitchinterval(SWITCH_S)
