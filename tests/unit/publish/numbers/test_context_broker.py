"""NGSI-LD push to a broker that checks each entity by its schema: what is kept, what is refused, what is withheld."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from passerby.domain.publish_plan import ContextBrokerPlan, HttpsServer
from passerby.publish.numbers.channel import RefusedBinsError
from passerby.publish.numbers.context_broker import ENTITIES_AT_ONCE, ContextBrokerForm
from testing.servers.context_broker import ContextBroker
from testing.servers.webhook_receiver import answer
from tests.unit.publish.numbers.https_server import Https
from tests.unit.publish.numbers.made import counter_bins
from tests.unit.publish.published_numbers import DESCRIPTION, LINE, ZONE

CARS = f"urn:ngsi-ld:TrafficFlowObserved:{LINE.id}-motor-vehicles-forward"


@pytest.fixture(scope="module")
def https(tmp_path_factory: pytest.TempPathFactory) -> Https:
    return Https(tmp_path_factory.mktemp("https"))


@pytest.fixture
def broker(schemas: Path) -> ContextBroker:
    return ContextBroker(schemas)


def form(key_values: bool = False, tenant: str = "", bearer: bool = True) -> Callable[[HttpsServer], ContextBrokerForm]:
    return lambda server: ContextBrokerForm(ContextBrokerPlan(server, tenant, bearer, key_values), DESCRIPTION)


@pytest.mark.parametrize("key_values", [False, True])
def test_a_broker_keeps_the_newest_of_each_entity(https: Https, broker: ContextBroker, key_values: bool) -> None:
    _, fault = https.send(form(key_values), counter_bins(LINE, 0, 3) + counter_bins(ZONE, 0, 2), broker.take)
    assert fault is None
    cars = broker.kept[CARS]
    assert (cars["intensity"], cars["countLow"], cars["countHigh"], cars["coverage"]) == (24, 18.0, 30.0, 0.98)
    assert (cars["dateObservedFrom"], cars["publicationStatus"]) == ("2026-11-01T00:30:00Z", "published")
    assert {entity["type"] for entity in broker.kept.values()} == {
        "CrowdFlowObserved", "TrafficFlowObserved", "ItemFlowObserved",
    }  # fmt: skip


def test_a_withheld_number_leaves_no_older_one_behind(https: Https, broker: ContextBroker) -> None:
    https.send(form(), counter_bins(LINE, 9, 11), broker.take)  # each eleventh is withheld
    cars = broker.kept[CARS]
    assert cars["publicationStatus"] == "below threshold"
    assert not {"intensity", "countLow", "countHigh"} & set(cars)


def test_no_request_is_large_or_has_an_entity_twice(https: Https, broker: ContextBroker) -> None:
    many = [replace(ZONE, id=f"quay-{number}") for number in range(80)]
    bins = [one for at in (0, 1) for counter in many for one in counter_bins(counter, at, at + 1)]
    assert https.send(form(), bins, broker.take)[1] is None
    assert sum(broker.requests) == 2 * 80 * 4
    assert max(broker.requests) <= ENTITIES_AT_ONCE


def test_tenant_and_token_are_in_the_headers(https: Https, broker: ContextBroker) -> None:
    receiver, _ = https.send(form(tenant="city"), counter_bins(LINE, 0, 1), broker.take)
    heads = receiver.received[0].headers
    assert (heads["ngsild-tenant"], heads["authorization"]) == ("city", "Bearer t0ken")
    receiver, _ = https.send(form(bearer=False), counter_bins(LINE, 0, 1), broker.take)
    assert receiver.received[0].headers["x-auth-token"] == "t0ken"
    assert "authorization" not in receiver.received[0].headers


def test_a_partial_answer_names_the_counters_that_failed(https: Https, broker: ContextBroker) -> None:
    broker.refuses = {ZONE.id}
    _, fault = https.send(form(), counter_bins(LINE, 0, 1) + counter_bins(ZONE, 0, 1), broker.take)
    assert isinstance(fault, RefusedBinsError)
    assert fault.counters == {ZONE.id}
    assert f"TrafficFlowObserved:{ZONE.id}-bicycles-entries: Invalid entity: refused here" in str(fault)
    assert CARS in broker.kept


@pytest.mark.parametrize(
    "body", [b"", b"[]", b'{"errors": []}', b'{"errors": [{"entityId": "urn:x"}]}', b'{"errors": 1}']
)
def test_a_partial_answer_that_names_nothing_counts_as_not_taken(https: Https, body: bytes) -> None:
    _, fault = https.send(form(), counter_bins(LINE, 0, 1), answer(207, body=body))
    assert fault is not None
    assert not isinstance(fault, RefusedBinsError)
    assert "does not say which it refuses" in str(fault)


def test_a_broker_that_refuses_says_why(https: Https) -> None:
    body = b'{"title": "Bad request", "detail": "no such tenant"}'
    _, fault = https.send(form(tenant="town"), counter_bins(LINE, 0, 1), answer(404, body=body))
    assert str(fault) == "server server.example: it answered with status 404: Bad request: no such tenant"


def test_a_camera_without_a_place_is_said(https: Https, broker: ContextBroker) -> None:
    lost = replace(LINE, camera="nowhere")
    receiver, fault = https.send(form(), counter_bins(lost, 0, 1), broker.take)
    assert "no place of the camera nowhere" in str(fault)
    assert receiver.received == []
