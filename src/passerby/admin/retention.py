"""The proof that nothing is stored for longer than its limit."""

import asyncio
import os
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from passerby.admin.backup import store_url
from passerby.config.service import ServiceSite, load_service
from passerby.domain.retention import DeletionRun, RetentionLine


@dataclass(frozen=True, slots=True)
class RetentionProof:
    """What is stored held against its limits, and the record of what was deleted.

    Attributes:
        lines: one a kind of result.
        runs: the deletion runs, oldest first.
    """

    lines: tuple[RetentionLine, ...]
    runs: tuple[DeletionRun, ...]

    @property
    def kept(self) -> bool:
        """Every limit is kept."""
        return all(line.kept for line in self.lines)


def retention_proof(site: Path, data: Path | None = None) -> RetentionProof:
    """Compares what is stored with the limits of a site.

    Raises:
        SiteFileError: the site file has faults, or the environment lacks the URL of its store.
        StoreError: the database cannot be read.
    """
    service = load_service(site, os.environ, passwords=False)
    url = store_url(service, data)
    return asyncio.run(_proof(service, url))


async def _proof(service: ServiceSite, url: str) -> RetentionProof:
    from passerby.store.opening import open_store

    store = await open_store(url, zone=ZoneInfo(service.plan.time_zone), retention=service.plan.retention)
    try:
        return RetentionProof(await store.retention_report(), await store.deletion_runs())
    finally:
        await store.close()
