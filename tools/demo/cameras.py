"""The demo's site with three cameras out of the one of its recording, and the mark that its history is made up."""

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any, Final

from ruamel.yaml import YAML

from testing.rtsp_camera.film import Film

DATA: Final = "data"
"""The folder of what the demo keeps, beside its site file."""

FIRST_PORT: Final = 18554
"""As examples/demo.site.yaml says; the other cameras follow."""


@dataclass(frozen=True, slots=True)
class DemoCamera:
    """One of the demo's cameras.

    Attributes:
        name: its name.
        title: what the register calls it, in two languages.
        lines, zones: those of the recording's camera that it measures at.
        moved: how far its place on the map lies from the recording's, latitude and longitude in degrees.
        shift: where in the recording it begins, as a part of its length.
        group: its group beside `demo`.
    """

    name: str
    title: Mapping[str, str]
    lines: tuple[str, ...]
    zones: tuple[str, ...]
    moved: tuple[float, float]
    shift: float
    group: str


CAMERAS: Final = (
    DemoCamera(
        "junction",
        {"en": "Junction beside the lawn", "sr-Latn": "Raskrsnica kraj travnjaka"},
        ("west lane", "north road", "east road", "lawn edge"),
        ("middle", "lawn"),
        (0.0, 0.0),
        0.0,
        "streets",
    ),
    DemoCamera(
        "lawn",
        {"en": "Lawn of the campus", "sr-Latn": "Travnjak kampusa"},
        ("lawn edge",),
        ("lawn",),
        (-0.0021, 0.0016),
        0.4,
        "green",
    ),
    DemoCamera(
        "north-road",
        {"en": "North road", "sr-Latn": "Severni put"},
        ("north road", "east road"),
        (),
        (0.0024, 0.0035),
        0.7,
        "streets",
    ),
)


def shifted(film: Film, share: float) -> Film:
    """Returns a film that begins elsewhere, at the key picture next after a share of its length, and goes round."""
    pictures = film.pictures
    first = next((at for at, one in enumerate(pictures) if one.key and one.send_s >= share * film.length_s), 0)
    begin_s = pictures[first].send_s
    later = [replace(one, send_s=one.send_s - begin_s, shown_s=one.shown_s - begin_s) for one in pictures[first:]]
    rest_s = film.length_s - begin_s
    earlier = [replace(one, send_s=one.send_s + rest_s, shown_s=one.shown_s + rest_s) for one in pictures[:first]]
    return replace(film, pictures=(*later, *earlier))


def demo_site(site: Path, today: date) -> str:
    """Returns the site file of the demo.

    Args:
        site: examples/demo.site.yaml.
        today: the first day whose numbers are measured; what lies before is made up.
    """
    yaml = YAML()
    yaml.preserve_quotes = True
    whole = yaml.load(site.read_text(encoding="utf-8"))
    whole["site"]["made_up_before"] = today.isoformat()
    # So that commands find it by the site file alone.
    whole["data"] = DATA
    first = whole["cameras"]["junction"]
    whole["cameras"] = {one.name: _camera(first, one, FIRST_PORT + number) for number, one in enumerate(CAMERAS)}
    text = StringIO()
    yaml.dump(whole, text)
    return text.getvalue()


def _camera(first: Any, one: DemoCamera, port: int) -> Any:
    made = deepcopy(first)
    made["groups"] = ["demo", one.group]
    made["source"]["rtsp"] = f"rtsp://127.0.0.1:{port}/main"
    made["register"]["title"] = dict(one.title)
    place = made["register"]["place"]
    place["position"] = _moved(place["position"], one)
    place["field_of_view"] = [_moved(corner, one) for corner in place["field_of_view"]]
    made["lines"] = {name: made["lines"][name] for name in one.lines}
    made["zones"] = {name: made["zones"][name] for name in one.zones}
    if "middle" not in one.zones:
        made.pop("rules", None)
    if len(one.lines) < len(first["lines"]):
        made.pop("movements", None)
    return made


def _moved(degrees: Any, one: DemoCamera) -> list[float]:
    return [round(float(each) + by, 6) for each, by in zip(degrees, one.moved, strict=True)]
