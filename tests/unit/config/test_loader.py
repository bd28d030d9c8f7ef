"""Every fault of a site file, with its line and key, at once."""

from pathlib import Path

import pytest

from passerby.config.loader import load_layout, load_site
from passerby.config.site import Site
from passerby.config.values import ALL_LABELS, KNOWN_LABELS
from passerby.domain.errors import SiteFileError

REPOSITORY = Path(__file__).parents[3]
LINE = "{points: [[0.1, 0.2], [0.8, 0.2]]}"


def faults_of(folder: Path, text: str, *, sources_must_exist: bool = False) -> list[str]:
    """Faults with the file's folder taken off."""
    path = folder / "site.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SiteFileError) as caught:
        load_site(path, sources_must_exist=sources_must_exist)
    return [fault.removeprefix(f"{folder}/") for fault in caught.value.faults]


def camera_faults(folder: Path, text: str) -> list[str]:
    """Faults of one camera whose keys are `text`, without the file and the camera's own key."""
    faults = faults_of(folder, "cameras:\n  a:\n" + "".join(f"    {line}\n" for line in text.splitlines()))
    return [fault.removeprefix("site.yaml:").replace("cameras.a.", "") for fault in faults]


def test_everything_that_is_wrong_is_reported_at_once(tmp_path: Path) -> None:
    text = """\
site: {name: "", time_zone: Europe/Berln}
camera: {}
cameras:
  square:
    source: {file: "rtsp://u:canary@h/x"}
    analysed_fps: "5"
    lines:
      a: {points: [[0.1, 0.2], [0.1, 0.2]], cuont: [pedestrian]}
      b: {points: [[0.1, 0.2], [300, .nan]], count: [pedestrain]}
      b: {}
      c:
    zones:
      bench:
        points: [[0.1, 0.2], [0.3, 0.3]]
      bow: {points: [[0.1, 0.1], [0.5, 0.5], [0.5, 0.1], [0.1, 0.5]], margin: 2}
      a: {points: 5}
    movements:
      m: {from: {line: aa, way: forward}, to: {line: b, way: up}}
    ground:
      points: [{picture: [0.1, 0.1], metres: [0, 0]}]
      distances: []
    anonymise: {mode: blur}
  "bad id!": {lines: 3}
detector: {start_confidence: 0.1, keep_confidence: 0.5, modle: x}
intervals: {inside_s: 70, report_s: 1.5}
"""
    assert faults_of(tmp_path, text) == [
        "site.yaml:1 site.name: a name needs 1 to 80 printable letters, without spaces around it",
        "site.yaml:1 site.time_zone: the text 'Europe/Berln' is no IANA time zone. Did you mean Europe/Berlin?",
        "site.yaml:2 camera: unknown key. Did you mean cameras?",
        "site.yaml:5 cameras.square.source.file: this is an address, not a path. A camera's address goes to rtsp or "
        "http",
        "site.yaml:6 cameras.square.analysed_fps: a number of frames a second from 1 to 120 is needed, or auto, "
        "got the text '5'",
        "site.yaml:8 cameras.square.lines.a.cuont: unknown key. Did you mean count?",
        "site.yaml:8 cameras.square.lines.a.points: the line has no length: both ends lie at [0.1, 0.2]",
        "site.yaml:9 cameras.square.lines.b.count: the text 'pedestrain' is no class of road user. Did you mean "
        "pedestrian?",
        "site.yaml:9 cameras.square.lines.b.points[1]: x must lie between 0 and 1, got 300. Are these pixels? Divide "
        "by the picture's width; y must be a finite number, got nan",
        "site.yaml:10 cameras.square.lines.b: this key is here twice, first in line 9; the second would hide the first",
        "site.yaml:11 cameras.square.lines.c: nothing is given here: give a value, or take the key away",
        "site.yaml:14 cameras.square.zones.bench.points: a zone needs 3 points, got 2. Did you mean a line?",
        "site.yaml:15 cameras.square.zones.bow.margin: it must be at most 0.2, got 2",
        "site.yaml:15 cameras.square.zones.bow.points: the zone crosses itself: the edge from point 1 to 2 meets the "
        "edge from point 3 to 4 at [0.3, 0.3]; list the points in order round the edge",
        "site.yaml:16 cameras.square.zones.a: the name is taken by one of the lines in line 8; results are stored by "
        "name",
        "site.yaml:16 cameras.square.zones.a.points: a list of points [[x, y], [x, y]] is needed, got 5",
        "site.yaml:18 cameras.square.movements.m.from.line: the text 'aa' is no line of this camera. Did you mean a?",
        "site.yaml:18 cameras.square.movements.m.to.way: the text 'up' is no way over b. Known here: backward, "
        "forward.",
        "site.yaml:19 cameras.square.ground: distances need picture_px too: [width, height] of the picture, such as "
        "[1920, 1080]",
        "site.yaml:19 cameras.square.ground: give either points or distances, not both",
        "site.yaml:20 cameras.square.ground.points: the ground needs 4 points, got 1",
        "site.yaml:21 cameras.square.ground.distances: the ground needs 4 distances, got 0",
        "site.yaml:22 cameras.square.anonymise.mode: the text 'blur' is not known here. Known here: mosaic, redrawn.",
        "site.yaml:23 cameras.'bad id!': a camera's name needs 1 to 63 of the letters A-Z a-z 0-9 _ -, as it becomes "
        "part of addresses",
        "site.yaml:23 cameras.'bad id!'.lines: keys and values are needed here, got 3",
        "site.yaml:24 detector.keep_confidence: it must be at most start_confidence (0.1), got 0.5",
        "site.yaml:24 detector.modle: unknown key. Did you mean model?",
        "site.yaml:25 intervals.inside_s: it must divide an hour (3600 s), got 70",
        "site.yaml:25 intervals.report_s: a whole number is needed, got 1.5",
    ]


