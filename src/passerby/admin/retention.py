"""The proof that nothing is stored for longer than its limit."""

import asyncio
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from passerby.admin.backup import store_url
from passerby.config.service import ServiceSite, load_service
from passerby.domain.errors import PasserbyError
from passerby.domain.retention import DeletionRun, Kind, Leftover, RetentionLine
from passerby.engine.journal import waiting_since
from passerby.engine.service_folder import service_folder
from passerby.units import DAY_S, NS_PER_S

ENDED_NS = DAY_S * NS_PER_S
"""A running service deletes ended sessions and questions each minute."""


@dataclass(frozen=True, slots=True)
class RetentionProof:
    """What is stored held against its limits, and the record of what was deleted.

    Attributes:
        lines: one a kind of result.
        left: what has no limit in days, and should be gone: ended sessions, and results that no worker delivers.
        runs: the deletion runs, oldest first.
    """

    lines: tuple[RetentionLine, ...]
    left: tuple[Leftover, ...]
    runs: tuple[DeletionRun, ...]

    @property
    def kept(self) -> bool:
        """Every limit is kept, and nothing is left over."""
        return all(line.kept for line in self.lines) and not self.left


def retention_proof(site: Path, data: Path | None = None) -> RetentionProof:
    """Compares what is stored with the limits of a site.

    Raises:
        SiteFileError: the site file has faults, or the environment lacks the URL of its store.
        StoreError: the database cannot be read.
        PasserbyError: a worker's journal cannot be read, so that nothing is proved.
    """
    service = load_service(site, os.environ, passwords=False)
    proof = asyncio.run(_proof(service, store_url(service, data)))
    cutoffs = {line.kind: line.cutoff_ns for line in proof.lines}
    folder = service_folder(service.plan.name, service.plan.data, data).path
    return replace(proof, left=(*proof.left, *_undelivered(folder, cutoffs[Kind.MINUTES])))


def _undelivered(folder: Path, cutoff_ns: int) -> Iterator[Leftover]:
    """What workers hold that is too old; a worker's journal also stays when its cameras are gone."""
    for path in sorted(folder.glob("worker-*.sqlite")):
        try:
            oldest_ns = waiting_since(path)
        except OSError as error:
            raise PasserbyError(str(error)) from None
        if oldest_ns is not None and oldest_ns < cutoff_ns:
            yield Leftover(f"undelivered results in {path.name}", 1, oldest_ns)


async def _proof(service: ServiceSite, url: str) -> RetentionProof:
    from passerby.store.opening import open_site_store

    async with open_site_store(url, service.plan) as store:
        rows, oldest_ns = await store.access.ended(time.time_ns() - ENDED_NS)
        left = (Leftover("ended sessions and questions", rows, oldest_ns),) if rows else ()
        return RetentionProof(await store.retention_report(), left, await store.deletion_runs())
