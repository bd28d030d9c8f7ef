"""A counter's newest bin as a message on a topic of its own."""

import json
from typing import Any, Final

from passerby.domain.class_groups import ClassGroup
from passerby.domain.publish_plan import NumberOutlet
from passerby.domain.published import PublishedBin, PublishedCounter
from passerby.publish.numbers.channel import CounterBin
from passerby.publish.outlets.mqtt import Message, topic_level
from passerby.text import figure, share_figure, utc_time
from passerby.units import DAY_S, NS_PER_S

STATE_EXPIRY_S: Final = 2 * DAY_S
"""For so long a broker keeps the newest bin: those of sensitive places come a day late; what is older is no state."""


def site_topic(outlet: NumberOutlet, site: str) -> str:
    """Returns the topic below which all of a site is."""
    return f"{outlet.broker.broker.topic}/{topic_level(site)}"


def status_topic(outlet: NumberOutlet, site: str) -> str:
    """Returns the topic that says whether the site is connected: `online` or `offline`."""
    return f"{site_topic(outlet, site)}/status"


def state_topic(outlet: NumberOutlet, site: str, counter: PublishedCounter) -> str:
    """Returns the topic of a counter."""
    return f"{site_topic(outlet, site)}/{topic_level(counter.camera)}/{counter.id}/state"


def group_key(group: ClassGroup) -> str:
    """Returns what a class group is called in messages, of lower-case letters and underscores."""
    return group.value.replace(" ", "_")


def state_message(outlet: NumberOutlet, site: str, one: CounterBin) -> Message:
    """Returns the message of a bin; it is the same in each attempt."""
    topic = state_topic(outlet, site, one.counter)
    payload = json.dumps(_content(outlet, site, one), ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return Message(topic, payload.encode(), expiry_s=STATE_EXPIRY_S, retain=True)


def _content(outlet: NumberOutlet, site: str, one: CounterBin) -> dict[str, Any]:
    counter, coverage = one.counter, one.numbers[0].coverage
    series: dict[str, dict[str, Any]] = {}
    for number in one.numbers:
        if number.group is not None and number.way is not None:
            way_name = counter.way_names[counter.ways.index(number.way)]
            series.setdefault(group_key(number.group), {})[number.way.value] = _number(number, way_name)
    return {
        "id": f"{counter.id}:{one.from_ns // NS_PER_S}:{outlet.audience.value}",
        "site": site,
        "camera": counter.camera,
        "place": counter.place,
        "counter": counter.id,
        "audience": outlet.audience.value,
        "licence": outlet.licence,
        "from": utc_time(one.from_ns),
        "to": utc_time(one.to_ns),
        "coverage": None if coverage is None else share_figure(coverage),
        "series": series,
    }


def _number(number: PublishedBin, way_name: str) -> dict[str, Any]:
    return {
        "way_name": way_name,
        "count": number.value,
        "status": number.status.value,
        "low": figure(number.low),
        "high": figure(number.high),
        "threshold": number.threshold,
    }
