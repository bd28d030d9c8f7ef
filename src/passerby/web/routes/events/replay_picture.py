"""The replay of an event as it is shown: an SVG in which flat figures move over the empty place, and nothing else.

It is made anew for each opening, and says who opened it. It holds no script, and every text of it is escaped.
"""

import base64
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from textwrap import wrap
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np

from passerby.domain.layout import Layout
from passerby.domain.place_events import PlaceEvent
from passerby.domain.replays import EmptyPlace, EventReplay
from passerby.domain.road_user import HEAVY, RIDDEN, RoadUser
from passerby.domain.stencils import COLOUR_RGB, RIM_RGB, standing_edges
from passerby.markup import Markup, element, joined
from passerby.text import iso_time, shortened

MEDIA_TYPE: Final = "image/svg+xml"

PAUSE_S: Final = 1.0
"""The last moment stays for so long before it begins again."""

SHOWN_S: Final = 0.6
"""A moment is shown until the next one, but no longer than this: what was not watched is not shown as if it stood."""

BAND_PX: Final = 104
"""Height of the band below the picture of 768 px width, in which time and reason stand."""

_WIDTH_PX: Final = 768
_LETTER_PX: Final = 8.2
"""Width of a letter of the reason at that size, on average, in the widest of the typefaces."""

_REASON_LINES: Final = 2
_SHARP_SHARE: Final = 0.98
_NOT_SHOWN: Final = "Even areas are not certain to be empty, so the place is not shown there."

_NS_PER_MS: Final = 1_000_000
_FONT: Final = "system-ui, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif"


@dataclass(frozen=True, slots=True)
class Opening:
    """One look at a replay.

    Attributes:
        viewer: who looks, as the audit log has it.
        time_ns: when, UTC nanoseconds.
        zone: the site's time zone.
    """

    viewer: str
    time_ns: int
    zone: ZoneInfo


def replay_picture(event: PlaceEvent, replay: EventReplay, layout: Layout, opening: Opening) -> bytes:
    """Returns the replay as SVG.

    Args:
        event: what it is of.
        replay: the boxes and the empty place.
        layout: of the camera; the line or zone of the event's rule is drawn.
        opening: who looks, and when.
    """
    width, height = replay.place.size_px
    scale = width / _WIDTH_PX
    band_px = round(BAND_PX * scale)
    loop = _Loop(replay)
    what = f"{event.rule}: replay of an event of {event.camera}"
    picture = element(
        "svg",
        element("title", what),
        element("desc", f"Flat figures on the empty place, as {len(replay.time_ms)} moments. {event.why}"),
        element("defs", *map(_symbol, RoadUser)),
        *_ground(replay.place),
        *_place(event, layout, width, height, scale),
        *_moments(replay, loop, width, height),
        element(
            "g",
            *_band(event, replay, loop, opening, width, band_px, scale),
            transform=f"translate(0 {height})",
            font_family=_FONT,
        ),
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {width} {height + band_px}",
        width=width,
        height=height + band_px,
        role="img",
    )
    return picture.encode("utf-8")


class _Loop:
    """When each moment is shown, over and over."""

    def __init__(self, replay: EventReplay) -> None:
        first_ms = int(replay.time_ms[0])
        self._starts_s = [(int(time_ms) - first_ms) / 1000 for time_ms in replay.time_ms]
        self.raised_s = -first_ms / 1000
        self.whole_s = self._starts_s[-1] + PAUSE_S

    @property
    def shown_first(self) -> int:
        """The moment that is shown where nothing moves, as on paper: the one nearest to the raising."""
        return int(np.argmin([abs(start_s - self.raised_s) for start_s in self._starts_s]))

    def animated(self, number: int) -> Markup:
        """Returns what shows a moment in its time and hides it else."""
        start_s, last = self._starts_s[number], number + 1 == len(self._starts_s)
        end_s = self.whole_s if last else min(self._starts_s[number + 1], start_s + SHOWN_S)
        steps = [("none", 0.0)] if start_s > 0 else []
        steps += [("inline", start_s)] + ([] if last else [("none", end_s)])
        return element(
            "animate",
            attributeName="display",
            calcMode="discrete",
            values=";".join(value for value, _ in steps),
            keyTimes=";".join(f"{time_s / self.whole_s:.5f}" for _, time_s in steps),
            dur=f"{self.whole_s:.3f}s",
            repeatCount="indefinite",
        )


