"""What a store holds open and no process knows of is closed, and a report that comes after all is taken."""

import asyncio
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from passerby.domain.event_rules import RuleKind
from passerby.domain.place_events import EventState, PlaceEvent
from passerby.engine.unwatched import orphans
from passerby.engine.unwatched.orphans import UNKNOWN, StoppedCameras, close_orphans
from passerby.store import open_store
from testing.web.made import NOW_S, NS_PER_S, closed, open_event, site_plan

NOW_NS = NOW_S * NS_PER_S


def test_orphaned_events_are_closed_as_of_their_last_report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(orphans, "LARGEST_PAGE", 1)  # page after page
    gone, kept = open_event("square", "full", NOW_NS), open_event("square", "jam", NOW_NS + 1)
    suspended = replace(open_event("square", "dark", NOW_NS + 2), state=EventState.SUSPENDED)
    own = open_event("square", "mass", NOW_NS + 3, kind=RuleKind.MASS_VIEWING)
    over = closed(open_event("square", "over", NOW_NS + 4))

    async def scene() -> dict[str, PlaceEvent]:
        store = await open_store(f"sqlite:///{tmp_path / 'store.sqlite'}", zone=ZoneInfo("UTC"))
        try:
            await store.store_events([gone, kept, suspended, own, over])
            found = await close_orphans(store, lambda one: one.event_id != kept.event_id, UNKNOWN)
            assert {one.rule for one in found} == {"full", "dark"}
            assert await close_orphans(store, lambda one: one.event_id != kept.event_id, UNKNOWN) == ()
            # The end that was under way all the time.
            await store.store_events([replace(closed(suspended), peak=9.0)])
            ids = [one.event_id for one in (gone, kept, suspended, own, over)]
            rows = [one for event_id in ids if (one := await store.event(event_id)) is not None]
        finally:
            await store.close()
        return {one.rule: one for one in rows}

    rows = asyncio.run(scene())
    assert (rows["full"].state, rows["full"].end_ns) == (EventState.CLOSED, gone.updated_ns)
    assert rows["full"].why == f"{gone.why} {UNKNOWN}"
    assert rows["full"].samples == gone.samples
    assert (rows["jam"], rows["mass"], rows["over"]) == (kept, own, over)
    assert (rows["dark"].peak, rows["dark"].why) == (9.0, suspended.why)


def test_a_camera_that_does_not_run_has_its_events_closed_at_the_second_look(tmp_path: Path) -> None:
    plan = site_plan()
    event, gone = open_event("square", "full", NOW_NS), open_event("harbour", "full", NOW_NS)

    async def scene() -> list[tuple[PlaceEvent, ...]]:
        store = await open_store(f"sqlite:///{tmp_path / 'store.sqlite'}", zone=ZoneInfo("UTC"))
        try:
            await store.store_events([event, gone])
            cameras = StoppedCameras(store, lambda: plan)
            return [await cameras.close_events() for _ in range(3)]
        finally:
            await store.close()

    first, second, third = asyncio.run(scene())
    assert (first, [one.camera for one in second], third) == ((), ["harbour"], ())
