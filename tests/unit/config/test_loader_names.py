"""Names of a site file: one form of Unicode, no letter that cannot be seen, no time zone of the machine's own."""

import unicodedata
from pathlib import Path
from zoneinfo import available_timezones

import pytest

from passerby.config.loader import layout_of, load_layout, load_site
from passerby.domain.errors import SiteFileError

COMPOSED = unicodedata.normalize("NFC", "Café")
DECOMPOSED = unicodedata.normalize("NFD", "Café")
LINE = "{points: [[0.1, 0.2], [0.8, 0.2]]}"


def faults_of(folder: Path, text: str) -> list[str]:
    path = folder / "site.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SiteFileError) as caught:
        load_site(path)
    return [fault.removeprefix(f"{folder}/site.yaml:") for fault in caught.value.faults]


@pytest.mark.parametrize("kind", ["lines", "zones"])
def test_twins_of_composed_and_decomposed_letters_are_one_name(tmp_path: Path, kind: str) -> None:
    shape = LINE if kind == "lines" else "{points: [[0.1, 0.2], [0.8, 0.2], [0.5, 0.9]]}"
    found = faults_of(
        tmp_path, f"cameras:\n  a:\n    {kind}:\n      {COMPOSED}: {shape}\n      {DECOMPOSED}: {shape}\n"
    )
    assert found == [
        f"5 cameras.a.{kind}.{COMPOSED}: this key is here twice, first in line 4; the second would hide the first. "
        "They look the same and differ only in how Unicode composes their letters (NFC and NFD)"
    ]


def test_twins_of_a_line_and_a_zone_are_one_name(tmp_path: Path) -> None:
    zone = "{points: [[0.1, 0.2], [0.8, 0.2], [0.5, 0.9]]}"
    found = faults_of(
        tmp_path, f"cameras:\n  a:\n    lines: {{{COMPOSED}: {LINE}}}\n    zones: {{{DECOMPOSED}: {zone}}}\n"
    )
    assert len(found) == 1
    assert "the name is taken by one of the lines" in found[0]


def test_every_name_is_kept_composed_and_found_in_either_form(tmp_path: Path) -> None:
    path = tmp_path / "lines.yaml"
    path.write_text(
        f"lines:\n  {DECOMPOSED}: {{points: [[0.1, 0.2], [0.8, 0.2]], forward: to {DECOMPOSED}}}\n"
        f"  other: {LINE}\n"
        f"movements:\n  {DECOMPOSED} in:\n    from: {{line: {COMPOSED}, way: to {COMPOSED}}}\n"
        "    to: {line: other, way: forward}\n"
        f"  {DECOMPOSED} out:\n    from: {{line: other, way: backward}}\n"
        f"    to: {{line: {DECOMPOSED}, way: to {DECOMPOSED}}}\n",
        encoding="utf-8",
    )
    layout = layout_of(load_layout(path))
    assert (layout.lines[0].name, layout.lines[0].forward_name) == (COMPOSED, f"to {COMPOSED}")
    assert [movement.name for movement in layout.movements] == [f"{COMPOSED} in", f"{COMPOSED} out"]
    assert layout.movements[0].entry_line == layout.movements[1].exit_line == COMPOSED


@pytest.mark.parametrize(
    ("letter", "named"),
    [
        ("\u200b", "U+200B ZERO WIDTH SPACE"),
        ("\u202e", "U+202E RIGHT-TO-LEFT OVERRIDE"),
        ("\ufeff", "U+FEFF ZERO WIDTH NO-BREAK SPACE"),
        ("\u00a0", "U+00A0 NO-BREAK SPACE"),
        ("\u00ad", "U+00AD SOFT HYPHEN"),
        ("\u3164", "U+3164 HANGUL FILLER"),
        ("\ufe0f", "U+FE0F VARIATION SELECTOR-16"),
        ("\u034f", "U+034F COMBINING GRAPHEME JOINER"),
        ("\U000e0100", "U+E0100 VARIATION SELECTOR-17"),
        ("\U000e0041", "U+E0041 TAG LATIN CAPITAL LETTER A"),
        ("\u2800", "U+2800 BRAILLE PATTERN BLANK"),
    ],
)
def test_letters_that_cannot_be_seen_are_refused_and_named(tmp_path: Path, letter: str, named: str) -> None:
    written = f"\\U{ord(letter):08x}"
    found = faults_of(tmp_path, f'cameras:\n  a:\n    lines: {{"Ga{written}te": {LINE}}}\n')
    assert len(found) == 1
    assert f"it holds {named}, which cannot be seen: take it out" in found[0]


def test_names_of_other_scripts_are_kept(tmp_path: Path) -> None:
    names = ["Площадь", "广场", "東京駅前", "महाराष्ट्र", "ميدان", "서울역", "🚲 Weg", "Straße 5½"]
    path = tmp_path / "lines.yaml"
    path.write_text("lines:\n" + "".join(f"  {name}: {LINE}\n" for name in names), encoding="utf-8")
    assert [line.name for line in layout_of(load_layout(path)).lines] == [
        unicodedata.normalize("NFC", name) for name in names
    ]


@pytest.mark.parametrize(
    "zone", ["localtime", "posixrules", "Factory", "posix/Europe/Berlin", "right/Europe/Berlin", "Localtime"]
)
def test_zones_of_the_machine_are_refused(tmp_path: Path, zone: str) -> None:
    assert faults_of(tmp_path, f"site: {{time_zone: {zone}}}\ncameras: {{a: {{}}}}\n") == [
        f"1 site.time_zone: the text '{zone}' differs from machine to machine. Name the place's own zone, such as "
        "Europe/Berlin"
    ]


def test_zones_of_places_are_taken(tmp_path: Path) -> None:
    path = tmp_path / "site.yaml"
    places = {zone for zone in available_timezones() if "/" in zone}
    for zone in ["UTC", "CET", "Asia/Kathmandu", "America/Argentina/Buenos_Aires", "Etc/GMT+3", *sorted(places)[:20]]:
        path.write_text(f"site: {{time_zone: {zone}}}\ncameras: {{a: {{}}}}\n", encoding="utf-8")
        assert load_site(path).site.time_zone == zone


def test_a_recordings_name_may_hold_what_cameras_and_people_write(tmp_path: Path) -> None:
    path = tmp_path / "site.yaml"
    names = [f"{DECOMPOSED}.mp4", "Bildschirm\u202ffoto 12:30:45.mp4", "👩\u200d🚀.mp4", "%d-100%.mp4", "-rf.mp4"]
    for name in names:
        path.write_text(f'cameras:\n  a: {{source: {{file: "{name}"}}}}\n', encoding="utf-8")
        source = load_site(path).cameras["a"].source
        assert source is not None
        assert source.file == name