def _ground(place: EmptyPlace) -> Iterator[Markup]:
    width, height = place.size_px
    yield element("rect", width=width, height=height, fill="#3b424a")
    if place.jpeg.size:
        coded = base64.b64encode(place.jpeg.tobytes()).decode("ascii")
        yield element("image", href=f"data:image/jpeg;base64,{coded}", width=width, height=height)


def _place(event: PlaceEvent, layout: Layout, width: int, height: int, scale: float) -> Iterator[Markup]:
    """Draws the line or zone of the event, where the site file has it now."""
    zone = next((each.points for each in layout.zones if each.name == event.place), None)
    line = next((each.points for each in layout.lines if each.name == event.place), None)
    points = zone if zone is not None else line
    if points is None:
        return
    corners = " ".join(f"{x * width:.1f},{y * height:.1f}" for x, y in points.tolist())
    for colour, line_px in (("#101418", 5.0), ("#ffd60a", 2.2)):
        yield element(
            "polygon" if zone is not None else "polyline",
            points=corners,
            fill="none",
            stroke=colour,
            stroke_width=f"{line_px * scale:.1f}",
            stroke_linejoin="round",
            stroke_linecap="round",
            stroke_opacity="0.85",
        )


def _moments(replay: EventReplay, loop: _Loop, width: int, height: int) -> Iterator[Markup]:
    boxes = replay.boxes
    edges_px = boxes.xyxy * np.array([width, height, width, height], np.float32)
    bounds = np.searchsorted(boxes.moment, np.arange(len(replay.time_ms) + 1)).tolist()
    rows, users = edges_px.tolist(), boxes.road_user.tolist()
    for number, (begin, end) in enumerate(pairwise(bounds)):
        figures = [_figure(rows[row], RoadUser(users[row])) for row in range(begin, end)]
        display = "inline" if number == loop.shown_first else "none"
        yield element("g", *figures, loop.animated(number), display=display)


def _figure(edges_px: Sequence[float], road_user: RoadUser) -> Markup:
    left, top, right, bottom = edges_px
    if road_user is RoadUser.PEDESTRIAN:
        left, right = standing_edges(left, right, bottom - top)
    sizes = {"x": left, "y": top, "width": max(right - left, 2.0), "height": max(bottom - top, 3.0)}
    return element("use", href=f"#{road_user.label}", **{name: f"{size:.1f}" for name, size in sizes.items()})


def _band(
    event: PlaceEvent, replay: EventReplay, loop: _Loop, opening: Opening, width: int, band_px: int, scale: float
) -> Iterator[Markup]:
    """The band below: how far it is and where the event was raised, the moment's time, the reason, and who looks."""
    yield element("rect", width=width, height=band_px, fill="#101418")
    raised_px = width * min(max(loop.raised_s / loop.whole_s, 0.0), 1.0)
    bar_px = 5 * scale
    moving = element(
        "animate", attributeName="width", from_="0", to=str(width), dur=f"{loop.whole_s:.3f}s", repeatCount="indefinite"
    )
    yield element("rect", moving, width=f"{raised_px:.1f}", height=f"{bar_px:.1f}", fill="#6ea8fe")
    yield element(
        "rect", x=f"{raised_px - 1.5 * scale:.1f}", width=f"{3 * scale:.1f}", height=f"{2.2 * bar_px:.1f}",
        fill="#ffd60a",
    )  # fmt: skip
    margin = 12 * scale
    letters = int((_WIDTH_PX - 2 * 12) / _LETTER_PX)
    reason = wrap(f"{event.rule}: {event.why}", letters, max_lines=_REASON_LINES, placeholder=" …")
    for number, line in enumerate(reason):
        yield _text(line, margin, (28 + 20 * number) * scale, 14 * scale, "#f4f6f8")
    mark = f"opened by {opening.viewer}, {iso_time(opening.time_ns, opening.zone)[:16].replace('T', ' ')}"
    yield _text(shortened(mark, 60), width - margin, 73 * scale, 12.5 * scale, "#aab4be", anchor="end")
    if replay.place.sharp_share < _SHARP_SHARE:
        yield _text(_NOT_SHOWN, margin, 94 * scale, 12 * scale, "#aab4be")
    for number, time_ms in enumerate(replay.time_ms.tolist()):
        shown = _text(_time(replay.raised_ns, time_ms, opening.zone), margin, 73 * scale, 13.5 * scale, "#ffffff")
        display = "inline" if number == loop.shown_first else "none"
        yield element("g", shown, loop.animated(number), display=display)


