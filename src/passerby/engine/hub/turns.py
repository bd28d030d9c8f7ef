"""Takes in the messages of many connections in turn: who asks the API waits for a few of them, not for all."""

import asyncio
from typing import Final

AT_ONCE_S: Final = 0.005
"""Messages are taken in for so long before the event loop gets to others."""


class Turns:
    """Hundreds of machines send their minute at the same moment, and none of them waits for anything.

    Args:
        at_once_s: for how long messages are taken in before others get their turn.
    """

    def __init__(self, at_once_s: float = AT_ONCE_S) -> None:
        self._at_once_s = at_once_s
        self._since_s: float | None = None
        self._next = asyncio.Lock()

    async def turn(self) -> None:
        """Returns when a connection may take its next message in; at once unless much was taken in just now."""
        loop = asyncio.get_running_loop()
        async with self._next:  # fair: whoever has waited longest goes first
            if self._since_s is None or loop.time() - self._since_s >= self._at_once_s:
                if self._since_s is not None:
                    await asyncio.sleep(0)
                self._since_s = loop.time()
