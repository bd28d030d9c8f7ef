"""How faults name keys and values."""

import pytest

from passerby.config.validation import Fault, dotted, excerpt, shown, suggestion


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
