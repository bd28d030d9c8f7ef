"""Delivery as a whole, from a stored event to a mail server, a broker and a push service that are real."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from passerby.domain.access import Role
from passerby.domain.notices import MailPlan, MqttPlan, PushPlan
from passerby.publish.delivery import Delivery
from passerby.publish.push_key import PushKey
from passerby.service.hub.outlets import service_outlets
from passerby.units import NS_PER_S
from testing.access.people import People
from testing.servers import mosquitto
from testing.servers.mail_server import PASSWORD, USER, mail_server
from testing.servers.push_service import push_service
from testing.waiting import until_true
from testing.web.authority import Authority
from testing.web.deliveries import Street, recipient, site
from testing.web.made import open_event


@pytest.mark.slow
def test_an_event_reaches_each_channel_once(
    street: Callable[..., Street], runner: asyncio.Runner, tmp_path: Path
) -> None:
    if why_not := mosquitto.missing():
        pytest.skip(why_not)
    authority, here = Authority(tmp_path), street()
    files, ca_file = authority.certificate("localhost"), str(authority.file)
    people = People(here.store.access, here.clock)

    async def run() -> None:
        ann = await people.principal(await people.add("ann", Role.OPERATOR))
        with (
            mosquitto.broker(tmp_path, files) as broker,
            broker.subscribed() as published,
            push_service(files) as service,
        ):
            async with mail_server(files, tls="implicit", log_in=True) as inbox:
                mail = MailPlan(
                    "localhost", inbox.port, "implicit", USER, PASSWORD, "a@b.org", ("duty@example.org",), ca_file
                )
                mqtt = MqttPlan(
                    "localhost", broker.tls_port, True, mosquitto.USER, mosquitto.PASSWORD, "city/passerby", ca_file
                )
                push = PushPlan("mailto:a@b.org", (f"localhost:{service.port}",), True, ca_file)
                browser = service.browser("ann")
                kept = browser.subscription
                await people.access.push_browsers.add(ann, kept.endpoint, kept.public_key, kept.secret)
                here.plan = site(
                    recipient("duty", channel=mail), recipient("system", channel=mqtt), recipient("push", channel=push)
                )
                outlets = service_outlets(people.access, PushKey(tmp_path / "push.key", {}), lambda: here.plan)
                delivery = Delivery(here.store, lambda: here.plan, clock=here.clock, outlets=outlets)
                task = asyncio.create_task(delivery.run())
                event = open_event("square", "crowded", here.now_ns - 2 * NS_PER_S, 1)
                await here.happens(event)
                await until_true(lambda: delivery._planner._first_seen_ns)
                here.clock.now_s += 6
                await until_true(lambda: inbox.taken and published and service.came)
                await delivery.update_standings()
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
        ((to, message),) = inbox.taken
        assert (to, event.why in message.get_content()) == (["duty@example.org"], True)
        (sent,) = published
        assert sent.topic == "city/passerby/square/crowded"
        assert [each["id"] for each in json.loads(sent.payload)["data"]["events"]] == [event.event_id]
        ((_, _, body),) = service.came
        assert event.why in json.loads(browser.read(body))["text"]

    runner.run(run())
