"""Traffic reports that were made a short while ago: made one at a time, and once for a page and its files."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass
from typing import Final

from passerby.domain.service import SitePlan
from passerby.report.traffic.document import TrafficReport
from passerby.units import NS_PER_S

KEPT_S: Final = 60
"""So old may an answer be: minutes come in, and counts by hand are sent, all the time."""

MAX_KEPT: Final = 8
"""A month of a camera with ten lines takes some 10 MB."""


@dataclass(frozen=True, slots=True)
class _Made:
    report: TrafficReport
    plan: SitePlan
    time_ns: int


class Reports:
    """Makes reports, and keeps the newest."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Hashable, _Made] = OrderedDict()
        self._turn = asyncio.Lock()

    async def of(
        self, key: Hashable, plan: SitePlan, now_ns: int, make: Callable[[], Awaitable[TrafficReport]]
    ) -> TrafficReport:
        """Returns a report: the one that is kept where it is new enough, else one that is made now.

        Args:
            key: what was asked for.
            plan: the site as it is now; of another one nothing is taken.
            now_ns: UTC nanoseconds now.
            make: makes it; several that ask at once wait for one another.
        """
        async with self._turn:
            known = self._kept.get(key)
            if known is not None and known.plan is plan and 0 <= now_ns - known.time_ns < KEPT_S * NS_PER_S:
                return known.report
            made = await make()
            self._kept[key] = _Made(made, plan, now_ns)
            self._kept.move_to_end(key)
            while len(self._kept) > MAX_KEPT:
                self._kept.popitem(last=False)
            return made