def _time(raised_ns: int, time_ms: int, zone: ZoneInfo) -> str:
    """Returns a moment as the time of day, and as seconds from the raising."""
    day_time = iso_time(raised_ns + time_ms * _NS_PER_MS, zone)[11:19]
    seconds = f"{abs(time_ms) / 1000:.1f} s"
    return f"{day_time} · {seconds} {'before the event' if time_ms < 0 else 'after the event was raised'}"


def _text(words: str, x: float, y: float, size: float, colour: str, *, anchor: str = "start") -> Markup:
    return element(
        "text", words, x=f"{x:.1f}", y=f"{y:.1f}", font_size=f"{size:.1f}", fill=colour, text_anchor=anchor,
    )  # fmt: skip


def _hex(rgb: tuple[int, int, int]) -> str:
    return "#" + "".join(f"{part:02x}" for part in rgb)


_PERSON: Final = (
    110,
    '<path d="M27 28H83L62 148H48Z" stroke-width="{0}"/>'
    '<path d="M26 36L26 84L27 126M84 36L84 84L83 124" stroke-width="{1}"/>'
    '<path d="M51 142L41 190L25 228M61 142L75 188L82 228" stroke-width="{2}"/>',
    20, 13, 24,
)  # fmt: skip
_RIDER: Final = (
    200,
    '<path d="M70 28H130L106 140H74Z" stroke-width="{0}"/>'
    '<path d="M30 216L52 158H112L126 202H142L152 112H172L170 216Z" stroke-width="{1}"/>'
    '<path d="M42 220H42.1M158 220H158.1" stroke-width="{2}"/>',
    26, 14, 60,
)  # fmt: skip
_WHEELS: Final = '<path d="M118 210H118.1M394 210H394.1" stroke-width="{2}"/>'
_CAR: Final = (
    512,
    '<path d="M38 136H474V186H38Z" stroke-width="{0}"/>'
    '<path d="M110 122L165 30H340L415 122Z" stroke-width="{1}"/>' + _WHEELS,
    52, 24, 76,
)  # fmt: skip
_BLOCK: Final = (256, '<path d="M34 34H222V222H34Z" stroke-width="{0}"/>', 40, 0, 0)
_BOXY: Final = (512, '<path d="M38 40H474V186H38Z" stroke-width="{0}"/>' + _WHEELS, 52, 0, 76)
"""Width of the stencil at a height of 256, its outlines, and how thick each of them is."""

_RIM_PX: Final = 12


def _symbol(road_user: RoadUser) -> Markup:
    """Returns a class's figure, to be stretched to any box: the same shapes as in anonymous pictures."""
    shapes = _PERSON if road_user is RoadUser.PEDESTRIAN else _RIDER if road_user in RIDDEN else _CAR
    if road_user in HEAVY:
        shapes = _BOXY
    elif road_user is RoadUser.UNCLASSIFIED:
        shapes = _BLOCK
    width, outlines, *sizes = shapes
    layers = [
        element(
            "g",
            Markup(str(outlines).format(*(int(size) + grown if size else 0 for size in sizes))),
            fill=colour, stroke=colour, stroke_linejoin="round", stroke_linecap="round", opacity=opacity,
        )
        for colour, grown, opacity in ((_hex(RIM_RGB), _RIM_PX, "0.75"), (_hex(COLOUR_RGB[road_user]), 0, "1"))
    ]  # fmt: skip
    return element(
        "symbol", joined(*layers), id=road_user.label, viewBox=f"0 0 {width} 256", preserveAspectRatio="none"
    )
