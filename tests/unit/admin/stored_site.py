"""A site file, and health reports in its SQLite store."""

import asyncio
from pathlib import Path

from passerby.domain.health import CameraHealth, CameraState
from passerby.domain.queries import EventQuery
from passerby.engine.service_folder import ServiceFolder
from passerby.store.opening import open_store

TEXT = """\
# mine; the password is in the service's own environment alone
cameras: {a: {source: {rtsp: rtsp://10.0.0.1/x, user: u, password_from: NOT_HERE}}}
data: kept
"""


def keep(folder: Path, time_ns: int) -> None:
    async def store_one() -> None:
        store = await open_store(ServiceFolder(folder).store_url(None))
        await store.store_health([CameraHealth("a", time_ns, CameraState.ONLINE, time_ns, "it answers")])
        await store.close()

    asyncio.run(store_one())


def kept(folder: Path) -> int:
    async def ask() -> int:
        store = await open_store(ServiceFolder(folder).store_url(None))
        try:
            return len((await store.health(EventQuery(start_ns=0, end_ns=2**62))).rows)
        finally:
            await store.close()

    return asyncio.run(ask())
