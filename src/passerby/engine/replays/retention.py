"""Deletes replays of events from the store when their time is over, or the register does not allow them any more."""

import asyncio
import time
from collections.abc import Callable
from typing import Final

from passerby.domain.audit import AuditEntry
from passerby.ports import Store, StoreError
from passerby.telemetry.logs import get_log

REPLAYS_EVERY_S: Final = 60.0
REPLAYS_LOOK_S: Final = 1.0
"""So often is looked whether the register still allows what it allowed."""


async def keep_replays(
    store: Store, replaying: Callable[[], frozenset[str]], timer: Callable[[], float] = time.monotonic
) -> None:
    """Deletes over and over what may not be kept, until cancelled.

    Args:
        store: where the replays are.
        replaying: the cameras of which the register allows replays now.
        timer: seconds of a clock that is never set.
    """
    done: tuple[frozenset[str], float] | None = None
    unaudited = 0  # of a deletion whose entry the store did not take any more
    while True:
        allowed, now_s = replaying(), timer()
        if done is None or allowed != done[0] or now_s >= done[1] + REPLAYS_EVERY_S:
            try:
                deleted = await store.keep_replays(allowed)
                if deleted:
                    get_log().info("replays of events deleted", deleted=deleted)
                unaudited += deleted
                if unaudited:
                    detail = f"{unaudited} that were too old, or not allowed by the register any more"
                    await store.append_audit(AuditEntry(time.time_ns(), "retention", "replays.deleted", "", detail))
                done, unaudited = (allowed, now_s), 0
            except StoreError as fault:
                get_log().error("replays of events were not deleted wholly; tried again", why=str(fault))
        await asyncio.sleep(REPLAYS_LOOK_S)
