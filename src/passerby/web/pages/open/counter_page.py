"""The page of a counter's day, week or year: chart, table, what is usual, files; and its chart alone."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from passerby.domain.published import PublishedBin
from passerby.markup import Markup, element, joined
from passerby.publish.open_data.periods import USUAL_WEEKS, Period, PeriodKind
from passerby.publish.open_data.views import CounterView
from passerby.units import NS_PER_S
from passerby.web.pages.open.chart import Bar, Tick, chart, key
from passerby.web.pages.open.frame import Around, document, group_word, licence, notes, page, view_path
from passerby.web.pages.open.tables import cell, day_table, usual_cell, week_table, weekday, year_table

FORMS: Final = ("csv", "parquet", "json")
"""Of the files of a view."""

_TICK_HOURS: Final = 3
_TABLES: Final = {PeriodKind.DAY: day_table, PeriodKind.WEEK: week_table, PeriodKind.YEAR: year_table}


def counter_page(around: Around, view: CounterView) -> bytes:
    """Returns the page of a view.

    Args:
        around: what stands around it.
        view: the numbers.
    """
    path = view_path(view.counter, view.period, view.group)
    return page(around, path, f"{view.counter.place}, {view.period}", *_content(around, view))


def embedded_page(around: Around, view: CounterView) -> bytes:
    """Returns the chart alone, as pages of others show it: with its source and licence, without anything that runs."""
    texts, description = around.texts, around.description
    address = f"{description.origin}/open/{around.language}/{view_path(view.counter, view.period, view.group)}"
    source = element(
        "p",
        f"{description.publisher.name}, {description.licence.identifier}. ",
        element("a", texts("counts.numbers_there"), href=address, target="_blank", rel="noopener"),
        class_="small",
    )
    title = f"{view.counter.place}, {view.period}, {around.group(view.group)}"
    content = _chart(around, view) if view.has_numbers else element("p", texts("counts.nothing"))
    body = element("body", element("main", element("h1", title), content, source), class_="embedded")
    return document(around, title, body)


def _content(around: Around, view: CounterView) -> Iterator[Markup | None]:
    texts = around.texts
    yield element("p", around.site(view.counter))
    yield _periods(around, view)
    yield _beside(around, view)
    yield _groups(around, view)
    if view.has_numbers:
        yield element("h2", texts(f"counts.{view.period.kind.value}_heading", group=around.group(view.group)))
        yield _sum(around, view)
        yield _chart(around, view)
        yield element("h2", texts("counts.table"))
        yield element("p", texts("counts.table_intro", number=view.both[0].threshold), class_="small")
        yield _TABLES[view.period.kind](around, view)
    else:
        yield element("p", texts("counts.nothing"), class_="notice")
    yield from _taken_away(around, view)
    yield licence(around)
    yield notes(around)


def _periods(around: Around, view: CounterView) -> Markup:
    """The ways to the day, the week and the year around; and to any day."""
    texts, middle = around.texts, view.period.first
    if view.period.kind is PeriodKind.YEAR and around.today.year == view.period.first.year:
        middle = around.today - timedelta(days=1)
    links = []
    for kind in PeriodKind:
        name = texts(f"counts.{kind.value}")
        if kind is view.period.kind:
            links.append(element("li", element("strong", name, aria_current="page")))
        else:
            links.append(element("li", _link(around, view, Period.around(kind, middle), name)))
    choose = element(
        "form",
        element("p", element("label", texts("counts.choose"), for_="day"),
                element("input", type="date", id="day", name="day", value=middle.isoformat(), required=True)),
        element("input", type="hidden", name="class", value=group_word(view.group)),
        element("p", element("button", texts("counts.show"), type="submit")),
        method="get", action=f"/open/{around.language}/counters/{view.counter.id}/", class_="choose",
    )  # fmt: skip
    return joined(element("nav", element("ul", *links, class_="ways"), aria_label=texts("counts.period")), choose)


def _beside(around: Around, view: CounterView) -> Markup:
    texts, before, after = around.texts, view.period.beside(-1), view.period.beside(1)
    links = []
    if before is not None:
        links.append(element("li", _link(around, view, before, f"{texts('counts.before')} {before}")))
    if after is not None and after.first <= around.today:
        links.append(element("li", _link(around, view, after, f"{texts('counts.after')} {after}")))
    return element("nav", element("ul", *links, class_="ways"), aria_label=texts("counts.beside"))


def _groups(around: Around, view: CounterView) -> Markup | None:
    groups = [*view.counter.groups, None] if len(view.counter.groups) > 1 else list(view.counter.groups)
    links = []
    for group in groups:
        if group is view.group:
            links.append(element("li", element("strong", around.group(group), aria_current="page")))
        else:
            href = f"/open/{around.language}/{view_path(view.counter, view.period, group)}"
            links.append(element("li", element("a", around.group(group), href=href)))
    return element("nav", element("ul", *links, class_="ways"), aria_label=around.texts("counts.who"))


def _link(around: Around, view: CounterView, period: Period, words: str) -> Markup:
    return element("a", words, href=f"/open/{around.language}/{view_path(view.counter, period, view.group)}")


def _sum(around: Around, view: CounterView) -> Markup | None:
    """Of a day how many there were, and how many there are usually."""
    if view.period.kind is not PeriodKind.DAY or not view.days:
        return None
    texts = around.texts
    whole = element("p", texts("counts.day_sum"), " ", cell(view.days[0], texts), class_="sum")
    if view.usual_sum is None or view.usual_sum.mean is None:
        return joined(whole, element("p", texts("counts.no_usual", weeks=USUAL_WEEKS)))
    return joined(
        whole,
        element("p", texts("counts.usual_sum", weeks=USUAL_WEEKS), " ", usual_cell(view.usual_sum, texts)),
        element("p", texts("counts.usual_note"), class_="small"),
    )


def _chart(around: Around, view: CounterView) -> Markup:
    texts = around.texts
    label = texts(
        f"counts.{view.period.kind.value}_label", place=view.counter.place, period=str(view.period),
        group=around.group(view.group),
    )  # fmt: skip
    bars = [_bar(around, view, one) for one in view.both]
    return element("figure", chart(bars, _ticks(around, view), label), key(bars, texts))


def _bar(around: Around, view: CounterView, one: PublishedBin) -> Bar:
    usual = view.usual.get(one.from_ns)
    start, end = (_share(around, view, time_ns) for time_ns in (one.from_ns, one.to_ns))
    return Bar(start, end, one, None if usual is None else usual.mean)


def _share(around: Around, view: CounterView, time_ns: int) -> float:
    """Where a time lies in the view, 0-1."""
    first, last = _midnight_s(around, view, 0), _midnight_s(around, view, len(view.period.days))
    return min(max((time_ns / NS_PER_S - first) / (last - first), 0.0), 1.0)


def _midnight_s(around: Around, view: CounterView, days: int) -> float:
    day = view.period.first + timedelta(days=days)
    return datetime(day.year, day.month, day.day, tzinfo=around.zone).timestamp()


def _ticks(around: Around, view: CounterView) -> list[Tick]:
    texts, first = around.texts, view.period.first
    if view.period.kind is PeriodKind.WEEK:
        return [
            Tick(_share(around, view, int(_midnight_s(around, view, n)) * NS_PER_S), weekday(texts, day))
            for n, day in enumerate(view.period.days)
        ]
    if view.period.kind is PeriodKind.YEAR:
        return [
            Tick(
                _share(around, view, int(_midnight_s(around, view, (day - first).days)) * NS_PER_S),
                texts(f"month.{day.month}"), fine=day.month % 3 != 1,
            )
            for day in view.period.days if day.day == 1
        ]  # fmt: skip
    hours = range(0, 24, _TICK_HOURS)
    times = [datetime(first.year, first.month, first.day, hour, tzinfo=around.zone) for hour in hours]
    return [
        Tick(_share(around, view, int(time.timestamp()) * NS_PER_S), time.strftime("%H:%M"), fine=time.hour % 6 != 0)
        for time in times
    ]


def _taken_away(around: Around, view: CounterView) -> Iterator[Markup]:
    """The files of the view, its address, and how to show its chart elsewhere."""
    texts, counter, period = around.texts, view.counter, view.period
    folder = f"/open/counters/{counter.id}/{period}"
    buttons = [
        element("li", element("a", form.upper() if form != "parquet" else "Parquet", href=f"{folder}/counts.{form}"))
        for form in FORMS
    ]
    yield element("h2", texts("counts.downloads"))
    yield element("p", texts(f"counts.{period.kind.value}_files"))
    yield element("ul", *buttons, class_="ways")
    below = f"{around.description.origin}/open/{around.language}"
    address = f"{below}/{view_path(counter, period, view.group)}"
    yield element("h2", texts("counts.share"))
    yield element("p", texts("counts.address"), element("br"), element("a", address, href=address))
    shown = element(
        "iframe", src=f"{below}/{view_path(counter, period, view.group, '/embed')}",
        title=f"{counter.place}, {period}, {around.group(view.group)}", width="100%", height="480", loading="lazy",
    )  # fmt: skip
    yield element("p", texts("counts.embed"))
    yield element("pre", element("code", str(shown)))
