"""The catalogue of a site's open data in DCAT-AP 3, with what mobilityDCAT-AP 1.1 adds, as JSON-LD.

Written from the profiles' texts (semiceu.github.io/DCAT-AP/releases/3.0.0 and w3id.org/mobilitydcat-ap/releases/1.1.0).
Its context is in the document, so that a reader asks no other server for it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from passerby.publish.open_data.description import OpenDataDescription
from passerby.publish.open_data.etalab import SCHEMA_PAGE

MEDIA_TYPE: Final = "application/ld+json"

_EU: Final = "http://publications.europa.eu/resource/authority"
_MOBILITY: Final = "https://w3id.org/mobilitydcat-ap"
_IANA: Final = "https://www.iana.org/assignments/media-types"
_LANGUAGES: Final = {"de": "DEU", "en": "ENG", "es": "SPA", "fr": "FRA", "it": "ITA", "nl": "NLD", "sr": "SRP"}
"""The EU's list names languages by three letters."""

_CONTEXT: Final = {
    "adms": "http://www.w3.org/ns/adms#",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcatap": "http://data.europa.eu/r5r/",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "mobilitydcatap": f"{_MOBILITY}#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}


@dataclass(frozen=True, slots=True)
class OpenFile:
    """One file of the open data.

    Attributes:
        path: below `/open/`.
        title: what it is.
        media_type: as it is served.
        file_type: as the EU's list of file types names it, such as `CSV`.
        schema: address of the schema that it is written by; empty for none.
    """

    path: str
    title: str
    media_type: str
    file_type: str
    schema: str = ""


LISTS: Final = (
    OpenFile("sites.csv", "Counting sites", "text/csv", "CSV", SCHEMA_PAGE),
    OpenFile("channels.csv", "Channels: what is counted where, which way", "text/csv", "CSV", SCHEMA_PAGE),
    OpenFile("sites.geojson", "Counters on the map", "application/geo+json", "GEOJSON"),
)
"""The files that say what is counted where."""


def month_files(month: str) -> tuple[OpenFile, ...]:
    """Returns the files with the numbers of a month.

    Args:
        month: such as `2026-11`.
    """
    return (
        OpenFile(f"{month}/measures.csv", f"Counts of {month}", "text/csv", "CSV", SCHEMA_PAGE),
        OpenFile(f"{month}/quality.csv", f"Coverage and intervals of the counts of {month}", "text/csv", "CSV"),
        OpenFile(
            f"{month}/counts.parquet",
            f"Counts of {month} with coverage and intervals, in one table",
            "application/vnd.apache.parquet",
            "PARQUET",
        ),
    )


@dataclass(frozen=True, slots=True)
class CatalogueTimes:
    """When the data begin and were last changed.

    Attributes:
        created: when the first counter began, as UTC text.
        modified: when the newest number was published, as UTC text.
        months: those with numbers, in order, such as `2026-11`.
    """

    created: str
    modified: str
    months: Sequence[str]


def catalogue(description: OpenDataDescription, times: CatalogueTimes, services: Sequence[str] = ()) -> dict[str, Any]:
    """Returns the catalogue: one data set, its files, and the interfaces that serve it too.

    Args:
        description: who publishes it, and under which licence.
        times: when it begins, and which months there are.
        services: paths of interfaces that are switched on, such as `/sensorthings/v1.1`.
    """
    files = [*LISTS, *(file for month in reversed(times.months) for file in month_files(month))]
    return {
        "@context": _CONTEXT,
        "@id": f"{description.page}#catalogue",
        "@type": "dcat:Catalog",
        "dct:title": _text(description, description.title),
        "dct:description": _text(description, description.text),
        "dct:publisher": _publisher(description),
        "dct:language": _language(description),
        "dct:license": _licence(description),
        "dct:spatial": [*_country(description), *_extent(description)],
        "foaf:homepage": _id(description.page),
        "dct:modified": _time(times.modified),
        "dcat:record": _record(description, times),
        "dcat:dataset": _dataset(description, times, files),
        "dcat:service": [_service(description, path) for path in services],
    }


def _record(description: OpenDataDescription, times: CatalogueTimes) -> dict[str, Any]:
    return {
        "@id": f"{description.page}#record",
        "@type": "dcat:CatalogRecord",
        "dct:created": _time(times.created),
        "dct:modified": _time(times.modified),
        "dct:language": _language(description),
        "foaf:primaryTopic": _id(f"{description.page}#counts"),
    }


def _dataset(description: OpenDataDescription, times: CatalogueTimes, files: Sequence[OpenFile]) -> dict[str, Any]:
    return {
        "@id": f"{description.page}#counts",
        "@type": "dcat:Dataset",
        "dct:title": _text(description, description.title),
        "dct:description": _text(description, description.text),
        "dct:identifier": f"{description.page}#counts",
        "dct:publisher": _id(f"{description.page}#publisher"),
        "dcat:contactPoint": _contact(description),
        "dct:license": _id(description.licence.url),
        "dct:accessRights": {"@id": f"{_EU}/access-right/PUBLIC", "@type": "dct:RightsStatement"},
        "dct:accrualPeriodicity": _id(f"{_EU}/frequency/HOURLY"),
        "dct:temporal": {"@type": "dct:PeriodOfTime", "dcat:startDate": _time(times.created)},
        "dct:spatial": [*_country(description), *_extent(description)],
        "dct:modified": _time(times.modified),
        "dcat:theme": _id(f"{_EU}/data-theme/TRAN"),
        "dcat:keyword": [_text(description, word) for word in ("pedestrian count", "bicycle count", "traffic count")],
        "mobilitydcatap:mobilityTheme": [
            _id(f"{_MOBILITY}/mobility-theme/real-time-traffic-data"),
            _id(f"{_MOBILITY}/mobility-theme/traffic-volume"),
        ],
        "dcat:distribution": [_distribution(description, file) for file in files],
    }


def _distribution(description: OpenDataDescription, file: OpenFile) -> dict[str, Any]:
    address = f"{description.page}{file.path}"
    made: dict[str, Any] = {
        "@id": address,
        "@type": "dcat:Distribution",
        "dct:title": _text(description, file.title),
        "dcat:accessURL": _id(address),
        "dcat:downloadURL": _id(address),
        "dcat:mediaType": _id(f"{_IANA}/{file.media_type}"),
        "dct:format": _id(f"{_EU}/file-type/{file.file_type}"),
        "dct:license": _id(description.licence.url),
        "dct:rights": {"@type": "dct:RightsStatement", "rdfs:label": description.licence.identifier},
        "dcatap:availability": _id(f"{_EU}/planned-availability/STABLE"),
        # None of its list (DATEX II, GTFS, ...) is what these files are written by.
        "mobilitydcatap:mobilityDataStandard": _id(f"{_MOBILITY}/mobility-data-standard/other"),
    }
    if file.schema:
        made["dct:conformsTo"] = {"@id": file.schema, "@type": "dct:Standard"}
    return made


def _service(description: OpenDataDescription, path: str) -> dict[str, Any]:
    return {
        "@id": f"{description.origin}{path}",
        "@type": "dcat:DataService",
        "dct:title": _text(description, path.strip("/")),
        "dcat:endpointURL": _id(f"{description.origin}{path}"),
        "dcat:servesDataset": _id(f"{description.page}#counts"),
        "dct:license": _id(description.licence.url),
    }


def _publisher(description: OpenDataDescription) -> dict[str, Any]:
    who = description.publisher
    made: dict[str, Any] = {
        "@id": f"{description.page}#publisher", "@type": "foaf:Agent", "foaf:name": _text(description, who.name)
    }  # fmt: skip
    if who.page:
        made["foaf:homepage"] = _id(who.page)
    return made


def _contact(description: OpenDataDescription) -> dict[str, Any]:
    who = description.publisher
    made: dict[str, Any] = {
        "@type": "vcard:Kind",
        "vcard:fn": who.name,
        "vcard:hasURL": _id(who.page or description.page),
    }
    if who.email:
        made["vcard:hasEmail"] = _id(f"mailto:{who.email}")
    return made


def _licence(description: OpenDataDescription) -> dict[str, Any]:
    licence = description.licence
    return {"@id": licence.url, "@type": "dct:LicenseDocument", "rdfs:label": licence.identifier}


def _country(description: OpenDataDescription) -> list[dict[str, Any]]:
    """Where it is kept; nothing where the site does not say."""
    if not description.country:
        return []
    return [{"@id": f"{_EU}/country/{description.country.upper()}", "@type": "dct:Location"}]


def _extent(description: OpenDataDescription) -> list[dict[str, Any]]:
    """The box around all places, as WKT; nothing where there is none."""
    sites = description.sites.values()
    if not sites:
        return []
    west, east = min(site.longitude for site in sites), max(site.longitude for site in sites)
    south, north = min(site.latitude for site in sites), max(site.latitude for site in sites)
    corners = ((west, south), (east, south), (east, north), (west, north), (west, south))
    ring = ", ".join(f"{x:.6f} {y:.6f}" for x, y in corners)
    wkt = {"@value": f"POLYGON(({ring}))", "@type": "http://www.opengis.net/ont/geosparql#wktLiteral"}
    return [{"@type": "dct:Location", "dcat:bbox": wkt}]


def _text(description: OpenDataDescription, text: str) -> dict[str, str]:
    return {"@value": text, "@language": description.language}


def _language(description: OpenDataDescription) -> dict[str, str]:
    return _id(f"{_EU}/language/{_LANGUAGES.get(description.language.partition('-')[0], 'UND')}")


def _id(address: str) -> dict[str, str]:
    return {"@id": address}


def _time(text: str) -> dict[str, str]:
    return {"@value": text, "@type": "xsd:dateTime"}
