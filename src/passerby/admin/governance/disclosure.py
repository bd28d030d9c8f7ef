"""What was done to published numbers, and what would go out; staff alone may see it, and the audit log says who did."""

import asyncio
import os
import time
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

from passerby.admin.backup import store_url
from passerby.admin.people import machine_user
from passerby.config.service import ServiceSite, load_service
from passerby.domain.audit import AuditEntry
from passerby.domain.publish_plan import PublishPlan
from passerby.publish.disclosure.explaining import ExplainedNumber, PreviewedCounter, explained, previewed


@dataclass(frozen=True, slots=True)
class Preview:
    """What would go out.

    Attributes:
        publish: what the site file publishes, and for whom.
        counters: what would go out of each counter for each audience.
    """

    publish: PublishPlan
    counters: tuple[PreviewedCounter, ...]


def explain_numbers(
    site: Path, place: str, day: date, camera: str | None = None, data: Path | None = None
) -> tuple[ExplainedNumber, ...]:
    """Returns what was done to the numbers of a line or zone on a day; that it was looked at is in the audit log.

    Raises:
        SiteFileError: the site file has faults, or the environment lacks the URL of its store.
        StoreError: the database cannot be read, or the entry cannot be appended; nothing is shown then.
        PasserbyError: no counter has that name.
    """
    service = load_service(site, os.environ, passwords=False)
    return asyncio.run(_explained(service, store_url(service, data), place, day, camera))


async def _explained(
    service: ServiceSite, url: str, place: str, day: date, camera: str | None
) -> tuple[ExplainedNumber, ...]:
    from passerby.store import open_store  # a quarter of a second of imports that only this needs

    store = await open_store(url, zone=ZoneInfo(service.plan.time_zone), retention=service.plan.retention)
    try:
        found = await explained(store, service.plan, place, day, time.time_ns(), camera)
        entry = AuditEntry(time.time_ns(), machine_user(), "disclosure.explained", place, day.isoformat())
        await store.append_audit(entry)
        return tuple(found)
    finally:
        await store.close()


def preview_numbers(site: Path, data: Path | None = None) -> Preview:
    """Returns what would go out with a site file as it is now, whether it runs yet or not.

    Raises:
        SiteFileError: the site file has faults, or the environment lacks the URL of its store.
        StoreError: the database cannot be read.
        PasserbyError: the site file publishes nothing.
    """
    service = load_service(site, os.environ, passwords=False)
    return asyncio.run(_previewed(service, store_url(service, data)))


async def _previewed(service: ServiceSite, url: str) -> Preview:
    from passerby.store import open_store

    store = await open_store(url, zone=ZoneInfo(service.plan.time_zone), retention=service.plan.retention)
    try:
        counters = await previewed(store, service.plan, time.time_ns())
    finally:
        await store.close()
    publish = service.plan.publish
    assert publish is not None  # noqa: S101  # nosec B101 - `previewed` raises without it
    return Preview(publish, tuple(counters))
