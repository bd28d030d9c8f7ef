"""Where cameras' passwords are kept, by names, and a new key for them; on a real store."""

from pathlib import Path

import pytest

from passerby.admin.audit_log.audit import entries
from passerby.admin.camera_passwords import listed, rotate
from passerby.camera_secrets.errors import CameraSecretError
from passerby.camera_secrets.keeper import CameraPasswords
from passerby.domain.sources import CameraSource, PasswordPlace, SourceKind
from testing.access.stored_passwords import set_password
from tests.unit.admin.stored_site import TEXT

SITE = TEXT.replace(
    "cameras: {a", 'cameras: {b: {source: {rtsp: "rtsp://10.0.0.2/x", user: u}}, c: {source: {usb: /dev/video0}}, a'
)
B = CameraSource(SourceKind.RTSP, "10.0.0.2", 554, "/x", user="u")


def with_passwords(site: Path) -> CameraPasswords:
    site.write_text(SITE)
    kept = CameraPasswords(site.parent / "kept", {}, lambda: 7)
    set_password(kept, "b", B, "S3cret")
    set_password(kept, "gone", B, "S3cret")
    return kept


def test_they_are_listed_without_the_password(site: Path) -> None:
    kept = with_passwords(site)
    rows = listed(site)
    assert [(row.camera, row.place, row.set_ns) for row in rows] == [
        ("b", PasswordPlace.ENCRYPTED, 7), ("c", PasswordPlace.NONE, None), ("a", PasswordPlace.OUTSIDE, None),
        ("gone", PasswordPlace.ENCRYPTED, 7),
    ]  # fmt: skip
    assert [bool(row.fault) for row in rows] == [False, False, False, True]
    kept.key_file.unlink()
    assert "is not there" in listed(site)[0].fault


def test_a_new_key_is_audited(site: Path) -> None:
    kept = with_passwords(site)
    before = kept.key_file.read_bytes()
    assert rotate(site).passwords == 2
    assert kept.key_file.read_bytes() != before
    assert kept.read().password("b", B) == "S3cret"
    kept.key_file.write_bytes(before)
    with pytest.raises(CameraSecretError, match="another key"):
        rotate(site)
    actions = [row.entry.action for row in entries(site, None, 10) if row.entry is not None]
    assert [action for action in actions if "password" in action] == ["camera.passwords-rotated"]
