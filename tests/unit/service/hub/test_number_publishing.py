"""The hub's task: publishes what is due, says how that goes, and goes on where the store was away."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from passerby.ports import StoreUnavailableError
from passerby.service.hub.number_publishing import NumberPublishing
from testing.store_keeper import Keeper
from testing.trial_service.publishing import PublishingSite


@pytest.fixture
def site(tmp_path: Path) -> Iterator[PublishingSite]:
    with Keeper(f"sqlite:///{tmp_path}/passerby.db") as keeper:
        yield PublishingSite(keeper)


def figures(task: NumberPublishing) -> dict[str, float]:
    return {sample.name: sample.value for metric in task.collect() for sample in metric.samples}


def test_what_is_due_is_published_and_counted(site, tmp_path):
    task = NumberPublishing(site.store, lambda: site.plan, tmp_path, site.keeper.clock)
    assert "passerby_published_timestamp_seconds" not in figures(task)
    site.count(range(15), 20)
    site.run(-100)
    site.keeper.clock.now_s += 100 + 900 + 3600
    site.keeper.run(task.publish())
    found = figures(task)
    assert found["passerby_published_bins_total"] == 1
    assert found["passerby_published_gaps_total"] == 0
    # The plaza and the later bins of the line have no minutes.
    assert found["passerby_unpublished_bins"] >= 5
    assert found["passerby_published_timestamp_seconds"] == site.keeper.clock.now_s


def test_what_is_published_is_open_data_and_what_is_not_is_no_row(site, tmp_path):
    task = NumberPublishing(site.store, lambda: site.plan, tmp_path, site.keeper.clock)
    site.count(range(15), 40)
    site.run(-100)
    site.keeper.clock.now_s += 100 + 900 + 3600
    site.keeper.run(task.publish())

    async def rows() -> list[dict[str, object]]:
        (month,) = await task.open_data.months()
        tables = [table async for table in task.open_data.tables(month)]
        return [row for table in tables for row in table.to_pylist()]

    found = site.keeper.run(rows())
    assert {row["place"] for row in found} == {"north"}
    assert {row["start"] for row in found} == {found[0]["start"]}
    assert any(row["status"] == "published" and abs(row["count"] - 40) < 30 for row in found)


def test_a_store_that_is_away_is_tried_again(site, monkeypatch, tmp_path):
    task = NumberPublishing(site.store, lambda: site.plan, tmp_path, site.keeper.clock)
    faults = [StoreUnavailableError("it does not answer now")] * 2
    real = task._publisher.run_once

    async def run_once():
        if faults:
            raise faults.pop()
        return await real()

    monkeypatch.setattr(task._publisher, "run_once", run_once)

    async def often() -> None:
        monkeypatch.setattr("passerby.service.hub.number_publishing.EVERY_S", 0.0)
        running = asyncio.create_task(task.run())
        while faults or not task._last_ns:
            await asyncio.sleep(0.01)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)

    site.keeper.run(often())
    assert "passerby_published_timestamp_seconds" in figures(task)
