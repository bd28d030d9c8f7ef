"""The hub's task that sends: outlets come and go with the site file, and one that fails holds up no other."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from passerby.domain.publish_plan import EventReceiverPlan, HttpsServer, NumberOutlet, SentUntil
from passerby.domain.published import Audience, BinStatus, PublishedCounter
from passerby.publish.numbers.channel import CounterBin
from passerby.publish.open_data.channels import channel_of
from passerby.publish.open_data.description import OpenDataDescription
from passerby.publish.outlets.outlet import DeliveryError
from passerby.service.hub import number_sending
from passerby.service.hub.number_sending import NumberSending
from passerby.units import HOUR_S
from testing.servers.webhook_receiver import answer, serving
from testing.store_keeper import Keeper
from testing.trial_service.publishing import PUBLISH, PublishingSite, made_plan
from testing.web.authority import Authority
from tests.unit.publish.numbers.made import outlet


class Channel:
    """Counts what it gets; the one called `away` fails."""

    made: dict[str, "Channel"] = {}  # noqa: RUF012 # emptied by each test

    def __init__(self, of: NumberOutlet, site: str, description: OpenDataDescription) -> None:
        self.name, self.bins, self.tries, self.closed = of.name, 0, 0, False
        self.made[of.name] = self

    def topic(self, counter: PublishedCounter) -> str:
        return ""

    async def open(self, counters: Sequence[PublishedCounter]) -> bool:
        self.tries += 1
        if self.name == "away":
            raise DeliveryError("broker:8883: it did not answer in time", retry=True)
        return False

    async def send(self, bins: Sequence[CounterBin]) -> None:
        self.bins += len(bins)

    async def end(self, ended: Sequence[SentUntil]) -> None:
        pass

    async def close(self) -> None:
        self.closed = True


def figures(task: NumberSending, label: str) -> dict[str, float]:
    samples = [sample for metric in task.collect() for sample in metric.samples]
    return {one.name.removeprefix("passerby_"): one.value for one in samples if one.labels["outlet"] == label}


def test_outlets_follow_the_site_file_and_fail_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Channel.made.clear()
    both = (outlet(), replace(outlet(), name="away"))
    with Keeper(f"sqlite:///{tmp_path}/passerby.db") as keeper:
        site = PublishingSite(keeper, made_plan(publish=replace(PUBLISH, outlets=both)))
        task = NumberSending(site.store, lambda: site.plan, keeper.clock, Channel)
        site.count(range(60), 40)
        site.run(0)
        keeper.run(task.send())
        site.run(3 * HOUR_S)
        keeper.run(task.send())
        assert Channel.made["away"].tries == 1, "it is waited for"
        assert figures(task, "city")["sent_bins_total"] == Channel.made["city"].bins >= 4
        assert figures(task, "city")["sending_failing"] == 0
        monkeypatch.setattr(task._running["away"], "not_before_s", 0.0)
        keeper.run(task.send())
        said = figures(task, "away")
        assert (said["sending_failures_total"], said["sending_failing"], said["sent_bins_total"]) == (2, 1, 0)
        assert said["unsent_bins"] >= 4
        assert said["unsent_oldest_seconds"] > HOUR_S
        site.plan = made_plan(publish=replace(PUBLISH, outlets=both[:1]))
        keeper.run(task.send())
        assert Channel.made["away"].closed
        assert figures(task, "away") == {}


def test_channels_are_closed_when_the_hub_stops(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Channel.made.clear()
    monkeypatch.setattr(number_sending, "LOOK_S", 0.0)
    with Keeper(f"sqlite:///{tmp_path}/passerby.db") as keeper:
        site = PublishingSite(keeper, made_plan(publish=replace(PUBLISH, outlets=(outlet(),))))
        task = NumberSending(site.store, lambda: site.plan, keeper.clock, Channel)

        async def a_while() -> None:
            running = asyncio.create_task(task.run())
            while not Channel.made or Channel.made["city"].tries < 2:
                await asyncio.sleep(0.01)
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)

        keeper.run(a_while())
    assert Channel.made["city"].closed


def test_numbers_reach_a_server_over_https_once_it_takes_them(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    files = authority.certificate("localhost")
    with serving(files, [answer(503), answer(202)]) as receiver, Keeper(f"sqlite:///{tmp_path}/passerby.db") as keeper:
        server = HttpsServer(f"https://localhost:{receiver.port}/counts", "t0ken", True, str(authority.file))
        events = replace(outlet(), name="events", channel=EventReceiverPlan(server))
        site = PublishingSite(keeper, made_plan(publish=replace(PUBLISH, outlets=(events,))))
        task = NumberSending(site.store, lambda: site.plan, keeper.clock)
        site.count(range(60), 40)
        site.run(0)
        keeper.run(task.send())
        site.run(3 * HOUR_S)
        keeper.run(task.send())
        assert figures(task, "events")["sending_failures_total"] == 1
        task._running["events"].not_before_s = 0.0
        keeper.run(task.send())
        assert figures(task, "events")["sending_failing"] == 0
        known = {one.id: one for one in keeper.run(site.reader.counters(Audience.PUBLIC))}
        numbers = [one for one in site.read() if one.status is not BinStatus.WAITING]
    first, second = receiver.received[:2]
    assert first.body == second.body, "the same in each attempt"
    sent = {(one["subject"], one["data"]["count"], one["data"]["status"])
            for got in receiver.received[1:] for one in json.loads(got.body)}  # fmt: skip
    published = {(channel.id, one.value, one.status.value) for one in numbers
                 if (channel := channel_of(known[one.counter], one))}  # fmt: skip
    assert sent == published
