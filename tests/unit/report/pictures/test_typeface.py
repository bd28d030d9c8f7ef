"""The letters of a picture."""

from pathlib import Path

import pytest

from passerby.report.pictures import typeface
from passerby.report.pictures.typeface import BOLD, REGULAR, Run, font, system_fonts, typeface_for


@pytest.fixture
def bare_system(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(typeface, "_FOLDERS", ("/no such folder",))


def test_latin_greek_and_cyrillic_need_no_font_of_the_system(bare_system: None) -> None:
    text = "Tržnica Đorđe, Größe, Çelik, λόγος Ωμέγα, Трг Републике, Ђорђе Њ, ½ m² ≥ 3 …"
    face = typeface_for([text])
    assert face.missing == frozenset()
    assert face.runs(text) == [Run(text, REGULAR)]
    assert face.runs(text, bold=True) == [Run(text, BOLD)]


def test_bold_is_a_cut_of_its_own() -> None:
    face = typeface_for(["counted"])
    assert font(BOLD, 20).getmask("counted").getbbox() != font(REGULAR, 20).getmask("counted").getbbox()
    assert face.width_px("counted", 20, bold=True) > face.width_px("counted", 20)


def test_what_no_font_has_is_replaced_and_known(bare_system: None) -> None:
    face = typeface_for(["広場 Ẵ\u0f40"])
    assert face.missing >= {"広", "場"}
    assert face.readable("広場 a") == "?? a"


def test_a_font_of_the_system_helps_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    helping = next((path for path in system_fonts() if path.endswith("DejaVuSans.ttf")), None)
    if helping is None:
        pytest.skip("DejaVu Sans is not installed here")
    face = typeface_for(["Sq → ع"])
    assert dict(face.others)["→"] == helping
    assert [run.font for run in face.runs("Sq → b", bold=True)] == [BOLD, helping, BOLD]
    (tmp_path / "broken.ttf").write_bytes(b"no font")
    monkeypatch.setattr(typeface, "_FOLDERS", (str(tmp_path),))
    assert typeface_for(["→"]).missing == {"→"}


def test_control_and_half_characters_are_never_drawn() -> None:
    face = typeface_for(["a\x1b[1m\udce9\n"])
    assert face.readable("a\x1b[1m\udce9\n") == "a?[1m??"


def test_long_texts_are_cut_or_wrapped_to_the_room() -> None:
    face = typeface_for([])
    cut = face.fitted("a very long name of a square", 14, 80)
    assert cut.endswith("…")
    assert face.width_px(cut, 14) <= 80
    assert face.fitted("short", 14, 80) == "short"
    rows = face.wrapped("some words and one" + "x" * 60, 14, 80)
    assert len(rows) > 1
    assert all(face.width_px(row, 14) <= 80 for row in rows)
