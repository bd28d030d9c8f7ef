"""How often Python looks for garbage: seldom, in a process that answers with thousands of small objects at a time."""

import gc

FIRST_THRESHOLD, SECOND_THRESHOLD, THIRD_THRESHOLD = 200_000, 50, 100
"""Python's own are 700, 10 and 10. A month's chart makes some 50,000 objects, and searches fell into the middle of it:
at the 95th percentile it took 134 ms, and takes 50 ms so. Garbage without a cycle is freed at once all the same."""


def collect_seldom() -> None:
    """Leaves what is loaded now out of every search, and searches seldom; once, when all is loaded."""
    gc.freeze()
    gc.set_threshold(FIRST_THRESHOLD, SECOND_THRESHOLD, THIRD_THRESHOLD)
