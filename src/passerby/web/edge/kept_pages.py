"""Pages of public numbers as they are sent: each is made once, until what it says may have changed."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from typing import Final

MAX_KEPT: Final = 200
"""A week's page has some 60 KB and a year's 70, so that these are 14 MB."""


class KeptPages:
    """Pages by what they are of.

    Anyone may ask for them, so that what a stranger can make the service do is bounded: one page is made at a time, and
    each once for a stamp.
    """

    def __init__(self) -> None:
        self._kept: OrderedDict[Hashable, tuple[object, bytes]] = OrderedDict()
        self._turn = asyncio.Lock()

    async def page(self, key: Hashable, stamp: object, made: Callable[[], Awaitable[bytes]]) -> bytes:
        """Returns a page, which is made where it is not kept.

        Args:
            key: what it is of.
            stamp: the page is made anew where this is another one; compared by `==`.
            made: makes it.
        """
        async with self._turn:
            kept = self._kept.get(key)
            if kept is None or kept[0] != stamp:
                kept = self._kept[key] = (stamp, await made())
            self._kept.move_to_end(key)
            if len(self._kept) > MAX_KEPT:
                self._kept.popitem(last=False)
            return kept[1]
