"""The content of a web push: encrypted for one browser (RFC 8291), and signed for its push service (RFC 8292)."""

import base64
import secrets
import struct
from typing import Final
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDH,
    SECP256R1,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc import jwt
from joserfc.jwk import ECKey

from passerby.domain.push import PushSubscription
from passerby.units import HOUR_S

MAX_BYTES: Final = 3993
"""Of what is encrypted: push services take 4096 bytes, and the head, the end and the tag need 103 (RFC 8291, 4)."""

STEP_BYTES: Final = 512
"""What is encrypted is filled up to a multiple: a push service learns little from its length."""

SALT_BYTES: Final = 16
SECRET_BYTES: Final = 16
POINT_BYTES: Final = 65
RECORD_BYTES: Final = 4096
SIGNED_S: Final = 12 * HOUR_S
"""A push service refuses more than a day."""


def point(key: EllipticCurvePrivateKey | EllipticCurvePublicKey) -> bytes:
    """Returns the public half of a key as push services and browsers write it: 65 bytes, not compressed (X9.62)."""
    public = key.public_key() if isinstance(key, EllipticCurvePrivateKey) else key
    return public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def public_key(content: bytes) -> EllipticCurvePublicKey:
    """Returns the key of 65 bytes.

    Raises:
        ValueError: they are no point on P-256.
    """
    if len(content) != POINT_BYTES:
        raise ValueError(f"a key of {POINT_BYTES} bytes is needed, got {len(content)}")
    return EllipticCurvePublicKey.from_encoded_point(SECP256R1(), content)


def encrypted(
    content: bytes,
    subscription: PushSubscription,
    *,
    own: EllipticCurvePrivateKey | None = None,
    salt: bytes | None = None,
    fill: int | None = None,
) -> bytes:
    """Returns the body of a request, with the content coding `aes128gcm` (RFC 8188): one record, which is the last.

    Args:
        content: at most `MAX_BYTES`.
        subscription: whom it is for.
        own: the key of this one message; None for a new one.
        salt: 16 bytes of this one message; None for new ones.
        fill: bytes that it is made longer by; None for so many that its length says little.

    Raises:
        ValueError: it is too long, or the browser's key is none.
    """
    if len(content) > MAX_BYTES:
        raise ValueError(f"{MAX_BYTES} bytes at most, got {len(content)}")
    own, salt = own or generate_private_key(SECP256R1()), salt or secrets.token_bytes(SALT_BYTES)
    fill = min(-len(content) % STEP_BYTES, MAX_BYTES - len(content)) if fill is None else fill
    shared, sender = own.exchange(ECDH(), public_key(subscription.public_key)), point(own)
    material = _hkdf(subscription.secret, shared, b"WebPush: info\0" + subscription.public_key + sender, 32)
    key = _hkdf(salt, material, b"Content-Encoding: aes128gcm\0", 16)
    nonce = _hkdf(salt, material, b"Content-Encoding: nonce\0", 12)
    record = AESGCM(key).encrypt(nonce, content + b"\x02" + bytes(fill), None)
    return salt + struct.pack("!IB", RECORD_BYTES, len(sender)) + sender + record


def authorization(endpoint: str, contact: str, key: EllipticCurvePrivateKey, now_s: int) -> str:
    """Returns the head `Authorization`: who sends, for this push service, for half a day (RFC 8292).

    Args:
        endpoint: the address at the push service.
        contact: a `mailto:` or `https:` address that the push service can write to.
        key: the service's own.
        now_s: UTC seconds now.
    """
    parts = urlsplit(endpoint)
    claims = {"aud": f"{parts.scheme}://{parts.netloc}", "exp": now_s + SIGNED_S, "sub": contact}
    token = jwt.encode({"typ": "JWT", "alg": "ES256"}, claims, ECKey.import_key(key), algorithms=["ES256"])
    return f"vapid t={token}, k={text_of(point(key))}"


def text_of(content: bytes) -> str:
    """Returns bytes in base64url without `=` (RFC 7515)."""
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def bytes_of(text: str) -> bytes:
    """Returns the bytes of a text in base64url, with or without `=`.

    Raises:
        ValueError: it is none.
    """
    return base64.b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4), altchars=b"-_", validate=True)


def _hkdf(salt: bytes, material: bytes, info: bytes, length: int) -> bytes:
    return HKDF(SHA256(), length, salt, info).derive(material)
