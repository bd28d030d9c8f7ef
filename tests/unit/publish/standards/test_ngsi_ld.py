"""Entities of the Smart Data Models, validated by their published schemas."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from passerby.domain.class_groups import ClassGroup
from passerby.publish.standards.ngsi_ld import CORE_CONTEXT, MODELS, context, entities, normalised
from tests.unit.publish.published_numbers import COUNTERS, DESCRIPTION, LINE, ZONE, published_bin

ON_FOOT, MOTOR = ClassGroup.ON_FOOT, ClassGroup.MOTOR_VEHICLES
BINS = [
    published_bin(LINE, ON_FOOT, 0, 0, 11),
    published_bin(LINE, ON_FOOT, 0, 1, 42),
    published_bin(LINE, ON_FOOT, 1, 1, 17),
    published_bin(LINE, ON_FOOT, 1, 2, -2),  # not published yet
    published_bin(LINE, MOTOR, 0, 1, None),
    published_bin(LINE, MOTOR, 1, 1, 12),
    published_bin(ZONE, ClassGroup.BICYCLES, 0, 1, 30),
]
MADE = {entity["id"]: entity for entity in entities(DESCRIPTION, COUNTERS, BINS)}


def validator(schemas: Path, model: str) -> Draft202012Validator:
    common = json.loads((schemas / "fiware-common-schema.json").read_text(encoding="utf-8"))
    registry = Registry().with_resource(common["$id"], Resource.from_contents(common))
    schema = json.loads((schemas / f"fiware-{model}.schema.json").read_text(encoding="utf-8"))
    return Draft202012Validator(schema, registry=registry, format_checker=Draft202012Validator.FORMAT_CHECKER)


@pytest.mark.parametrize("model", MODELS)
def test_key_values_are_as_the_schemas_ask(schemas: Path, model: str) -> None:
    its = [entity for entity in MADE.values() if entity["type"] == model]
    assert its
    check = validator(schemas, model)
    assert [error.message for entity in its for error in check.iter_errors(entity)] == []
    assert list(check.iter_errors({**its[0], "dateObserved": 3}))


def test_people_both_ways_are_one_entity() -> None:
    crowd = MADE["urn:ngsi-ld:CrowdFlowObserved:square-north-a1b2c3"]
    assert (crowd["peopleCountTowards"], crowd["peopleCountAway"], crowd["peopleCount"]) == (42, 17, 59)
    assert crowd["dateObservedFrom"] == "2026-11-01T00:15:00Z"


def test_what_is_withheld_is_no_attribute_and_says_so() -> None:
    withheld = MADE["urn:ngsi-ld:TrafficFlowObserved:square-north-a1b2c3-motor-vehicles-forward"]
    assert "intensity" not in withheld
    assert withheld["publicationStatus"] == "below threshold"
    one_way = {e["id"]: e for e in entities(DESCRIPTION, [LINE], [BINS[1], published_bin(LINE, ON_FOOT, 1, 1, None)])}
    crowd = one_way["urn:ngsi-ld:CrowdFlowObserved:square-north-a1b2c3"]
    assert "peopleCount" not in crowd
    assert "peopleCountAway" not in crowd
    assert crowd["peopleCountTowards"] == 42


def test_a_zone_has_no_lane_direction_of_traffic() -> None:
    traffic = MADE["urn:ngsi-ld:TrafficFlowObserved:quay-steps-d4e5f6-bicycles-entries"]
    assert "laneDirection" not in traffic
    assert traffic["vehicleType"] == "bicycle"
    assert MADE["urn:ngsi-ld:ItemFlowObserved:quay-steps-d4e5f6-bicycles-entries"]["laneDirection"] == "inbound"


def test_normalised_has_a_type_for_each_attribute() -> None:
    made = normalised(MADE["urn:ngsi-ld:ItemFlowObserved:square-north-a1b2c3-on-foot-forward"])
    assert made["intensity"] == {"type": "Property", "value": 42, "observedAt": "2026-11-01T00:30:00Z"}
    assert made["location"]["type"] == "GeoProperty"
    assert made["dateObserved"]["value"] == {"@type": "DateTime", "@value": "2026-11-01T00:30:00Z"}
    plain = {"id", "type"}
    assert all(key in plain or value["type"] in ("Property", "GeoProperty") for key, value in made.items())


def test_our_own_terms_are_in_the_context_and_the_core_is_last() -> None:
    model, own, core = context(DESCRIPTION)
    assert model.endswith("dataModel.Transportation/context.jsonld")
    assert core == CORE_CONTEXT
    used: set[Any] = {key for entity in MADE.values() for key in entity}
    assert set(own) <= used


def test_a_camera_without_a_place_has_no_entity() -> None:
    from dataclasses import replace

    lost = replace(LINE, camera="elsewhere")
    assert list(entities(DESCRIPTION, [lost], BINS)) == []
