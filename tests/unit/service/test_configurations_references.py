"""What lies outside of the site file, and where its secrets go, is decided by hand alone."""

from pathlib import Path

import pytest

from passerby.ports import ConfigurationRefusedError
from passerby.service.configurations import FileConfigurations
from tests.unit.service.test_configurations import Service, play

TEXT = """\
cameras:
  square:
    source: {rtsp: "rtsp://10.1.2.3/sub", user: counter, password_from: SQUARE}
  gate:
    node: quay
    source: {http: "http://10.1.2.4/video", user: counter, password: "S3cret"}
store: {url_from: STORE}
network: {cameras: [10.1.0.0/16]}
data: kept
"""
ENVIRONMENT = {"SQUARE": "canary-one", "OTHER": "canary-two", "STORE": "sqlite:///x.sqlite"}


async def opened(service: Service, text: str = TEXT) -> FileConfigurations:
    service.path.write_text(text)
    return await service.open(ENVIRONMENT)


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("10.1.2.3", "10.1.9.9", "cameras.square.source.password_from"),
        ("10.1.2.3", "10.1.2.3:8554", "cameras.square.source.password_from"),
        ("rtsp://10.1.2.3/sub", "rtsps://10.1.2.3/sub", "cameras.square.source.password_from"),
        ('rtsp: "rtsp://10.1.2.3/sub"', 'http: "http://10.1.2.3/sub"', "cameras.square.source.password_from"),
        ("user: counter, password_from", "user: root, password_from", "cameras.square.source.password_from"),
        ("SQUARE}", "OTHER}", "cameras.square.source.password_from"),
        ("SQUARE}", "NOT_THERE}", "cameras.square.source.password_from"),
        ("SQUARE}", "SQUARE, basic_without_tls: true}", "cameras.square.source.password_from"),
        ("password: \"********\"", "password_from: OTHER", "cameras.gate.source.password_from"),
        ("cameras:\n", "cameras:\n  more: {source: {rtsp: rtsp://10.1.2.9, user: u, password_from: STORE}}\n",
         "cameras.more.source.password_from"),
        ('http: "http://10.1.2.4/video", user: counter, password: "********"',
         'http: "https://10.1.2.4/video", authority: kept/session.key', "cameras.gate.source.authority"),
        ("url_from: STORE", "url_from: OTHER", "store"),
        ("url_from: STORE", "url: sqlite:///elsewhere.sqlite", "store"),
        ("store: {url_from: STORE}", "", "store"),
        ("10.1.0.0/16", "0.0.0.0/0", "network.cameras"),
        ("network: {cameras: [10.1.0.0/16]}", "", "network.cameras"),
        ("data: kept", "data: elsewhere", "data"),
        ("data: kept", "data: kept\naccess: {one_person: true}", "access"),
        ("data: kept", "data: kept\nserver: {looks_per_hour: 10000}", "server"),
        ("  square:\n", "  square:\n    groups: [centre]\n", "cameras.square.groups"),
        ("cameras:\n", "cameras:\n  more: {groups: [centre]}\n", "cameras.more.groups"),
        ("data: kept", "data: kept\nfleet: {address: 'hub.example:8443'}", "fleet"),
        ("  square:\n", "  square:\n    node: cabinet\n", "cameras.square.node"),
        ("cameras:\n", "cameras:\n  more: {node: cabinet}\n", "cameras.more.node"),
        ("    node: quay\n", "", "cameras.gate.node"),
        ("data: kept", "data: kept\naccess: {providers: {x: {issuer: 'https://e.example', client_id: y}}}", "access"),
    ],
)  # fmt: skip
def test_references_are_not_edited_over_http(tmp_path: Path, old: str, new: str, key: str) -> None:
    async def part(service: Service) -> None:
        configurations = await opened(service)
        before = await configurations.newest()
        text = before.text.replace(old, new)
        assert text != before.text
        (fault,) = configurations.faults(text)
        assert f" {key}: " in fault
        assert "by hand" in fault or "edit the site file itself" in fault
        assert "canary" not in fault
        with pytest.raises(ConfigurationRefusedError):
            await configurations.apply(text, "api", None)
        assert await configurations.newest() == before
        assert service.path.read_text() == TEXT
        assert service.ran == []
        # With an editor it is possible.
        service.path.write_text(text.replace('"********"', "new"))
        if "NOT_THERE" not in text and "url_from: OTHER" not in text:
            await configurations.reload()
            assert configurations.problem == ""

    play(tmp_path, part)


def test_what_leaves_them_as_they_are_is_edited(tmp_path: Path) -> None:
    async def part(service: Service) -> None:
        configurations = await opened(service)
        text = (await configurations.newest()).text.replace("/sub", "/main")
        text = text.replace("network:", "workers: {cameras_each: 2}\nnetwork:").replace("  square:", "  forum:")
        await configurations.apply(text, "api", 1)
        square = configurations.plan.cameras[0].source
        assert (square.path, square.password) == ("/main", "canary-one")

    play(tmp_path, part)


def test_a_camera_that_moves_loses_its_secret(tmp_path: Path) -> None:
    async def part(service: Service) -> None:
        configurations = await opened(service)
        text = (await configurations.newest()).text.replace("10.1.2.3", "10.1.9.9")
        await configurations.apply(text.replace(", password_from: SQUARE", ""), "api", 1)
        assert configurations.plan.cameras[0].source.password == ""
        # It has lost it for good: over HTTP it does not come back, not even with the old address.
        for moved in (text, TEXT.replace('"S3cret"', '"********"')):
            with pytest.raises(ConfigurationRefusedError):
                await configurations.apply(moved, "api", None)
        with pytest.raises(ConfigurationRefusedError):
            await configurations.roll_back(1, "api")
        literal = (await configurations.newest()).text.replace("10.1.2.4", "10.1.2.5")
        with pytest.raises(ConfigurationRefusedError, match="password"):
            await configurations.apply(literal, "api", None)

    play(tmp_path, part)
