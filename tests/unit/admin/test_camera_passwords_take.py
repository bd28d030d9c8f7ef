"""Passwords of the site file are kept encrypted and taken out of it, audited, whatever happens between."""

from pathlib import Path

import pytest

from passerby.admin import camera_passwords as module
from passerby.admin.audit_log.audit import entries
from passerby.admin.camera_passwords import listed, take
from passerby.camera_secrets.errors import CameraSecretError
from passerby.camera_secrets.keeper import CameraPasswords
from passerby.domain.errors import OutputError, SiteFileError
from passerby.domain.sources import CameraSource, PasswordPlace, SourceKind
from tests.unit.admin.stored_site import keep

CANARY = "K4nar1enV0gel"
TEXT = f"""\
# mine
data: kept
cameras:
  gate:
    source:
      rtsp: rtsp://10.0.0.1/x
      user: u
      password: {CANARY}  # of the gate
  square: {{source: {{rtsp: rtsp://10.0.0.2/x, user: u, password: "{CANARY} 2"}}}}  # both
  side: {{source: {{rtsp: rtsp://10.0.0.3/x, user: u, password_from: SIDE}}}}
"""
GATE = CameraSource(SourceKind.RTSP, "10.0.0.1", 554, "/x", user="u")
SQUARE = CameraSource(SourceKind.RTSP, "10.0.0.2", 554, "/x", user="u")


@pytest.fixture
def site(tmp_path: Path) -> Path:
    path = tmp_path / "site.yaml"
    path.write_text(TEXT)
    path.chmod(0o640)
    (tmp_path / "kept").mkdir()
    keep(tmp_path / "kept", 1)
    return path


def opened(site: Path) -> tuple[str, str]:
    read = CameraPasswords(site.parent / "kept", {}).read()
    return read.password("gate", GATE), read.password("square", SQUARE)


def audited(site: Path) -> list[tuple[str, str]]:
    rows = [row.entry for row in entries(site, None, 20) if row.entry is not None]
    return [(row.subject, row.detail) for row in rows if row.action == "camera.password-set"]


def test_they_are_taken_comments_stay_and_each_is_audited(site: Path) -> None:
    done = take(site)
    assert (done.cameras, done.running) == (("gate", "square"), False)
    assert site.read_text() == TEXT.replace(f"password: {CANARY}  # of", "# of").replace(
        f', password: "{CANARY} 2"', ""
    )
    assert site.stat().st_mode & 0o777 == 0o640
    assert opened(site) == (CANARY, f"{CANARY} 2")
    assert sorted(audited(site)) == [("gate", "out of the site file"), ("square", "out of the site file")]
    assert [row.place for row in listed(site)] == [PasswordPlace.ENCRYPTED] * 2 + [PasswordPlace.OUTSIDE]
    assert take(site).cameras == ()
    for path in site.parent.rglob("*"):
        assert path.is_dir() or CANARY.encode() not in path.read_bytes(), path


@pytest.mark.parametrize("fault", ["full", "edited"])
def test_interrupted_they_stand_in_both_places_and_it_can_be_done_again(
    fault: str, site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OutputError("no space")

    texts = iter([TEXT, TEXT + "# edited\n"])
    with monkeypatch.context() as patch:
        if fault == "full":
            patch.setattr(module, "write_site", full)
        else:
            patch.setattr(module, "text_of", lambda _: next(texts))
        with pytest.raises((OutputError, SiteFileError), match=r"no space|edited meanwhile"):
            take(site)
    assert site.read_text() == TEXT
    assert opened(site) == (CANARY, f"{CANARY} 2")
    assert take(site).cameras == ("gate", "square")
    assert opened(site) == (CANARY, f"{CANARY} 2")


def test_nothing_is_done_where_one_cannot_be_taken_or_encrypted(site: Path) -> None:
    site.write_text(TEXT.replace(f"password: {CANARY}  # of the gate", f"password: |-\n        {CANARY}"))
    with pytest.raises(SiteFileError, match=r"site.yaml:8: password: cannot be taken out safely"):
        take(site)
    assert audited(site) == []
    site.write_text(TEXT)
    take(site)
    (site.parent / "kept" / "secrets.key").unlink()
    site.write_text(TEXT)
    with pytest.raises(CameraSecretError, match="is not there"):
        take(site)
    assert site.read_text() == TEXT
