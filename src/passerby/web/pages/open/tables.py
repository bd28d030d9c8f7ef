"""The tables beside the charts: of a day its bins, of a week its hours, of a year its days."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from passerby.domain.published import BinStatus, PublishedBin
from passerby.markup import Markup, element, joined
from passerby.publish.open_data.periods import Period, PeriodKind
from passerby.publish.open_data.usual_day import Usual
from passerby.publish.open_data.views import CounterView, clock, site_day
from passerby.register.catalogue import Catalogue
from passerby.text import percent
from passerby.web.pages.open.chart import WELL_WATCHED
from passerby.web.pages.open.frame import Around, view_path

_WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def cell(one: PublishedBin | None, texts: Catalogue) -> Markup:
    """Returns a number with its interval, and with its coverage where a part was not watched; or why there is none."""
    if one is None:
        return Markup("")
    if one.status is BinStatus.BELOW_THRESHOLD:
        return joined(f"<{one.threshold}", _watched(one, texts))
    if one.value is None:
        return joined(texts("counts.gap" if one.status is BinStatus.GAP else "counts.waiting"))
    interval = element("span", f"{one.low:g}–{one.high:g}", class_="small") if one.low is not None else None
    return joined(str(one.value), " ", interval, _watched(one, texts))


def _watched(one: PublishedBin, texts: Catalogue) -> Markup | None:
    if one.coverage is None or one.coverage >= WELL_WATCHED:
        return None
    return joined(" ", element("span", texts("counts.watched", share=percent(one.coverage)), class_="small"))


def usual_cell(one: Usual | None, texts: Catalogue) -> Markup:
    """Returns what is usual, with the number of days behind it."""
    if one is None or one.mean is None:
        return joined("–")
    return joined(
        f"{one.mean:.0f} ", element("span", texts("counts.usual_days", days=texts.days(one.days)), class_="small")
    )


def day_table(around: Around, view: CounterView) -> Markup:
    """Returns a day's bins: each way, both together, and what is usual."""
    texts, counter = around.texts, view.counter
    head = (texts("counts.from"), *counter.way_names, texts("counts.both"), texts("counts.usual"))
    rows = [
        (
            joined(clock(one.from_ns, around.zone)),
            *(cell(view.each[way].get(one.from_ns), texts) for way in counter.ways),
            cell(one, texts),
            usual_cell(view.usual.get(one.from_ns), texts),
        )
        for one in view.both
    ]
    return _numbers(head, rows, _caption(around, view))


def week_table(around: Around, view: CounterView) -> Markup:
    """Returns a week's hours, a column a day; and the sums of its days."""
    texts = around.texts
    found: dict[tuple[str, date], list[PublishedBin]] = {}
    for one in view.both:
        found.setdefault((clock(one.from_ns, around.zone), site_day(one.from_ns, around.zone)), []).append(one)
    days = view.period.days
    sums = {site_day(one.from_ns, around.zone): one for one in view.days}
    rows = [
        (
            joined(shown),
            # An hour that the clock showed twice has two numbers.
            *(joined(*(cell(one, texts) for one in found.get((shown, day), []))) for day in days),
        )
        for shown in sorted({shown for shown, _ in found})
    ]
    rows.append((joined(texts("counts.whole_day")), *(cell(sums.get(day), texts) for day in days)))
    head = (joined(texts("counts.from")), *(_day_link(around, view, day) for day in days))
    return _numbers(head, rows, _caption(around, view))


def year_table(around: Around, view: CounterView) -> Markup:
    """Returns the sums of a year's days."""
    texts = around.texts
    rows = []
    for one in view.both:
        day = site_day(one.from_ns, around.zone)
        rows.append((_day_link(around, view, day), joined(weekday(texts, day)), cell(one, texts)))
    head = (texts("counts.day"), texts("counts.weekday"), texts("counts.both"))
    return _numbers(head, rows, _caption(around, view), long=True)


def weekday(texts: Catalogue, day: date) -> str:
    """Returns the short name of a day of the week."""
    return texts(f"weekday.{_WEEKDAYS[day.weekday()]}")


def _day_link(around: Around, view: CounterView, day: date) -> Markup:
    address = f"/open/{around.language}/{view_path(view.counter, Period.around(PeriodKind.DAY, day), view.group)}"
    year = view.period.kind is PeriodKind.YEAR
    return element("a", day.isoformat() if year else f"{weekday(around.texts, day)} {day:%m-%d}", href=address)


def _caption(around: Around, view: CounterView) -> str:
    return f"{view.counter.place}, {view.period}, {around.group(view.group)}"


def _numbers(head: Sequence[str], rows: Sequence[Sequence[Markup]], caption: str, *, long: bool = False) -> Markup:
    table = element(
        "table",
        element("caption", caption),
        element("thead", element("tr", *(element("th", each, scope="col") for each in head))),
        element(
            "tbody",
            *(
                element("tr", element("th", first, scope="row"), *(element("td", each) for each in others))
                for first, *others in rows
            ),
        ),
        class_="numbers",
    )
    # It scrolls by itself, so that it must be within reach of the keyboard.
    look = "wide long" if long else "wide"
    return element("div", table, class_=look, tabindex="0", role="region", aria_label=caption)
