"""`passerby cameras`, as a user and as a program sees it."""

import json
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from ruamel.yaml import YAML
from typer.testing import CliRunner

from passerby.cli import cameras as cameras_module
from passerby.cli.cameras import cameras_app
from passerby.config.check import check_site
from passerby.domain.errors import SourceError
from passerby.onvif import discovery
from passerby.onvif.addresses import StreamAddress
from passerby.onvif.matches import FoundCamera
from testing.onvif_camera import soap_camera
from testing.onvif_camera.soap_camera import SoapCamera

SECRET = "S3cret-word"


@pytest.fixture
def camera() -> Iterator[SoapCamera]:
    with soap_camera.serving(SoapCamera()) as one:
        yield one


@pytest.fixture(autouse=True)
def secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATE_PASSWORD", SECRET)
    monkeypatch.setenv("COLUMNS", "160")


def run(*arguments: str, typed: str | None = None) -> tuple[int, str]:
    """The exit code, and everything that was said, on both ways out."""
    result = CliRunner().invoke(cameras_app, list(arguments), input=typed)
    if isinstance(result.exception, SourceError):
        assert SECRET not in str(result.exception)
        raise result.exception
    assert SECRET not in result.output
    return result.exit_code, result.stdout


def found(monkeypatch: pytest.MonkeyPatch, *cameras: FoundCamera) -> list[tuple[Any, ...]]:
    """Has discovery find these; gives what it was asked for."""
    asked: list[tuple[Any, ...]] = []

    def discovered(*arguments: Any) -> tuple[FoundCamera, ...]:
        asked.append(arguments[:3])
        arguments[3](0.5)
        return cameras

    monkeypatch.setattr(discovery, "discover", discovered)
    return asked


def one(sender: str, service: str, *, elsewhere: bool = False, name: str = "Gate") -> FoundCamera:
    services = (StreamAddress(service, elsewhere=elsewhere, complete=True),)
    return FoundCamera(sender, "urn:uuid:1", name, "M-1", "Square", services)


def test_discover_lists_what_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = found(monkeypatch, one("10.0.0.5", "http://10.0.0.5:8000/onvif"), one("10.0.0.9", "http://10.0.0.9/onvif"))
    code, said = run("discover", "--interface", "lo", "--timeout", "2", "--at", "10.0.0.9", "--at", "10.0.0.5")
    assert code == 0
    assert asked == [(2.0, "lo", ("10.0.0.9", "10.0.0.5"))]
    for words in ("2 cameras answered", "10.0.0.5:8000", "10.0.0.9", "Gate", "M-1", "Square"):
        assert words in said


def test_discover_flags_a_camera_that_points_to_others(monkeypatch: pytest.MonkeyPatch) -> None:
    found(monkeypatch, one("10.0.0.5", "http://169.254.169.254/latest", elsewhere=True))
    assert "10.0.0.5 names only other hosts: http://169.254.169.254/latest" in run("discover")[1]


def test_discover_prints_names_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    found(monkeypatch, one("10.0.0.5", "http://10.0.0.5/", name="[red]Gate[/red] [/]"))
    assert "[red]Gate[/red] [/]" in run("discover")[1]


def test_discover_finds_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    found(monkeypatch)
    code, said = run("discover")
    assert code == 0
    assert "No camera answered" in said
    assert "--at" in said


def test_discover_speaks_json(monkeypatch: pytest.MonkeyPatch) -> None:
    found(monkeypatch, one("10.0.0.5", "http://10.0.0.5:8000/onvif"))
    (row,) = json.loads(run("discover", "--json")[1])["cameras"]
    assert row["address"] == "10.0.0.5:8000"
    assert row["services"] == [{"address": "http://10.0.0.5:8000/onvif", "elsewhere": False}]


def probe(camera: SoapCamera, *options: str) -> str:
    code, said = run("probe", f"127.0.0.1:{camera.port}", *options)
    assert code == 0
    return said


def test_probe_says_which_stream_to_watch_and_what_to_paste(camera: SoapCamera) -> None:
    said = probe(camera, "--user", "operator", "--password-from", "GATE_PASSWORD", "--name", "gate")
    for words in (
        "Maker M 1",
        "firmware 2.3",
        "1920x1080",
        "640x360",
        "H264",
        "rtsp://127.0.0.1/main",
        "Watch main and sub",
    ):
        assert words in said
    lines = said[said.index("cameras:") :]
    source = {
        "rtsp": "rtsp://127.0.0.1/main",
        "streams": ["rtsp://127.0.0.1/sub"],
        "user": "operator",
        "password_from": "GATE_PASSWORD",
    }
    assert YAML(typ="safe").load(StringIO(lines)) == {"cameras": {"gate": {"source": source}}}


