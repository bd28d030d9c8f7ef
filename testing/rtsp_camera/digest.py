"""Digest authentication (RFC 2617) from the camera's side."""

import hashlib
from typing import Final

REALM: Final = "camera"
NONCE: Final = "5ccc069c403ebaf9f0171e9517f40e41"
"""Always the same: nobody attacks a camera that shows a recording."""


def challenge() -> str:
    """What the camera asks for."""
    return f'Digest realm="{REALM}", nonce="{NONCE}", algorithm=MD5, qop="auth"'


def accepted(method: str, answer: str, user: str, password: str) -> bool:
    """Whether an `Authorization` field answers the challenge for this user."""
    pairs = (part.partition("=") for part in answer.removeprefix("Digest ").split(","))
    given = {name.strip(): value.strip().strip('"') for name, _, value in pairs}

    def hashed(*parts: str) -> str:
        return hashlib.md5(":".join(parts).encode(), usedforsecurity=False).hexdigest()

    middle = [given.get(name, "") for name in ("nc", "cnonce", "qop")] if given.get("qop") else []
    wanted = hashed(hashed(user, REALM, password), NONCE, *middle, hashed(method, given.get("uri", "")))
    return given.get("username") == user and given.get("nonce") == NONCE and given.get("response") == wanted
