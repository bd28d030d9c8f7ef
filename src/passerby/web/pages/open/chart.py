"""A chart of published numbers: an SVG drawn by the server, in which a gap is a gap and a withheld number none."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from passerby.domain.published import BinStatus, PublishedBin
from passerby.markup import Markup, element
from passerby.register.catalogue import Catalogue

WELL_WATCHED: Final = 0.95
"""Of what was watched for less it is said for how much."""

_WIDTH, _HEIGHT = 720.0, 300.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 64.0, 12.0, 16.0, 40.0
_MAX_LINES: Final = 4
_SHORT_FROM: Final = 10_000


@dataclass(frozen=True, slots=True)
class Bar:
    """One number in its place.

    Attributes:
        start, end: where it is, 0-1 of the width.
        number: what is published.
        usual: what is usual then; None where that is not known.
    """

    start: float
    end: float
    number: PublishedBin
    usual: float | None = None


@dataclass(frozen=True, slots=True)
class Tick:
    """A text below the chart.

    Attributes:
        at: where it begins, 0-1 of the width.
        text: what it says.
        fine: it is left out where there is little room.
    """

    at: float
    text: str
    fine: bool = False


def chart(bars: Sequence[Bar], ticks: Sequence[Tick], label: str) -> Markup:
    """Returns the chart.

    Args:
        bars: the numbers, in order.
        ticks: the texts below.
        label: what it shows, for those who do not see it; a table beside it has the numbers.
    """
    step, top = _scale(bars)
    return element(
        "svg",
        element("title", label),
        *_lines(step, top),
        *(_tick(each) for each in ticks),
        *_gaps(bars),
        *(drawn for bar in bars if (drawn := _bar(bar, top)) is not None),
        _path("interval", [_interval(bar, top) for bar in bars]),
        _path("usual", [_usual(bar, top) for bar in bars]),
        viewBox=f"0 0 {_WIDTH:g} {_HEIGHT:g}",
        class_="chart",
        role="img",
        aria_label=label,
    )


def key(bars: Sequence[Bar], texts: Catalogue) -> Markup:
    """Returns what the shapes of a chart mean, of those that are in it."""
    states = {bar.number.status for bar in bars}
    threshold = max((bar.number.threshold for bar in bars), default=0)
    published = BinStatus.PUBLISHED in states
    square = {"x": "2", "y": "2", "width": "12", "height": "12"}
    shown = (
        (published, element("rect", class_="count", **square), texts("counts.key_count")),
        (published, element("path", class_="interval", d="M8 1V15"), texts("counts.key_interval")),
        (any(_partly(bar.number) for bar in bars), element("rect", class_="count partly", **square),
         texts("counts.key_partly")),
        (BinStatus.BELOW_THRESHOLD in states, element("rect", class_="withheld", **square),
         texts("counts.key_withheld", number=threshold)),
        (BinStatus.GAP in states, element("rect", class_="gap", **square), texts("counts.key_gap")),
        (any(bar.usual is not None for bar in bars), element("path", class_="usual", d="M0 8H16"),
         texts("counts.key_usual")),
    )  # fmt: skip
    return element(
        "ul",
        *(
            element("li", element("svg", shape, viewBox="0 0 16 16", aria_hidden="true"), words)
            for is_shown, shape, words in shown
            if is_shown
        ),
        class_="key",
    )


def _partly(one: PublishedBin) -> bool:
    return one.value is not None and one.coverage is not None and one.coverage < WELL_WATCHED


def _scale(bars: Sequence[Bar]) -> tuple[int, float]:
    """The distance of the lines, a round number, and the number at the top."""
    reached = [float(bar.number.threshold) for bar in bars]
    reached += [bar.number.high for bar in bars if bar.number.high is not None]
    reached += [bar.usual for bar in bars if bar.usual is not None]
    highest = max(reached, default=1.0) or 1.0
    power = 10 ** math.floor(math.log10(max(highest / _MAX_LINES, 1.0)))
    step = next(power * each for each in (1, 2, 5, 10) if power * each * _MAX_LINES >= highest)
    return step, highest * 1.05


def _x(share: float) -> float:
    return _LEFT + share * (_WIDTH - _LEFT - _RIGHT)


def _y(value: float, top: float) -> float:
    return _HEIGHT - _BOTTOM - value / top * (_HEIGHT - _BOTTOM - _TOP)


def _lines(step: int, top: float) -> list[Markup]:
    values = range(0, math.floor(top) + 1, step)
    drawn = "".join(f"M{_LEFT:g} {_y(value, top):.1f}H{_WIDTH - _RIGHT:g}" for value in values)
    texts = [
        element("text", _short(value), x=f"{_LEFT - 8:g}", y=f"{_y(value, top) + 5:.1f}", class_="end")
        for value in values
    ]
    return [element("path", class_="lines", d=drawn), *texts]


def _short(value: int) -> str:
    return f"{value / 1000:g}k" if value >= _SHORT_FROM else str(value)


def _tick(tick: Tick) -> Markup:
    words = element("text", tick.text, x=f"{_x(tick.at):.1f}", y=f"{_HEIGHT - 12:g}")
    stroke = element("path", class_="lines", d=f"M{_x(tick.at):.1f} {_HEIGHT - _BOTTOM:g}v8")
    return element("g", stroke, words, class_="fine" if tick.fine else None)


def _gaps(bars: Sequence[Bar]) -> list[Markup]:
    found = []
    for is_gap, together in groupby(bars, lambda bar: bar.number.status is BinStatus.GAP):
        if is_gap:
            row = list(together)
            found.append(_rect("gap", _x(row[0].start), _x(row[-1].end), _TOP, _HEIGHT - _BOTTOM))
    return found


def _bar(bar: Bar, top: float) -> Markup | None:
    left, right, bottom = _x(bar.start), _x(bar.end), _y(0, top)
    apart = min((right - left) * 0.12, 3.0)
    if bar.number.status is BinStatus.BELOW_THRESHOLD:
        return _rect("withheld", left + apart, right - apart, _y(bar.number.threshold, top), bottom)
    if bar.number.value is None:
        return None
    look = "count partly" if _partly(bar.number) else "count"
    return _rect(look, left + apart, right - apart, _y(bar.number.value, top), bottom)


def _rect(look: str, left: float, right: float, top: float, bottom: float) -> Markup:
    return element(
        "rect", class_=look, x=f"{left:.1f}", y=f"{top:.1f}", width=f"{right - left:.2f}", height=f"{bottom - top:.1f}"
    )


def _interval(bar: Bar, top: float) -> str:
    if bar.number.low is None or bar.number.high is None:
        return ""
    middle = (_x(bar.start) + _x(bar.end)) / 2
    return f"M{middle:.1f} {_y(bar.number.low, top):.1f}V{_y(bar.number.high, top):.1f}"


def _usual(bar: Bar, top: float) -> str:
    return "" if bar.usual is None else f"M{_x(bar.start):.1f} {_y(bar.usual, top):.1f}H{_x(bar.end):.1f}"


def _path(look: str, parts: Sequence[str]) -> Markup | None:
    drawn = "".join(parts)
    return element("path", class_=look, d=drawn) if drawn else None