@pytest.mark.parametrize(
    ("points", "fault"),
    [
        ("[[0.1, 0.2]]", "lines.g.points: a line needs 2 points, got 1"),
        ("[[0, 0], [0, 1], [1, 1]]", "lines.g.points: a line needs 2 points, got 3. Did you mean a zone?"),
        ("[[0.1, 0.2], 0.3]", "lines.g.points[1]: a point is [x, y], got 0.3"),
        ("[[0.1, 0.2], [0.3]]", "lines.g.points[1]: a point is [x, y], got a list of 1"),
        ("[[0.1, 0.2], [0.3, -0.1]]", "lines.g.points[1]: y must lie between 0 and 1, got -0.1"),
        ("[[0.1, 0.2], [.inf, 0.1]]", "lines.g.points[1]: x must be a finite number, got inf"),
        ("[[0.1, 0.2], [1e999, 0.1]]", "lines.g.points[1]: x must be a finite number, got inf"),
        ("[[0.1, 0.2], [NaN, 0.1]]", "lines.g.points[1]: x must be a number, got the text 'NaN'"),
        ("[[0.1, 0.2], [true, 0.1]]", "lines.g.points[1]: x must be a number, got true"),
    ],
)
def test_lines_of_no_use(tmp_path: Path, points: str, fault: str) -> None:
    assert camera_faults(tmp_path, f"lines: {{g: {{points: {points}}}}}") == [f"3 {fault}"]


@pytest.mark.parametrize(
    ("points", "fault"),
    [
        (
            "[[0.1, 0.1], [0.5, 0.1], [0.5, 0.5], [0.1, 0.1]]",
            "the last point repeats the first; leave it out, the outline closes itself",
        ),
        ("[[0.1, 0.1], [0.2, 0.2], [0.3, 0.3]]", "the zone has no area: its points lie on one line"),
        (
            "[[0.1, 0.1], [0.5, 0.1], [0.5, 0.5], [0.5, 0.1]]",
            "the zone crosses itself: points 2 and 4 are the same, [0.5, 0.1]; leave one out",
        ),
    ],
)
def test_zones_of_no_use(tmp_path: Path, points: str, fault: str) -> None:
    assert camera_faults(tmp_path, f"zones: {{g: {{points: {points}}}}}") == [f"3 zones.g.points: {fault}"]


