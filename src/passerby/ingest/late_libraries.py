"""Loads the libraries that others load only when they need them: afterwards no code can be loaded any more."""

import importlib
import sys
from typing import Final

LATE_MODULES: Final = ("av.subtitles.codeccontext", "av.subtitles.stream", "av.subtitles.subtitle")
"""PyAV loads what a stream is read with when it meets one of the kind; a recording may have subtitles.

Found by `strace -e mmap` over what is counted, anonymised and watched: a library that is missing here is refused, and
its import fails.
"""


def load_late_libraries() -> None:
    """Loads them all, where the library that asks for them is loaded."""
    for name in LATE_MODULES:
        if name.partition(".")[0] in sys.modules:
            importlib.import_module(name)
