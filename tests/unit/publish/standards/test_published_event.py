"""A published number as a CloudEvent."""

import json

from passerby.domain.class_groups import ClassGroup
from passerby.domain.published import Audience
from passerby.publish.open_data.channels import Channel
from passerby.publish.standards.published_event import event_bytes, published_event
from tests.unit.publish.published_numbers import DESCRIPTION, LINE, published_bin

CHANNEL = Channel(LINE, ClassGroup.ON_FOOT, LINE.ways[0])


def test_an_event_has_what_the_standard_asks_for_and_the_same_id_each_time() -> None:
    one = published_bin(LINE, ClassGroup.ON_FOOT, 0, 4, 42)
    event = json.loads(event_bytes(published_event(DESCRIPTION, CHANNEL, one, Audience.PUBLIC)))
    assert {"id", "source", "specversion", "type"} <= set(event)
    assert event["id"] == "square-north-a1b2c3-on-foot-forward:1793494800:public"
    assert event["time"] == "2026-11-01T01:15:00Z"
    assert (event["data"]["count"], event["data"]["low"], event["data"]["way_name"]) == (42, 36, "out of the square")
    assert (event["data"]["audience"], event["data"]["licence"]) == ("public", "CC-BY-4.0")
    assert published_event(DESCRIPTION, CHANNEL, one, Audience.PARTNER)["id"] != event["id"]


def test_a_withheld_number_is_null_and_says_why() -> None:
    one = published_bin(LINE, ClassGroup.ON_FOOT, 0, 4, None)
    data = published_event(DESCRIPTION, CHANNEL, one, Audience.PUBLIC)["data"]
    assert (data["count"], data["status"], data["threshold"]) == (None, "below threshold", 10)
