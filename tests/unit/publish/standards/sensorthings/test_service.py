"""The read side of SensorThings: what the standard's requirements ask of entities, paths and pages.

Numbers of requirements are those of OGC 18-088.
"""

import asyncio
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest

from passerby.domain.published import Audience
from passerby.publish.standards.sensorthings.errors import NotFoundError, WrongRequestError
from passerby.publish.standards.sensorthings.model import ROOT, SETS
from passerby.publish.standards.sensorthings.service import SensorThings
from passerby.units import HOUR_S, NS_PER_S
from tests.unit.publish.published_numbers import BEGAN_NS, COUNTERS, DESCRIPTION, QUARTER_NS, SomePublishedNumbers

BASE = f"https://count.example.org{ROOT}"
STREAM = "Datastreams('square-north-a1b2c3-on-foot-forward')"
PUBLISHED = 200

MANDATORY = {
    "Things": {"name", "description"},
    "Locations": {"name", "description", "encodingType", "location"},
    "Datastreams": {"name", "description", "unitOfMeasurement", "observationType"},
    "Sensors": {"name", "description", "encodingType", "metadata"},
    "ObservedProperties": {"name", "definition", "description"},
    "Observations": {"phenomenonTime", "result", "resultTime"},
    "FeaturesOfInterest": {"name", "description", "encodingType", "feature"},
}
LINKS = {
    "Things": {"Locations", "HistoricalLocations", "Datastreams"},
    "Locations": {"Things", "HistoricalLocations"},
    "Datastreams": {"Thing", "Sensor", "ObservedProperty", "Observations"},
    "Sensors": {"Datastreams"},
    "ObservedProperties": {"Datastreams"},
    "Observations": {"Datastream", "FeatureOfInterest"},
    "FeaturesOfInterest": {"Observations"},
}
"""Tables 5 to 22 of the standard."""


def service(numbers: SomePublishedNumbers | None = None, hours_after: float = 1) -> SensorThings:
    now_ns = BEGAN_NS + PUBLISHED * QUARTER_NS + int(hours_after * HOUR_S) * NS_PER_S
    return SensorThings(DESCRIPTION, COUNTERS, numbers or SomePublishedNumbers(PUBLISHED), Audience.PUBLIC, now_ns)


def get(address: str, things: SensorThings | None = None) -> Any:
    """What is answered to an address, or to a path and query below the root."""
    parts = urlsplit(address.removeprefix(BASE))
    return asyncio.run((things or service()).answer(unquote(parts.path), dict(parse_qsl(parts.query))))


def test_the_root_names_all_sets_and_only_what_is_shown_here() -> None:
    index = get("")
    assert [each["name"] for each in index["value"]] == list(SETS)
    assert all(each["url"] == f"{BASE}/{each['name']}" for each in index["value"])
    claimed = [each.rpartition("/req/")[2] for each in index["serverSettings"]["conformance"]]
    assert claimed == ["datamodel", "resource-path/resource-path-to-entities"]


@pytest.mark.parametrize("kind", MANDATORY)
def test_each_entity_has_its_properties_and_links(kind: str) -> None:
    for entity in get(f"{kind}?$top=3")["value"]:
        assert MANDATORY[kind] - set(entity) == set()
        links = {key.partition("@")[0] for key in entity if key.endswith("@iot.navigationLink")}
        assert links == LINKS[kind]
        assert get(entity["@iot.selfLink"]) == entity
        for link in links:
            linked = get(entity[f"{link}@iot.navigationLink"])
            assert "value" in linked or "@iot.id" in linked


def test_there_is_something_of_each_but_of_moved_cameras() -> None:
    empty = [kind for kind in SETS if not get(kind)["value"]]
    assert empty == ["HistoricalLocations"]


def test_paths_lead_to_properties_values_and_references() -> None:
    assert get("Things('square')/name") == {"name": "Trg slobode"}
    assert get("Things('square')/name/$value") == "Trg slobode"
    assert get(f"{STREAM}/Thing/Locations('square')/name/$value") == "Trg slobode"
    links = get("Things('square')/Datastreams/$ref")["value"]
    assert all(set(link) == {"@iot.selfLink"} for link in links)
    assert len(links) == 4


