"""Delivery as a whole: from a stored event to a real receiver over HTTPS; daily tests; recipients that change."""

import asyncio
import base64
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from passerby.domain.notices import Channel, NoticeState, RecipientStanding, WebhookPlan
from passerby.domain.queries import EventQuery
from passerby.publish.delivery import Delivery
from passerby.publish.outlets.signature import signed_headers
from passerby.publish.outlets.webhook import WebhookOutlet
from passerby.units import NS_PER_S
from testing.servers.webhook_receiver import answer, receiving
from testing.waiting import WITHIN_S
from testing.web.authority import Authority
from testing.web.deliveries import MemoryOutlet, Street, recipient, site
from testing.web.made import open_event

Make = Callable[..., Street]
SECRET = "whsec_" + base64.b64encode(bytes(32)).decode()


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(WITHIN_S):
        while not condition():
            await asyncio.sleep(0.01)


def test_an_event_goes_from_the_store_to_a_receiver(street: Make, runner: asyncio.Runner, tmp_path: Path) -> None:
    authority, here = Authority(tmp_path), street()

    async def run() -> None:
        async with receiving(authority.certificate("x.example"), [answer(503), answer(204)]) as receiver:
            channel = WebhookPlan(f"https://x.example:{receiver.port}/hook", SECRET, True, str(authority.file))
            here.plan = site(recipient("room", channel=channel))

            async def resolve(host: str, port: int) -> tuple[str, ...]:
                return ("127.0.0.1",)

            def outlet(plan: Channel) -> WebhookOutlet:
                assert isinstance(plan, WebhookPlan)
                return WebhookOutlet(plan, clock=here.clock, resolve=resolve)

            delivery = Delivery(here.store, lambda: here.plan, clock=here.clock, outlets=outlet)
            task = asyncio.create_task(delivery.run())
            event = open_event("square", "crowded", here.now_ns - 2 * NS_PER_S, 1)
            await here.happens(event)
            await until(lambda: delivery._planner._first_seen_ns)
            here.clock.now_s += 6
            # That it was received is not enough: the wait begins when the answer has come back.
            await until(lambda: delivery._senders["room"][1]._failing)
            here.clock.now_s += 60
            await until(lambda: len(receiver.received) == 2)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        first, second = receiver.received
        assert first.body == second.body
        assert first.headers["webhook-id"] == second.headers["webhook-id"]
        assert first.headers["webhook-timestamp"] != second.headers["webhook-timestamp"]
        sent_s = int(second.headers["webhook-timestamp"])
        wanted = signed_headers(SECRET, second.headers["webhook-id"], second.body, sent_s)
        assert second.headers["webhook-signature"] == wanted["webhook-signature"]
        (row,) = json.loads(second.body)["data"]["events"]
        assert row["id"] == event.event_id

    runner.run(run())


def delivery_of(here: Street, outlets: dict[Any, MemoryOutlet] | None = None) -> Delivery:
    kept = outlets if outlets is not None else {}

    def outlet(channel: Channel) -> MemoryOutlet:
        return kept.setdefault(channel, MemoryOutlet())

    return Delivery(here.store, lambda: here.plan, clock=here.clock, outlets=outlet)


def test_a_test_comes_once_a_day_at_the_site_s_time(street: Make, runner: asyncio.Runner) -> None:
    here = street(recipient(test_s=9 * 3600))  # 7:00 UTC in Belgrade's summer
    for hours, number in ((6.9, 0), (0.1, 1), (0.5, 1), (10, 1), (14, 2), (23, 2), (1, 3)):
        here.clock.now_s += round(hours * 3600)
        delivery = delivery_of(here)  # each time as another process
        runner.run(delivery.test_daily())
        runner.run(delivery.test_daily())
        assert len(runner.run(here.store.recent_notices(10))) == number
    assert runner.run(here.store.notice_times("room", 0)) == ()


def test_a_test_of_a_time_in_which_nothing_ran_is_not_made_up(street: Make, runner: asyncio.Runner) -> None:
    here = street(recipient(test_s=9 * 3600))
    here.clock.now_s += 12 * 3600
    runner.run(delivery_of(here).test_daily())
    assert runner.run(here.store.recent_notices(10)) == ()


