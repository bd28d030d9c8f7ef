"""What Home Assistant finds published counters by: a document a counter, with a sensor for each of its series.

The format is that of MQTT device discovery (https://www.home-assistant.io/integrations/mqtt/#device-discovery-payload).
"""

import json
from typing import Any, Final

from passerby import __version__
from passerby.domain.class_groups import ClassGroup
from passerby.domain.publish_plan import NumberOutlet
from passerby.domain.published import Audience, PublishedCounter
from passerby.publish.numbers.state import group_key, state_topic, status_topic
from passerby.publish.open_data.channels import Channel, channels
from passerby.publish.outlets.mqtt import Message
from passerby.units import DAY_S

PREFIX: Final = "homeassistant/device"
EXPIRY_S: Final = 30 * DAY_S
"""They are sent again each day, so that what no one takes away any more, as after an outlet was taken out of the site
file, is gone after a month."""

_ICONS: Final = {ClassGroup.ON_FOOT: "mdi:walk", ClassGroup.BICYCLES: "mdi:bike"}


def discovery_topic(outlet: NumberOutlet, counter: str) -> str:
    """Returns the topic of a counter's document, by the counter's id."""
    return f"{PREFIX}/{_device(outlet, counter)}/config"


def discovery_message(outlet: NumberOutlet, site: str, origin: str, counter: PublishedCounter) -> Message:
    """Returns the document of a counter.

    Args:
        outlet: the broker.
        site: the site's name.
        origin: where the site's pages are; a link to them is given where the counter is public.
        counter: the counter.
    """
    document = _document(outlet, site, origin, counter)
    payload = json.dumps(document, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
    return Message(discovery_topic(outlet, counter.id), payload, expiry_s=EXPIRY_S, retain=True)


def _document(outlet: NumberOutlet, site: str, origin: str, counter: PublishedCounter) -> dict[str, Any]:
    device: dict[str, Any] = {
        "identifiers": [_device(outlet, counter.id)],
        "name": f"{counter.camera}: {counter.place}",
        "manufacturer": "passerby",
        "model": f"published counts of {site} ({outlet.audience.value})",
    }
    if outlet.audience is Audience.PUBLIC:
        device["configuration_url"] = f"{origin}/open/"
    return {
        "device": device,
        "origin": {"name": "passerby", "sw_version": __version__},
        "state_topic": state_topic(outlet, site, counter),
        "availability_topic": status_topic(outlet, site),
        "qos": 1,
        "components": {channel.id: _sensor(outlet, site, channel) for channel in channels([counter])},
    }


def _sensor(outlet: NumberOutlet, site: str, channel: Channel) -> dict[str, Any]:
    # Of letters and underscores alone, whatever people call a class group or a way.
    series = f"value_json.series.{group_key(channel.group)}.{channel.way.value}"
    return {
        "platform": "sensor",
        "unique_id": f"{_device(outlet, channel.counter.id)}-{channel.id.removeprefix(channel.counter.id + '-')}",
        "name": f"{channel.group.value}, {channel.way_name}",
        # A number that is withheld is null, which becomes None: Home Assistant's word for a state that is not known.
        "value_template": f"{{{{ {series}.count }}}}",
        "json_attributes_topic": state_topic(outlet, site, channel.counter),
        "json_attributes_template": f"{{{{ {series} | tojson }}}}",
        "unit_of_measurement": "crossings",
        "state_class": "measurement",
        "icon": _ICONS.get(channel.group, "mdi:car"),
    }


def _device(outlet: NumberOutlet, counter: str) -> str:
    return f"passerby-{counter}-{outlet.audience.value}"
