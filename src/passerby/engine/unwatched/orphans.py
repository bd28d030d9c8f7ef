"""Closes the events that the store holds open and that no process goes on with.

A store that was restored from a backup has events open whose end was delivered to the store before it, and a worker
that has delivered an end keeps nothing of the event.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from passerby.domain.event_rules import RAISED_BY_SERVICE
from passerby.domain.place_events import EventState, PlaceEvent
from passerby.domain.queries import LARGEST_PAGE, PlaceEventQuery
from passerby.domain.service import SitePlan
from passerby.ports import Store

UNKNOWN: Final = "It ended because no process knows of it any more, as after a restore of the store from a backup."
NOT_RUNNING: Final = "It ended because the camera does not run any more."

_EVER: Final = 2**63 - 1


async def close_orphans(store: Store, is_orphan: Callable[[PlaceEvent], bool], why: str) -> tuple[PlaceEvent, ...]:
    """Closes events as of when they were reported last; returns them as they are then.

    A report that comes after all is later than this, and replaces it.

    Args:
        store: where the events are.
        is_orphan: returns whether no process goes on with an event.
        why: the sentence that is added to theirs.

    Raises:
        StoreError: some may not have been closed.
    """
    closed: list[PlaceEvent] = []
    query = PlaceEventQuery(0, _EVER, states=(EventState.OPEN, EventState.SUSPENDED), limit=LARGEST_PAGE)
    while True:
        page = await store.events(query)
        for listed in page.rows:
            if listed.kind in RAISED_BY_SERVICE or not is_orphan(listed):
                continue
            whole = await store.event(listed.event_id)
            if whole is not None and whole.updated_ns == listed.updated_ns:
                closed.append(_closed(whole, why))
        if page.after is None:
            break
        query = replace(query, after=page.after)
    if closed:
        await store.store_events(closed)
    return tuple(closed)


class StoppedCameras:
    """The cameras that do not run, of which no worker says what it knows.

    Args:
        store: where events are.
        plan: returns what runs now.
    """

    def __init__(self, store: Store, plan: Callable[[], SitePlan]) -> None:
        self._store, self._plan = store, plan
        self._running_before: frozenset[str] | None = None

    async def close_events(self) -> tuple[PlaceEvent, ...]:
        """Closes their events, from the second call on: their workers have time until then to say it themselves.

        Raises:
            StoreError: some may not have been closed.
        """
        running = frozenset(camera.name for camera in self._plan().running)
        before, self._running_before = self._running_before, running
        if before is None:
            return ()
        return await close_orphans(self._store, lambda one: one.camera not in running | before, NOT_RUNNING)


def _closed(event: PlaceEvent, why: str) -> PlaceEvent:
    return replace(
        event,
        state=EventState.CLOSED,
        value=None,
        end_ns=event.updated_ns,
        updated_ns=event.updated_ns + 1,
        why=f"{event.why} {why}",
    )
