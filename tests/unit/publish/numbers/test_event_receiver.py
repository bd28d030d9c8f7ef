"""CloudEvents over HTTPS, read by the project's own library."""

import json
from collections.abc import Callable

import pytest
from cloudevents.core.bindings.http import HTTPMessage, from_http_event

from passerby.domain.publish_plan import EventReceiverPlan, HttpsServer
from passerby.domain.published import Audience
from passerby.publish.numbers.event_receiver import EVENTS_AT_ONCE, EventReceiverForm
from testing.servers.webhook_receiver import answer
from tests.unit.publish.numbers.https_server import Https
from tests.unit.publish.numbers.made import counter_bins
from tests.unit.publish.published_numbers import DESCRIPTION, LINE


@pytest.fixture(scope="module")
def https(tmp_path_factory: pytest.TempPathFactory) -> Https:
    return Https(tmp_path_factory.mktemp("https"))


def form(batched: bool) -> Callable[[HttpsServer], EventReceiverForm]:
    return lambda server: EventReceiverForm(EventReceiverPlan(server, batched), DESCRIPTION, Audience.PUBLIC)


def read(body: bytes) -> dict[str, object]:
    """The data of an event in the structured mode, which the library has checked."""
    event = from_http_event(HTTPMessage({"content-type": "application/cloudevents+json"}, body))
    assert event.get_type() == "passerby.published-count"
    assert event.get_source() == "https://count.example.org/open/"
    assert event.get_time() is not None
    data = event.get_data()
    assert isinstance(data, dict)
    return data


def test_each_number_is_an_event_of_its_own(https: Https) -> None:
    receiver, fault = https.send(form(False), counter_bins(LINE, 10, 11), answer(202))
    assert fault is None
    assert {one.headers["content-type"] for one in receiver.received} == {"application/cloudevents+json"}
    assert {one.headers["authorization"] for one in receiver.received} == {"Bearer t0ken"}
    data = [read(one.body) for one in receiver.received]
    assert len(data) == 4
    assert {(one["count"], one["status"]) for one in data} == {(None, "below threshold")}


def test_many_are_a_batch_in_order(https: Https) -> None:
    receiver, fault = https.send(form(True), counter_bins(LINE, 0, 60), answer(200))
    assert fault is None
    assert {one.headers["content-type"] for one in receiver.received} == {"application/cloudevents-batch+json"}
    batches = [json.loads(one.body) for one in receiver.received]
    assert [len(batch) for batch in batches] == [EVENTS_AT_ONCE, 60 * 4 - EVENTS_AT_ONCE]
    data = [read(json.dumps(event).encode()) for batch in batches for event in batch]
    assert [str(one["from"]) for one in data] == sorted(str(one["from"]) for one in data)
    first = data[0]
    assert (first["count"], first["low"], first["high"], first["coverage"]) == (10, 4, 16, 0.98)
