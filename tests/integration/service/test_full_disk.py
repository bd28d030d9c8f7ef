"""A real service whose disk fills up: no act without its entry, nothing half done, and all is well again after."""

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from passerby.admin.audit_log.audit import verified
from testing.trial_service.service import Answer, Service

pytestmark = [pytest.mark.slow, pytest.mark.footage]

WHY = {"purpose": "maintenance", "case": "a full disk"}
EXPORT = "/api/v1/observations?start=2026-01-01&end=2027-01-01"
CSV = {"Accept": "text/csv"}
PASSWORD = "/api/v1/cameras/open/password"
SECOND = '  open:\n    source: {rtsp: "rtsp://127.0.0.1:9/x", user: counter}\n'


@pytest.fixture
def small_disk() -> Iterator[Path]:
    """A disk of 12 MB, which only root can make."""
    with tempfile.TemporaryDirectory(prefix="pb-") as folder:
        command = ["mount", "-t", "tmpfs", "-o", "size=12m,mode=700", "tmpfs", folder]
        if subprocess.run(command, capture_output=True, check=False).returncode:
            pytest.skip("no disk can be mounted here: that needs root")
        try:
            yield Path(folder)
        finally:
            subprocess.run(["umount", "--lazy", folder], check=True)


def fill(disk: Path) -> Path:
    """Takes all the room that there is."""
    filler = disk / "filler"
    with suppress(OSError), filler.open("wb", buffering=0) as stream:
        while stream.write(b"x" * 4096):
            pass
    return filler


def looking(service: Service) -> ClientConnection:
    ticket = service.ask("/api/v1/cameras/junction/ticket", method="POST").json()["ticket"]
    address = f"{service.address.replace('http', 'ws')}/api/v1/cameras/junction/view?ticket={ticket}"
    return connect(address, additional_headers={"Cookie": service.cookie}, origin=Origin(service.address), proxy=None)


def configured(service: Service, text: str) -> Answer:
    return service.ask("/api/v1/configuration", method="PUT", said={"text": text}, headers={"If-Match": "*"})


def refused(answer: Answer) -> None:
    assert answer.status == 503, answer.body
    assert "full" in answer.json()["detail"] or "space" in answer.json()["detail"], answer.body


def test_without_room_nothing_happens_and_with_room_again_everything(small_disk: Path, site: str) -> None:
    with Service(small_disk, site + SECOND, {"CAMERA_PASSWORD": "pa55 w0rd"}) as service:
        service.enter()
        service.until(lambda: service.ask("/api/v1/cameras").json()["rows"][0]["health"], "health")
        assert service.ask("/api/v1/purpose", method="PUT", said=WHY).status == 200
        with looking(service) as view:
            assert view.recv(timeout=30)
            before = {path: path.read_bytes() for path in (service.site, service.data / "applied.yaml")}
            text = service.ask("/api/v1/configuration").json()["text"]
            filler = fill(small_disk)

            with pytest.raises(InvalidStatus) as no_look:
                looking(service)
            assert no_look.value.response.status_code == 503
            refused(service.ask(EXPORT, headers=CSV))
            refused(configured(service, text + "# changed\n"))
            refused(service.ask(PASSWORD, method="PUT", said={"password": "S3cret"}))
            refused(service.ask("/api/v1/purpose", method="PUT", said=WHY))
            assert view.recv(timeout=30)  # its entry was there before

            assert {path: path.read_bytes() for path in before} == before
            left = {path.name for path in service.data.iterdir()}
            assert not {name for name in left if name.endswith(".part") or name.startswith("camera-passwords.")} - {
                "camera-passwords.lock"
            }
            assert service.ask(PASSWORD).json()["place"] == "none"
            filler.unlink()

        with looking(service) as view:
            assert view.recv(timeout=30)
        assert service.ask(EXPORT, headers=CSV).status == 200
        assert configured(service, text + "# changed\n").status == 200
        assert service.ask(PASSWORD, method="PUT", said={"password": "S3cret"}).json()["place"] == "encrypted"
        service.stop()
        assert all(not report.findings for report in verified(service.site, service.data))
