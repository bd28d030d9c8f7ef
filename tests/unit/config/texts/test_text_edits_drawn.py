"""A change of what is drawn changes what the site file says, and no other letter of it."""

import difflib
from collections.abc import Mapping

import pytest

from passerby.config.document import parse
from passerby.config.texts.text_edits import edited

TEXT = """\
# The market
cameras:
  square:   # since May
    source: {rtsp: "rtsp://10.1.2.3/sub", user: counter}
    analysed_fps:   5
    lines:
      # as the police asked
      west gate:
        points: [[0.27, 0.36], [0.25, 0.48]]   # at the posts
        count: [pedestrian, bicycle]
      arcade: {points: [[0.88, 0.44], [0.83, 0.74]]}  # pillars
    masks:
      - [[0.41, 0.06], [0.75, 0.06], [0.75, 0.14], [0.41, 0.14]]    # the flats' windows
      # and the school
      - [[0.1, 0.06], [0.75, 0.06], [0.75, 0.14]]
    ground:
      points:
        - {picture: [0.05, 0.41], metres: [0.0, 0.0]}  # kerb
        - picture: [0.94, 0.54]
          metres: [17.0, 1.6]
  gate: {lines: {a: {points: [[0.1,0.2],[0.3,0.4]]}}}   # flow
  empty:
store:
  url: "y"
"""
SQUARE = ("cameras", "square")
WEST = {"points": ((0.27, 0.36), (0.25, 0.48)), "count": ("pedestrian", "bicycle")}
ARCADE = {"points": ((0.88, 0.44), (0.83, 0.74))}
SCHOOL = ((0.1, 0.06), (0.75, 0.06), (0.75, 0.14))


def with_values(text: str, loc: tuple[str, ...], values: Mapping[str, object]) -> str:
    """The text with other values under some keys of a mapping, which stays."""
    return edited(text, {(*loc, key): value for key, value in values.items()}, [loc])


def changed_lines(text: str, loc: tuple[str, ...], values: Mapping[str, object]) -> list[str]:
    """The lines that a change takes away and adds."""
    after = with_values(text, loc, values)
    return [
        line
        for line in difflib.unified_diff(text.splitlines(), after.splitlines(), n=0, lineterm="")
        if not line.startswith(("---", "+++", "@@"))
    ]


def test_one_number_changes_and_the_comment_beside_it_stays() -> None:
    values = {"lines": {"west gate": {**WEST, "points": ((0.3, 0.36), (0.25, 0.48))}, "arcade": ARCADE}}
    assert changed_lines(TEXT, SQUARE, values) == [
        "-        points: [[0.27, 0.36], [0.25, 0.48]]   # at the posts",
        "+        points: [[0.3, 0.36], [0.25, 0.48]]   # at the posts",
    ]


def test_a_line_is_added_behind_the_others_and_another_taken_away() -> None:
    new = {"points": ((0.1, 0.1), (0.2, 0.2)), "forward": "no", "backward": "na trg: levo"}
    assert changed_lines(TEXT, SQUARE, {"lines": {"west gate": WEST, "new: one": new}}) == [
        "-      arcade: {points: [[0.88, 0.44], [0.83, 0.74]]}  # pillars",
        '+      "new: one": {points: [[0.1, 0.1], [0.2, 0.2]], forward: "no", backward: "na trg: levo"}',
    ]


def test_a_new_name_takes_the_place_of_the_old_one() -> None:
    values = {"lines": {"gate 2": WEST, "arcade": {**ARCADE, "count": ("car",)}}}
    assert changed_lines(TEXT, SQUARE, values) == [
        "-      west gate:",
        "+      gate 2:",
        "-      arcade: {points: [[0.88, 0.44], [0.83, 0.74]]}  # pillars",
        "+      arcade: {points: [[0.88, 0.44], [0.83, 0.74]], count: [car]}  # pillars",
    ]


