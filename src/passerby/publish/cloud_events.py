"""A notice as a CloudEvent in JSON, as webhooks and MQTT carry it (CloudEvents 1.0.2, JSON event format)."""

import json
from typing import Any, Final
from urllib.parse import quote

from passerby.domain.notices import Notice
from passerby.tables.events_json import event_row
from passerby.text import utc_time

MEDIA_TYPE: Final = "application/cloudevents+json"
"""Of the whole, attributes and data in one document: what CloudEvents calls the structured mode."""

TYPE_PREFIX: Final = "passerby.notice"


def cloud_event(notice: Notice) -> dict[str, Any]:
    """Returns the document; `data.events` has the fields of `GET /api/v1/events`, with times in UTC.

    `id` and `source` together are the same in every attempt, so that a receiver can drop doubles by them.
    """
    document = {
        "specversion": "1.0",
        "id": notice.notice_id,
        "source": f"/sites/{quote(notice.site, safe='')}",
        "type": f"{TYPE_PREFIX}.{notice.kind.value}",
        "time": utc_time(notice.time_ns),
        "datacontenttype": "application/json",
        "data": {
            "site": notice.site,
            "subject": notice.subject,
            "text": notice.text,
            "link": notice.link or None,
            "events": [event_row(event) for event in notice.events],
        },
    }
    if len(notice.events) == 1:
        document["subject"] = notice.events[0].event_id
    return document


def cloud_event_bytes(notice: Notice) -> bytes:
    """Returns the document as UTF-8, without spaces; the same bytes in every attempt."""
    return json.dumps(cloud_event(notice), ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
