"""Each plan of an outlet has its way, under the outlet's own licence."""

import pytest

from passerby.domain.publish_plan import (
    ContextBrokerPlan,
    EventReceiverPlan,
    HttpsServer,
    InfluxPlan,
    NumberOutlet,
    OutletPlan,
)
from passerby.domain.published import Audience
from passerby.publish.numbers.broker import BrokerChannel
from passerby.publish.numbers.factory import channel_to
from passerby.publish.numbers.https import HttpsChannel
from tests.unit.publish.numbers.made import outlet
from tests.unit.publish.published_numbers import DESCRIPTION, LINE

SERVER = HttpsServer("https://server.example/below?key=s3cret", "t0ken")


def test_a_broker_is_spoken_to_over_mqtt() -> None:
    assert isinstance(channel_to(outlet(), "Trg", DESCRIPTION), BrokerChannel)


@pytest.mark.parametrize(
    ("plan", "words"),
    [
        (ContextBrokerPlan(SERVER, "city"),
         "as NGSI-LD entities (normalised) to the context broker server.example, tenant city"),
        (EventReceiverPlan(SERVER), "as CloudEvents, in batches, to server.example"),
        (InfluxPlan(SERVER, "hall", "counts"),
         "in InfluxDB's line protocol to the bucket counts of hall on server.example"),
        (InfluxPlan(SERVER, database="counts"), "in InfluxDB's line protocol to the database counts on server.example"),
    ],
)  # fmt: skip
def test_others_are_posted_to_and_say_so_without_secrets(plan: OutletPlan, words: str) -> None:
    made = NumberOutlet("city", Audience.PARTNER, "The university", "CC0-1.0", plan)
    channel = channel_to(made, "Trg", DESCRIPTION)
    assert isinstance(channel, HttpsChannel)
    assert channel.topic(LINE) == ""
    assert made.sentence == f"the numbers for partner are sent to The university under CC0-1.0, {words}"
    assert made.secrets == ("t0ken",)
    assert "t0ken" not in repr(made)
    assert "s3cret" not in repr(made)
    with pytest.raises(TypeError, match="is no MQTT broker"):
        _ = made.broker
