"""The map that a site file names: looked at where its folder is known."""

from pathlib import Path

import pytest

from passerby.config.document import parse
from passerby.config.rules.site_rules import site_faults
from testing.pictures.map_tiles import write_pmtiles


def said(text: str, folder: Path | None) -> list[str]:
    return [fault.sentence("site.yaml") for fault in site_faults(parse(text), folder)]


def test_a_map_that_can_be_shown_is_no_fault(tmp_path: Path) -> None:
    write_pmtiles(tmp_path / "city.pmtiles")
    assert said("site: {map: city.pmtiles}", tmp_path) == []
    assert said(f"site:\n  map: {tmp_path / 'city.pmtiles'}\n", Path("/")) == []


def test_what_where_and_what_was_got_are_said(tmp_path: Path) -> None:
    (tmp_path / "city.mbtiles").write_bytes(b"SQLite format 3\0")
    assert said("site:\n  name: x\n  map: city.mbtiles\n", tmp_path) == [
        "site.yaml:3 site.map: a PMTiles file of version 3 is needed, this file does not begin as one: city.mbtiles "
        "(looked for from the site file's own folder)"
    ]
    assert said("site: {map: gone.pmtiles}", tmp_path) == [
        "site.yaml:1 site.map: there is no such file: gone.pmtiles (looked for from the site file's own folder)"
    ]


@pytest.mark.parametrize(
    "text", ["{}", "site: 3", "site: {map: 3}", "site: {map: 'https://x/y.pmtiles'}", "site: {map: ''}"]
)
def test_what_is_no_path_is_left_to_the_check_of_types(tmp_path: Path, text: str) -> None:
    assert said(text, tmp_path) == []


def test_without_a_folder_nothing_is_looked_for() -> None:
    assert said("site: {map: gone.pmtiles}", None) == []
