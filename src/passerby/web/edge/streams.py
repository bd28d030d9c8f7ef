"""Ends what lasts longer than a request, when its session, its grant or its purpose ends."""

import asyncio
from collections.abc import Callable
from typing import Final

from passerby.access import Access
from passerby.domain.access import Principal
from passerby.ports import StoreError

LOOK_S: Final = 2.0
"""How often an open stream's right is looked up; it ends within 5 s of the right's end, however slow the store is."""

_ANSWERS_WITHIN_S: Final = 2.5


class Rights:
    """The principals of open streams as they are now; one read a session, however many streams it has.

    Args:
        access: the accounts.
    """

    def __init__(self, access: Access) -> None:
        self._access = access
        self._read: dict[str, tuple[float, asyncio.Task[Principal | None]]] = {}

    async def again(self, principal: Principal) -> Principal | None:
        """Returns the principal as it was at most a second ago; None where it has ended.

        Raises:
            StoreError: the store does not answer.
        """
        now_s = asyncio.get_running_loop().time()
        read_s, reading = self._read.get(principal.session_id, (0.0, None))
        if reading is None or now_s - read_s > LOOK_S / 2:
            self._read = {key: held for key, held in self._read.items() if now_s - held[0] <= LOOK_S}
            reading = asyncio.ensure_future(self._access.again(principal))
            self._read[principal.session_id] = (now_s, reading)
        return await asyncio.shield(reading)

    async def until_over(
        self, principal: Principal, holds: Callable[[Principal], bool], *, fails_closed: bool = True
    ) -> None:
        """Returns when the principal has ended, or may not go on.

        Args:
            principal: who opened the stream.
            holds: whether the principal, as it is then, may go on.
            fails_closed: it is over, too, where the store does not say that it is not.
        """
        while True:
            await asyncio.sleep(LOOK_S)
            try:
                now = await asyncio.wait_for(self.again(principal), _ANSWERS_WITHIN_S)
            except (StoreError, TimeoutError):
                if fails_closed:
                    return
                continue
            if now is None or not holds(now):
                return
