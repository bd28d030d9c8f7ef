"""Ends what lasts longer than a request, when its session, its grant or its purpose ends."""

import asyncio
from collections.abc import Callable
from typing import Final

from passerby.access import Access
from passerby.domain.access import Principal
from passerby.ports import StoreError, StoreUnavailableError

LOOK_S: Final = 1.5
"""How often an open stream's right is looked up."""

HOLDS_S: Final = 3.5
"""How long an answer of the store holds, from when it was asked for: by then there is another one, or the stream ends.
The store's own answer may be a second old, so a stream ends within 5 s of its right, however slow the store is."""

_AGAIN_S: Final = 0.5
"""Wait after an error of the store."""


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
        return await asyncio.shield(self._reading(principal)[1])

    async def look(
        self, principal: Principal, holds: Callable[[Principal], bool], within_s: float = HOLDS_S
    ) -> float | None:
        """Returns as of when a stream may go on, by the event loop's clock; None where it may not.

        Args:
            principal: who opened the stream.
            holds: whether the principal, as it is then, may go on.
            within_s: how long to wait for the store.

        Raises:
            StoreError: the store does not answer, or not in time.
        """
        begun_s, reading = self._reading(principal)
        try:
            now = await asyncio.wait_for(asyncio.shield(reading), within_s)
        except TimeoutError:
            raise StoreUnavailableError("the store does not answer in time whether this may go on") from None
        return begun_s if now is not None and holds(now) else None

    async def open(self, principal: Principal, holds: Callable[[Principal], bool], asked_s: float) -> float | None:
        """Returns as of when a stream that is about to begin may go on; None where it may not.

        Args:
            principal: who opens it.
            holds: whether the principal, as it is then, may go on.
            asked_s: when the store was asked for the principal, by the event loop's clock; looked up anew where that
                is too long ago, as after a slow entry in the audit log.

        Raises:
            StoreError: the store does not answer, or not in time.
        """
        if asyncio.get_running_loop().time() - asked_s <= LOOK_S:
            return asked_s
        return await self.look(principal, holds)

    async def until_over(
        self, principal: Principal, holds: Callable[[Principal], bool], sure_s: float
    ) -> StoreError | None:
        """Waits until a stream may not go on.

        Args:
            principal: who opened the stream.
            holds: whether the principal, as it is then, may go on.
            sure_s: as of when it may, as `look` returned it.

        Returns:
            None where the right has ended; why it is not known whether it has, where the store did not answer in time.
        """
        loop = asyncio.get_running_loop()
        fault: StoreError | None = None
        pause_s = max(0.0, sure_s + LOOK_S - loop.time())
        while (left_s := sure_s + HOLDS_S - loop.time()) > 0:
            await asyncio.sleep(min(pause_s, left_s))
            try:
                found_s = await self.look(principal, holds, sure_s + HOLDS_S - loop.time())
            except StoreError as error:
                fault, pause_s = error, _AGAIN_S
                continue
            if found_s is None:
                return None
            sure_s, pause_s = found_s, max(0.0, found_s + LOOK_S - loop.time())
        return fault or StoreUnavailableError("the store does not answer in time whether this may go on")

    def _reading(self, principal: Principal) -> tuple[float, "asyncio.Task[Principal | None]"]:
        """When a read was begun, at most half a look ago, and the read itself."""
        now_s = asyncio.get_running_loop().time()
        known = self._read.get(principal.session_id)
        if known is not None and now_s - known[0] <= LOOK_S / 2:
            return known
        self._read = {key: held for key, held in self._read.items() if now_s - held[0] <= LOOK_S}
        reading = asyncio.ensure_future(self._access.again(principal))
        # Its error is taken even where nothing waits for it any more.
        reading.add_done_callback(lambda done: done.cancelled() or done.exception())
        self._read[principal.session_id] = (now_s, reading)
        return now_s, reading
