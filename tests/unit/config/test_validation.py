"""How faults name keys and values."""

from typing import Annotated, Literal

import pytest
from pydantic import Field, ValidationError

from passerby.config.validation import (
    Fault,
    dotted,
    excerpt,
    faults_of,
    known_keys,
    sentences,
    shown,
    suggestion,
    tags_at,
)
from passerby.config.values import Keys


def test_a_fault_of_the_whole_file_has_no_key() -> None:
    assert Fault(1, "", "the file is empty").sentence("a.yaml") == "a.yaml:1: the file is empty"


def test_a_name_with_dots_stands_in_quotes() -> None:
    assert dotted(("cameras", "a", "lines", "St. John", "points", 1)) == "cameras.a.lines.'St. John'.points[1]"


@pytest.mark.parametrize("text", ["\x1b[31mred", "a\nb", "\ud800", "‮evil"])
def test_control_characters_are_never_shown(text: str) -> None:
    assert excerpt(text).isprintable()


def test_long_text_is_cut() -> None:
    assert excerpt("x" * 5000) == "x" * 40 + "…"


@pytest.mark.parametrize("text", ["rtsp://me:canary@h/s", "see HTTP://canary@h", "a rtsp://me:can@canary:1/x?y=canary"])
def test_an_address_keeps_its_secrets(text: str) -> None:
    assert "canary" not in excerpt(text).lower()
    assert "canary" not in shown(text).lower()
    assert "canary" not in dotted(("cameras", text)).lower()


def test_case_does_not_hide_a_suggestion() -> None:
    assert suggestion("Points", ["points", "count"]) == "Did you mean points?"


def test_nothing_known() -> None:
    assert suggestion("x", []) == "None is known here."


class Inner(Keys):
    some: tuple[int, ...] = Field(default=(), min_length=1, max_length=2)
    flag: bool = False


class Round(Keys):
    kind: Literal["round"]
    radius: float


class Square(Keys):
    kind: Literal["square"]
    side: float
    inner: Inner | None = None


class Outer(Keys):
    inner: Inner = Inner()
    named: dict[str, Inner] = Field(default_factory=dict)
    shapes: dict[str, Annotated[Round | Square, Field(discriminator="kind")]] = Field(default_factory=dict)


def faults(value: object) -> list[tuple[str, str]]:
    with pytest.raises(ValidationError) as caught:
        Outer.model_validate(value)
    return [(fault.key, fault.text) for fault in faults_of(caught.value, lambda loc: len(loc), Outer)]


def test_each_kind_of_fault_has_its_sentence() -> None:
    assert faults({"inner": {"some": (1, 2, 3)}}) == [("inner.some", "at most 2 are possible, got 3")]
    assert faults({"inner": {"some": ()}}) == [("inner.some", "at least 1 is needed, got 0")]
    assert faults({"inner": {"flag": 3}}) == [("inner.flag", "input should be a valid boolean, got 3")]
    assert faults({"inner": {"flag": None}})[0][1].startswith("nothing is given here")
    assert faults({"named": {"a": {"flog": True}}}) == [("named.a.flog", "unknown key. Did you mean flag?")]


def test_keys_are_known_down_to_the_values_and_no_further() -> None:
    assert known_keys(Outer, ()) == ["inner", "named", "shapes"]
    assert known_keys(Outer, ("inner",)) == known_keys(Outer, ("named", "a")) == ["some", "flag"]
    for loc in (("inner", "flag"), ("inner", "flag", "x"), ("nothing",), ("nothing", "x"), ("inner", "some", 0)):
        assert known_keys(Outer, loc) == []


def test_a_long_word_is_compared_by_its_first_hundred_letters() -> None:
    known = "a" * 99 + "b"
    assert suggestion("a" * 99 + "b" * 60, [known]).startswith("Did you mean")
    assert suggestion("a" * 40, ["a" * 100]).startswith("Known here")


def test_what_has_a_kind_is_named_as_it_stands_in_the_file() -> None:
    assert faults({"shapes": {"a": {"kind": "square", "side": "x", "sids": 1}}}) == [
        ("shapes.a.side", "a number is needed, got the text 'x'"),
        ("shapes.a.sids", "unknown key. Did you mean side?"),
    ]
    assert faults({"shapes": {"a": {"kind": "square", "side": 1, "inner": {"flag": 3}}}})[0][0] == "shapes.a.inner.flag"
    assert faults({"shapes": {"a": {"kind": "squar"}}}) == [
        ("shapes.a.kind", "the text 'squar' is not known here. Did you mean square?")
    ]
    assert faults({"shapes": {"a": {}}}) == [("shapes.a.kind", "this key is needed. Known here: round, square.")]
    assert faults({"shapes": {"a": 5}})[0][0] == "shapes.a"


def test_only_what_has_kinds_has_tags() -> None:
    assert tags_at(Outer, ("shapes", "a")) == ["round", "square"]
    assert tags_at(Outer, ("named", "a")) == tags_at(Outer, ("nothing",)) == []


def test_a_fault_that_many_cameras_have_is_said_once_with_some_of_them() -> None:
    names = [f"street-{number:04d}" for number in range(8000)]
    many = [Fault(10 + 3 * at, f"cameras.{name}.lines.gate", "2 points are needed") for at, name in enumerate(names)]
    other = Fault(13, "cameras.street-0001.source", "what it is")
    assert sentences([*many, other, Fault(2, "site.name", "a name is needed")], "site.yaml") == [
        "site.yaml:2 site.name: a name is needed",
        "site.yaml:10 cameras.street-0000.lines.gate: 2 points are needed "
        "(the same at 7999 other cameras: street-0001, street-0002, street-0003 and 7996 more)",
        "site.yaml:13 cameras.street-0001.source: what it is",
    ]


def test_each_of_a_few_faults_is_said_with_its_line() -> None:
    few = [Fault(line, f"cameras.street-{line}.fps", "too many") for line in (1, 2, 3)]
    assert sentences([*few, *few], "s") == [f"s:{n} cameras.street-{n}.fps: too many" for n in (1, 2, 3)]
    elsewhere = [Fault(line, f"recipients.desk-{line}.to", "an address is needed") for line in range(1, 6)]
    assert len(sentences(elsewhere, "s")) == 5
    four = [Fault(line, f"cameras.street-{line}", "x") for line in range(4)]
    assert sentences(four, "s") == [
        "s:0 cameras.street-0: x (the same at 3 other cameras: street-1, street-2, street-3)"
    ]
