"""A key is changed, and every other letter of the file stays."""

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from passerby.config.document import parse
from passerby.config.editing import edited, without

REPOSITORY = Path(__file__).parents[3]
DEMO = (REPOSITORY / "examples" / "demo.site.yaml").read_text(encoding="utf-8")
TEXT = """\
# head
cameras:
  "square":     # the name stays
    analysed_fps:   5     # why five
    lines:
      # the gate
      gate: {points: [[0.1, 0.2], [0.3, 0.40]], count: [pedestrian]}   # after
      door:
        points:
          - [0.1, 0.2]   # left
          - [0.5, 0.6]   # right
      # end of lines
    zones: {}

# tail
data: 'kept'
"""
GATE = ("cameras", "square", "lines", "gate")


@pytest.mark.parametrize(
    ("key", "value", "old", "new"),
    [
        (("cameras", "square", "analysed_fps"), 8.5, "   5  ", "   8.5  "),
        (("data",), "other place", "'kept'", "other place"),
        (("data",), "a: b #", "'kept'", '"a: b #"'),
        (("data",), "yes", "'kept'", '"yes"'),
        ((*GATE, "points"), [[0.1, 0.25], [0.3, 0.4]], "[[0.1, 0.2], [0.3, 0.40]]", "[[0.1, 0.25], [0.3, 0.40]]"),
        ((*GATE, "points", 1, 0), 1, "[0.3, 0.40]", "[1, 0.40]"),
        ((*GATE, "count"), ["pedestrian", "bicycle"], "[pedestrian]", "[pedestrian, bicycle]"),
        ((*GATE, "forward"), "in", "count: [pedestrian]}", "count: [pedestrian], forward: in}"),
        (("cameras", "square", "lines", "door", "points", 1), [0.5, 0.7], "[0.5, 0.6]", "[0.5, 0.7]"),
        (("cameras", "square", "lines", "door", "forward"), "in", "# right\n", "# right\n        forward: in\n"),
        (("cameras", "square", "zones", "z"), {"points": [[0, 0]]}, "{}", "{z: {points: [[0, 0]]}}"),
        (("server",), {"port": 1}, "data: 'kept'\n", "data: 'kept'\nserver: {port: 1}\n"),
        (
            ("cameras", "square", "lines", "west door"),
            {"points": [[0.1, 0.5], [1, 1]]},
            "# right\n",
            "# right\n      west door: {points: [[0.1, 0.5], [1, 1]]}\n",
        ),
    ],
)
def test_only_what_differs_is_written(key: tuple[str, ...], value: object, old: str, new: str) -> None:
    assert edited(TEXT, key, value) == TEXT.replace(old, new, 1)


def test_a_list_of_another_length_moves_to_its_key_s_line() -> None:
    text = edited(TEXT, ("cameras", "square", "lines", "door", "points"), [[0, 0], [1, 0], [1, 1]])
    assert "        points: [[0, 0], [1, 0], [1, 1]]   # right\n" in text
    assert "# end of lines\n    zones: {}" in text


def test_what_is_there_already_changes_nothing() -> None:
    assert edited(DEMO, (), parse(DEMO).value) == DEMO
    assert edited(TEXT, (), parse(TEXT).value) == TEXT


def test_keys_go_away_with_their_line() -> None:
    assert without(TEXT, (*GATE, "count")) == TEXT.replace(", count: [pedestrian]", "")
    assert without(TEXT, (*GATE, "points")) == TEXT.replace("points: [[0.1, 0.2], [0.3, 0.40]], ", "")
    assert without(TEXT, ("cameras", "square", "analysed_fps")) == TEXT.replace(
        "    analysed_fps:   5     # why five\n", ""
    )
    assert without(TEXT, ("data",)) == TEXT.replace("data: 'kept'\n", "")
    with pytest.raises(KeyError):
        without(TEXT, ("cameras", "other"))
    with pytest.raises(ValueError, match="only one"):
        without(TEXT, ("cameras", "square"))


def test_what_cannot_be_written_is_refused() -> None:
    with pytest.raises(KeyError):
        edited(TEXT, ("cameras", "other", "lines"), {})
    with pytest.raises(ValueError, match="finite"):
        edited(TEXT, ("data",), float("nan"))
    with pytest.raises(ValueError, match="can be written"):
        edited(TEXT, ("data",), object())
    shared = "a: &x {b: 1}\nc: *x\n"
    for key in (("c", "b"), ("a", "b")):
        with pytest.raises(ValueError, match="alias"):
            edited(shared, key, 2)


def comments(text: str) -> list[str]:
    return re.findall(r"#.*", text)


NAMES = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1, max_size=8)
POINTS = st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)).map(list), min_size=2, max_size=4)


@settings(max_examples=10, deadline=None)
@given(line=st.sampled_from(["west lane", "north road", "lawn edge"]), points=POINTS, name=NAMES)
def test_all_comments_of_the_demo_survive(line: str, points: list[list[float]], name: str) -> None:
    lines = ("cameras", "junction", "lines")
    text = edited(DEMO, (*lines, line, "points"), points)
    text = edited(text, (*lines, line, "forward"), name)
    text = edited(text, (*lines, name), {"points": points, "backward": name})
    assert all(comment in text for comment in comments(DEMO))
    value = parse(text).value["cameras"]["junction"]["lines"]  # type: ignore[index]
    assert value[name] == {"points": tuple(map(tuple, points)), "backward": name}
    assert [each for each in value if each != name] == ["west lane", "north road", "east road", "lawn edge"]


TREES = st.recursive(
    st.booleans() | st.integers(-(10**9), 10**9) | st.floats(-1e6, 1e6) | NAMES | st.just(""),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=8,
)


@settings(max_examples=40, deadline=None)
@given(value=TREES)
def test_any_value_is_read_as_it_was_written(value: object) -> None:
    for key in (("cameras", "square", "analysed_fps"), ("cameras", "square", "lines"), ("new",), (*GATE, "points")):
        try:
            text = edited(TEXT, key, value)
        except ValueError:
            continue
        within = {"# the gate", "# after", "# left", "# right", "# end of lines"}
        assert all(comment in text for comment in set(comments(TEXT)) - within)
