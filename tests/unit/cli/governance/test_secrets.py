"""`passerby secrets`: what it prints of encrypted passwords, and its exit codes."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from passerby.camera_secrets.keeper import CameraPasswords
from passerby.cli import app
from passerby.cli.governance import secrets as commands
from passerby.domain.sources import CameraSource, SourceKind
from testing.access.stored_passwords import rotate_passwords, set_password
from tests.unit.admin.stored_site import keep

CANARY = "K4nar1enV0gel"
SITE = """\
cameras:
  square: {source: {rtsp: "rtsp://10.0.0.1/x", user: u}}
  gate: {source: {rtsp: "rtsp://10.0.0.2/x", user: u, password_from: NOT_HERE}}
data: kept
"""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    path = tmp_path / "site.yaml"
    path.write_text(SITE)
    (tmp_path / "kept").mkdir()
    kept = CameraPasswords(tmp_path / "kept", {}, lambda: 0)
    set_password(kept, "square", CameraSource(SourceKind.RTSP, "10.0.0.1", 554, "/x", user="u"), CANARY)
    return path


def test_names_are_listed_and_no_password(site: Path) -> None:
    shown = CliRunner().invoke(app, ["secrets", "list", str(site)], env={"COLUMNS": "300"})
    assert shown.exit_code == 0
    assert "square" in shown.output
    assert "encrypted" in shown.output
    assert "1970-01-01 00:00 UTC" in shown.output
    assert CANARY not in shown.output
    rows = json.loads(CliRunner().invoke(app, ["secrets", "list", str(site), "--json"]).output)
    assert [(row["camera"], row["place"]) for row in rows] == [("square", "encrypted"), ("gate", "outside")]


def test_one_that_cannot_be_opened_is_named(site: Path) -> None:
    (site.parent / "kept" / "secrets.key").unlink()
    shown = CliRunner().invoke(app, ["secrets", "list", str(site)], env={"COLUMNS": "300"})
    assert shown.exit_code == 1
    assert "is not there" in shown.output


@pytest.mark.parametrize(("ours", "said"), [(True, "needs the old key"), (False, "can be taken away now")])
def test_what_is_to_be_done_after_a_rotation_is_said(
    ours: bool, said: str, site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = rotate_passwords(CameraPasswords(site.parent / "kept", {}))
    monkeypatch.setattr(commands, "rotate", lambda *_: type(done)(1, done.key_id, done.place, ours))
    shown = CliRunner().invoke(app, ["secrets", "rotate", str(site)])
    assert shown.exit_code == 0
    assert f"1 password is encrypted with the key {done.key_id}" in shown.output
    assert said in shown.output


def test_what_was_taken_out_of_the_site_file_is_named_and_not_shown(site: Path) -> None:
    site.write_text(SITE.replace("password_from: NOT_HERE", f"password: {CANARY}"))
    keep(site.parent / "kept", 1)
    shown = CliRunner().invoke(app, ["secrets", "take", str(site)], env={"COLUMNS": "300"})
    assert (shown.exit_code, CANARY in shown.output) == (0, False)
    assert "Kept encrypted, and taken out of" in shown.output
    assert "gate." in shown.output
    assert CANARY not in site.read_text()
    assert "No camera's password" in CliRunner().invoke(app, ["secrets", "take", str(site)]).output
