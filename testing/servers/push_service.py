"""A push service of our own over HTTPS, and a browser that reads what comes through it (RFC 8030, 8188 and 8291)."""

import hashlib
import hmac
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from cryptography.hazmat.primitives.asymmetric.ec import ECDH, SECP256R1, EllipticCurvePublicKey, generate_private_key
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from passerby.domain.push import PushSubscription
from passerby.domain.service import TlsFiles


class Browser:
    """A browser in which notices are switched on, with keys of its own.

    It reads by the RFCs, without a line of what writes.

    Args:
        endpoint: its address at the push service.
        account: who switched it on.
    """

    def __init__(self, endpoint: str, account: str = "ann") -> None:
        self._key, secret = generate_private_key(SECP256R1()), hashlib.sha256(endpoint.encode()).digest()[:16]
        own = self._key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        self.subscription = PushSubscription(endpoint, account, own, secret, 0)

    def read(self, body: bytes) -> bytes:
        """What a body says.

        Raises:
            cryptography.exceptions.InvalidTag: it was encrypted for another, or was changed.
        """
        salt, length, sender = body[:16], body[20], body[21:][: body[20]]
        shared = self._key.exchange(ECDH(), EllipticCurvePublicKey.from_encoded_point(SECP256R1(), sender))
        extracted = hmac.digest(self.subscription.secret, shared, "sha256")
        info = b"WebPush: info\0" + self.subscription.public_key + sender
        extracted = hmac.digest(salt, hmac.digest(extracted, info + b"\x01", "sha256"), "sha256")
        key = hmac.digest(extracted, b"Content-Encoding: aes128gcm\0\x01", "sha256")[:16]
        nonce = hmac.digest(extracted, b"Content-Encoding: nonce\0\x01", "sha256")[:12]
        content = AESGCM(key).decrypt(nonce, body[21 + length :], None).rstrip(b"\0")
        assert content.endswith(b"\x02"), "the last record ends with 2"
        return content[:-1]


@dataclass
class PushService:
    """What came, and what is answered.

    Attributes:
        port: where it listens.
        came: path, heads and body of each request.
        says: status by path; 201 where none is given.
        heads: heads of its answers.
    """

    port: int = 0
    came: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    says: dict[str, int] = field(default_factory=dict)
    heads: dict[str, str] = field(default_factory=dict)

    def browser(self, name: str, account: str = "ann") -> Browser:
        """A browser that is reached through it."""
        return Browser(f"https://localhost:{self.port}/push/{name}", account)


@contextmanager
def push_service(files: TlsFiles) -> Iterator[PushService]:
    """A push service that runs."""
    service = PushService()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            service.came.append((self.path, {name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(service.says.get(self.path, 201))
            for name, value in service.heads.items():
                self.send_header(name, value)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nothing."""

    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(files.certificate, files.key)
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        service.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield service
        finally:
            server.shutdown()
            thread.join()
