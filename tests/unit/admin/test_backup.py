"""Backing up and restoring a site, on a real SQLite store."""

import stat
import time
from pathlib import Path

import pytest

from passerby.admin.backup import back_up_site, restore_site, store_url
from passerby.config.service import load_service
from passerby.config.site_storage import folder_of
from passerby.domain.errors import PasserbyError, SiteFileError
from passerby.ports import StoreError
from tests.unit.admin.stored_site import TEXT, keep, kept


def test_a_backup_holds_everything_and_is_private(site: Path, tmp_path: Path) -> None:
    made = back_up_site(site, tmp_path / "backups")
    assert made.site.read_text() == TEXT
    assert stat.S_IMODE(made.folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in made.folder.iterdir()} == {0o600}
    elsewhere = tmp_path / "elsewhere" / "site.yaml"
    elsewhere.parent.mkdir()
    assert restore_site(elsewhere, made.folder) == made.store
    assert elsewhere.read_text() == TEXT
    assert kept(elsewhere.parent / "kept") == 1


def test_restoring_overwrites_only_by_force(site: Path, tmp_path: Path) -> None:
    made = back_up_site(site, tmp_path)
    keep(tmp_path / "kept", time.time_ns() + 1)
    site.write_text(TEXT + "# edited since\n")
    with pytest.raises(StoreError, match="there is a store already"):
        restore_site(site, made.folder)
    assert kept(tmp_path / "kept") == 2
    restore_site(site, made.store, force=True)
    assert kept(tmp_path / "kept") == 1
    assert site.read_text().endswith("# edited since\n")


def test_what_is_no_backup_is_refused(site: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for path, got in (
        (tmp_path / "gone", "no folder and no file"),
        (tmp_path / "empty", "a folder with 0 possible files"),
    ):
        with pytest.raises(PasserbyError, match=got):
            restore_site(site, path)
    with pytest.raises(StoreError):
        restore_site(site, site, force=True)
    assert kept(tmp_path / "kept") == 1


def test_nothing_is_made_by_looking_for_it(tmp_path: Path) -> None:
    site = tmp_path / "site.yaml"
    site.write_text(TEXT)
    with pytest.raises(PasserbyError, match="there is no database here yet"):
        back_up_site(site, tmp_path / "out")
    with pytest.raises(PasserbyError, match="there is no database here yet"):
        store_url(load_service(site, {}, passwords=False), None)
    with pytest.raises(SiteFileError):
        back_up_site(tmp_path / "gone.yaml", tmp_path / "out")
    assert [path.name for path in tmp_path.iterdir()] == ["site.yaml"]


def test_a_folder_or_a_site_is_needed(site: Path, tmp_path: Path) -> None:
    assert folder_of(None, tmp_path).path == tmp_path
    assert folder_of(site, tmp_path).path == tmp_path
    with pytest.raises(PasserbyError, match="name a site file"):
        folder_of(None, None)
