"""A site file is there whole, with the permissions and the owner that it had."""

import os
import stat
from pathlib import Path

import pytest

from passerby.config.texts.site_storage import (
    PUBLISHED,
    applied_file,
    folder_of,
    published_copy,
    text_of,
    withdraw_copy,
    write_applied,
    write_site,
)
from passerby.domain.errors import OutputError, PasserbyError, SiteFileError


def test_letters_stay_as_they_are(tmp_path: Path) -> None:
    path = tmp_path / "site.yaml"
    text = "a: ü\r\nb: \t1 \n# no end"
    write_site(path, text)
    assert path.read_bytes() == text.encode()
    assert text_of(path) == text
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("mode", [0o600, 0o644, 0o660])
def test_permissions_stay(mode: int, tmp_path: Path) -> None:
    path = tmp_path / "site.yaml"
    path.touch()
    path.chmod(mode)
    write_site(path, "x")
    assert stat.S_IMODE(path.stat().st_mode) == mode
    write_site(path, "y", mode=0o400)
    assert stat.S_IMODE(path.stat().st_mode) == 0o400


def test_only_a_copy_of_which_the_register_says_just_that_is_run(tmp_path: Path) -> None:
    write_applied(tmp_path, "cameras: {}", 7)
    assert published_copy(tmp_path) == ("cameras: {}", 7)
    written = (tmp_path / PUBLISHED).read_text()
    for changed in (written.replace('"passerby": "', '"passerby": "9'), "[]", "{"):
        (tmp_path / PUBLISHED).write_text(changed)
        with pytest.raises(SiteFileError, match="not what the register says"):
            published_copy(tmp_path)
    (tmp_path / PUBLISHED).write_text(written)
    applied_file(tmp_path).write_text("cameras: {a: {}}")
    with pytest.raises(SiteFileError, match="not what the register says"):
        published_copy(tmp_path)
    write_applied(tmp_path, "cameras: {}", 8)
    withdraw_copy(tmp_path)
    with pytest.raises(SiteFileError, match="not what the register says"):
        published_copy(tmp_path)


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    path, link = tmp_path / "site.yaml", tmp_path / "link.yaml"
    path.write_text("old")
    link.symlink_to(path)
    write_site(link, "new")
    assert link.is_symlink()
    assert path.read_text() == "new"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give a file away")
def test_the_owner_stays(tmp_path: Path) -> None:
    path = tmp_path / "site.yaml"
    path.touch()
    os.chown(path, 12345, 23456)
    write_site(path, "x")
    assert (path.stat().st_uid, path.stat().st_gid) == (12345, 23456)


def test_what_cannot_be_written_or_read_is_reported(tmp_path: Path) -> None:
    for path in (tmp_path / "gone" / "site.yaml", tmp_path):
        with pytest.raises(OutputError, match="could not be written"):
            write_site(path, "x")
    with pytest.raises(OutputError, match="could not be written"):
        write_site(tmp_path / "site.yaml", "\ud800")
    with pytest.raises(SiteFileError, match="cannot be read"):
        text_of(tmp_path / "gone.yaml")
    assert list(tmp_path.iterdir()) == []


def test_the_file_that_runs_is_in_the_data_folder() -> None:
    assert applied_file(Path("/d")) == Path("/d/applied.yaml")


def test_the_data_folder_that_a_site_names_counts_from_the_sites_own(tmp_path: Path) -> None:
    site = tmp_path / "site.yaml"
    site.write_text("data: kept\ncameras: {}\n")
    assert folder_of(site, None, {}).path == tmp_path / "kept"
    assert folder_of(site, Path("/given"), {}).path == Path("/given")
    with pytest.raises(PasserbyError, match="one of the two is needed"):
        folder_of(None, None, {})
