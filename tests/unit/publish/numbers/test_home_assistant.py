"""Home Assistant's device discovery: the keys that its schema has, and templates that it can work out."""

import json
import re
from typing import Any

import pytest

from passerby.publish.numbers.home_assistant import discovery_message, discovery_topic
from passerby.publish.numbers.state import state_message
from tests.unit.publish.numbers.made import counter_bins, outlet
from tests.unit.publish.published_numbers import LINE, ZONE

# As homeassistant/components/mqtt has them: DEVICE_DISCOVERY_SCHEMA and what it is made of, the sensor's own, and the
# topics that are looked at. Keys beyond them are refused there.
DOCUMENT_KEYS = {"device", "components", "origin", "availability_topic", "state_topic", "qos"}
DEVICE_KEYS = {"identifiers", "name", "manufacturer", "model", "configuration_url"}
ORIGIN_KEYS = {"name", "sw_version"}
SENSOR_KEYS = {
    "platform", "unique_id", "name", "value_template", "json_attributes_topic", "json_attributes_template",
    "unit_of_measurement", "state_class", "icon",
}  # fmt: skip
TOPIC = re.compile(r"homeassistant/(?P<component>\w+)/(?:(?P<node_id>[a-zA-Z0-9_-]+)/)?(?P<object_id>[\w-]+)/config")


def document(counter: Any = LINE) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(discovery_message(outlet(), "Trg", "https://x.example", counter).payload)
    return found


def test_a_document_has_what_device_discovery_asks_for() -> None:
    message, found = discovery_message(outlet(), "Trg", "https://x.example", LINE), document()
    match = TOPIC.fullmatch(message.topic)
    assert match is not None
    assert match["component"] == "device"
    assert message.retain
    assert set(found) == DOCUMENT_KEYS
    assert set(found["device"]) == DEVICE_KEYS
    assert set(found["origin"]) == ORIGIN_KEYS
    assert found["availability_topic"] == "passerby/v1/Trg/status"
    assert len(found["components"]) == LINE.series
    for sensor in found["components"].values():
        assert set(sensor) == SENSOR_KEYS
        assert (sensor["platform"], sensor["state_class"]) == ("sensor", "measurement")


def test_no_two_sensors_of_a_site_have_one_id() -> None:
    sensors = [sensor["unique_id"] for one in (LINE, ZONE) for sensor in document(one)["components"].values()]
    assert len(set(sensors)) == len(sensors) == LINE.series + ZONE.series
    assert discovery_topic(outlet(), LINE.id) != discovery_topic(outlet(), ZONE.id)


def test_templates_give_the_number_or_that_there_is_none() -> None:
    jinja2 = pytest.importorskip("jinja2")
    sensor = document()["components"]["square-north-a1b2c3-on-foot-backward"]
    for bin_number, state, status in ((1, "20", "published"), (10, "None", "below threshold")):
        (one,) = counter_bins(LINE, bin_number, bin_number + 1)
        value = json.loads(state_message(outlet(), "Trg", one).payload)
        environment = jinja2.Environment(autoescape=False)  # as Home Assistant's, and of JSON alone
        assert environment.from_string(sensor["value_template"]).render(value_json=value) == state
        attributes = environment.from_string(sensor["json_attributes_template"]).render(value_json=value)
        assert json.loads(attributes)["status"] == status
