"""Secrets that are made here, the hashes that are stored instead of them, and encryption of those needed again."""

import base64
import hashlib
import hmac
import re
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
_NONCE_BYTES = 12
_SECRET = re.compile(r"^[A-Za-z0-9_-]{43}$")
_FORMAT = "v1."


def new_secret() -> str:
    """Returns 256 random bits as 43 letters that fit into URLs and cookies."""
    return secrets.token_urlsafe(KEY_BYTES)


def new_id() -> str:
    """Returns a random name for a row that is shown in lists; no secret."""
    return secrets.token_hex(8)


def hashed(secret: str) -> str:
    """Returns SHA-256 in hex: enough for a secret of 256 random bits, and nothing that leaks with the database."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def hash_of_ours(secret: str) -> str | None:
    """Returns the hash of what may be a secret of ours, None for what cannot be one."""
    return hashed(secret) if _SECRET.match(secret) else None


class Cipher:
    """Encrypts with AES-256-GCM what has to be read again; each text is bound to its account and field.

    Args:
        key: 32 secret bytes that are kept beside the database, never in it.
    """

    def __init__(self, key: bytes) -> None:
        if len(key) < KEY_BYTES:
            raise ValueError(f"key: at least {KEY_BYTES} bytes are needed, got {len(key)}")
        self._aead = AESGCM(_derived(key, b"passerby access: encryption"))
        self._mac_key = _derived(key, b"passerby access: recovery codes")

    def __repr__(self) -> str:
        return "Cipher()"

    def encrypted(self, text: str, account: str, field: str) -> str:
        """Returns the text encrypted."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        content = self._aead.encrypt(nonce, text.encode(), _bound(account, field))
        return _FORMAT + base64.urlsafe_b64encode(nonce + content).decode()

    def decrypted(self, text: str, account: str, field: str) -> str | None:
        """Returns the text, or None where it was encrypted with another key, for another account, or was changed."""
        if not text.startswith(_FORMAT):
            return None
        try:
            content = base64.urlsafe_b64decode(text.removeprefix(_FORMAT))
            return self._aead.decrypt(content[:_NONCE_BYTES], content[_NONCE_BYTES:], _bound(account, field)).decode()
        except (InvalidTag, ValueError):
            return None

    def mark(self, text: str, account: str) -> str:
        """Returns a keyed hash, hex, by which a short secret is recognised."""
        return hmac.new(self._mac_key, _bound(account, text), hashlib.sha256).hexdigest()


def _derived(key: bytes, purpose: bytes) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=KEY_BYTES, salt=None, info=purpose).derive(key)


def _bound(account: str, field: str) -> bytes:
    # The length keeps ("ab", "c") and ("a", "bc") apart.
    return f"{len(account)}:{account}:{field}".encode()
