"""An application on a real site file and a real SQLite store, in a folder of its own."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from passerby.domain.service import SitePlan
from passerby.service.configurations import FileConfigurations
from passerby.store import open_store
from testing.web.fakes import Service, publication


@asynccontextmanager
async def service_on_file(folder: Path, text: str) -> AsyncIterator[Service]:
    """Serves a site file while the block lasts; its changes are written, published and kept.

    Args:
        folder: an empty folder.
        text: of the site file.
    """

    async def applied(_: SitePlan) -> None:
        """Nothing runs here."""

    site = folder / "site.yaml"
    site.write_text(text, encoding="utf-8")
    store = await open_store(f"sqlite:///{folder / 'passerby.db'}", zone=ZoneInfo("Europe/Belgrade"))
    store.audit_log.use_key(b"a" * 32)
    configurations: Any = await FileConfigurations.open(
        site, store, folder, publish=publication(store).publish, on_applied=applied, environment={}
    )
    service = Service(store, configurations)
    service.clock.now_s = int(time.time())  # as the store's own, and a browser's
    try:
        yield service
    finally:
        await store.close()
