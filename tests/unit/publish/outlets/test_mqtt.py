"""MQTT against a real mosquitto: TLS, log-ins, what it does not take, and a broker that stops in between."""

import asyncio
import json
import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from passerby.domain.notices import MqttPlan
from passerby.publish.cloud_events import MEDIA_TYPE, cloud_event
from passerby.publish.outlets import mqtt
from passerby.publish.outlets.mqtt import EXPIRY_S, MqttOutlet, topic_of
from passerby.publish.outlets.outlet import DeliveryError
from testing.servers import mosquitto
from testing.servers.mosquitto import PASSWORD, USER, Broker
from testing.waiting import until
from testing.web.authority import Authority
from testing.web.made import open_event
from testing.web.notices import notice

TOPIC = "city/passerby"

pytestmark = pytest.mark.filterwarnings("ignore:unclosed <ssl.SSLSocket:ResourceWarning")
"""paho leaves the socket of a TLS connection that failed to be closed with the object."""


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory, authority: Authority) -> Iterator[Broker]:
    if why_not := mosquitto.missing():
        pytest.skip(why_not)
    with mosquitto.broker(tmp_path_factory.mktemp("broker"), authority.certificate("localhost")) as running:
        yield running


def plan_for(broker: Broker, authority: Authority, tls: bool = True) -> MqttPlan:
    port = broker.tls_port if tls else broker.port
    return MqttPlan("localhost", port, tls, USER, PASSWORD, TOPIC, str(authority.file))


def refused(plan: MqttPlan) -> DeliveryError:
    """The error of an attempt that fails."""
    with pytest.raises(DeliveryError) as caught:
        asyncio.run(MqttOutlet(plan).deliver(notice()))
    assert PASSWORD not in str(caught.value)
    assert str(caught.value).startswith(f"{plan.host}:{plan.port}: ")
    return caught.value


@pytest.mark.parametrize("tls", [True, False])
def test_a_subscriber_gets_the_cloud_event(broker: Broker, authority: Authority, tls: bool) -> None:
    with broker.subscribed(f"{TOPIC}/#") as got:
        asyncio.run(MqttOutlet(plan_for(broker, authority, tls)).deliver(notice()))
        until(lambda: got)
    (message,) = got
    assert message.topic == f"{TOPIC}/square/crowded"
    assert json.loads(message.payload) == cloud_event(notice())
    assert (message.qos, message.retain) == (1, False)
    properties = message.properties
    assert properties is not None
    said = properties.json()
    assert (said["ContentType"], said["PayloadFormatIndicator"]) == (MEDIA_TYPE, 1)
    assert EXPIRY_S - 60 < said["MessageExpiryInterval"] <= EXPIRY_S


def test_who_subscribes_later_gets_nothing_old(broker: Broker, authority: Authority) -> None:
    outlet = MqttOutlet(plan_for(broker, authority))
    asyncio.run(outlet.deliver(notice()))
    with broker.subscribed() as got:
        asyncio.run(outlet.deliver(notice(notice_id="f" * 32)))
        until(lambda: got)
    assert [json.loads(each.payload)["id"] for each in got] == ["f" * 32]


def test_a_wrong_password_stands_in_no_error(broker: Broker, authority: Authority) -> None:
    error = refused(replace(plan_for(broker, authority), password="Wr0ng-one"))
    assert "refuses the user and the password" in str(error)
    assert "Wr0ng-one" not in f"{error!r}{plan_for(broker, authority)!r}"
    assert error.retry, "a person can put it right"
    assert refused(replace(plan_for(broker, authority), user="")).retry


@pytest.mark.parametrize("wrong", ["authority", "name"])
def test_a_broker_that_cannot_prove_who_it_is_gets_nothing(
    broker: Broker, authority: Authority, tmp_path: Path, wrong: str
) -> None:
    plan = plan_for(broker, authority)
    other: dict[str, Any] = (
        {"ca_file": str(Authority(tmp_path).file)} if wrong == "authority" else {"host": "127.0.0.1"}
    )
    with broker.subscribed() as got:
        error = refused(replace(plan, **other))
        assert "certificate is not trusted" in str(error)
        assert error.retry
        assert got == []


def test_tls_is_spoken_on_both_sides_or_on_none(broker: Broker, authority: Authority) -> None:
    assert refused(replace(plan_for(broker, authority), port=broker.port)).retry
    assert refused(replace(plan_for(broker, authority, tls=False), port=broker.tls_port)).retry


def test_what_the_broker_does_not_take_is_not_delivered(broker: Broker, authority: Authority) -> None:
    error = refused(replace(plan_for(broker, authority), topic="city/others"))
    assert 'does not take the message on "city/others/square/crowded": Not authorized (0x87)' in str(error)
    assert error.retry


def test_a_broker_that_stops_gets_it_when_it_is_back(broker: Broker, authority: Authority) -> None:
    outlet = MqttOutlet(plan_for(broker, authority))
    broker.stop()
    try:
        with pytest.raises(DeliveryError, match="Connection refused") as caught:
            asyncio.run(outlet.deliver(notice()))
        assert caught.value.retry
    finally:
        broker.start()
    with broker.subscribed() as got:
        asyncio.run(outlet.deliver(notice()))
        until(lambda: got)


def test_a_broker_that_goes_or_says_nothing_meanwhile(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mqtt, "ATTEMPT_S", 0.05)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        plan = MqttPlan("127.0.0.1", silent.getsockname()[1], False, USER, PASSWORD, TOPIC)
        assert "did not answer in time" in str(refused(plan))
    monkeypatch.setattr(mqtt, "ATTEMPT_S", 20)

    async def answers_and_goes(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.close()

    async def attempt() -> None:
        async with await asyncio.start_server(answers_and_goes, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            with pytest.raises(DeliveryError, match="the connection was lost") as caught:
                await MqttOutlet(replace(plan, port=port)).deliver(notice())
            assert caught.value.retry

    asyncio.run(attempt())


@pytest.mark.parametrize(
    ("camera", "rule", "topic"),
    [
        ("square", "middle crowded", "square/middle crowded"),
        ("square", "+/#/$SYS", "square/%2B%2F%23%2F%24SYS"),
        ("square", "гужва", "square/гужва"),
        ("square", "a\x00b%2F", "square/a%00b%252F"),
    ],
)
def test_names_add_no_level_and_no_wildcard(camera: str, rule: str, topic: str) -> None:
    made = topic_of(notice(events=(open_event(camera, rule, 0),)), TOPIC)
    assert made == f"{TOPIC}/{topic}"


def test_a_notice_of_several_is_published_above_them() -> None:
    square, north, other = open_event("square", "a", 0), open_event("north", "a", 0), open_event("square", "b", 0)
    topics = [topic_of(notice(events=events), TOPIC) for events in ((), (square, other), (square, north), (square,))]
    assert topics == [TOPIC, f"{TOPIC}/square", TOPIC, f"{TOPIC}/square/a"]


@pytest.mark.parametrize("topic", ["", "/a", "a/", "a//b", "a/+", "#", "$SYS/a", "a\x00", "a" * 501])
def test_what_is_no_topic_is_refused(topic: str) -> None:
    with pytest.raises(ValueError, match="a topic such as"):
        MqttOutlet(MqttPlan("broker.example.org", 8883, True, "", "", topic))


def test_notices_leave_this_machine_over_tls_alone() -> None:
    with pytest.raises(ValueError, match="over TLS alone"):
        MqttOutlet(MqttPlan("broker.example.org", 1883, False, "", "", TOPIC))