def test_a_test_that_does_not_arrive_is_seen(street: Make, runner: asyncio.Runner) -> None:
    here = street(recipient(test_s=9 * 3600))
    here.outlet.answers = [RuntimeError()]
    here.clock.now_s += 7 * 3600
    delivery = delivery_of(here)
    runner.run(delivery.test_daily())
    runner.run(here.passes(1))
    runner.run(here.passes(3600))
    runner.run(delivery.update_standings())
    (standing,) = delivery.standings
    assert (standing.test_state, standing.failed) == (NoticeState.FAILED, 1)
    assert delivery.trouble == ("room: given up: 1, the last one within a week; its last test did not arrive",)


def test_recipients_follow_the_site_file(street: Make, runner: asyncio.Runner) -> None:
    here, outlets = street(recipient("room")), dict[Any, MemoryOutlet]()

    async def run() -> None:
        delivery = delivery_of(here, outlets)
        await delivery.follow()
        first = delivery._senders["room"]
        await delivery.follow()
        assert delivery._senders["room"] is first
        here.plan = replace(here.plan, recipients=(recipient("room", burst=2), recipient("duty")))
        await delivery.follow()
        assert delivery._senders["room"] is not first
        assert first[2].cancelled()
        assert set(delivery._senders) == {"room", "duty"}
        here.plan = replace(here.plan, recipients=())
        await delivery.follow()
        assert delivery._senders == {}

    runner.run(run())


def test_what_waits_for_who_is_gone_is_given_up(street: Make, runner: asyncio.Runner) -> None:
    here = street()
    here.outlet.answers = [RuntimeError()]
    runner.run(here.happens(open_event("square", "crowded", here.now_ns - 2 * NS_PER_S, 1)))
    runner.run(here.passes(6))
    here.plan = replace(here.plan, recipients=())
    runner.run(delivery_of(here).update_standings())
    (notice,) = runner.run(here.store.recent_notices(10))
    assert (notice.state, notice.fault) == (NoticeState.FAILED, "the site file does not have this recipient any more")
    entries = runner.run(here.store.audit(EventQuery(0, 2 * here.now_ns))).rows
    assert [each.action for each in entries] == ["notice.failed"]


def test_nothing_is_wrong_where_nothing_is(street: Make) -> None:
    delivery = delivery_of(street())
    delivery.standings = (RecipientStanding("room", 1, 5, test_state=NoticeState.DELIVERED),)
    assert delivery.trouble == ()
    delivery.standings = (RecipientStanding("room", 2, fault="no answer"),)
    assert delivery.trouble == ("room: waiting: 2, as no answer",)
    delivery.standings = (RecipientStanding("room", failed=2, failed_ns=1),)  # long ago
    assert delivery.trouble == ()


def test_a_fault_of_any_kind_does_not_end_delivery_to_a_recipient(
    street: Make, runner: asyncio.Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, outlets = street(), dict[Any, MemoryOutlet]()
    delivery = delivery_of(here, outlets)
    waiting, tries = here.store.waiting_notices, list[str]()

    async def broken(name: str, limit: int) -> Any:
        tries.append(name)
        if len(tries) == 1:
            raise ValueError("a row that cannot be read")
        return await waiting(name, limit)

    async def run() -> None:
        monkeypatch.setattr(here.store, "waiting_notices", broken)
        await delivery.follow()
        while not tries:
            await asyncio.sleep(0)
        while len(tries) < 2:
            await delivery._wake()
            await asyncio.sleep(0.001)
        assert not delivery._senders["room"][2].done()
        here.plan = replace(here.plan, recipients=())
        await delivery.follow()

    runner.run(asyncio.wait_for(run(), WITHIN_S))


def test_a_recipient_that_cannot_be_set_up_leaves_the_others_theirs(street: Make, runner: asyncio.Runner) -> None:
    here, wrong = street(), WebhookPlan("https://wrong.example/", "none")
    here.plan = replace(here.plan, recipients=(recipient("wrong", channel=wrong), recipient("room")))

    def outlet_of(channel: Channel) -> MemoryOutlet:
        if channel == wrong:
            raise ValueError("a key of 24 bytes is needed")
        return MemoryOutlet()

    async def run() -> None:
        delivery = Delivery(here.store, lambda: here.plan, clock=here.clock, outlets=outlet_of)
        for _ in range(2):
            await delivery.follow()
        assert list(delivery._senders) == ["room"]
        here.plan = replace(here.plan, recipients=())
        await delivery.follow()

    runner.run(run())
