"""Lines and zones as files of other programs: read again, they are the same."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from passerby.cli.cameras import cameras_app
from passerby.config.loader import load_site
from passerby.domain.errors import PasserbyError
from passerby.drawing.foreign_places import read_places
from passerby.drawing.line_export import Form, export_lines, form_of, written
from passerby.drawing.line_import import import_lines

SITE = """
cameras:
  a:
    source: {file: a.mp4}
    lines:
      north: {points: [[0.1, 0.1], [0.9, 0.1]], forward: out}
    zones:
      middle: {points: [[0.1, 0.2], [0.9, 0.2], [0.5, 0.8]]}
"""
SIZE = (1920.0, 1080.0)

share = st.floats(0, 1).map(lambda value: round(value, 4))
points = st.tuples(share, share)
names = st.text('abcdefg 123žЖ"', min_size=1, max_size=12).map(str.strip).filter(bool)
line_sets = st.dictionaries(names, st.tuples(points, points), max_size=5)
zone_sets = st.dictionaries(
    names, st.lists(points, min_size=3, max_size=6, unique=True).map(tuple), max_size=5
)  # fmt: skip
sizes = st.tuples(st.integers(320, 7680).map(float), st.integers(240, 4320).map(float))


@given(line_sets, zone_sets, sizes)
def test_what_otanalytics_gets_is_read_as_it_was(
    lines: dict[str, tuple[tuple[float, float], ...]],
    zones: dict[str, tuple[tuple[float, float], ...]],
    size: tuple[float, float],
) -> None:
    found = read_places(written("a", lines, zones, Form.OTFLOW, size), size)
    for kind, drawn in ((found.lines, lines), (found.zones, zones)):
        assert list(kind) == list(drawn)
        for name, keys in kind.items():
            assert keys["points"] == [pytest.approx(point, abs=1e-4) for point in drawn[name]]
    assert found.notes == ()  # no point of a box but the one on the ground is named


@given(line_sets, zone_sets, sizes)
def test_what_opendatacam_gets_is_read_as_it_was_but_for_which_way_is_forward(
    lines: dict[str, tuple[tuple[float, float], ...]],
    zones: dict[str, tuple[tuple[float, float], ...]],
    size: tuple[float, float],
) -> None:
    if not lines and not zones:
        return
    found = read_places(written("a", lines, zones, Form.OPENDATACAM, size))
    assert (list(found.lines), list(found.zones)) == (list(lines), list(zones))
    for name, keys in found.lines.items():
        near = [[pytest.approx(point, abs=1e-4) for point in ends] for ends in (lines[name], lines[name][::-1])]
        assert keys["points"] in near
    for name, keys in found.zones.items():
        assert keys["points"] == [pytest.approx(point, abs=1e-4) for point in zones[name]]


@pytest.fixture
def site(tmp_path: Path) -> Path:
    path = tmp_path / "site.yaml"
    path.write_text(SITE, encoding="utf-8")
    return path


def test_nothing_but_where_is_counted_leaves(site: Path) -> None:
    file = site.with_name("a.otflow")
    assert export_lines(site, file, None, Form.OTFLOW, SIZE) == ("a", 1, 1)
    content = json.loads(file.read_text(encoding="utf-8"))
    assert set(content) == {"sections", "flows"}
    assert content["sections"][0]["coordinates"] == [{"x": 192.0, "y": 108.0}, {"x": 1728.0, "y": 108.0}]
    with pytest.raises(PasserbyError, match="there is a file already"):
        export_lines(site, file, None, Form.OTFLOW, SIZE)


def test_another_site_takes_them_in(site: Path) -> None:
    file, other = site.with_name("areas.json"), site.with_name("other.yaml")
    export_lines(site, file, "a", Form.OPENDATACAM, SIZE)
    other.write_text("cameras:\n  b:\n    source: {file: b.mp4}\n", encoding="utf-8")
    import_lines(other, file, "b", None)
    keys = load_site(other).cameras["b"]
    assert keys.lines["north"].points == ((0.1, 0.1), (0.9, 0.1))
    assert keys.zones["middle"].points == ((0.1, 0.2), (0.9, 0.2), (0.5, 0.8))


def test_where_nothing_is_drawn_nothing_is_written(site: Path) -> None:
    site.write_text("cameras:\n  b:\n    source: {file: b.mp4}\n", encoding="utf-8")
    with pytest.raises(PasserbyError, match="nothing is drawn at b"):
        export_lines(site, site.with_name("b.otflow"), None, Form.OTFLOW, SIZE)
    with pytest.raises(PasserbyError, match="there is no camera c"):
        export_lines(site, site.with_name("b.otflow"), "c", Form.OTFLOW, SIZE)


def test_a_folder_that_is_not_there_is_named(site: Path) -> None:
    with pytest.raises(PasserbyError, match=r"a\.otflow: it cannot be written, got: No such file"):
        export_lines(site, site.parent / "none" / "a.otflow", None, Form.OTFLOW, SIZE)


def test_the_command_goes_by_the_name_of_the_file(site: Path) -> None:
    assert [form_of(Path(name)) for name in ("a.OTFLOW", "a.json", "a.txt")] == [Form.OTFLOW, Form.OPENDATACAM, None]
    words = ["export-lines", str(site), str(site.with_name("x.txt")), "--size", "1920x1080"]
    refused = CliRunner().invoke(cameras_app, words)
    assert "got 'x.txt'" in str(refused.exception)
    ran = CliRunner().invoke(cameras_app, [*words, "--form", "opendatacam"])
    assert ran.exit_code == 0, ran.output
    assert "Wrote 1 line and 1 zone of a." in ran.stdout