def test_masks_are_named_by_their_place(tmp_path: Path) -> None:
    text = "masks:\n  - [[0, 0], [0.1, 0], [0.1, 0.1]]\n  - [[0, 0], [1, 1]]"
    assert camera_faults(tmp_path, text) == ["5 masks[1]: a polygon needs 3 points, got 2"]


@pytest.mark.parametrize(
    ("movement", "fault"),
    [
        ("{from: {line: g, way: in}}", "movements.m.to: this key is needed: to"),
        (
            "{from: {line: g, way: forward}, to: {line: g, way: in}}",
            "movements.m: it comes and goes over the same line the same way",
        ),
        (
            "{from: {line: g, way: inn}, to: {line: g, way: out}}",
            "movements.m.from.way: the text 'inn' is no way over g. Did you mean in?",
        ),
    ],
)
def test_movements_of_no_use(tmp_path: Path, movement: str, fault: str) -> None:
    line = "{points: [[0.1, 0.2], [0.8, 0.2]], forward: in, backward: out}"
    assert camera_faults(tmp_path, f"lines: {{g: {line}}}\nmovements:\n  m: {movement}") == [f"5 {fault}"]


def test_a_way_that_both_ways_are_called_is_no_way(tmp_path: Path) -> None:
    line = "{points: [[0.1, 0.2], [0.8, 0.2]], forward: over, backward: over}"
    text = f"lines: {{g: {line}}}\nmovements: {{m: {{from: {{line: g, way: over}}, to: {{line: g, way: forward}}}}}}"
    assert camera_faults(tmp_path, text) == [
        "4 movements.m.from.way: the text 'over' names both ways over g: say forward or backward"
    ]


def ground(*pairs: tuple[float, float, float, float]) -> str:
    """Point pairs in YAML, one a line, from line 5 of the file."""
    rows = [f"\n    - {{picture: [{a}, {b}], metres: [{c}, {d}]}}" for a, b, c, d in pairs]
    return "ground:\n  points:" + "".join(rows)


def test_ground_points_on_one_line(tmp_path: Path) -> None:
    text = ground((0.1, 0.1, 0, 0), (0.2, 0.2, 1, 0), (0.3, 0.3, 2, 0), (0.9, 0.1, 3, 5))
    assert camera_faults(tmp_path, text) == [
        "4 ground.points: the points do not fix a plane: in the picture all but one of them lie on one line",
        "4 ground.points: the points do not fix a plane: on the ground all but one of them lie on one line",
    ]


def test_a_ground_point_given_twice(tmp_path: Path) -> None:
    text = ground((0.1, 0.1, 0, 0), (0.9, 0.1, 5, 0), (0.9, 0.9, 5, 5), (0.1, 0.1, 0, 5))
    assert camera_faults(tmp_path, text) == [
        "8 ground.points[3].picture: this is the same point in the picture as number 1 of the list"
    ]


def test_a_ground_without_anything(tmp_path: Path) -> None:
    assert camera_faults(tmp_path, "ground: {}") == ["3 ground: give either points or distances, neither is here"]


def test_ground_coordinates_of_a_national_grid(tmp_path: Path) -> None:
    text = ground((0.1, 0.1, 0, 0), (0.9, 0.1, 5, 0), (0.9, 0.9, 5, 5), (0.1, 0.9, 0, 5_800_000))
    assert camera_faults(tmp_path, text) == [
        "8 ground.points[3].metres: y must lie within 100000 m of the origin, got 5.8e+06; measure from a near point"
    ]


