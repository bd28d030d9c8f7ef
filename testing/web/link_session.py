"""Accounts that are kept in memory, and what a test does with them without a loop."""

from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from passerby.access import Access, Place
from passerby.access.credentials.passwords import Hasher
from passerby.domain.access_plan import AccessPlan
from testing.access.memory_store import MemoryAccessStore

T = TypeVar("T")

KEY = b"k" * 32


def access_in_memory(clock: Callable[[], int], place: Callable[[], Place]) -> Access:
    """Accounts that are kept in memory, with cheap hashes."""
    return Access(
        MemoryAccessStore(),
        KEY,
        AccessPlan,
        place,
        lambda: "Market square",
        clock=clock,
        hasher=Hasher(memory_kib=64, time_cost=1),
    )


def finished(asked: Coroutine[Any, Any, T]) -> T:
    """What a coroutine returns that waits for nothing."""
    try:
        asked.send(None)
    except StopIteration as end:
        result: T = end.value
        return result
    raise AssertionError("it waits")