@pytest.mark.parametrize(
    ("path", "error"),
    [
        ("Persons", NotFoundError),
        ("Things('nowhere')", NotFoundError),
        ("Things('square')/Observations", NotFoundError),
        ("Things('square')/Locations('quay')", NotFoundError),  # of another Thing
        ("Observations('square-north-a1b2c3-on-foot-forward:1')", NotFoundError),
        ("Observations('a:b')", NotFoundError),
        ("Things/name", WrongRequestError),
        ("Things(square)", WrongRequestError),
        ("Things('square')/$value", WrongRequestError),
        ("Things?$select=secret", WrongRequestError),
        ("Things?$orderby=secret", WrongRequestError),
        ("Things?$expand=Secrets", WrongRequestError),
        (f"{STREAM}/Observations?$orderby=result", WrongRequestError),
        (f"{STREAM}/Observations?$count=true&$filter=result gt 3", WrongRequestError),
        (f"{STREAM}/Observations?$filter=phenomenonTime gt 2026-11-01T00:00:00", WrongRequestError),
    ],
)
def test_what_is_not_there_or_not_offered_is_said(path: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        get(path)


def test_what_is_withheld_has_no_result_and_says_why() -> None:
    found = get(f"{STREAM}/Observations?$top=13")["value"]
    assert found[0]["result"] == 10
    assert found[0]["phenomenonTime"] == "2026-11-01T00:00:00Z/2026-11-01T00:15:00Z"
    assert [(each["result"], each["resultQuality"]["status"]) for each in found[10:13:2]] == [
        (None, "below threshold"), (None, "gap"),
    ]  # fmt: skip


def all_pages(address: str, things: SensorThings) -> list[Any]:
    found, pages = [], 0
    while address:
        page = get(address, things)
        found += page["value"]
        address = page.get("@iot.nextLink", "")
        pages += 1
        assert pages < 100
    return found


@pytest.mark.parametrize("order", ["asc", "desc"])
def test_next_links_lead_through_all_observations_once(order: str) -> None:
    things = service()
    found = all_pages(f"{STREAM}/Observations?$top=70&$orderby=phenomenonTime {order}", things)
    times = [each["phenomenonTime"] for each in found]
    assert len(times) == PUBLISHED
    assert times == sorted(set(times), reverse=order == "desc")


def test_a_filter_of_results_reads_on_until_the_page_is_full() -> None:
    things = service()
    found = all_pages(f"{STREAM}/Observations?$top=7&$filter=result gt 55", things)
    every = all_pages(f"{STREAM}/Observations?$top=1000", things)
    assert found == [each for each in every if each["result"] is not None and each["result"] > 55]
    assert found


def test_times_of_a_filter_are_asked_of_the_store_alone() -> None:
    numbers = SomePublishedNumbers(PUBLISHED)
    when = "phenomenonTime ge 2026-11-02T00:00:00Z and phenomenonTime le 2026-11-02T01:00:00Z"
    answer = get(f"{STREAM}/Observations?$count=true&$filter={when}", service(numbers))
    assert answer["@iot.count"] == len(answer["value"]) == 4
    assert sum(query.to_ns - query.from_ns for query in numbers.asked) == 4 * QUARTER_NS
    ends = get(
        f"{STREAM}/Observations?$filter=resultTime gt 2026-11-02T00:00:00Z and resultTime lt 2026-11-02T00:30:01Z"
    )
    assert [each["resultTime"] for each in ends["value"]] == ["2026-11-02T00:15:00Z", "2026-11-02T00:30:00Z"]


def test_the_newest_is_found_where_some_wait_to_be_published() -> None:
    numbers = SomePublishedNumbers(PUBLISHED)
    things = service(numbers, hours_after=13)
    answer = get(f"{STREAM}/Observations?$top=1&$orderby=phenomenonTime desc", things)
    assert [each["resultTime"] for each in answer["value"]] == ["2026-11-03T02:00:00Z"]
    assert len(numbers.asked) == 1


def test_things_are_expanded_selected_sorted_and_counted() -> None:
    wanted = "$select=name,Datastreams&$orderby=name desc&$count=true&$top=1"
    inner = "Datastreams($top=2;$select=name;$count=true;$expand=Observations($top=1;$orderby=phenomenonTime desc))"
    answer = get(f"Things?{wanted}&$expand={inner}")
    assert answer["@iot.count"] == 2
    (thing,) = answer["value"]
    assert set(thing) == {"@iot.id", "@iot.selfLink", "name", "Datastreams", "Datastreams@iot.count",
                          "Datastreams@iot.nextLink"}  # fmt: skip
    assert thing["name"] == "Trg slobode"
    stream = thing["Datastreams"][0]
    assert [each["resultTime"] for each in stream["Observations"]] == ["2026-11-03T02:00:00Z"]
    rest = get(thing["Datastreams@iot.nextLink"])
    assert len(rest["value"]) == 2
    assert get(answer["@iot.nextLink"])["value"][0]["name"] == "Kej žrtava racije, 1"


def test_a_filter_of_properties_leaves_the_others_out() -> None:
    found = get("Datastreams?$filter=properties/way eq 'entries'")["value"]
    assert [each["@iot.id"] for each in found] == ["quay-steps-d4e5f6-bicycles-entries"]


def test_observations_of_a_feature_are_of_all_its_channels() -> None:
    found = get("FeaturesOfInterest('quay-steps-d4e5f6')/Observations?$top=1000")["value"]
    streams = {each["Datastream@iot.navigationLink"] for each in found}
    assert len(found) == 2 * PUBLISHED
    assert {get(link)["@iot.id"] for link in streams} == {
        "quay-steps-d4e5f6-bicycles-entries", "quay-steps-d4e5f6-bicycles-exits",
    }  # fmt: skip
