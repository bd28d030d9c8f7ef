"""A published number as a CloudEvent in JSON (CloudEvents 1.0.2, JSON event format)."""

import json
from typing import Any, Final

from passerby.domain.published import Audience, PublishedBin
from passerby.publish.open_data.channels import Channel
from passerby.publish.open_data.description import OpenDataDescription
from passerby.text import figure, share_figure, utc_time
from passerby.units import NS_PER_S

TYPE: Final = "passerby.published-count"
MEDIA_TYPE: Final = "application/cloudevents+json"


def published_event(
    description: OpenDataDescription, channel: Channel, one: PublishedBin, audience: Audience
) -> dict[str, Any]:
    """Returns the event of a bin that was published; its id is the same in each attempt, as is all else.

    Args:
        description: who publishes it.
        channel: of which.
        one: the number; one that waits to be published is none.
        audience: for whom.
    """
    return {
        "specversion": "1.0",
        "id": f"{channel.id}:{one.from_ns // NS_PER_S}:{audience.value}",
        "source": description.page,
        "type": TYPE,
        "subject": channel.id,
        "time": utc_time(one.to_ns),
        "datacontenttype": "application/json",
        "data": {**_data(channel, one), "audience": audience.value, "licence": description.licence.identifier},
    }


def event_bytes(event: dict[str, Any]) -> bytes:
    """Returns an event as UTF-8, without spaces."""
    return json.dumps(event, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def _data(channel: Channel, one: PublishedBin) -> dict[str, Any]:
    return {
        "counter": channel.counter.id,
        "site": channel.counter.camera,
        "place": channel.counter.place,
        "class_group": channel.group.value,
        "way": channel.way.value,
        "way_name": channel.way_name,
        "from": utc_time(one.from_ns),
        "to": utc_time(one.to_ns),
        "count": one.value,
        "status": one.status.value,
        "coverage": None if one.coverage is None else share_figure(one.coverage),
        "low": figure(one.low),
        "high": figure(one.high),
        "basis": one.basis,
        "threshold": one.threshold,
    }
