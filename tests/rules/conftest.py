"""What the rules share: they read all of the project's code."""

import gc
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def no_collection_of_garbage() -> Iterator[None]:
    """Lets nothing that other tests left behind be finalized while code is parsed.

    What a finalizer runs in the middle of `ast.parse` counts to the parser's depth, and Python 3.11 then ends with "AST
    constructor recursion depth mismatch". Parsing is quicker without, too: a tree is many objects and no garbage.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
