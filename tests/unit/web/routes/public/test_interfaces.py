"""NGSI-LD and SensorThings over HTTP."""

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from fastapi import FastAPI

from passerby.publish.open_data.months import OpenData
from passerby.units import HOUR_S, NS_PER_S
from tests.unit.publish.published_numbers import BEGAN_NS, DESCRIPTION, QUARTER_NS, SomePublishedNumbers
from tests.unit.web.routes.public.test_open_files import get, served

PUBLISHED = 200
ITEMS = "/ngsi-ld/v1/entities?type=ItemFlowObserved"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    now_ns = BEGAN_NS + PUBLISHED * QUARTER_NS + HOUR_S * NS_PER_S
    folder: Path = tmp_path_factory.mktemp("open")
    data = OpenData(
        SomePublishedNumbers(PUBLISHED), folder, lambda: ZoneInfo("UTC"), lambda: DESCRIPTION, lambda: now_ns
    )
    return served(data, now_ns)


def test_entities_are_normalised_unless_key_values_are_asked_for(service: FastAPI) -> None:
    answer = get(service, f"{ITEMS}&count=true&limit=2")
    assert answer.headers["ngsild-results-count"] == "4"
    assert [each["itemType"]["type"] for each in answer.json()] == ["Property", "Property"]
    plain = get(service, f"{ITEMS}&options=keyValues&offset=2").json()
    assert [each["itemType"] for each in plain] == ["people", "vehicle"] or len(plain) == 2
    assert plain[0]["dateObservedTo"] == "2026-11-03T02:00:00Z"


def test_the_context_is_within_linked_data_and_beside_json(service: FastAPI) -> None:
    linked = get(service, ITEMS, accept="application/ld+json")
    assert linked.headers["content-type"] == "application/ld+json"
    assert isinstance(linked.json()[0]["@context"], list)
    beside = get(service, ITEMS)
    address = beside.headers["link"].partition(">")[0].removeprefix("<https://count.example.org")
    assert "@context" not in beside.json()[0]
    assert get(service, address).json()["@context"] == linked.json()[0]["@context"]


def test_one_entity_is_found_by_its_id(service: FastAPI) -> None:
    wanted = "urn:ngsi-ld:CrowdFlowObserved:square-north-a1b2c3"
    assert get(service, f"/ngsi-ld/v1/entities/{wanted}?options=keyValues").json()["id"] == wanted
    assert [each["id"] for each in get(service, f"/ngsi-ld/v1/entities?id={wanted}").json()] == [wanted]
    assert get(service, "/ngsi-ld/v1/entities/urn:ngsi-ld:CrowdFlowObserved:none").status_code == 404
    assert get(service, "/ngsi-ld/v1/entities").status_code == 400


def test_sensorthings_answers_with_json_text_and_problems(service: FastAPI) -> None:
    root = get(service, "/sensorthings/v1.1")
    assert len(root.json()["value"]) == 8
    assert get(service, "/sensorthings/v1.1/Things('square')/name/$value").text == "Trg slobode"
    page = get(service, "/sensorthings/v1.1/Datastreams?$top=1&$count=true").json()
    assert page["@iot.count"] == 6
    following = page["@iot.nextLink"].removeprefix("https://count.example.org")
    assert get(service, following).json()["value"][0]["@iot.id"] != page["value"][0]["@iot.id"]
    assert get(service, "/sensorthings/v1.1/Persons").status_code == 404
    assert get(service, "/sensorthings/v1.1/Things?$top=many").status_code == 400


def test_datex_has_its_sites_and_their_newest_numbers(service: FastAPI) -> None:
    sites, measured = (get(service, f"/datex2/v3/{name}.xml") for name in ("measurement-sites", "measured-data"))
    assert sites.headers["content-type"] == measured.headers["content-type"] == "application/xml"
    assert sites.text.count("<roa:measurementSite ") == measured.text.count("<roa:siteMeasurements>") == 2
    assert "2026-11-03T01:45:00Z" in measured.text
