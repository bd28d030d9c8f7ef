"""Backing up and restoring a site, on a real SQLite store."""

import stat
import time
from pathlib import Path

import pytest

from passerby.admin.backup import (
    SITE_IN_BACKUP,
    SITE_SECRETS,
    _back_up_secrets,
    back_up_site,
    restore_site,
    store_url,
)
from passerby.admin.camera_passwords import listed
from passerby.camera_secrets.keeper import CameraPasswords
from passerby.config.secrets.redaction import redacted
from passerby.config.service import load_service
from passerby.config.texts.site_storage import folder_of, write_site
from passerby.domain.errors import PasserbyError, SiteFileError
from passerby.domain.sources import CameraSource, SourceKind
from passerby.engine.service_folder import SECRETS_KEY_FILE
from passerby.ports import StoreError
from testing.access.stored_passwords import set_password
from tests.unit.admin.stored_site import TEXT, keep, kept
from tests.unit.config.events.test_recipient_plans import ENVIRONMENT
from tests.unit.config.events.test_recipient_plans import SITE as RECIPIENTS


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
    with pytest.raises(StoreError, match=r"there is a store already.*--force"):
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


CANARY = "K4nar1enV0gel"
SQUARE = CameraSource(SourceKind.RTSP, "10.0.0.1", 554, "/x", user="u")


def test_encrypted_passwords_are_in_it_and_the_key_is_not(site: Path, tmp_path: Path) -> None:
    site.write_text(TEXT.replace(", password_from: NOT_HERE", ""))
    kept_passwords = CameraPasswords(tmp_path / "kept", {})
    set_password(kept_passwords, "a", SQUARE, CANARY)
    made = back_up_site(site, tmp_path / "backups")
    key = kept_passwords.key_file.read_bytes()
    for path in made.folder.iterdir():
        assert CANARY.encode() not in path.read_bytes()
        assert key.strip() not in path.read_bytes()
    assert stat.S_IMODE(made.secrets[0].stat().st_mode) == 0o600
    elsewhere = tmp_path / "elsewhere" / "site.yaml"
    elsewhere.parent.mkdir()
    restore_site(elsewhere, made.folder)
    (row,) = listed(elsewhere)
    assert "key of the cameras' passwords is not there" in row.fault
    restored = CameraPasswords(elsewhere.parent / "kept", {})
    restored.key_file.write_bytes(key)
    restored.key_file.chmod(0o600)
    assert restored.read().password("a", SQUARE) == CANARY
    assert listed(elsewhere)[0].fault == ""
    # What is there stays, unless it is to be overwritten.
    set_password(restored, "a", SQUARE, "newer")
    restore_site(elsewhere, made.folder, force=True)
    assert restored.read().password("a", SQUARE) == CANARY


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("password_from: NOT_HERE", f"password: {CANARY}"),
        ("data: kept", f"data: kept\nstore: {{url: 'postgresql://me:{CANARY}@db/x'}}"),
    ],
)
def test_a_site_file_with_secrets_is_encrypted(old: str, new: str, site: Path, tmp_path: Path) -> None:
    text = TEXT.replace(old, new)
    site.write_text(TEXT)
    made = back_up_site(site, tmp_path / "plain")
    assert made.secrets == ()
    folder = tmp_path / "backup"
    folder.mkdir()
    (folder / made.store.name).write_bytes(made.store.read_bytes())
    if "store" in new:  # there is no such server: what is written beside the database is looked at alone
        state = folder_of(site, None)
        _back_up_secrets(state, folder, text)
        write_site(folder / SITE_IN_BACKUP, redacted(text))
    else:
        site.write_text(text)
        made = back_up_site(site, tmp_path / "backups")
        folder = made.folder
        assert not made.left_out
    for path in folder.iterdir():
        assert CANARY.encode() not in path.read_bytes()
    elsewhere = tmp_path / "elsewhere" / "site.yaml"
    (elsewhere.parent / "kept").mkdir(parents=True)
    with pytest.raises(PasserbyError, match="which open with the key that was kept apart"):
        restore_site(elsewhere, folder)
    assert not elsewhere.exists()
    key = elsewhere.parent / "kept" / SECRETS_KEY_FILE
    key.write_bytes((tmp_path / "kept" / SECRETS_KEY_FILE).read_bytes())
    key.chmod(0o600)
    if "store" not in new:
        restore_site(elsewhere, folder)
        assert elsewhere.read_text() == text
        (folder / SITE_SECRETS).write_text("{}")
        elsewhere.unlink()
        with pytest.raises(PasserbyError, match="damaged"):
            restore_site(elsewhere, folder)


def test_without_a_key_the_secrets_stay_out(site: Path, tmp_path: Path) -> None:
    site.write_text(TEXT.replace("password_from: NOT_HERE", f"password: {CANARY}"))
    kept_passwords = CameraPasswords(tmp_path / "kept", {})
    set_password(kept_passwords, "b", SQUARE, "other")
    kept_passwords.key_file.unlink()
    made = back_up_site(site, tmp_path / "backups")
    assert made.left_out
    assert not kept_passwords.key_file.exists()
    assert CANARY not in made.site.read_text()


def test_the_address_of_a_webhook_is_not_in_the_site_file_of_a_backup(
    site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, text in ENVIRONMENT.items():
        monkeypatch.setenv(name, text)
    site.write_text(RECIPIENTS)
    made = back_up_site(site, tmp_path / "backups", tmp_path / "kept")
    assert made.secrets == (made.folder / SITE_SECRETS,)
    assert "s3cret" in RECIPIENTS
    for path in made.folder.iterdir():
        assert b"s3cret" not in path.read_bytes()
