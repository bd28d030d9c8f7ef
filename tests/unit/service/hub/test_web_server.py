"""The hub's listening socket: explained where it cannot be had, and what it passes on to every viewer's line."""

import asyncio
import socket
import ssl
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from passerby.domain.errors import OutputError
from passerby.domain.service import ServerPlan, TlsFiles
from passerby.service.hub.web_server import (
    Server,
    bound,
    follow_certificate,
    listening_plan,
    place_of,
    tls_context,
)
from passerby.web.edge.server import UNSENT_BYTES, Arrived, server_config
from passerby.web.pages.standby import standby_app
from testing.ports import free_port
from testing.waiting import WITHIN_S


def test_the_system_keeps_little_for_a_slow_viewer() -> None:
    with bound(ServerPlan(port=free_port())) as listening, socket.create_connection(listening.getsockname()):
        line, _ = listening.accept()
        with line:
            assert line.getsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT) == UNSENT_BYTES


def test_a_taken_port_is_explained() -> None:
    port = free_port()
    with bound(ServerPlan(port=port)), pytest.raises(OutputError, match=f"port {port}.*choose another port"):
        bound(ServerPlan(port=port))


def test_until_there_is_an_account_it_listens_on_this_machine_alone() -> None:
    files = TlsFiles(Path("c.pem"), Path("k.pem"))
    wide = ServerPlan(host="0.0.0.0", port=8443, public_url="https://count.example.org", tls=files)
    held = listening_plan(wide, any_account=False)
    assert (held.host, held.port, held.tls, held.origin) == ("127.0.0.1", 8443, None, "http://localhost:8443")
    assert listening_plan(wide, any_account=True) is wide
    assert place_of(held).host == "localhost"
    assert place_of(wide).passkeys
    assert not place_of(replace(wide, public_url="https://192.0.2.7")).passkeys


def certificate(folder: Path, name: str, serial: int) -> TlsFiles:
    """A certificate for localhost, and its key, in files of their own."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
        .serial_number(serial).not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    files = TlsFiles(folder / f"{name}.pem", folder / f"{name}.key")
    files.certificate.write_bytes(made.public_bytes(Encoding.PEM))
    files.key.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return files


async def shown(port: int) -> int:
    """The serial number of the certificate that a client is shown."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    _, writer = await asyncio.open_connection("127.0.0.1", port, ssl=context)
    der = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
    writer.close()
    return x509.load_der_x509_certificate(der).serial_number


def test_a_renewed_certificate_is_shown_and_a_broken_one_is_not(tmp_path: Path) -> None:
    files = certificate(tmp_path, "now", 11)

    async def until(port: int, serial: int) -> None:
        async with asyncio.timeout(WITHIN_S):
            while await shown(port) != serial:
                await asyncio.sleep(0.02)

    async def scene() -> None:
        context = tls_context(files)
        server = await asyncio.start_server(lambda _reader, writer: writer.close(), "127.0.0.1", 0, ssl=context)
        port = server.sockets[0].getsockname()[1]
        following = asyncio.create_task(follow_certificate(context, files, 0.01))
        assert await shown(port) == 11
        files.key.write_text("nothing")
        await asyncio.sleep(0.1)
        assert await shown(port) == 11
        renewed = certificate(tmp_path, "renewed", 12)
        renewed.certificate.replace(files.certificate)
        renewed.key.replace(files.key)
        await until(port, 12)
        following.cancel()
        server.close()

    asyncio.run(scene())


@pytest.mark.parametrize("content", [None, "nothing"])
def test_a_certificate_that_cannot_be_used_is_explained(tmp_path: Path, content: str | None) -> None:
    files = certificate(tmp_path, "a", 1)
    if content is None:
        files.key.unlink()
    else:
        files.key.write_text(content)
    with pytest.raises(OutputError, match=r"server\.tls: .* cannot be used"):
        tls_context(files)


@pytest.mark.parametrize(
    ("host", "client", "served"),
    [
        ("0.0.0.0", "203.0.113.9", True),
        ("0.0.0.0", "127.0.0.1", True),
        ("127.0.0.1", "127.0.0.1", True),
        ("127.0.0.1", "::1", True),
        ("127.0.0.1", "203.0.113.9", False),
    ],
)
def test_what_another_hub_passes_on_is_served_where_its_client_would_be_served_here(
    host: str, client: str, served: bool
) -> None:
    async def run() -> None:
        config = server_config(standby_app(), host, 0, malformed=lambda: None)
        config.load()
        server = Server(config)
        server.lifespan = config.lifespan_class(config)
        assert server.passed_on(Arrived(client, True)) is None, "it has not begun"
        server.started = True
        assert (server.passed_on(Arrived(client, True)) is not None) == served
        server.should_exit = True
        assert server.passed_on(Arrived(client, True)) is None

    asyncio.run(run())
