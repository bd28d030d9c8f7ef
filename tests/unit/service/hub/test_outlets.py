"""Each channel has its outlet, and web push goes to the browsers of accounts that may see events."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from passerby.domain.access import Role
from passerby.domain.notices import MailPlan, MqttPlan, NoticeKind, PushPlan, WebhookPlan
from passerby.publish.outlets.mail import MailOutlet
from passerby.publish.outlets.mqtt import MqttOutlet
from passerby.publish.outlets.outlet import DeliveryError
from passerby.publish.outlets.webhook import WebhookOutlet
from passerby.publish.push_key import PushKey
from passerby.service.hub.outlets import service_outlets
from testing.access.people import People
from testing.servers.push_service import push_service
from testing.web.authority import Authority
from testing.web.made import open_event, site_plan
from testing.web.notices import notice


def test_each_channel_has_its_outlet(tmp_path: Path) -> None:
    made = service_outlets(People().access, PushKey(tmp_path / "push.key", {}), site_plan)
    assert isinstance(made(WebhookPlan("https://example.org/x", "whsec_" + "a" * 44)), WebhookOutlet)
    assert isinstance(made(MailPlan("example.org", 465, "implicit", "", "", "a@b.org", ("c@d.org",))), MailOutlet)
    assert isinstance(made(MqttPlan("example.org", 8883, True, "", "", "a/b")), MqttOutlet)
    made(PushPlan("mailto:a@b.org", ("push.example.org",)))
    assert not (tmp_path / "push.key").exists(), "the key is made when there is a browser to send to"


def test_each_person_is_sent_what_their_grants_show_now(tmp_path: Path) -> None:
    people = People()
    north, south = site_plan().cameras
    plan = replace(site_plan(), cameras=(replace(north, groups=("centre",)), replace(south, groups=("station",))))

    async def run() -> None:
        made = service_outlets(people.access, PushKey(tmp_path / "push.key", {}), lambda: plan)
        with push_service(Authority(tmp_path).certificate("localhost")) as service:
            channel = PushPlan("mailto:a@b.org", (f"localhost:{service.port}",), True, str(tmp_path / "authority.pem"))
            for name, group in (("ann", "centre"), ("ben", "station")):
                person = await people.principal(await people.add(name, Role.OPERATOR, group=group))
                browser = service.browser(name, name).subscription
                await people.access.push_browsers.add(person, browser.endpoint, browser.public_key, browser.secret)
            outlet = made(channel)
            await outlet.deliver(notice(events=(open_event(north.name, "crowded", 0),)))
            assert [path for path, _, _ in service.came] == ["/push/ann"]
            await outlet.deliver(notice(notice_id="f" * 32, kind=NoticeKind.TEST, events=()))
            assert sorted(path for path, _, _ in service.came[1:]) == ["/push/ann", "/push/ben"]
            service.says["/push/ann"] = 410
            with pytest.raises(DeliveryError, match="has switched it on"):
                await outlet.deliver(notice(notice_id="e" * 32, events=(open_event(north.name, "crowded", 0),)))
            assert [each.account for each in await people.access.push_browsers.all()] == ["ben"]

    asyncio.run(run())
