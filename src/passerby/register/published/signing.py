"""The register's signature: Ed25519 over canonical JSON, with a key that the service makes and keeps."""

import base64
import binascii
import hashlib
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from passerby.audit.canonical import canonical_json


def digest(value: object) -> str:
    """Returns the SHA-256 of a document's canonical form, as 64 hexadecimal digits."""
    return hashlib.sha256(canonical_json(value)).hexdigest()


class RegisterKey:
    """The key that registers are signed with.

    Args:
        private: the key.
    """

    def __init__(self, private: Ed25519PrivateKey) -> None:
        self._private = private

    def __repr__(self) -> str:
        return f"RegisterKey({self.public_key})"

    @property
    def public_key(self) -> str:
        """The public half, 32 bytes in base64."""
        return base64.b64encode(self._private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)).decode("ascii")

    def signed(self, document: dict[str, Any]) -> dict[str, Any]:
        """Returns the document with its signature."""
        signature = {"algorithm": "Ed25519", "public_key": self.public_key}
        value = self._private.sign(canonical_json({**document, "signature": signature}))
        return {**document, "signature": {**signature, "value": base64.b64encode(value).decode("ascii")}}


def signature_holds(document: dict[str, Any], public_key: str | None = None) -> bool:
    """Returns whether a document's signature is right.

    Args:
        document: with its `signature`.
        public_key: the key that it must be of (base64); None for the one that the document names.
    """
    signature = document.get("signature")
    if not isinstance(signature, dict) or signature.get("algorithm") != "Ed25519":
        return False
    named = signature.get("public_key")
    if public_key is not None and named != public_key:
        return False
    unsigned = {**document, "signature": {key: value for key, value in signature.items() if key != "value"}}
    try:
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(str(named), validate=True))
        key.verify(base64.b64decode(str(signature.get("value")), validate=True), canonical_json(unsigned))
    except (InvalidSignature, ValueError, binascii.Error):
        return False
    return True
