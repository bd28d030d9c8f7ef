"""What a notice is as a CloudEvent."""

import json
from typing import Any

import jsonschema
import pytest

from passerby.domain.notices import NoticeKind
from passerby.publish.cloud_events import cloud_event, cloud_event_bytes
from passerby.web.routes.events.place_events import PlaceEventRow
from testing.web.made import closed, place_event
from testing.web.notices import NOTICE_ID, notice

ATTRIBUTES: dict[str, Any] = {
    "type": "object",
    "required": ["id", "source", "specversion", "type"],
    "properties": {
        "id": {"type": "string", "minLength": 1},
        "source": {"type": "string", "format": "uri-reference", "minLength": 1},
        "specversion": {"const": "1.0"},
        "type": {"type": "string", "minLength": 1},
        "datacontenttype": {"type": "string", "minLength": 1},
        "subject": {"type": "string", "minLength": 1},
        "time": {"type": "string", "format": "date-time"},
    },
}
"""The schema of the JSON format (CloudEvents 1.0.2, spec.json), as far as it concerns what we write."""


@pytest.mark.parametrize("kind", NoticeKind)
@pytest.mark.parametrize("events", [(), (place_event(),), (place_event(), place_event("north"))])
def test_it_has_the_attributes_that_cloud_events_asks_for(kind: NoticeKind, events: tuple[Any, ...]) -> None:
    document = cloud_event(notice(kind=kind, events=events))
    jsonschema.validate(document, ATTRIBUTES, format_checker=jsonschema.FormatChecker())
    assert document["id"] == NOTICE_ID
    assert document["type"] == f"passerby.notice.{kind.value}"
    assert ("subject" in document) == (len(events) == 1)
    assert len(document["data"]["events"]) == len(events)


def test_events_have_the_fields_of_the_api() -> None:
    event = closed(place_event("north", start_ns=1_790_000_000_000_000_000))
    (row,) = json.loads(cloud_event_bytes(notice(events=(event,))))["data"]["events"]
    assert row == PlaceEventRow(**row).model_dump(mode="json")
    assert (row["start"], row["end"]) == ("2026-09-21T14:13:20+00:00", "2026-09-21T14:14:20+00:00")


def test_names_are_no_part_of_the_address_and_no_link_is_null() -> None:
    document = cloud_event(notice(site="../a b?#ж", link=""))
    assert document["source"] == "/sites/..%2Fa%20b%3F%23%D0%B6"
    assert document["data"]["link"] is None


def test_each_attempt_has_the_same_bytes() -> None:
    assert cloud_event_bytes(notice()) == cloud_event_bytes(notice())
