"""What the doctor finds: each fault by itself, on real sockets, files and databases."""

import asyncio
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from passerby.admin import machine_checks
from passerby.admin.doctor import examine
from passerby.admin.findings import Finding, Outcome
from passerby.admin.machine_checks import clock_synchronised, machine_findings
from passerby.admin.site_checks import camera_finding, database_finding, model_finding, port_finding
from passerby.domain.layout import Layout
from passerby.domain.service import CameraPlan, SitePlan
from passerby.domain.sources import CameraSource, SourceKind
from passerby.engine.service_folder import ServiceFolder
from passerby.sandbox.connection_broker import AllowList
from passerby.store.opening import open_store

LOCAL = AllowList.of(["127.0.0.0/8"])
PLAN = SitePlan("site", "UTC", ())


@pytest.fixture
def listening() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


def looked(source: CameraSource, allowed: AllowList = LOCAL) -> Finding:
    return camera_finding(CameraPlan("a", source, Layout((), (), (), None)), allowed)


def rtsp(port: int, **keys: object) -> CameraSource:
    return CameraSource(SourceKind.RTSP, "127.0.0.1", port, "/x?key=canary", password="canary", **keys)  # type: ignore[arg-type]


def test_a_camera_that_answers_is_not_spoken_to(listening: socket.socket) -> None:
    found = looked(rtsp(listening.getsockname()[1]))
    assert found.outcome is Outcome.OK
    link, _ = listening.accept()
    with link:
        link.settimeout(5)
        assert link.recv(100) == b""


def test_a_camera_that_does_not_answer_or_may_not_be_reached(listening: socket.socket, tmp_path: Path) -> None:
    port = listening.getsockname()[1]
    refused = looked(rtsp(port), AllowList())
    assert refused.outcome is Outcome.FAIL
    assert "not in the networks" in refused.why
    assert "network.cameras" in refused.do
    unknown = looked(CameraSource(SourceKind.HTTP, "camera.invalid", 80))
    assert (unknown.outcome, "camera.invalid is not known" in unknown.why) == (Outcome.FAIL, True)
    listening.close()
    gone = looked(rtsp(port))
    assert gone.outcome is Outcome.FAIL
    assert "cannot be reached" in gone.why
    blind = looked(rtsp(port, authority=tmp_path / "gone.pem"))
    assert "gone.pem cannot be read" in blind.why
    assert "canary" not in f"{refused}{unknown}{gone}{blind}"


def test_files_and_devices(tmp_path: Path) -> None:
    film = tmp_path / "a.mp4"
    assert looked(CameraSource(SourceKind.FILE, file=film)).outcome is Outcome.FAIL
    film.touch()
    assert looked(CameraSource(SourceKind.FILE, file=film)).outcome is Outcome.OK
    assert "is no file" in looked(CameraSource(SourceKind.FILE, file=tmp_path)).why
    assert "is no device" in looked(CameraSource(SourceKind.USB, file=film)).why
    assert looked(CameraSource(SourceKind.USB, file=Path("/dev/video99"))).do == "Is the camera plugged in?"
    assert looked(CameraSource(SourceKind.USB, file=Path("/dev/null"))).outcome is Outcome.OK


def test_ports(listening: socket.socket) -> None:
    port = listening.getsockname()[1]
    assert port_finding("127.0.0.1", port, running=False).outcome is Outcome.FAIL
    assert port_finding("127.0.0.1", port, running=True).outcome is Outcome.OK
    listening.close()
    assert port_finding("127.0.0.1", port, running=False).outcome is Outcome.OK
    assert port_finding("192.0.2.1", port, running=False).outcome is Outcome.FAIL


def test_models(tmp_path: Path) -> None:
    assert model_finding(None).outcome is Outcome.OK
    assert model_finding(str(tmp_path / "gone.onnx")).outcome is Outcome.FAIL
    (tmp_path / "own.onnx").touch()
    assert "a file of your own" in model_finding(str(tmp_path / "own.onnx")).why


def test_databases(tmp_path: Path) -> None:
    folder = ServiceFolder(tmp_path)
    assert "will be made" in database_finding(PLAN, folder).why
    assert list(tmp_path.iterdir()) == []

    async def make() -> None:
        await (await open_store(folder.store_url(None))).close()

    asyncio.run(make())
    found = database_finding(PLAN, folder)
    assert (found.outcome, "its tables are of revision" in found.why) == (Outcome.OK, True)
    folder.database.write_bytes(b"this is no database at all" * 100)
    assert database_finding(PLAN, folder).outcome is Outcome.FAIL
    away = SitePlan("site", "UTC", (), store_url="postgresql://u:canary@127.0.0.1:1/d")
    found = database_finding(away, folder)
    assert found.outcome is Outcome.FAIL
    assert "canary" not in f"{found}"


def test_the_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tmp_path.chmod(0o755)
    found = {finding.name: finding for finding in machine_findings(tmp_path)}
    assert set(found) == {"Python", "libraries", "isolation", "data folder", "disk", "clock", "fonts"}
    assert found["Python"].outcome is Outcome.OK
    assert found["isolation"].why.startswith("level ")
    assert (found["data folder"].outcome, found["data folder"].do) == (Outcome.WARN, f"chmod 700 {tmp_path}")
    assert all(finding.do for finding in found.values() if finding.outcome is not Outcome.OK)
    tmp_path.chmod(0o700)
    monkeypatch.setattr(machine_checks, "MIN_FREE_BYTES", 10**18)
    monkeypatch.setattr(machine_checks, "bubblewrap_works", lambda: False)
    found = {finding.name: finding for finding in machine_findings(tmp_path / "new" / "folder")}
    assert "will be made" in found["data folder"].why
    assert found["disk"].outcome is Outcome.FAIL
    assert found["isolation"].outcome is not Outcome.OK
    assert not (tmp_path / "new").exists()
    under_a_file = tmp_path / "file"
    under_a_file.touch()
    assert any(finding.outcome is Outcome.FAIL for finding in machine_findings(under_a_file / "x"))


def test_the_clock_is_asked() -> None:
    assert clock_synchronised() in (True, False, None)


def test_a_bad_site_file_keeps_nothing_else_from_being_looked_at(tmp_path: Path) -> None:
    site = tmp_path / "site.yaml"
    site.write_text("cameras: {a: {source: {rtsp: 'rtsp://u:canary@h'}}}\nserver: {port: 0}\n")
    found = list(examine(site, tmp_path))
    assert sum(finding.name == "site file" for finding in found) == 2
    assert any(finding.name == "disk" for finding in found)
    assert "canary" not in str(found)
    site.write_text("cameras: {a: {source: {file: gone.mp4}}, b: {}}")
    names = {finding.name: finding.outcome for finding in examine(site, tmp_path)}
    assert names["camera a"] is Outcome.FAIL
    assert names["site file"] is Outcome.WARN
    assert {"time zone", "detector", "database", "port"} <= set(names)


def test_a_password_that_only_the_service_has_is_no_failure(tmp_path: Path) -> None:
    site = tmp_path / "site.yaml"
    site.write_text("cameras: {a: {source: {rtsp: 'rtsp://127.0.0.1:1/', user: u, password_from: NOT_HERE}}}")
    found = [finding for finding in examine(site, tmp_path) if finding.name == "site file"]
    assert [finding.outcome for finding in found] == [Outcome.WARN, Outcome.OK]
    assert "NOT_HERE is not set" in found[0].why
