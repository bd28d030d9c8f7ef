"""Publishing of what there is not, of two that are nearly the same, or for those whom the register does not name."""

from pathlib import Path

import pytest

from passerby.config.loader import load_site
from passerby.domain.errors import SiteFileError
from passerby.domain.published import Audience, PlaceKind

SITE = """
register: {{recipients: [Everybody, {{en: The university, sr-Latn: Univerzitet}}]}}
cameras:
  square:
    source: {{rtsp: "rtsp://10.0.0.7/a"}}
    lines:
      north: {{points: [[0.1, 0.5], [0.9, 0.5]]}}
      north too: {{points: [[0.9, 0.52], [0.12, 0.5]]}}
      south: {{points: [[0.1, 0.9], [0.9, 0.9]]}}
      most of south: {{points: [[0.2, 0.9], [0.9, 0.9]]}}
      half of south: {{points: [[0.1, 0.9], [0.5, 0.9]]}}
      edge: {{points: [[0.11, 0.12], [0.5, 0.08]]}}
      through: {{points: [[0.02, 0.3], [0.58, 0.3]]}}
    zones:
      plaza: {{points: [[0.1, 0.1], [0.5, 0.1], [0.5, 0.5], [0.1, 0.5]]}}
      middle: {{points: [[0.2, 0.15], [0.45, 0.15], [0.45, 0.45], [0.2, 0.45]]}}
      strip: {{points: [[0.0, 0.27], [0.6, 0.27], [0.6, 0.33], [0.0, 0.33]]}}
      plaza too: {{points: [[0.1, 0.1], [0.5, 0.1], [0.5, 0.51], [0.1, 0.5]]}}
  gate:
    source: {{rtsp: "rtsp://10.0.0.8/a"}}
    register: {{recipients: []}}
    lines: {{way: {{points: [[0.1, 0.5], [0.9, 0.5]]}}}}
publish:
  title: Counts
  publisher: City
  contact: counts@example.org
  {licence}
  audiences: {audiences}
  counters: [{counters}]
"""
NORTH = "{camera: square, line: north}"
SOUTH = "{camera: square, line: south}"


def faults(
    folder: Path,
    counters: str = NORTH,
    audiences: str = "{public: {recipient: Everybody}}",
    licence: str = "licence: CC-BY-4.0",
) -> list[str]:
    path = folder / "site.yaml"
    path.write_text(SITE.format(counters=counters, audiences=audiences, licence=licence))
    try:
        load_site(path)
    except SiteFileError as error:
        return [fault.partition(" ")[2] for fault in str(error).splitlines()]
    return []


def test_a_sound_one_is_taken_whole(tmp_path: Path) -> None:
    counters = f"{NORTH}, {{camera: square, line: south}}, {{camera: square, zone: plaza, sensitive: true}}"
    both = "{public: {recipient: Everybody}, partner: {recipient: Univerzitet}}"
    assert faults(tmp_path, counters, both) == []
    keys = load_site(tmp_path / "site.yaml").publish
    assert keys is not None
    plan = keys.plan(lambda _: None, tmp_path)
    assert plan.audiences == {Audience.PUBLIC: "Everybody", Audience.PARTNER: "Univerzitet"}
    assert [(one.place, one.kind, one.sensitive) for one in plan.places] == [
        ("north", PlaceKind.LINE, False), ("south", PlaceKind.LINE, False), ("plaza", PlaceKind.ZONE, True),
    ]  # fmt: skip
    assert plan.licence_url.startswith("https://creativecommons.org/")


@pytest.mark.parametrize(
    ("licence", "what"), [("", "licence"), ("licence: CC BY", "is no licence for data that is known here: CC-BY-4.0")]
)
def test_a_licence_that_is_left_out_or_unknown_is_refused(tmp_path: Path, licence: str, what: str) -> None:
    (fault,) = faults(tmp_path, licence=licence)
    assert "publish" in fault
    assert what in fault


@pytest.mark.parametrize(
    ("counters", "what"),
    [
        ("{camera: squar, line: north}", "'squar' is no camera of this site. Did you mean square?"),
        ("{camera: square, line: nort}", "'nort' is no line of the camera square. Did you mean north?"),
        ("{camera: gate, zone: way}", "'way' is no zone of the camera gate. It has no zones."),
        ("{camera: square}", "a counter is exactly one line or one zone"),
        ("{camera: square, line: north, zone: plaza}", "a counter is exactly one line or one zone"),
        (f"{NORTH}, {NORTH}", "it is published already, by counter 1 of this list"),
        (f"{NORTH}, {{camera: square, line: north too}}", "it is nearly the same as line north"),
        ("{camera: square, zone: plaza}, {camera: square, zone: plaza too}", "it is nearly the same as zone plaza"),
        (f"{SOUTH}, {{camera: square, line: most of south}}", "it is nearly the same as line south"),
        ("{camera: square, zone: plaza}, {camera: square, line: edge}", "it is nearly the same as zone plaza"),
        ("{camera: square, line: edge}, {camera: square, zone: plaza}", "it is nearly the same as line edge"),
        ("{camera: square, zone: strip}, {camera: square, line: through}", "it is nearly the same as zone strip"),
        ("{camera: gate, line: way}", "the register entry of gate does not name this recipient"),
    ],
)
def test_faults_say_what_and_what_to_do(tmp_path: Path, counters: str, what: str) -> None:
    assert any(what in fault for fault in faults(tmp_path, counters))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("line: south", "line: half of south"),
        ("zone: plaza", "line: through"),
        ("zone: plaza", "zone: middle"),
        ("zone: plaza", "line: north"),
    ],
)
def test_counters_of_which_many_pass_one_only_are_taken(tmp_path: Path, first: str, second: str) -> None:
    """A part of a line, a line through a zone, a zone within a zone, and a line that goes on beyond a zone's edge."""
    assert faults(tmp_path, f"{{camera: square, {first}}}, {{camera: square, {second}}}") == []


@pytest.mark.parametrize(
    ("audiences", "what"),
    [
        ("{public: {recipient: Everyone}}", "add Everyone to register.recipients, where the public reads it"),
        ("{}", "nobody is named, so nothing is published"),
        ("{internal: {recipient: Everybody}}", "internal"),
    ],
)
def test_those_whom_the_register_does_not_name_get_nothing(tmp_path: Path, audiences: str, what: str) -> None:
    assert any(what in fault for fault in faults(tmp_path, audiences=audiences))
