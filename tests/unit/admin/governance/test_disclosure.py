"""What staff look at of published numbers, on a real SQLite store: nothing without an entry in the audit log."""

import asyncio
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from passerby.admin.governance.disclosure import explain_numbers, preview_numbers
from passerby.config.service import load_service
from passerby.domain.errors import PasserbyError
from passerby.domain.published import Audience
from passerby.domain.queries import EventQuery
from passerby.engine.service_folder import ServiceFolder
from passerby.publish.disclosure.publisher import Publisher
from passerby.store.opening import open_store

TEXT = """\
register: {recipients: [Everybody]}
cameras:
  square:
    source: {rtsp: rtsp://10.0.0.1/x, user: u, password_from: NOT_HERE}
    lines: {north: {points: [[0.1, 0.5], [0.9, 0.5]]}}
publish:
  title: Counts
  publisher: City
  contact: counts@example.org
  licence: CC0-1.0
  audiences: {public: {recipient: Everybody}}
  counters: [{camera: square, line: north}]
data: kept
"""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A site file whose line was published for three hours, in which nothing was watched."""
    path = tmp_path / "site.yaml"
    path.write_text(TEXT)
    (tmp_path / "kept").mkdir()
    asyncio.run(published(path))
    return path


async def published(path: Path) -> None:
    store = await open_store(ServiceFolder(path.parent / "kept").store_url(None))
    plan = load_service(path, {}, passwords=False).plan
    now_ns = [time.time_ns() - 30 * 3600 * 10**9]
    publisher = Publisher(store, lambda: plan, lambda: now_ns[0])
    await publisher.run_once()
    now_ns[0] = time.time_ns()
    await publisher.run_once()
    await store.close()


async def audited(path: Path) -> list[tuple[str, str, str]]:
    store = await open_store(ServiceFolder(path.parent / "kept").store_url(None))
    try:
        rows = (await store.audit(EventQuery(0, 2**62))).rows
    finally:
        await store.close()
    return [(row.action, row.subject, row.detail) for row in rows if row.action == "disclosure.explained"]


def test_who_explains_a_day_is_in_the_audit_log(site: Path) -> None:
    day = datetime.fromtimestamp(time.time() - 26 * 3600, UTC).date()
    numbers = explain_numbers(site, "north", day)
    assert {one.audience for one in numbers} == {Audience.PUBLIC}
    assert any("not watched" in one.why for one in numbers)
    assert asyncio.run(audited(site)) == [("disclosure.explained", "north", day.isoformat())]


def test_a_name_that_was_never_published_is_refused(site: Path) -> None:
    with pytest.raises(PasserbyError, match="published are: square: north"):
        explain_numbers(site, "nort", datetime.now(UTC).date())


def test_a_preview_names_licence_recipients_and_counters(site: Path) -> None:
    found = preview_numbers(site)
    assert (found.publish.licence, found.publish.audiences) == ("CC0-1.0", {Audience.PUBLIC: "Everybody"})
    (counter,) = found.counters
    assert (counter.place, counter.gaps) == ("north", counter.numbers)


def test_without_publish_there_is_nothing_to_preview(site: Path) -> None:
    site.write_text(TEXT[: TEXT.index("publish:")] + "data: kept\n")
    with pytest.raises(PasserbyError, match="nothing leaves the site"):
        preview_numbers(site)