def test_what_is_pasted_is_a_sound_site_file(camera: SoapCamera, tmp_path: Path) -> None:
    said = probe(camera, "--user", "operator", "--password-from", "GATE_PASSWORD")
    site = tmp_path / "site.yaml"
    site.write_text(said[said.index("cameras:") :], encoding="utf-8")
    (checked,) = check_site(site).cameras
    assert (checked.camera_id, checked.source) == ("m-1", "rtsp://127.0.0.1/main")


def test_probe_speaks_json(camera: SoapCamera) -> None:
    reported = json.loads(probe(camera, "--user", "operator", "--password-from", "GATE_PASSWORD", "--json"))
    assert reported["device"] == {"maker": "Maker", "model": "M 1", "firmware": "2.3", "serial": "S4"}
    main, sub = reported["profiles"]
    assert (sub["recommended"], sub["usable"], sub["elsewhere"], sub["with"]) == (None, True, False, [])
    assert "the smallest in which they are large enough" in main["recommended"]
    assert main["with"] == [sub["token"]]
    assert sub["address"] == "rtsp://127.0.0.1/sub"
    assert "m-1:" in reported["site_lines"]


def test_probe_without_a_user_pastes_no_password(camera: SoapCamera) -> None:
    assert "password" not in probe(camera)


def test_probe_flags_streams_elsewhere_and_pastes_none(camera: SoapCamera) -> None:
    camera.replies["GetStreamUri"] = soap_camera.stream("rtsp://198.51.100.7/live")
    said = probe(camera)
    assert "points to another host, rtsp://198.51.100.7/live. It was not contacted." in " ".join(said.split())
    assert "cameras:" not in said
    assert "Watch" not in said


def test_probe_flags_credentials_in_an_address(camera: SoapCamera) -> None:
    camera.replies["GetStreamUri"] = soap_camera.stream("rtsp://127.0.0.1/live?password=other")
    said = probe(camera)
    assert "password=***" in said
    assert "other" not in said
    assert "cameras:" not in said


def test_probe_tells_of_a_stream_without_an_address(camera: SoapCamera) -> None:
    camera.replies["GetStreamUri"] = soap_camera.fault("ter:NoProfile", "none")
    assert "gives no RTSP address" in probe(camera)


def test_probe_prints_names_as_they_are(camera: SoapCamera) -> None:
    camera.replies["GetProfiles"] = soap_camera.profiles(("[/red]", 640, 360, "v0"))
    assert "Watch [/red]" in probe(camera)


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("--password-from", "GATE_PASSWORD"), "needs a user"),
        (("--user", "operator", "--password-from", "NOT_SET_ANYWHERE"), "NOT_SET_ANYWHERE is not set"),
        (("--user", "operator", "--password-from", f"{SECRET}!"), "no name of an environment variable"),
        (("--user", "operator"), "no terminal to ask for the password at"),
        (("--name", "a b"), "--name"),
    ],
)
def test_probe_refuses_what_makes_no_sense(arguments: tuple[str, ...], why: str) -> None:
    with pytest.raises(SourceError, match=why):
        run("probe", "127.0.0.1:9", *arguments)


def test_probe_asks_for_the_password_where_somebody_is_there(
    camera: SoapCamera, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[dict[str, Any]] = []

    def prompt(text: str, **options: Any) -> str:
        asked.append(options)
        return SECRET

    monkeypatch.setattr(cameras_module, "sys", SimpleNamespace(stdin=SimpleNamespace(isatty=lambda: True)))
    monkeypatch.setattr("typer.prompt", prompt)
    assert "password_from: M_1_PASSWORD" in probe(camera, "--user", "operator")
    assert asked == [{"hide_input": True, "err": True}]
    assert any("PasswordDigest" in text for text in camera.texts)
    assert not any(SECRET in text for text in camera.texts)


def test_an_authority_file_that_is_none_is_reported(camera: SoapCamera, tmp_path: Path) -> None:
    file = tmp_path / "authority.pem"
    for content in (None, "no certificate"):
        if content is not None:
            file.write_text(content, encoding="utf-8")
        with pytest.raises(SourceError, match="--authority"):
            run("probe", f"127.0.0.1:{camera.port}", "--authority", str(file))


def test_a_camera_without_tls_is_reported_as_such(camera: SoapCamera) -> None:
    with pytest.raises(SourceError, match="no conversation"):
        run("probe", f"127.0.0.1:{camera.port}", "--https")
