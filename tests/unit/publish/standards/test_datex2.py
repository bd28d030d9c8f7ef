"""DATEX II: the structure of the public model, as a reader of such feeds walks through it."""

from dataclasses import replace
from xml.etree import ElementTree as Tree

from passerby.domain.class_groups import ClassGroup
from passerby.domain.published import PublishedBin
from passerby.publish.standards.datex2 import measured_data, site_table
from passerby.publish.standards.ngsi_ld import newest
from tests.unit.publish.published_numbers import BEGAN_NS, COUNTERS, DESCRIPTION, LINE, ZONE, published_bin

SPACES = {
    "d2": "http://datex2.eu/schema/3/d2Payload",
    "roa": "http://datex2.eu/schema/3/roadTrafficData",
    "com": "http://datex2.eu/schema/3/common",
    "loc": "http://datex2.eu/schema/3/locationReferencing",
}
TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
MOTOR = ClassGroup.MOTOR_VEHICLES
ORDER = ["measurementSiteName", "measurementSiteIdentification", "measurementSpecificCharacteristics",
         "measurementSiteLocation"]  # fmt: skip


def measured(*bins: PublishedBin) -> Tree.Element:
    return Tree.fromstring(measured_data(DESCRIPTION, COUNTERS, newest(bins), BEGAN_NS))


def text(element: Tree.Element, path: str) -> str | None:
    return element.findtext(path, namespaces=SPACES)


def names(element: Tree.Element) -> list[str]:
    return [child.tag.rpartition("}")[2] for child in element]


def test_sites_are_vehicles_of_one_way_each_with_a_place() -> None:
    content = site_table(DESCRIPTION, COUNTERS, BEGAN_NS)
    root = Tree.fromstring(content)
    assert (root.tag, root.attrib["lang"], root.attrib["modelBaseVersion"]) == (f"{{{SPACES['d2']}}}payload", "en", "3")
    assert root.attrib[TYPE] == "roa:MeasurementSiteTablePublication"
    assert names(root) == ["publicationTime", "publicationCreator", "headerInformation", "measurementSiteTable"]
    assert text(root, "com:publicationCreator/com:nationalIdentifier") == "City of Novi Sad"
    sites = root.findall("roa:measurementSiteTable/roa:measurementSite", SPACES)
    assert [site.attrib["id"] for site in sites] == [
        f"{ZONE.id}-bicycles-entries", f"{ZONE.id}-bicycles-exits",
        f"{LINE.id}-motor-vehicles-forward", f"{LINE.id}-motor-vehicles-backward",
    ]  # fmt: skip
    for site in sites:
        assert names(site) == ORDER
        within = "roa:measurementSpecificCharacteristics/roa:measurementSpecificCharacteristics"
        assert text(site, f"{within}/roa:period") == "900.0"
        assert text(site, f"{within}/roa:specificMeasurementValueType") == "trafficFlow"
        assert site.find("roa:measurementSiteLocation", SPACES).attrib[TYPE] == "loc:PointLocation"  # type: ignore[union-attr]
    assert text(sites[2], ".//loc:pointCoordinates/loc:latitude") == "45.255100"
    assert text(sites[2], ".//com:value") == "Trg slobode: =north: motor vehicles, out of the square"
    # Types are named by prefixes, which have to be declared where nothing else uses them.
    assert b'xmlns:loc="http://datex2.eu/schema/3/locationReferencing"' in content


def test_a_flow_is_vehicles_an_hour_and_what_is_withheld_is_no_flow() -> None:
    root = measured(
        published_bin(LINE, MOTOR, 0, 2, 40),
        published_bin(LINE, MOTOR, 0, 1, 99),
        published_bin(LINE, MOTOR, 1, 2, None),
        published_bin(LINE, ClassGroup.ON_FOOT, 0, 2, 70),
        published_bin(ZONE, ClassGroup.BICYCLES, 0, 2, -1),
    )
    assert root.attrib[TYPE] == "roa:MeasuredDataPublication"
    assert names(root)[:4] == [
        "publicationTime", "publicationCreator", "measurementSiteTableReference", "headerInformation",
    ]  # fmt: skip
    sites = {site.find("roa:measurementSiteReference", SPACES).attrib["id"]: site  # type: ignore[union-attr]
             for site in root.findall("roa:siteMeasurements", SPACES)}  # fmt: skip
    assert len(sites) == 3, "people on foot are no vehicles, and of bicycles that leave nothing is published"
    flow = sites[f"{LINE.id}-motor-vehicles-forward"].find(".//roa:vehicleFlow", SPACES)
    assert flow is not None
    assert (text(flow, "com:vehicleFlowRate"), flow.attrib) == ("160", {"supplierCalculatedDataQuality": "98"})
    for name in (f"{LINE.id}-motor-vehicles-backward", f"{ZONE.id}-bicycles-entries"):
        assert names(sites[name]) == ["measurementSiteReference", "measurementTimeDefault"]
    assert text(sites[f"{LINE.id}-motor-vehicles-forward"], "roa:measurementTimeDefault/roa:timeValue") == (
        "2026-11-01T00:30:00Z"
    )


def test_every_site_that_is_measured_is_in_the_table_that_it_refers_to() -> None:
    table = Tree.fromstring(site_table(DESCRIPTION, COUNTERS, BEGAN_NS)).find("roa:measurementSiteTable", SPACES)
    root = measured(published_bin(LINE, MOTOR, 0, 2, 40))
    reference = root.find("roa:measurementSiteTableReference", SPACES)
    assert table is not None
    assert reference is not None
    assert (reference.attrib["id"], reference.attrib["version"]) == (table.attrib["id"], table.attrib["version"])
    known = {site.attrib["id"] for site in table}
    assert {each.attrib["id"] for each in root.iter(f"{{{SPACES['roa']}}}measurementSiteReference")} <= known


def test_names_are_escaped_and_a_country_that_the_model_lacks_is_another() -> None:
    odd = replace(LINE, place='<gate> & "arch"')
    root = Tree.fromstring(site_table(DESCRIPTION, [odd], BEGAN_NS))
    assert '<gate> & "arch"' in str(text(root, ".//roa:measurementSiteName/com:values/com:value"))
    assert text(root, "com:publicationCreator/com:country") == "other"
    german = Tree.fromstring(site_table(replace(DESCRIPTION, country="DEU"), [], BEGAN_NS))
    assert text(german, "com:publicationCreator/com:country") == "de"
