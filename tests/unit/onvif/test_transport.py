"""TLS: who is believed, and what is said when somebody is not."""

import asyncio
import shutil
import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from passerby.domain.errors import SourceError
from passerby.onvif.addresses import DeviceAddress
from passerby.onvif.device import ProbedCamera
from passerby.onvif.probing import probe
from passerby.onvif.transport import Credentials
from testing.onvif_camera import soap_camera
from testing.onvif_camera.soap_camera import SoapCamera


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key and a certificate for 127.0.0.1 that it signed itself, in one file."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("no openssl here to make a certificate with")
    file = tmp_path_factory.mktemp("tls") / "camera.pem"
    request = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    names = ["-subj", "/CN=camera", "-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run(
        [openssl, *request, *names, "-keyout", str(file), "-out", str(file)],
        check=True,
        capture_output=True,
        timeout=60,
    )
    return file


@pytest.fixture
def camera(certificate: Path) -> Iterator[SoapCamera]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with soap_camera.serving(SoapCamera(), context) as one:
        yield one


def ask(camera: SoapCamera, authority: Path | None) -> ProbedCamera:
    address = DeviceAddress("127.0.0.1", camera.port, encrypted=True)
    return asyncio.run(probe(address, Credentials("operator", "S3cret"), 20.0, authority=authority))


def test_a_camera_with_a_certificate_that_we_were_given_is_believed(camera: SoapCamera, certificate: Path) -> None:
    camera.replies["GetServices"] = soap_camera.services((soap_camera.MEDIA_SPACE, "http://127.0.0.1/onvif/media"))
    assert len(ask(camera, certificate).profiles) == 2


@pytest.mark.asvs("12.3.2")
def test_a_camera_with_a_certificate_of_nobody_s_is_not_asked(camera: SoapCamera) -> None:
    with pytest.raises(SourceError, match="certificate is not signed by an authority that we trust"):
        ask(camera, None)
    assert camera.asked == []
