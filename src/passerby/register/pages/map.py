"""The map of the cameras: an SVG of our own, without tiles, as a tile server would learn who looks."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from passerby.markup import Markup, element
from passerby.register.catalogue import Catalogue
from passerby.register.published.document import CameraPart, RecordPart

_WIDTH: Final = 640.0
_HEIGHT: Final = 400.0
_EDGE: Final = 48.0
_MIN_SPAN_M: Final = 60.0
_M_A_DEGREE: Final = 111_195.0
_BARS_M: Final = (5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000)


@dataclass(frozen=True, slots=True)
class MapPlace:
    """A place on a map that is of places alone.

    Attributes:
        number: what stands in its mark.
        title: what it is called.
        longitude, latitude: degrees, WGS 84.
        href: where its mark leads.
    """

    number: int
    title: str
    longitude: float
    latitude: float
    href: str


@dataclass(frozen=True, slots=True)
class _Frame:
    """Degrees to places in the drawing: `scale` px a metre, about the middle."""

    longitude: float
    latitude: float
    scale: float

    def place(self, degrees: tuple[float, float]) -> tuple[float, float]:
        east, north = _metres(degrees, (self.longitude, self.latitude))
        return _WIDTH / 2 + east * self.scale, _HEIGHT / 2 - north * self.scale


def camera_map(cameras: Sequence[tuple[int, CameraPart, str | None]], texts: Catalogue) -> Markup | None:
    """Returns the map.

    Args:
        cameras: number, camera and the address of its page; None for no link.
        texts: the language.

    Returns:
        None where no camera has a place.
    """
    placed = [(number, camera.record, state_of(camera), href) for number, camera, href in cameras if camera.record]
    if not placed:
        return None
    frame = _frame([point for _, record, _, _ in placed for point in _corners(record)])
    marks = [
        _mark(number, texts.written(record.title)[0], record.place.position.coordinates, state, href, frame)
        for number, record, state, href in placed
    ]
    return _map([*(_view(record, frame) for _, record, _, _ in placed), *marks], frame, texts("page.map_label"), texts)


def place_map(places: Sequence[MapPlace], label: str, texts: Catalogue) -> Markup | None:
    """Returns a map of places, without what cameras see of them; None where there are none."""
    if not places:
        return None
    frame = _frame([(each.longitude, each.latitude) for each in places])
    marks = [
        _mark(each.number, each.title, (each.longitude, each.latitude), "active", each.href, frame) for each in places
    ]
    return _map(marks, frame, label, texts)


def _map(drawn: Sequence[Markup], frame: _Frame, label: str, texts: Catalogue) -> Markup:
    return element(
        "svg",
        element("title", label),
        element("rect", class_="ground", width="640", height="400"),
        *drawn,
        _bar(frame, texts),
        _north(texts),
        viewBox="0 0 640 400",
        class_="map",
        role="group",
        aria_label=label,
    )


def state_of(camera: CameraPart) -> str:
    """Returns a camera's state, as a class of the style sheet."""
    return camera.state


def _metres(degrees: tuple[float, float], middle: tuple[float, float]) -> tuple[float, float]:
    east = (degrees[0] - middle[0]) * _M_A_DEGREE * math.cos(math.radians(middle[1]))
    return east, (degrees[1] - middle[1]) * _M_A_DEGREE


def _corners(record: RecordPart) -> list[tuple[float, float]]:
    seen = [point for ring in record.place.field_of_view.coordinates for point in ring]
    return [*seen, record.place.position.coordinates]


def _frame(every: Sequence[tuple[float, float]]) -> _Frame:
    longitudes, latitudes = [point[0] for point in every], [point[1] for point in every]
    middle = ((min(longitudes) + max(longitudes)) / 2, (min(latitudes) + max(latitudes)) / 2)
    east, north = _metres((max(longitudes), max(latitudes)), middle)
    across_m, up_m = max(2 * east, _MIN_SPAN_M), max(2 * north, _MIN_SPAN_M)
    return _Frame(*middle, min((_WIDTH - 2 * _EDGE) / across_m, (_HEIGHT - 2 * _EDGE) / up_m))


def _points(points: Sequence[tuple[float, float]], frame: _Frame) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in map(frame.place, points))


def _view(record: RecordPart, frame: _Frame) -> Markup:
    return element("polygon", class_="view", points=_points(record.place.field_of_view.coordinates[0], frame))


def _mark(
    number: int, title: str, position: tuple[float, float], state: str, href: str | None, frame: _Frame
) -> Markup:
    x, y = frame.place(position)
    drawn = element(
        "g",
        element("circle", cx=f"{x:.1f}", cy=f"{y:.1f}", r="13", class_=f"mark {state}"),
        element("text", str(number), x=f"{x:.1f}", y=f"{y + 5:.1f}", class_="number"),
    )
    if href is None:
        return drawn
    return element("a", drawn, href=href, aria_label=f"{number}: {title}")


def _bar(frame: _Frame, texts: Catalogue) -> Markup:
    """A bar of a round length, at most a third of the width."""
    length_m = max((each for each in _BARS_M if each * frame.scale <= _WIDTH / 3), default=_BARS_M[0])
    end = 24 + length_m * frame.scale
    return element(
        "g",
        element("path", class_="bar", d=f"M24 374 v8 H{end:.1f} v-8"),
        element("text", texts("page.metres", number=length_m), x="26", y="370", class_="scale"),
    )


def _north(texts: Catalogue) -> Markup:
    return element(
        "g",
        element("path", class_="north", d="M612 58 l-9 24 9 -6 9 6 z"),
        element("text", texts("page.north"), x="612", y="50", class_="scale middle"),
    )
