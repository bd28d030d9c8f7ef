"""Published numbers of vehicles as DATEX II version 3: a table of measurement sites, and what was measured there.

Written from the public model (CEN/TS 16157-5, version 3.6; namespaces of `datex2.eu/schema/3`). A site is one class
group and way at a counter, since a site's quantity has no way of its own. A flow is vehicles an hour, so that the
number of a quarter of an hour is four times itself; the noise is in it as in all that is published. A bin whose number
is withheld, or that was not watched, has no quantity: there is no zero for it.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final
from xml.etree import ElementTree as Tree

from passerby.domain.class_groups import ClassGroup
from passerby.domain.published import PublishedBin, PublishedCounter, Way
from passerby.publish.open_data.channels import Channel, channels
from passerby.publish.open_data.description import OpenDataDescription
from passerby.text import utc_time
from passerby.units import HOUR_S

_PAYLOAD: Final = "http://datex2.eu/schema/3/d2Payload"
_TRAFFIC: Final = "http://datex2.eu/schema/3/roadTrafficData"
_COMMON: Final = "http://datex2.eu/schema/3/common"
_PLACES: Final = "http://datex2.eu/schema/3/locationReferencing"
_INSTANCE: Final = "http://www.w3.org/2001/XMLSchema-instance"
_PREFIXES: Final = {"d2": _PAYLOAD, "roa": _TRAFFIC, "com": _COMMON, "loc": _PLACES, "xsi": _INSTANCE}

_VERSION: Final = "1"
"""Of the table and of each site: a counter that is drawn anew is another site."""

_VEHICLES: Final[Mapping[ClassGroup, str]] = {ClassGroup.BICYCLES: "bicycle", ClassGroup.MOTOR_VEHICLES: "anyVehicle"}

_COUNTRIES: Final[Mapping[str, str]] = {
    "AUT": "at", "BEL": "be", "BGR": "bg", "CHE": "ch", "CYP": "cy", "CZE": "cz", "DEU": "de", "DNK": "dk", "ESP": "es",
    "EST": "ee", "FIN": "fi", "FRA": "fr", "GBR": "gb", "GRC": "gr", "HRV": "hr", "HUN": "hu", "IRL": "ie", "ISL": "is",
    "ITA": "it", "LIE": "li", "LTU": "lt", "LUX": "lu", "LVA": "lv", "MLT": "mt", "NLD": "nl", "NOR": "no", "POL": "pl",
    "PRT": "pt", "ROU": "ro", "SVK": "sk", "SVN": "si", "SWE": "se", "TUR": "tr",
}  # fmt: skip
"""Countries that the model has in all of its versions; all others are `other`."""

MEDIA_TYPE: Final = "application/xml"

Newest = Mapping[tuple[str, ClassGroup, Way], PublishedBin]


def site_table(description: OpenDataDescription, counters: Iterable[PublishedCounter], now_ns: int) -> bytes:
    """Returns a MeasurementSiteTablePublication.

    Args:
        description: the places, and who publishes; counters of cameras without a place are left out.
        counters: those that go on.
        now_ns: when it is published, UTC nanoseconds.
    """
    root = _publication("MeasurementSiteTablePublication", description, now_ns)
    _header(root)
    table = _child(root, _TRAFFIC, "measurementSiteTable", id=_table_id(description), version=_VERSION)
    for channel in _vehicle_channels(description, counters):
        _site(table, description, channel)
    return _written(root)


def measured_data(
    description: OpenDataDescription, counters: Iterable[PublishedCounter], newest: Newest, now_ns: int
) -> bytes:
    """Returns a MeasuredDataPublication of the newest number of each site.

    Args:
        description: the places, and who publishes.
        counters: those that go on.
        newest: the newest number of each series; a series without one is left out.
        now_ns: when it is published, UTC nanoseconds.
    """
    root = _publication("MeasuredDataPublication", description, now_ns)
    _child(
        root, _TRAFFIC, "measurementSiteTableReference", targetClass="roa:MeasurementSiteTable",
        id=_table_id(description), version=_VERSION,
    )  # fmt: skip
    _header(root)
    for channel in _vehicle_channels(description, counters):
        one = newest.get((channel.counter.id, channel.group, channel.way))
        if one is not None:
            _measured(root, channel, one)
    return _written(root)


def _vehicle_channels(description: OpenDataDescription, counters: Iterable[PublishedCounter]) -> Iterator[Channel]:
    """People on foot are no vehicles; the model has no flow of them."""
    known = (counter for counter in counters if counter.camera in description.sites)
    return (channel for channel in channels(known) if channel.group in _VEHICLES)


def _site(table: Tree.Element, description: OpenDataDescription, channel: Channel) -> None:
    place = description.sites[channel.counter.camera]
    site = _child(table, _TRAFFIC, "measurementSite", id=channel.id, version=_VERSION)
    _texts(_child(site, _TRAFFIC, "measurementSiteName"), f"{place.title}: {channel.title}", description.language)
    _child(site, _TRAFFIC, "measurementSiteIdentification").text = channel.id
    indexed = _child(site, _TRAFFIC, "measurementSpecificCharacteristics", index="1")
    characteristics = _child(indexed, _TRAFFIC, "measurementSpecificCharacteristics")
    _child(characteristics, _TRAFFIC, "period").text = f"{channel.counter.bin_s:.1f}"
    _child(characteristics, _TRAFFIC, "specificMeasurementValueType").text = "trafficFlow"
    vehicles = _child(characteristics, _TRAFFIC, "specificVehicleCharacteristics")
    _child(vehicles, _COMMON, "vehicleType").text = _VEHICLES[channel.group]
    location = _child(site, _TRAFFIC, "measurementSiteLocation", **{f"{{{_INSTANCE}}}type": "loc:PointLocation"})
    point = _child(_child(location, _PLACES, "pointByCoordinates"), _PLACES, "pointCoordinates")
    _child(point, _PLACES, "latitude").text = f"{place.latitude:.6f}"
    _child(point, _PLACES, "longitude").text = f"{place.longitude:.6f}"


def _measured(root: Tree.Element, channel: Channel, one: PublishedBin) -> None:
    site = _child(root, _TRAFFIC, "siteMeasurements")
    _child(
        site, _TRAFFIC, "measurementSiteReference", targetClass="roa:MeasurementSite", id=channel.id, version=_VERSION
    )
    if one.value is not None:
        outer = _child(site, _TRAFFIC, "physicalQuantity", index="1")
        quantity = _typed(outer, "physicalQuantity", "SinglePhysicalQuantity")
        flow = _child(_typed(quantity, "basicData", "TrafficFlow"), _TRAFFIC, "vehicleFlow")
        if one.coverage is not None:
            flow.set("supplierCalculatedDataQuality", f"{100 * one.coverage:.0f}")
        an_hour = one.value * HOUR_S // channel.counter.bin_s
        _child(flow, _COMMON, "vehicleFlowRate").text = str(an_hour)
    time = _child(site, _TRAFFIC, "measurementTimeDefault")
    _child(time, _TRAFFIC, "timeMeaning").text = "beginTime"
    _child(time, _TRAFFIC, "timeValue").text = utc_time(one.from_ns)


def _publication(kind: str, description: OpenDataDescription, now_ns: int) -> Tree.Element:
    root = Tree.Element(f"{{{_PAYLOAD}}}payload")
    root.set(f"{{{_INSTANCE}}}type", f"roa:{kind}")
    root.set("lang", description.language)
    root.set("modelBaseVersion", "3")
    _child(root, _COMMON, "publicationTime").text = utc_time(now_ns)
    creator = _child(root, _COMMON, "publicationCreator")
    _child(creator, _COMMON, "country").text = _COUNTRIES.get(description.country, "other")
    _child(creator, _COMMON, "nationalIdentifier").text = description.publisher.name
    return root


def _header(root: Tree.Element) -> None:
    _child(_child(root, _TRAFFIC, "headerInformation"), _COMMON, "informationStatus").text = "real"


def _texts(element: Tree.Element, text: str, language: str) -> None:
    _child(_child(element, _COMMON, "values"), _COMMON, "value", lang=language).text = text


def _typed(parent: Tree.Element, name: str, kind: str) -> Tree.Element:
    return _child(parent, _TRAFFIC, name, **{f"{{{_INSTANCE}}}type": f"roa:{kind}"})


def _child(parent: Tree.Element, space: str, name: str, **attributes: str) -> Tree.Element:
    return Tree.SubElement(parent, f"{{{space}}}{name}", attributes)


def _table_id(description: OpenDataDescription) -> str:
    return f"{description.page}vehicles"


def _written(root: Tree.Element) -> bytes:
    # Types are named within attributes, so that all prefixes have to be declared, whether an element has them or not.
    for prefix, space in _PREFIXES.items():
        Tree.register_namespace(prefix, space)
    for prefix in ("roa", "loc"):
        if not _uses(root, _PREFIXES[prefix]):
            root.set(f"xmlns:{prefix}", _PREFIXES[prefix])
    content: bytes = Tree.tostring(root, encoding="utf-8", xml_declaration=True)
    return content


def _uses(root: Tree.Element, space: str) -> bool:
    return any(str(element.tag).startswith(f"{{{space}}}") for element in root.iter())
