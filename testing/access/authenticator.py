"""An authenticator in software (WebAuthn level 2, ES256): makes passkeys and signs with them, rightly or wrongly."""

import base64
import hashlib
import json
import secrets
import struct
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

USER_PRESENT, USER_VERIFIED, HAS_CREDENTIAL = 0x01, 0x04, 0x40


def base64url(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def bytes_of(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class Authenticator:
    """Holds one passkey.

    Args:
        origin: what the browser says of the page.
        counts: whether it counts its uses.
    """

    def __init__(self, origin: str = "http://localhost:8642", *, counts: bool = True) -> None:
        self.origin = origin
        self.flags = USER_PRESENT | USER_VERIFIED
        self.count = 0
        self._counts = counts
        self._key = ec.generate_private_key(ec.SECP256R1())
        self.credential_id = secrets.token_bytes(16)
        self.handle = b""

    def create(self, options: str, **client: str) -> str:
        """Answers `navigator.credentials.create`."""
        asked = json.loads(options)
        self.handle = bytes_of(asked["user"]["id"])
        numbers = self._key.public_key().public_numbers()
        cose = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        credential = bytes(16) + struct.pack(">H", 16) + self.credential_id + cbor2.dumps(cose)
        data = self._data(asked["rp"]["id"], HAS_CREDENTIAL) + credential
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        said = self._client_data("webauthn.create", asked["challenge"], client)
        return self._answer({"clientDataJSON": base64url(said), "attestationObject": base64url(attestation)})

    def get(self, options: str, **client: str) -> str:
        """Answers `navigator.credentials.get`."""
        asked = json.loads(options)
        self.count += self._counts
        data = self._data(asked["rpId"], 0)
        said = self._client_data("webauthn.get", asked["challenge"], client)
        signature = self._key.sign(data + hashlib.sha256(said).digest(), ec.ECDSA(hashes.SHA256()))
        return self._answer(
            {
                "clientDataJSON": base64url(said),
                "authenticatorData": base64url(data),
                "signature": base64url(signature),
                "userHandle": base64url(self.handle),
            }
        )

    def _data(self, host: str, flags: int) -> bytes:
        return hashlib.sha256(host.encode()).digest() + struct.pack(">BI", self.flags | flags, self.count)

    def _client_data(self, kind: str, challenge: str, client: dict[str, str]) -> bytes:
        said: dict[str, Any] = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}
        return json.dumps({**said, **client}).encode()

    def _answer(self, response: dict[str, str]) -> str:
        name = base64url(self.credential_id)
        return json.dumps(
            {"id": name, "rawId": name, "type": "public-key", "response": response, "clientExtensionResults": {}}
        )
