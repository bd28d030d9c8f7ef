"""The pages of open data, readable without scripts: what there is and under which licence, and a counter's day."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from passerby.domain.published import BinStatus, PublishedBin, PublishedCounter
from passerby.markup import Markup, element, joined
from passerby.publish.open_data.catalogue import LISTS, month_files
from passerby.publish.open_data.channels import Channel, channel_of, channels
from passerby.publish.open_data.description import OpenDataDescription
from passerby.units import NS_PER_S

_NOISE: Final = (
    "Random noise was added to each number before it was published, and numbers below a threshold are withheld. So "
    "whether one person crossed in one of these times can hardly be learned from them; that is no promise for those "
    "who pass often. A gap is a time that was not watched; it is not zero."
)


def open_page(
    description: OpenDataDescription, counters: Sequence[PublishedCounter], months: Sequence[str], today: date
) -> bytes:
    """Returns the page that leads to everything.

    Args:
        description: who publishes, and under which licence.
        counters: the public ones, those that have ended among them.
        months: those with numbers, in order.
        today: the day by the site's clock.
    """
    return _page(
        description,
        description.title,
        element("p", description.text),
        element("p", _NOISE),
        _licence(description, today),
        element("h2", "Counters"),
        _counters(description, counters, today),
        element("h2", "Downloads"),
        element("ul", *(_download(file.path, file.title) for file in LISTS)),
        _months(months),
        element("h2", "For programs"),
        _for_programs(),
    )


def _licence(description: OpenDataDescription, today: date) -> Markup:
    licence = description.licence
    return joined(
        element("h2", "Licence and how to cite"),
        element("p", element("a", licence.identifier, href=licence.url, rel="license")),
        element("p", description.citation(today)),
    )


def _for_programs() -> Markup:
    return element(
        "ul",
        _download("catalogue.jsonld", "Catalogue (DCAT-AP, JSON-LD)"),
        _download("quality.tableschema.json", "What the columns of quality.csv mean (Table Schema)"),
        element("li", element("a", "OGC SensorThings 1.1", href="/sensorthings/v1.1")),
        element("li", element("a", "NGSI-LD entities", href="/ngsi-ld/v1/entities?type=ItemFlowObserved")),
    )


def day_page(
    description: OpenDataDescription,
    counter: PublishedCounter,
    day: date,
    bins: Sequence[PublishedBin],
    zone: ZoneInfo,
) -> bytes:
    """Returns a counter's day as a table: a row a bin, a column a class group and way.

    Args:
        description: who publishes.
        counter: which counter.
        day: by the site's clock.
        bins: its numbers of that day.
        zone: the site's clock.
    """
    table = _day_table(counter, day, bins, zone)
    return _page(
        description,
        f"{counter.place}, {day.isoformat()}",
        element("p", f"{_site(description, counter)}. In parentheses: where the number lies in 95 of 100 cases."),
        element("p", _NOISE),
        _neighbours(counter, day),
        element("div", table, class_="wide") if bins else element("p", "No number of this day is published."),
    )


def _day_table(counter: PublishedCounter, day: date, bins: Sequence[PublishedBin], zone: ZoneInfo) -> Markup:
    shown = list(channels([counter]))
    by_time: dict[int, dict[str, PublishedBin]] = {}
    for one in bins:
        channel = channel_of(counter, one)
        if channel is not None:
            by_time.setdefault(one.from_ns, {})[channel.id] = one
    rows = [
        element(
            "tr",
            element("th", _clock(from_ns, zone), scope="row"),
            *(element("td", _cell(found.get(channel.id))) for channel in shown),
        )
        for from_ns, found in sorted(by_time.items())
    ]
    head = element("tr", element("th", "From", scope="col"), *(_heading(channel) for channel in shown))
    caption = element("caption", f"{counter.place} on {day.isoformat()}")
    return element("table", caption, element("thead", head), element("tbody", *rows))


def _cell(one: PublishedBin | None) -> str:
    if one is None or one.status is BinStatus.WAITING:
        return "not published yet"
    if one.status is BinStatus.BELOW_THRESHOLD:
        return f"below {one.threshold}"
    if one.value is None:
        return "not watched"
    return f"{one.value} ({one.low:g} to {one.high:g})"


def _heading(channel: Channel) -> Markup:
    return element("th", f"{channel.group.value}, {channel.way_name}", scope="col")


def _clock(time_ns: int, zone: ZoneInfo) -> str:
    return datetime.fromtimestamp(time_ns // NS_PER_S, zone).strftime("%H:%M")


def _neighbours(counter: PublishedCounter, day: date) -> Markup:
    links = [(day - timedelta(days=1), "The day before"), (day + timedelta(days=1), "The day after")]
    return element("ul", *(element("li", element("a", text, href=_day_path(counter, other))) for other, text in links))


def _day_path(counter: PublishedCounter, day: date) -> str:
    return f"/open/counters/{counter.id}/{day.isoformat()}"


def _site(description: OpenDataDescription, counter: PublishedCounter) -> str:
    site = description.sites.get(counter.camera)
    return counter.camera if site is None else site.title


def _counters(description: OpenDataDescription, counters: Sequence[PublishedCounter], today: date) -> Markup:
    if not counters:
        return element("p", "No counter is public yet.")
    head = element("tr", *(element("th", text, scope="col") for text in ("Place", "Counter", "Who", "From", "Until")))
    rows = []
    for counter in counters:
        last = today - timedelta(days=1) if counter.ended_ns is None else _utc_day(counter.ended_ns - 1)
        link = element("a", counter.place, href=_day_path(counter, last))
        until = "" if counter.ended_ns is None else _utc_day(counter.ended_ns).isoformat()
        cells = (
            _site(description, counter), link, ", ".join(group.value for group in counter.groups),
            _utc_day(counter.began_ns).isoformat(), until,
        )  # fmt: skip
        rows.append(element("tr", *(element("td", cell) for cell in cells)))
    table = element("table", element("caption", "Counters"), element("thead", head), element("tbody", *rows))
    return element("div", table, class_="wide")


def _months(months: Sequence[str]) -> Markup:
    if not months:
        return element("p", "No number is published yet.")
    links = [_download(file.path, file.title) for month in reversed(months) for file in month_files(month)]
    return element("ul", *links)


def _download(path: str, title: str) -> Markup:
    return element("li", element("a", title, href=f"/open/{path}"))


def _utc_day(time_ns: int) -> date:
    return datetime.fromtimestamp(time_ns // NS_PER_S, UTC).date()


def _page(description: OpenDataDescription, title: str, *content: Markup) -> bytes:
    """A whole page, in the look of the register's."""
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("title", title),
        element("link", rel="icon", href="data:,"),  # without it a browser asks for one that is not public
        element("link", rel="stylesheet", href="/register/style.css"),
    )
    body = element(
        "body",
        element("a", "To the content", href="#content", class_="skip"),
        element("header", element("p", element("a", description.title, href="/open/"), class_="site"), _register()),
        element("main", element("h1", title), joined(*content), id="content"),
        element("footer", element("p", f"Published by {description.publisher.name}.")),
    )
    return ("<!DOCTYPE html>\n" + element("html", head, body, lang="en") + "\n").encode("utf-8")


def _register() -> Markup:
    return element("nav", element("a", "What is measured, and by what right", href="/register/"), aria_label="Register")
