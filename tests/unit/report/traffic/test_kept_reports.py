"""Reports that were made a short while ago: how many are kept, and that one is made at a time."""

import asyncio

import pytest

from passerby.report.traffic.document import TrafficReport
from passerby.report.traffic.kept_reports import MAX_KEPT, Reports
from testing.web.fakes import site_plan

REPORT = TrafficReport("a report", (), (), (), None)


def test_those_who_ask_at_once_wait_for_one_and_the_oldest_goes() -> None:
    plan, reports, made = site_plan(), Reports(), list[int]()

    async def ask(key: int) -> TrafficReport:
        async def make() -> TrafficReport:
            made.append(key)
            await asyncio.sleep(0)
            return REPORT

        return await reports.of(key, plan, 0, make)

    async def all_of_them() -> None:
        assert await asyncio.gather(ask(0), ask(0), ask(0)) == [REPORT] * 3
        for key in range(1, MAX_KEPT + 1):
            await ask(key)
        await ask(MAX_KEPT)
        await ask(0)

    asyncio.run(all_of_them())
    assert made == [0, *range(1, MAX_KEPT + 1), 0]


def test_one_that_fails_is_not_kept() -> None:
    plan, reports = site_plan(), Reports()

    async def fail() -> TrafficReport:
        raise RuntimeError("no database")

    async def make() -> TrafficReport:
        return REPORT

    async def both() -> TrafficReport:
        with pytest.raises(RuntimeError):
            await reports.of("key", plan, 0, fail)
        return await reports.of("key", plan, 0, make)

    assert asyncio.run(both()) is REPORT
