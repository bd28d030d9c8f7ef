"""Signatures of webhooks, by Standard Webhooks (https://www.standardwebhooks.com), symmetric, version 1."""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from typing import Final

PREFIX: Final = "whsec_"
KEY_BYTES: Final = range(24, 65)
"""As the specification has it."""


def signing_key(secret: str) -> bytes:
    """Returns the key of a secret.

    Raises:
        ValueError: it is not `whsec_` and 24 to 64 bytes in base64.
    """
    if secret.startswith(PREFIX):
        try:
            key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
        except (binascii.Error, ValueError):
            key = b""
        if len(key) in KEY_BYTES:
            return key
    raise ValueError("a webhook's secret is whsec_ and 24 to 64 bytes in base64")


def signed_headers(secret: str, notice_id: str, body: bytes, time_s: int) -> Mapping[str, str]:
    """Returns the headers that prove that a body comes from who has the secret, and when it was sent.

    Args:
        secret: see `signing_key`.
        notice_id: of the notice, by which the receiver drops doubles.
        body: what is sent.
        time_s: UTC seconds of this attempt; receivers refuse old ones.
    """
    signed = b".".join((notice_id.encode(), str(time_s).encode(), body))
    mac = hmac.new(signing_key(secret), signed, hashlib.sha256).digest()
    return {
        "webhook-id": notice_id,
        "webhook-timestamp": str(time_s),
        "webhook-signature": f"v1,{base64.b64encode(mac).decode()}",
    }
