"""The first page of public numbers: where is counted, on a list and a map, and all that can be taken away."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

from passerby.domain.published import PublishedCounter
from passerby.markup import Markup, element
from passerby.publish.open_data.periods import Period, PeriodKind
from passerby.publish.open_data.views import site_day
from passerby.register.pages.map import MapPlace, place_map
from passerby.web.pages.open.frame import Around, licence, notes, page, view_path

_LISTS: Final = ("sites.csv", "channels.csv", "sites.geojson")
_MONTH_FILES: Final = (
    ("counts.parquet", "file_parquet"),
    ("measures.csv", "file_measures"),
    ("quality.csv", "file_quality"),
)


def list_page(around: Around, counters: Sequence[PublishedCounter], months: Sequence[str]) -> bytes:
    """Returns the page.

    Args:
        around: what stands around it.
        counters: the public ones, those that have ended among them.
        months: those with numbers, in order.
    """
    texts = around.texts
    numbers = _site_numbers(around, counters)
    return page(
        around,
        "",
        around.description.title,
        element("p", around.description.text) if around.description.text != around.description.title else None,
        element("p", texts("counts.intro")),
        element("h2", texts("counts.places")),
        _table(around, counters, numbers),
        _map(around, numbers),
        element("h2", texts("counts.downloads")),
        element("p", texts("counts.downloads_intro")),
        _months(around, months),
        element("ul", *(_file(each, texts(f"counts.file_{each.replace('.', '_')}")) for each in _LISTS)),
        licence(around),
        notes(around),
        element("h2", texts("counts.programs")),
        _programs(around),
    )


def newest_day(around: Around, counter: PublishedCounter) -> date:
    """Returns the newest day that is over, of those on which a counter went on."""
    yesterday = around.today - timedelta(days=1)
    first = site_day(counter.began_ns, around.zone)
    last = yesterday if counter.ended_ns is None else min(yesterday, site_day(counter.ended_ns - 1, around.zone))
    return max(first, last)


def _site_numbers(around: Around, counters: Sequence[PublishedCounter]) -> dict[str, int]:
    """Camera -> the number of its place, as the list and the map have it."""
    cameras = dict.fromkeys(one.camera for one in counters if one.camera in around.description.sites)
    return {camera: number for number, camera in enumerate(cameras, 1)}


def _table(around: Around, counters: Sequence[PublishedCounter], numbers: dict[str, int]) -> Markup:
    texts = around.texts
    if not counters:
        return element("p", texts("counts.no_place"))
    head = ("page.number", "page.place", "counts.counter", "counts.who", "counts.since")
    first = {one.camera: one.id for one in reversed(counters)}
    rows = [_row(around, one, numbers, is_first=first[one.camera] == one.id) for one in counters]
    return element(
        "table",
        element("caption", texts("counts.places")),
        element("thead", element("tr", *(element("th", texts(each), scope="col") for each in head))),
        element("tbody", *rows),
    )


def _row(around: Around, one: PublishedCounter, numbers: dict[str, int], *, is_first: bool) -> Markup:
    texts = around.texts
    day = Period.around(PeriodKind.DAY, newest_day(around, one))
    since = site_day(one.began_ns, around.zone).isoformat()
    if one.ended_ns is not None:
        since = texts("counts.until", since=since, until=site_day(one.ended_ns - 1, around.zone).isoformat())
    number = numbers.get(one.camera)
    cells = (
        around.site(one),
        element("a", one.place, href=view_path(one, day, one.groups[0])),
        ", ".join(around.group(group) for group in one.groups),
        since,
    )
    return element(
        "tr",
        element("th", "" if number is None else str(number), scope="row"),
        *(element("td", cell) for cell in cells),
        id=f"place-{number}" if is_first and number is not None else None,
    )


def _map(around: Around, numbers: dict[str, int]) -> Markup | None:
    texts, sites = around.texts, around.description.sites
    places = [
        MapPlace(number, sites[camera].title, sites[camera].longitude, sites[camera].latitude, f"#place-{number}")
        for camera, number in numbers.items()
    ]
    drawn = place_map(places, texts("counts.map_label"), texts)
    if drawn is None:
        return None
    return element(
        "section", element("h2", texts("page.map")), drawn, element("p", texts("page.no_tiles"), class_="small")
    )


def _months(around: Around, months: Sequence[str]) -> Markup:
    texts = around.texts
    if not months:
        return element("p", texts("counts.no_month"))
    head = (texts("counts.month"), *(texts(f"counts.{words}") for _, words in _MONTH_FILES))
    rows = [
        element(
            "tr",
            element("th", month, scope="row"),
            *(element("td", element("a", name, href=f"/open/{month}/{name}")) for name, _ in _MONTH_FILES),
        )
        for month in reversed(months)
    ]
    return element(
        "table",
        element("caption", texts("counts.downloads")),
        element("thead", element("tr", *(element("th", each, scope="col") for each in head))),
        element("tbody", *rows),
    )


def _programs(around: Around) -> Markup:
    texts = around.texts
    return element(
        "ul",
        _file("catalogue.jsonld", texts("counts.file_catalogue")),
        _file("quality.tableschema.json", texts("counts.file_schema")),
        element("li", element("a", "OGC SensorThings 1.1", href="/sensorthings/v1.1")),
        element("li", element("a", "NGSI-LD", href="/ngsi-ld/v1/entities?type=ItemFlowObserved")),
        element("li", element("a", "DATEX II", href="/datex2/v3/measured-data.xml")),
    )


def _file(path: str, title: str) -> Markup:
    return element("li", element("a", title, href=f"/open/{path}"))
