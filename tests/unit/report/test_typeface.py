"""The letters of a picture."""

import pytest

from passerby.report import typeface
from passerby.report.typeface import Typeface, typeface_for


def test_plain_names_use_the_face_that_comes_with_pillow() -> None:
    assert typeface_for(["Market Square", "to the station"]) == Typeface(None, frozenset())


def test_without_any_installed_face_accents_go_and_the_rest_is_marked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(typeface, "_INSTALLED", ("no such face.ttf",))
    face = typeface_for(["Tržnica Трг"])
    assert face.file_name is None
    assert face.readable("Tržnica Трг") == "Trznica ???"


def test_an_installed_face_is_used_when_it_has_more() -> None:
    try:
        Typeface("DejaVuSans.ttf", frozenset()).font(12)
    except OSError:
        pytest.skip("DejaVu Sans is not installed here")
    face = typeface_for(["Tržnica Трг"])
    assert (face.file_name, face.readable("Tržnica Трг")) == ("DejaVuSans.ttf", "Tržnica Трг")


def test_control_and_half_characters_are_never_drawn() -> None:
    face = typeface_for(["a\x1b[1m\udce9\n"])
    assert face.readable("a\x1b[1m\udce9\n") == "a?[1m??"


def test_long_texts_are_cut_or_wrapped_to_the_room() -> None:
    face = typeface_for([])
    cut = face.fitted("a very long name of a square", 14, 80)
    assert cut.endswith("...")
    assert face.width_px(cut, 14) <= 80
    assert face.fitted("short", 14, 80) == "short"
    rows = face.wrapped("some words and one" + "x" * 60, 14, 80)
    assert len(rows) > 1
    assert all(face.width_px(row, 14) <= 80 for row in rows)
