"""Cameras over TLS: the certificate counts."""

import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from passerby.domain.health import CameraState
from passerby.domain.sources import SourceKind
from passerby.sandbox.connection_broker import certificate_files
from testing.rtsp_camera.camera import RtspCamera
from testing.rtsp_camera.film import Film
from tests.integration.streams.watching import frames, source_of, wait_for, watching


def certificate(folder: Path, name: str) -> tuple[Path, Path]:
    """A certificate that signs itself, for an address or a name."""
    program = shutil.which("openssl")
    if program is None:
        pytest.skip("openssl makes the certificates, and is not installed here")
    files = folder / f"{name}.pem", folder / f"{name}.key"
    kind = "IP" if name[0].isdigit() else "DNS"
    subprocess.run(
        [program, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=camera", "-addext",
         f"subjectAltName={kind}:{name}", "-out", str(files[0]), "-keyout", str(files[1])],
        check=True, capture_output=True,
    )  # fmt: skip
    return files


def test_a_camera_with_a_trusted_certificate_is_seen(noise: Film, tmp_path: Path) -> None:
    files = certificate(tmp_path, "127.0.0.1")
    with RtspCamera(noise, certificate=files, user="viewer", password="secret") as camera:
        source = replace(source_of(camera, SourceKind.RTSPS), authority=files[0])
        live = watching(source)
        frames(live, 3)
        live.stop()
    assert certificate_files(source) == (files[0],)


def test_a_certificate_that_nobody_signed_is_refused(noise: Film, tmp_path: Path) -> None:
    with RtspCamera(noise, certificate=certificate(tmp_path, "127.0.0.1")) as camera:
        live = watching(source_of(camera, SourceKind.RTSPS))
        wait_for(live, CameraState.OFFLINE)
        live.stop()
        assert camera.requests == []
    assert "certificate is not trusted: self-signed certificate" in live.condition.why


def test_a_certificate_of_another_machine_is_refused(noise: Film, tmp_path: Path) -> None:
    files = certificate(tmp_path, "other.example")
    with RtspCamera(noise, certificate=files) as camera:
        live = watching(replace(source_of(camera, SourceKind.RTSPS), authority=files[0]))
        wait_for(live, CameraState.OFFLINE)
        live.stop()
        assert camera.requests == []
    assert "certificate is not trusted: IP address mismatch" in live.condition.why


def test_a_camera_that_speaks_no_tls(noise: Film) -> None:
    with RtspCamera(noise) as camera:
        live = watching(source_of(camera, SourceKind.RTSPS))
        wait_for(live, CameraState.OFFLINE)
        live.stop()
    assert "TLS" in live.condition.why
