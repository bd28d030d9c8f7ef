"""A site file is read once for all parts of a process that begins, and again where it is another text."""

from pathlib import Path

import pytest

from passerby.config.loader import site_of_text
from passerby.config.texts.site_storage import write_applied
from passerby.service.plans import published_plan, read_site, wanted_site
from testing.trial_service.site_register import registered

TEXT = registered("""cameras:
  quay: {source: {rtsp: "rtsp://10.0.0.5/a", user: u, password_from: QUAY}}
  mole: {source: {rtsp: "rtsp://10.0.0.6/a", user: u}}
""")
ENVIRONMENT = {"QUAY": "of-the-quay"}


@pytest.fixture
def readings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts that are read from now on."""
    read: list[str] = []

    def counted(text: str, name: str) -> object:
        read.append(text)
        return site_of_text(text, name)

    monkeypatch.setattr("passerby.config.service.site_of_text", counted)
    return read


def test_what_was_read_just_now_is_not_read_again(tmp_path: Path, readings: list[str]) -> None:
    site = tmp_path / "site.yaml"
    site.write_text(TEXT, "utf-8")
    read = read_site(site, ENVIRONMENT)
    write_applied(tmp_path, TEXT, 1)
    given = published_plan(site, tmp_path, ENVIRONMENT, connects=True, read=read)
    assert readings == [TEXT]
    again = published_plan(site, tmp_path, ENVIRONMENT, connects=True)
    assert readings == [TEXT, TEXT]
    assert [camera.source for camera in given.cameras] == [camera.source for camera in again.cameras]
    assert given.cameras[0].source.password == "of-the-quay"
    assert [camera.fault for camera in given.cameras] == [camera.fault for camera in again.cameras]


def test_another_text_than_was_published_is_not_taken_for_it(tmp_path: Path, readings: list[str]) -> None:
    site, edited = tmp_path / "site.yaml", TEXT.replace("10.0.0.5", "10.0.0.9")
    site.write_text(edited, "utf-8")
    write_applied(tmp_path, TEXT, 1)
    read = wanted_site(site, tmp_path, ENVIRONMENT)
    assert published_plan(site, tmp_path, ENVIRONMENT, read=read).cameras[0].source.host == "10.0.0.5"
    assert readings == [edited, TEXT]