def test_a_distance_of_nothing(tmp_path: Path) -> None:
    rows = [f"\n    - {{from: [0.1, 0.{n}], to: [0.5, 0.{n}], metres: 3}}" for n in (1, 2, 3)]
    text = "ground:\n  distances:" + "".join(rows) + "\n    - {from: [0.1, 0.1], to: [0.1, 0.1], metres: 0}"
    text += "\n  picture_px: [768, 576]"
    assert camera_faults(tmp_path, text) == [
        "8 ground.distances[3]: from and to are the same point",
        "8 ground.distances[3].metres: it must be more than 0, got 0",
    ]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (
            "cameras: {a: {}}\n"
            "recipients: {room: {public: Room, mail: {host: m.example, from: a@x.example, to: [b@x.example]}}}",
            "site.yaml:2 recipients.room.cameras: this key is needed: cameras: [square]",
        ),
        ("cameras: [a]", "site.yaml:1 cameras: keys and values are needed here, got a list of 1"),
        ("just words", "site.yaml:1: keys and values are needed here, got the text 'just words'"),
        ("cameras: {a: {}}\nsite: {time_zone: X}", "site.yaml:2 site.time_zone: the text 'X' is no IANA time zone. "
         "Take one like Europe/Berlin."),
        ("cameras: {a: {analysed_fps: 0.5}}", "site.yaml:1 cameras.a.analysed_fps: at least 1 frame a second is needed"
         ": no road user is followed over a longer step than 1.5 s; got 0.5. Take auto, or leave this key out, for as "
         "many as are needed"),
        *(
            (
                f"cameras: {{a: {{analysed_fps: {wrong}}}}}",
                "site.yaml:1 cameras.a.analysed_fps: a number of frames a second from 1 to 120 is needed, or auto, "
                f"got {named}",
            )
            for wrong, named in (
                ("0", "0"), ("-3", "-3"), (".nan", "nan"), (".inf", "inf"), ("500", "500"), ("true", "true"),
                ("[5]", "a list of 1"), ("Auto", "the text 'Auto'"), ("fast", "the text 'fast'"),
            )
        ),
        (
            "cameras: {a: {source: {}}}",
            "site.yaml:1 cameras.a.source: say where the pictures come from: exactly one of file, rtsp, http and usb "
            "is needed",
        ),
        ("cameras: {a: {}}\nintervals: {report_s: 1000}", "site.yaml:2 intervals.report_s: it must divide a day "
         "(86400 s), got 1000"),
        ("cameras: {a: {}}\nintervals: {inside_s: 600}", "site.yaml:2 intervals.report_s: it must be a multiple of "
         "inside_s (600), got 900"),
        ("cameras: {a: {}}\nintervals: {inside_s: 45, report_s: 60}", "site.yaml:2 intervals.report_s: it must be a "
         "multiple of inside_s (45), got 60"),
        ("cameras: {a: {lines: {g: {}}}}", "site.yaml:1 cameras.a.lines.g.points: this key is needed: "
         "points: [[x, y], ...] with 0-1 of the picture"),
        (f"cameras: {{a: {{lines: {{' ': {LINE}}}}}}}", "site.yaml:1 cameras.a.lines.' ': a name needs 1 to 80 "
         "printable letters, without spaces around it"),
        ("cameras: {a: {lines: {g: {points: [[0, 0], [1, 1]], count: []}}}}", "site.yaml:1 cameras.a.lines.g.count: a "
         "list of classes is needed, such as [pedestrian, bicycle], got a list of 0. Leave the key out to count all"),
        ("cameras: {a: {lines: {g: {points: [[0, 0], [1, 1]], count: [car, car]}}}}", "site.yaml:1 "
         "cameras.a.lines.g.count: car is here twice"),
    ],
)  # fmt: skip
def test_one_fault_each(tmp_path: Path, text: str, fault: str) -> None:
    assert faults_of(tmp_path, text) == [fault]


def test_a_recording_that_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "there.mp4").touch()
    text = """\
cameras:
  a: {source: {file: there.mp4}}
  b:
    source:
      file: gone.mp4
  c: {source: {file: .}}
"""
    assert faults_of(tmp_path, text, sources_must_exist=True) == [
        "site.yaml:5 cameras.b.source.file: there is no such file: gone.mp4 (looked for from the site file's own "
        "folder)",
        "site.yaml:6 cameras.c.source.file: this is a folder, a recording is needed: . (looked for from the site "
        "file's own folder)",
    ]
    assert load_site(tmp_path / "site.yaml").cameras["a"].source is not None