def test_items_of_lists_come_and_go_by_themselves() -> None:
    other = ((0.1, 0.16), (0.75, 0.06), (0.75, 0.14))
    assert changed_lines(TEXT, SQUARE, {"masks": (SCHOOL, other)}) == [
        "-      - [[0.41, 0.06], [0.75, 0.06], [0.75, 0.14], [0.41, 0.14]]    # the flats' windows",
        "+      - [[0.1, 0.16], [0.75, 0.06], [0.75, 0.14]]",
    ]
    points = (
        {"picture": (0.5, 0.5), "metres": (1.0, 1.0)},
        {"picture": (0.05, 0.41), "metres": (0.0, 0.0)},
        {"picture": (0.94, 0.54), "metres": (17.0, 2.0)},
    )
    assert changed_lines(TEXT, SQUARE, {"ground": {"points": points}}) == [
        "+        - {picture: [0.5, 0.5], metres: [1.0, 1.0]}",
        "-          metres: [17.0, 1.6]",
        "+          metres: [17.0, 2.0]",
    ]


def test_whole_keys_come_and_go() -> None:
    lines = changed_lines(
        TEXT, SQUARE, {"lines": None, "masks": None, "ground": None, "zones": {"z": {"points": SCHOOL}}}
    )
    assert lines[-2:] == ["+    zones:", "+      z: {points: [[0.1, 0.06], [0.75, 0.06], [0.75, 0.14]]}"]
    assert all(line.startswith("-") for line in lines[:-2])
    assert not any("source" in line or "since May" in line for line in lines)


def test_a_camera_on_one_line_becomes_a_block_and_an_empty_one_is_filled() -> None:
    assert changed_lines(TEXT, ("cameras", "gate"), {"masks": (SCHOOL,)}) == [
        "-  gate: {lines: {a: {points: [[0.1,0.2],[0.3,0.4]]}}}   # flow",
        "+  gate:",
        "+    lines:",
        "+      a: {points: [[0.1, 0.2], [0.3, 0.4]]}",
        "+    masks:",
        "+      - [[0.1, 0.06], [0.75, 0.06], [0.75, 0.14]]   # flow",
    ]
    assert changed_lines(TEXT, ("cameras", "empty"), {"lines": {"a": ARCADE}}) == [
        "+    lines:",
        "+      a: {points: [[0.88, 0.44], [0.83, 0.74]]}",
    ]


@pytest.mark.parametrize("text", [TEXT.replace("\n", "\r\n"), TEXT.rstrip("\n")])
def test_the_ends_of_lines_stay_what_they_are(text: str) -> None:
    after = with_values(text, SQUARE, {"zones": {"z": {"points": SCHOOL}}})
    assert ("\r\n" in after) == ("\r\n" in text)
    assert after.replace("\r\n", "").count("\n") == (0 if "\r\n" in text else after.count("\n"))
    last = with_values("cameras:\n  a:\n    analysed_fps: 5", ("cameras", "a"), {"zones": {"z": {"points": SCHOOL}}})
    assert last.endswith("zones:\n      z: {points: [[0.1, 0.06], [0.75, 0.06], [0.75, 0.14]]}\n")


def test_what_two_cameras_share_by_an_alias_changes_at_one_of_them() -> None:
    shared = "    lines: &both\n      l: {points: [[0.1, 0.2], [0.3, 0.4]]}\n"
    text = f"cameras:\n  a:   # first\n{shared}  b:\n    lines: *both\n"
    after = with_values(text, ("cameras", "b"), {"lines": {"l": {"points": ((0.5, 0.2), (0.3, 0.4))}}})
    assert "# first" in after
    value = parse(after).value
    assert value == {
        "cameras": {
            "a": {"lines": {"l": {"points": ((0.1, 0.2), (0.3, 0.4))}}},
            "b": {"lines": {"l": {"points": ((0.5, 0.2), (0.3, 0.4))}}},
        }
    }


def test_a_mapping_stays_where_nothing_else_is_left_in_it() -> None:
    text = "cameras:\n  a:\n    masks: [[[0.1, 0.2]]]   # windows\n  b:\n"
    assert with_values(text, ("cameras", "a"), {"masks": None}) == "cameras:\n  a: {}   # windows\n  b:\n"
    assert with_values(text, ("cameras", "b"), {"masks": None}) == text
