"""A misspelt key is one fault, whatever else rests on what it holds."""

from pathlib import Path

import pytest

from passerby.config.loader import faults_in

SITE = """\
cameras:
  a:
    lines:
      east: {points: [[0.1, 0.2], [0.1, 0.9]], forward: in, backward: out}
      west: {points: [[0.9, 0.2], [0.9, 0.9]], forward: away, backward: back}
    zones: {middle: {points: [[0.2, 0.2], [0.8, 0.2], [0.5, 0.9]]}}
    rules: {full: {kind: overcrowding, zone: middle, above_people: 40}}
    movements:
      through: {from: {line: east, way: in}, to: {line: west, way: away}}
      back: {from: {line: west, way: back}, to: {line: east, way: out}}
"""


def found(text: str) -> list[tuple[int, str, str]]:
    return [(fault.line, fault.key, fault.text) for fault in faults_in(text)]


def test_the_file_is_sound_as_it_is() -> None:
    assert found(SITE) == []


@pytest.mark.parametrize(
    ("right", "wrong", "line", "key"),
    [
        ("    lines:", "    lins:", 3, "cameras.a.lins"),
        ("zones:", "zoned:", 6, "cameras.a.zoned"),
        ("forward: in", "forwrd: in", 4, "cameras.a.lines.east.forwrd"),
        ("zone: middle", "zne: middle", 7, "cameras.a.rules.full.zne"),
        ("points: [[0.2", "point: [[0.2", 6, "cameras.a.zones.middle.point"),
        ("cameras:", "camras:", 1, "camras"),
    ],
)
def test_one_misspelt_key_is_one_fault(right: str, wrong: str, line: int, key: str) -> None:
    meant = right.split(":")[0].strip()
    assert found(SITE.replace(right, wrong)) == [(line, key, f"unknown key. Did you mean {meant}?")]


def test_what_is_wrong_inside_it_is_found_as_well() -> None:
    text = (
        SITE.replace("    lines:", "    lins:").replace("forward: in", "forwrd: in").replace("[0.9, 0.9]", "[9, 0.9]")
    )
    assert [(line, key) for line, key, _ in found(text)] == [
        (3, "cameras.a.lins"),
        (4, "cameras.a.lines.east.forwrd"),
        (5, "cameras.a.lines.west.points[1]"),
    ]


def test_a_key_that_stands_beside_the_right_one_hides_nothing() -> None:
    text = SITE.replace("    zones:", "    line: {}\n    zones:").replace(
        "line: west, way: away", "line: wset, way: away"
    )
    assert [key for _, key, _ in found(text)] == ["cameras.a.line", "cameras.a.movements.through.to.line"]


def test_a_key_that_is_like_none_is_read_as_none() -> None:
    keys = [key for _, key, _ in found(SITE.replace("    lines:", "    Linien auf der Karte:"))]
    assert len(keys) == 5
    assert "cameras.a.movements.through.from.line" in keys


def test_in_a_list_each_place_is_its_own(tmp_path: Path) -> None:
    points = "".join(
        f"        - {{{key}: [{x}, {y}], metres: [{50 * x}, {50 * y}]}}\n"
        for key, x, y in (("picture", 0, 0), ("pictur", 1, 0), ("picture", 1, 1), ("picture", 0, 1))
    )
    assert [key for _, key, _ in found(f"{SITE}    ground:\n      points:\n{points}")] == [
        "cameras.a.ground.points[1].pictur"
    ]


def test_a_key_misspelt_in_two_cameras_is_a_fault_of_each() -> None:
    camera = SITE.removeprefix("cameras:\n").replace("lines:", "lins:")
    text = "cameras:\n" + camera + camera.replace("  a:", "  b:")
    assert [key for _, key, _ in found(text)] == ["cameras.a.lins", "cameras.b.lins"]
