"""Numbers on a real mosquitto: what is retained, what is said of a site that is gone, and brokers that lose things."""

import asyncio
import json
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from passerby.domain.notices import MqttPlan
from passerby.domain.publish_plan import SentUntil
from passerby.publish.numbers.broker import BrokerChannel
from passerby.publish.numbers.home_assistant import discovery_topic
from passerby.publish.outlets import mqtt
from passerby.publish.outlets.outlet import DeliveryError
from testing.servers import mosquitto
from testing.servers.mosquitto import PASSWORD, USER, Broker
from testing.waiting import until
from testing.web.authority import Authority
from tests.unit.publish.numbers.made import counter_bins, outlet
from tests.unit.publish.published_numbers import LINE, ZONE

STATUS = "passerby/v1/Trg #1/status".replace("#", "%23")
STATE = STATUS.replace("status", f"square/{LINE.id}/state")

pytestmark = pytest.mark.filterwarnings("ignore:unclosed <ssl.SSLSocket:ResourceWarning")
"""paho leaves the socket of a TLS connection that failed to be closed with the object."""


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def broker(tmp_path: Path, authority: Authority) -> Iterator[Broker]:
    if why_not := mosquitto.missing():
        pytest.skip(why_not)
    with mosquitto.broker(tmp_path, authority.certificate("localhost")) as running:
        yield running


@pytest.fixture
def channel(broker: Broker, authority: Authority) -> Iterator[BrokerChannel]:
    plan = MqttPlan("localhost", broker.tls_port, True, USER, PASSWORD, "passerby/v1", str(authority.file))
    made = BrokerChannel(outlet(plan), "Trg #1", "https://x.example")
    yield made
    asyncio.run(made.close())


QUIET_S = 0.5


def retained(broker: Broker) -> dict[str, bytes]:
    """What somebody who comes later gets: the site's status, and all that comes until nothing more does."""
    with broker.subscribed() as got:
        until(lambda: any(each.topic == STATUS for each in got))
        before = 0  # a broker sends what it has kept in no order
        while before < len(got):
            before = len(got)
            time.sleep(QUIET_S)
    return {each.topic: bytes(each.payload) for each in got if each.retain}


def test_the_newest_bin_of_each_counter_stays_and_so_does_what_finds_it(broker: Broker, channel: BrokerChannel) -> None:
    assert asyncio.run(channel.open([LINE, ZONE]))
    with broker.subscribed(STATE) as got:
        asyncio.run(channel.send(counter_bins(LINE, 0, 30)))  # more than may be on their way at once
        until(lambda: len(got) == 30)
    assert [json.loads(each.payload)["from"] for each in got] == sorted(
        json.loads(each.payload)["from"] for each in got
    )
    assert {each.qos for each in got} == {1}
    kept = retained(broker)
    assert json.loads(kept[STATE]) == json.loads(got[-1].payload)
    assert kept[STATUS] == b"online"
    assert json.loads(kept[discovery_topic(outlet(), ZONE.id)])["state_topic"].endswith(f"/{ZONE.id}/state")
    assert not asyncio.run(channel.open([LINE, ZONE])), "nothing was lost"
    asyncio.run(channel.end([SentUntil(LINE.id, 0, STATE)]))
    assert set(retained(broker)) == {STATUS, discovery_topic(outlet(), ZONE.id)}
    asyncio.run(channel.close())
    assert retained(broker)[STATUS] == b"offline"


def test_a_site_that_is_gone_without_a_word_is_offline(broker: Broker, channel: BrokerChannel) -> None:
    asyncio.run(channel.open([LINE]))
    connection = channel._connection
    assert connection is not None
    with broker.subscribed(STATUS) as got:
        until(lambda: [each.payload for each in got] == [b"online"])
        open_socket = connection._client.socket()
        assert isinstance(open_socket, socket.socket)
        open_socket.shutdown(socket.SHUT_RDWR)
        until(lambda: got[-1].payload == b"offline")
    assert asyncio.run(channel.open([LINE])), "what was kept may be gone"
    assert retained(broker)[STATUS] == b"online"


def test_a_broker_that_was_away_is_told_everything_again(broker: Broker, channel: BrokerChannel) -> None:
    asyncio.run(channel.open([LINE]))
    broker.stop()
    with pytest.raises(DeliveryError, match="Connection refused"):
        asyncio.run(channel.send(counter_bins(LINE, 0, 1)))
    broker.start()
    assert asyncio.run(channel.open([LINE]))
    assert set(retained(broker)) == {STATUS, discovery_topic(outlet(), LINE.id)}


def test_a_broker_that_takes_everything_and_acknowledges_nothing_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mqtt, "ATTEMPT_S", 0.3)

    async def accepts(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(bytes((0x20, 3, 0, 0, 0)))  # CONNACK: success
        while await reader.read(1000):
            pass
        writer.close()

    async def attempt() -> None:
        async with await asyncio.start_server(accepts, "127.0.0.1", 0) as server:
            plan = MqttPlan("127.0.0.1", server.sockets[0].getsockname()[1], False, "", "", "passerby/v1")
            await BrokerChannel(outlet(plan), "Trg", "").send(counter_bins(LINE, 0, 1))

    with pytest.raises(DeliveryError, match="did not answer in time"):
        asyncio.run(attempt())