@pytest.mark.parametrize(
    "source",
    [
        "rtsp://u:canary@h/x",
        "{rtsp: 'rtsp://u:canary@h/x'}",
        "{file: 'rtsp://u:canary@h/x'}",
        "canary",
        "{password: canary}",
        "{file: [canary]}",
        "!canary x",
        "*canary",
    ],
)
def test_a_password_in_the_wrong_place_is_not_repeated(tmp_path: Path, source: str) -> None:
    assert "canary" not in "\n".join(faults_of(tmp_path, f"cameras: {{a: {{source: {source}}}}}"))


@pytest.mark.parametrize("store", ["271828", "{url: 271828}", "{url: {a: 271828}}", "{url_from: [271828]}", "[271828]"])
def test_what_stands_in_a_databases_place_is_not_repeated(tmp_path: Path, store: str) -> None:
    found = faults_of(tmp_path, f"cameras: {{a: {{}}}}\nstore: {store}")
    assert found
    assert "271828" not in "\n".join(found)


def test_a_lines_file(tmp_path: Path) -> None:
    path = tmp_path / "lines.yaml"
    path.write_text(f"lines:\n  g: {LINE}\n")
    places = load_layout(path)
    assert places.lines["g"].points == ((0.1, 0.2), (0.8, 0.2))
    assert places.lines["g"].count == ALL_LABELS
    assert (places.zones, places.movements, places.ground) == ({}, {}, None)


@pytest.mark.parametrize(
    ("written", "counted"),
    [
        ("[bus, truck]", ("bus", "truck", "heavy_vehicle")),
        ("[car, bus]", ("car", "bus")),
        ("[heavy_vehicle, bus, truck]", ("heavy_vehicle", "bus", "truck")),
        ("[unclassified]", ("unclassified",)),
    ],
)
def test_buses_and_trucks_together_are_heavy_vehicles(tmp_path: Path, written: str, counted: tuple[str, ...]) -> None:
    """A file from before there was the class still counts every lorry."""
    path = tmp_path / "lines.yaml"
    path.write_text(f"lines:\n  g: {{points: [[0.1, 0.2], [0.8, 0.2]], count: {written}}}\n")
    assert load_layout(path).lines["g"].count == counted


def test_a_zone_measures_what_is_known(tmp_path: Path) -> None:
    """Of an unclassified road user no stay and no size is known."""
    path = tmp_path / "lines.yaml"
    path.write_text("zones:\n  z: {points: [[0.1, 0.2], [0.8, 0.2], [0.8, 0.8]]}\n")
    assert load_layout(path).zones["z"].count == KNOWN_LABELS
    assert "unclassified" not in KNOWN_LABELS


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("lines: {}", "lines.yaml:1: there is nothing to measure: add lines or zones"),
        ("lines: {g: 1}\nline: 2", "lines.yaml:1 lines.g: keys and values are needed here, got 1"),
        ("\ncameras: {}", "lines.yaml:2 cameras: this is a site file: give it as one (--site), not as a lines file "
         "(--lines)"),
    ],
)  # fmt: skip
def test_a_lines_file_of_no_use(tmp_path: Path, text: str, fault: str) -> None:
    (tmp_path / "lines.yaml").write_text(text)
    with pytest.raises(SiteFileError) as caught:
        load_layout(tmp_path / "lines.yaml")
    assert caught.value.faults[0].removeprefix(f"{tmp_path}/") == fault


def test_the_benchmark_lines_load(truth: Path) -> None:
    places = load_layout(truth / "grid_lines.yaml")
    assert len(places.lines) == 17
    assert places.lines["x1"].count == ("pedestrian", "bicycle")


def test_the_examples_load() -> None:
    site = load_site(REPOSITORY / "examples" / "demo.site.yaml")
    assert list(site.cameras["junction"].lines) == ["west lane", "north road", "east road", "lawn edge"]
    assert list(load_layout(REPOSITORY / "examples" / "lines.yaml").lines) == ["across the middle"]


def test_a_fault_names_the_file_as_it_was_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SiteFileError, match=r"^here\.yaml:1: the file cannot be read"):
        load_site("here.yaml")


def test_a_site_is_frozen() -> None:
    site = load_site(REPOSITORY / "examples" / "demo.site.yaml")
    assert isinstance(site, Site)
    with pytest.raises(ValueError, match="frozen"):
        site.detector.model = "other"
