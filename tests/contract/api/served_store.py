"""The whole API on a real SQLite store, behind a real server in a thread of its own."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from passerby.domain.observations import Quantity
from passerby.domain.road_user import RoadUser
from passerby.ports import Store
from passerby.store import open_store
from testing.web.fakes import NOW_S, SITE, Service, health_report, observation
from testing.web.made import place_event
from testing.web.serving import served


@dataclass(frozen=True, slots=True)
class Served:
    """Where it is, and how to come in."""

    base_url: str
    cookie: str


@contextmanager
def service_on_sqlite(folder: Path) -> Iterator[Served]:
    """Serves while the block lasts."""
    ready, over = threading.Event(), threading.Event()
    found: list[Served] = []

    async def run() -> None:
        clock_ns = NOW_S * 10**9
        store = await open_store(
            f"sqlite:///{folder / 'passerby.db'}", zone=ZoneInfo("Europe/Berlin"), clock=lambda: clock_ns
        )
        await _fill(store)
        store.audit_log.use_key(b"a" * 32)
        service = Service(store)
        await service.register.publish(service.configurations.plan, await service.configurations.newest())
        service.live.reports = {"square": health_report()}
        async with served(service.app) as port:
            found.append(Served(f"http://127.0.0.1:{port}", service.session()))
            ready.set()
            await asyncio.to_thread(over.wait)
        await store.close()

    thread = threading.Thread(target=asyncio.run, args=(run(),))
    thread.start()
    try:
        assert ready.wait(30)
        yield found[0]
    finally:
        over.set()
        thread.join()


async def _fill(store: Store) -> None:
    rows = [
        observation(NOW_S - 60 * minute, 1.0, road_user=user, direction=way)
        for minute in range(1, 90)
        for user in (RoadUser.PEDESTRIAN, RoadUser.BUS)
        for way in ("forward", "backward")
    ]
    rows += [
        observation(NOW_S - 60, None, camera="gate", coverage=0.0, reliable=False),
        observation(NOW_S - 60, 0.5, series="benches", quantity=Quantity.DENSITY_MEAN, road_user=None, direction=None),
        observation(NOW_S - 60, 1.3, quantity=Quantity.SPEED_MEAN, error=0.2),
    ]
    await store.store_observations(rows)
    await store.store_health([health_report(), health_report("gate", detect_p50_ms=12.5)])
    await store.store_events([place_event("square", "crowded", NOW_S * 10**9 - 1)])
    await store.add_configuration(SITE, "file")
