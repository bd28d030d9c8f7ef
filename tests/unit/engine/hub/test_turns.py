"""Others get their turn between the messages of many connections."""

import asyncio
from itertools import pairwise

from passerby.engine.hub.turns import Turns


async def others_between(turns: Turns, connections: int, messages: int) -> list[int]:
    """How many messages had been taken in at each of the turns that others got."""
    taken, seen = 0, list[int]()

    async def connection() -> None:
        nonlocal taken
        for _ in range(messages):
            await turns.turn()
            taken += 1

    async def another() -> None:
        while taken < connections * messages:
            seen.append(taken)
            await asyncio.sleep(0)

    await asyncio.gather(another(), *(connection() for _ in range(connections)))
    return seen


def test_much_is_taken_in_in_parts_and_in_turn() -> None:
    seen = asyncio.run(others_between(Turns(0.0), 20, 5))
    assert max(after - before for before, after in pairwise(seen)) <= 2
    assert len(seen) >= 50


def test_little_is_taken_in_at_once() -> None:
    seen = asyncio.run(others_between(Turns(3600.0), 20, 5))
    assert len(seen) <= 5
