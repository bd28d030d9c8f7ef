"""The register's signature: Ed25519 over canonical JSON, with a key that the service makes and keeps."""

import base64
import binascii
import hashlib
import json
import os
from pathlib import Path
from typing import Any, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from passerby.domain.errors import PasserbyError
from passerby.files import write_private

KEY_FILE = "register.key"
"""In the data folder."""


class RegisterKeyError(PasserbyError):
    """A signing key that cannot be read."""


def canonical(value: object) -> bytes:
    """Returns a document as canonical JSON (RFC 8785), for the values that a register holds.

    Numbers are whole, or lie between 1e-4 and 1e15, where Python writes them as the standard does.

    >>> canonical({"b": 1.0, "a": "ж"}).decode()
    '{"a":"ж","b":1}'
    """
    return json.dumps(_plain(value), ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode("utf-8")


def _plain(value: object) -> object:
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def digest(value: object) -> str:
    """Returns the SHA-256 of a document's canonical form, as 64 hexadecimal digits."""
    return hashlib.sha256(canonical(value)).hexdigest()


class RegisterKey:
    """The key that registers are signed with.

    Args:
        private: the key.
    """

    def __init__(self, private: Ed25519PrivateKey) -> None:
        self._private = private

    def __repr__(self) -> str:
        return f"RegisterKey({self.public_key})"

    @classmethod
    def kept(cls, path: Path) -> Self:
        """Returns the key in a private file; makes one where there is none.

        Raises:
            RegisterKeyError: the file is damaged; a new key in its place would hide that.
            OutputError: it cannot be made.
        """
        try:
            text = path.read_bytes()
        except FileNotFoundError:
            private = Ed25519PrivateKey.generate()
            pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
            write_private(path, pem.decode("ascii"))
            return cls(private)
        except OSError as error:
            raise RegisterKeyError(
                f"{path}: the register's key cannot be read: {os.strerror(error.errno or 0)}"
            ) from None
        try:
            found = load_pem_private_key(text, None)
        except (ValueError, TypeError):
            found = None
        if not isinstance(found, Ed25519PrivateKey):
            raise RegisterKeyError(
                f"{path}: the register's key is damaged. Restore it from a backup, or remove it: the next register is "
                "then signed with a new key, and its readers see that"
            )
        return cls(found)

    @property
    def public_key(self) -> str:
        """The public half, 32 bytes in base64."""
        return base64.b64encode(self._private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)).decode("ascii")

    def signed(self, document: dict[str, Any]) -> dict[str, Any]:
        """Returns the document with its signature."""
        signature = {"algorithm": "Ed25519", "public_key": self.public_key}
        value = self._private.sign(canonical({**document, "signature": signature}))
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
        key.verify(base64.b64decode(str(signature.get("value")), validate=True), canonical(unsigned))
    except (InvalidSignature, ValueError, binascii.Error):
        return False
    return True
