"""Digest authentication (RFC 7616) from the camera's side."""

import hashlib
import re
from typing import Final

REALM: Final = "camera"
NONCE: Final = "5ccc069c403ebaf9f0171e9517f40e41"
"""The same unless a camera is set to change it: nobody attacks a camera that shows a recording."""

_FIELD = re.compile(r'(\w+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))')


def challenge(realm: str = REALM, nonce: str = NONCE, algorithm: str = "MD5", more: str = ', qop="auth"') -> str:
    """What the camera asks for."""
    return f'Digest realm="{realm}", nonce="{nonce}", algorithm={algorithm}{more}'


def accepted(method: str, answer: str, user: str, password: str, realm: str = REALM, nonce: str = NONCE) -> bool:
    """Whether an `Authorization` field, read as Latin-1, answers the challenge for this user."""
    given: dict[str, str] = {name.lower(): quoted or bare for name, quoted, bare in _FIELD.findall(answer)}
    name = given.get("algorithm", "MD5").upper()

    def hashed(*parts: bytes) -> bytes:
        kind = {"SHA-512-256": "sha512_256", "SHA-256": "sha256"}.get(name.removesuffix("-SESS"), "md5")
        return bytes(hashlib.new(kind, b":".join(parts), usedforsecurity=False).hexdigest(), "ascii")

    def part(field: str) -> bytes:
        return given.get(field, "").encode("latin-1")

    secret = hashed(user.encode(), realm.encode("latin-1"), password.encode())
    if name.endswith("-SESS"):
        secret = hashed(secret, part("nonce"), part("cnonce"))
    request = [method.encode(), part("uri")] + ([hashed(b"")] if part("qop") == b"auth-int" else [])
    middle = [part("nc"), part("cnonce"), part("qop")] if part("qop") else []
    wanted = hashed(secret, part("nonce"), *middle, hashed(*request))
    known = (part("username").replace(b'\\"', b'"'), part("nonce"), part("response"))
    shown = hashed(user.encode(), realm.encode("latin-1")) if given.get("userhash") == "true" else user.encode()
    return known == (shown, nonce.encode("latin-1"), wanted)
