"""What a broker is told of a bin: what was published, on a topic that no name can change the meaning of."""

import json
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from passerby.publish.numbers.state import STATE_EXPIRY_S, state_message, state_topic
from tests.unit.publish.numbers.made import counter_bins, outlet
from tests.unit.publish.published_numbers import LINE


def test_a_message_has_what_was_published_and_is_the_same_in_each_attempt() -> None:
    (one,) = counter_bins(LINE, 1, 2)
    message = state_message(outlet(), "Trg", one)
    assert message == state_message(outlet(), "Trg", one)
    assert (message.topic, message.retain) == ("passerby/v1/Trg/square/square-north-a1b2c3/state", True)
    assert message.expiry_s == STATE_EXPIRY_S
    said = json.loads(message.payload)
    assert said["id"] == "square-north-a1b2c3:1793492100:public"
    assert (said["from"], said["coverage"]) == ("2026-11-01T00:15:00Z", 0.98)
    assert (said["licence"], said["audience"], said["place"]) == ("CC-BY-4.0", "public", "=north")
    assert said["series"]["on_foot"]["forward"] == {
        "way_name": "out of the square", "count": 17, "status": "published", "low": 11.0, "high": 23.0, "threshold": 10,
    }  # fmt: skip
    assert list(said["series"]) == ["on_foot", "motor_vehicles"]


def test_what_is_withheld_says_why_instead_of_a_number() -> None:
    withheld, _, gap = counter_bins(LINE, 10, 13)
    for one, status, coverage in ((withheld, "below threshold", 0.98), (gap, "gap", 0)):
        said = json.loads(state_message(outlet(), "Trg", one).payload)
        number = said["series"]["on_foot"]["forward"]
        assert (number["count"], number["low"], number["status"]) == (None, None, status)
        assert said["coverage"] == coverage


@given(st.text(min_size=1, max_size=30), st.text(min_size=1, max_size=30))
def test_names_neither_begin_levels_nor_are_wildcards(site: str, camera: str) -> None:
    topic = state_topic(outlet(), site, replace(LINE, camera=camera))
    assert topic.count("/") == 5
    assert not set(topic) & set("+#\0")
