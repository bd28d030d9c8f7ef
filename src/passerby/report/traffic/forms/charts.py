"""A plot as shapes, which become SVG in a page and strokes in a PDF."""

import math
from typing import Final

from passerby.report.pictures.scene import Anchor, Area, Box, Colour, Panel, Scene, Shape, Stroke, Words
from passerby.report.pictures.typeface import Typeface
from passerby.report.traffic.document import Chart

SIZE_PX: Final = (760, 250)
_PLOT: Final = Box(52, 44, 748, 208)
_LETTER_PX: Final = 12.0

PAPER: Final[Colour] = (255, 255, 255, 255)
INK: Final[Colour] = (28, 36, 46, 255)
SOFT: Final[Colour] = (86, 97, 110, 255)
GRID: Final[Colour] = (222, 227, 232, 255)
HATCH: Final[Colour] = (150, 158, 168, 255)
GAP: Final[Colour] = (240, 242, 245, 255)
COLOURS: Final[tuple[Colour, ...]] = ((22, 96, 180, 255), (230, 126, 34, 255), (0, 133, 110, 255), (130, 60, 170, 255))
"""Blue and orange stay apart for every kind of colour blindness, and in grey print."""

_LABELS: Final = 12
"""So many labels have room below the plot."""


def chart_scene(chart: Chart) -> Scene:
    """Returns the plot as shapes."""
    face = Typeface()
    top = _top(chart)
    shapes: list[Shape] = [Words(chart.title, (0, 10), 13.5, INK, bold=True), *_legend(chart, face)]
    for value in _ticks(top):
        height = _height(value, top)
        shapes.append(Stroke(((_PLOT.left_px, height), (_PLOT.right_px, height)), GRID, 1.0))
        shapes.append(Words(f"{value:,g}", (_PLOT.left_px - 8, height), _LETTER_PX, SOFT, anchor="end"))
    for place in range(len(chart.labels)):
        shapes += _columns(chart, place, top)
    shapes.append(Stroke(((_PLOT.left_px, _PLOT.bottom_px), (_PLOT.right_px, _PLOT.bottom_px)), SOFT, 1.2))
    return Scene(SIZE_PX, PAPER, face, (*shapes, *_labels(chart, face)))


def description(chart: Chart) -> str:
    """Returns the plot in words, for those who cannot see it; the numbers stand in the tables."""
    known = [value for _, values in chart.series for value in values if value is not None]
    gaps = sum(any(values[place] is None for _, values in chart.series) for place in range(len(chart.labels)))
    names = ", ".join(name for name, _ in chart.series)
    highest = f"at most {max(known):,.0f} {chart.unit}" if known else "nothing known"
    missing = f"; {gaps} of {len(chart.labels)} not watched" if gaps else ""
    return f"{chart.title}: columns of {names}, {highest}{missing}."


def _top(chart: Chart) -> float:
    if chart.unit == "%":
        return 100.0
    places = zip(*(values for _, values in chart.series), strict=True)
    heights = [
        sum(each or 0.0 for each in place) if chart.stacked else max((each or 0.0 for each in place), default=0.0)
        for place in places
    ]
    return max((*heights, 1.0))


def _ticks(top: float) -> list[float]:
    rough = top / 4
    scale = 10.0 ** math.floor(math.log10(rough))
    step = next((factor * scale for factor in (1, 2, 5, 10) if factor * scale >= rough), 10 * scale)
    step = max(step, 1.0)
    return [number * step for number in range(int(top / step + 1e-9) + 1)]


def _height(value: float, top: float) -> float:
    return _PLOT.bottom_px - value / top * (_PLOT.bottom_px - _PLOT.top_px)


def _span(chart: Chart, place: int) -> tuple[float, float]:
    width = (_PLOT.right_px - _PLOT.left_px) / max(1, len(chart.labels))
    rim = 0.5 if chart.touching else max(0.5, 0.14 * width)
    left = _PLOT.left_px + place * width
    return left + rim, left + width - rim


def _columns(chart: Chart, place: int, top: float) -> list[Shape]:
    left, right = _span(chart, place)
    values = [series[place] for _, series in chart.series]
    if chart.stacked and any(value is None for value in values):
        return _gap(left, right)
    shapes: list[Shape] = []
    below, width = 0.0, (right - left) / max(1, len(values))
    for number, value in enumerate(values):
        colour = COLOURS[number % len(COLOURS)]
        one = (left, right) if chart.stacked else (left + number * width, left + (number + 1) * width)
        if value is None:
            shapes += _gap(*one)
            continue
        base = below if chart.stacked else 0.0
        if value > 0:
            shapes.append(_bar(one, _height(base, top), _height(base + value, top), colour))
        below += value
    return shapes


def _bar(across: tuple[float, float], bottom: float, top: float, colour: Colour) -> Area:
    left, right = across
    return Area(((left, bottom), (left, top), (right, top), (right, bottom)), colour)


def _gap(left: float, right: float) -> list[Shape]:
    """What was not watched is hatched, so that it is not taken for nothing."""
    shapes: list[Shape] = [_bar((left, right), _PLOT.bottom_px, _PLOT.top_px, GAP)]
    width, step = right - left, 9.0
    height = _PLOT.top_px
    while height < _PLOT.bottom_px:
        fall = min(width, _PLOT.bottom_px - height)
        shapes.append(Stroke(((left, height), (left + fall, height + fall)), HATCH, 0.8))
        height += step
    return shapes


def _labels(chart: Chart, face: Typeface) -> list[Shape]:
    """Labels below as many places as have room."""
    count = len(chart.labels)
    widest = max((face.width_px(label, _LETTER_PX) for label in chart.labels), default=1.0) + 10
    room = max(1, min(_LABELS, int((_PLOT.right_px - _PLOT.left_px) / widest)))
    every = max(1, math.ceil(count / room))
    shapes: list[Shape] = []
    for place in range(0, count, every):
        left, right = _span(chart, place)
        # The label of a step stands where it begins; of a histogram, too.
        at = left if chart.touching or every > 1 else (left + right) / 2
        anchor: Anchor = "start" if chart.touching or every > 1 else "middle"
        shapes.append(Words(chart.labels[place], (at, _PLOT.bottom_px + 15), _LETTER_PX, SOFT, anchor=anchor))
    return shapes


def _legend(chart: Chart, face: Typeface) -> list[Shape]:
    entries = [(name, COLOURS[number % len(COLOURS)]) for number, (name, _) in enumerate(chart.series)]
    if len(entries) == 1:
        entries = []
    if any(value is None for _, values in chart.series for value in values):
        entries.append(("not watched", HATCH))
    shapes: list[Shape] = []
    left = 0.0
    for name, colour in entries:
        shown = face.fitted(name, _LETTER_PX, 220.0)
        shapes.append(Panel(Box(left, 22, left + 11, 33), 2.0, colour))
        shapes.append(Words(shown, (left + 17, 27.5), _LETTER_PX, SOFT))
        left += 17 + face.width_px(shown, _LETTER_PX) + 22
    return shapes
