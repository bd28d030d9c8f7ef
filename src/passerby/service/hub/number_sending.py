"""Sends published numbers to all outlets of a site on the hub that is active, and says how that goes."""

import asyncio
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Final

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from passerby.back_off import BackOff, BackOffSettings
from passerby.domain.publish_plan import NumberOutlet
from passerby.domain.service import SitePlan
from passerby.ports import Store, StoreError
from passerby.publish.disclosure.reading import PublishedReader
from passerby.publish.numbers.channel import NumberChannel
from passerby.publish.numbers.factory import channel_to
from passerby.publish.numbers.number_sender import NumberSender
from passerby.publish.open_data.description import OpenDataDescription, described_for
from passerby.publish.outlets.outlet import DeliveryError
from passerby.telemetry.logs import get_log
from passerby.units import NS_PER_S

LOOK_S: Final = 20.0
"""Between two looks for what is due; a third of the time in which a broker hears from us."""

AT_ONCE: Final = 3
"""Outlets that are sent to at the same time: servers that hang leave most threads to the delivery of events."""

_BACK_OFF: Final = BackOffSettings(first_s=LOOK_S, max_s=600.0)


@dataclass(slots=True)
class _Running:
    """An outlet that is sent to, and how that has gone."""

    outlet: NumberOutlet
    key: tuple[object, ...]
    channel: NumberChannel
    sender: NumberSender
    back_off: BackOff = field(default_factory=lambda: BackOff(_BACK_OFF))
    not_before_s: float = 0.0
    failed: int = 0
    fault: str = ""


class NumberSending(Collector):
    """Sends what is due, over and over; a server that fails is tried again ever more seldom, and holds up no other.

    Args:
        store: what is published, and how far it was sent.
        plan: what runs now.
        clock: UTC nanoseconds now.
        channel: makes the way to a server, given the outlet, the site's name and what is said of its numbers.
    """

    def __init__(
        self,
        store: Store,
        plan: Callable[[], SitePlan],
        clock: Callable[[], int] = time.time_ns,
        channel: Callable[[NumberOutlet, str, OpenDataDescription], NumberChannel] = channel_to,
    ) -> None:
        self._store, self._plan, self._clock, self._channel = store, plan, clock, channel
        self._numbers = PublishedReader(store.published, plan, clock, store.hand_counts)
        self._running: dict[str, _Running] = {}
        self._log = get_log()

    async def run(self) -> None:
        """Sends over and over, until cancelled."""
        try:
            while True:
                await self.send()
                await asyncio.sleep(LOOK_S)
        finally:
            await asyncio.gather(*(one.channel.close() for one in self._running.values()))

    async def send(self) -> None:
        """Sends once, to all outlets that are not being waited for."""
        await self._follow_plan()
        turns = asyncio.Semaphore(AT_ONCE)

        async def turn(one: _Running) -> None:
            async with turns:
                await self._turn(one)

        now_s = time.monotonic()
        await asyncio.gather(*(turn(one) for one in self._running.values() if one.not_before_s <= now_s))

    async def _follow_plan(self) -> None:
        plan = self._plan()
        wanted = {}
        if plan.publish is not None:
            description = described_for(plan, plan.publish)
            wanted = {one.name: (one, plan.name, description) for one in plan.publish.outlets}
        for name in [name for name, one in self._running.items() if wanted.get(name) != one.key]:
            await self._running.pop(name).channel.close()
        for name, key in wanted.items():
            if name not in self._running:
                channel = self._channel(*key)
                sender = NumberSender(key[0], channel, self._numbers, self._store.published, self._clock)
                self._running[name] = _Running(key[0], key, channel, sender)

    async def _turn(self, one: _Running) -> None:
        try:
            sent = await one.sender.run_once()
        except (DeliveryError, StoreError) as error:
            one.failed += 1
            wait_s = max(one.back_off.wait_s(), (isinstance(error, DeliveryError) and error.wait_s) or 0.0)
            one.not_before_s = time.monotonic() + wait_s
            if str(error) != one.fault:
                self._log.error(
                    "published numbers could not be sent; tried again", outlet=one.outlet.name, why=str(error)
                )
            one.fault = str(error)
            return
        one.back_off.reset()
        if one.fault:
            self._log.info("published numbers are sent again", outlet=one.outlet.name)
        one.fault, one.not_before_s = "", 0.0
        if sent:
            self._log.info("published numbers sent", outlet=one.outlet.name, bins=sent)

    def describe(self) -> Iterable[Metric]:
        """Returns the metrics, to be registered."""
        return self.collect()

    def collect(self) -> Iterable[Metric]:
        """Returns the metrics with their values."""
        label = ["outlet"]
        sent = CounterMetricFamily("passerby_sent_bins", "Published bins that an outlet has taken.", labels=label)
        failed = CounterMetricFamily("passerby_sending_failures", "Attempts to send that failed.", labels=label)
        waiting = GaugeMetricFamily("passerby_unsent_bins", "Bins that are due and not sent.", labels=label)
        age = GaugeMetricFamily("passerby_unsent_oldest_seconds", "How long the oldest waits.", labels=label)
        failing = GaugeMetricFamily("passerby_sending_failing", "1 while attempts fail.", labels=label)
        for name, one in self._running.items():
            sent.add_metric([name], one.sender.sent)
            failed.add_metric([name], one.failed)
            waiting.add_metric([name], one.sender.waiting)
            oldest_ns = one.sender.oldest_ns
            age.add_metric([name], 0.0 if oldest_ns is None else max(0.0, (self._clock() - oldest_ns) / NS_PER_S))
            failing.add_metric([name], float(bool(one.fault)))
        yield from (sent, failed, waiting, age, failing)
