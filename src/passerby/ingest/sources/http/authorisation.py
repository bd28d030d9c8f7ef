"""Authorisation towards a camera, in the scheme that it demands: RFC 7616 digest, or else RFC 7617 basic.

A camera's head is held as Latin-1, which keeps its bytes as they came; a realm in UTF-8 so is hashed, and sent back,
byte for byte. What `header` returns is such a text, too: it is encoded as Latin-1.
"""

import base64
import hashlib
import re
import secrets
from collections.abc import Iterator, Sequence
from typing import Final

from passerby.ingest.sources.errors import CredentialsRefusedError
from passerby.text import in_nfc

_TOKEN = re.compile(r'([\w-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]*))|([\w-]+)')
_DIGESTS: Final = {
    "SHA-512-256": "sha512_256", "SHA512-256": "sha512_256", "SHA-256": "sha256", "SHA256": "sha256", "MD5": "md5",
}  # fmt: skip
"""hashlib's names, the strongest first (RFC 7616, section 6.1); SHA-512/256 is there where OpenSSL has it."""

_STALE_NONCES: Final = 3
"""A camera may say so often in a row that the nonce that it has just sent is too old."""


class Authorisation:
    """Credentials of one camera, and the response to its challenges."""

    def __init__(self, user: str, password: str, *, in_clear: bool = True) -> None:
        """Args: user, password: of the camera; in_clear: the password may be sent as it is, as Basic has it."""
        self._in_clear = in_clear
        self._user, self._password = user.encode("utf-8", "replace"), password.encode("utf-8", "replace")
        self._digest: dict[str, str] | None = None
        self._basic = self._composed = False
        self._uses = 0

    def __repr__(self) -> str:
        return f"Authorisation(user={self._user.decode('utf-8')!r})"

    def learn(self, challenges: Sequence[str], attempts: int = 0) -> bool:
        """Stores the camera's challenges, the `WWW-Authenticate` fields of an answer 401.

        Args:
            challenges: as they came.
            attempts: how often the request was sent again already.

        Raises:
            CredentialsRefusedError: the camera demands the password in clear, which is not allowed.

        Returns:
            Whether the request is worth sending again. The first time it is, for its nonce may have been used up; later
            only where the camera says that the nonce, not the password, is at fault: many lock an account.
        """
        found = list(_challenges(challenges))
        if not found:  # what was answered before may do next time
            return False
        digests: dict[str, dict[str, str]] = {}
        nonce_before = self._digest["nonce"] if self._digest is not None else ""
        self._basic = False
        for scheme, fields in found:
            if scheme == "basic":
                self._basic, self._composed = True, _is_utf8(fields)
            elif scheme == "digest" and _algorithm(fields)[0] and "nonce" in fields:
                digests.setdefault(_algorithm(fields)[0], fields)
        self._digest = next((digests[name] for name in _DIGESTS.values() if name in digests), None)
        if self._digest is None or self._digest["nonce"] != nonce_before:
            self._uses = 0  # a number that was used with this nonce before would look like an answer that was overheard
        if self._user and self._basic and self._digest is None and not self._in_clear:
            self._basic = False
            raise CredentialsRefusedError(
                "the camera demands the password in clear (Basic) over a connection without TLS: refused, for everyone "
                "on the way could read it. Set the camera to Digest or to TLS (rtsps, https); where neither "
                "can be had, allow it with basic_without_tls in the site file."
            )
        if not self._user or not (self._digest is not None or self._basic):
            return False
        stale = self._digest is not None and self._digest.get("stale", "").lower() == "true"
        return attempts == 0 or (stale and attempts < _STALE_NONCES)

    def learn_next(self, information: str) -> None:
        """Takes the nonce that an `Authentication-Info` field announces for the next request (RFC 7616, 3.5)."""
        for _, fields in _challenges([f"Digest {information}"]):
            if self._digest is not None and fields.get("nextnonce"):
                self._digest = self._digest | {"nonce": fields["nextnonce"]}
                self._uses = 0

    def header(self, method: str, uri: str) -> str | None:
        """Returns the `Authorization` field of a request; None as long as the camera has not asked."""
        if not self._user:
            return None
        if self._digest is not None:
            return self._digest_header(self._digest, method, uri)
        if self._basic:
            user, password = self._written(self._composed)
            return "Basic " + base64.b64encode(user + b":" + password).decode("ascii")
        return None

    def _written(self, composed: bool) -> tuple[bytes, bytes]:
        """Returns user and password; in Unicode's composed form (NFC) where the camera says that it takes UTF-8.

        RFC 7616, section 4, and RFC 7617, section 2.1, have it so: typed on another machine, they are the
        same.
        """
        given = self._user, self._password
        return (in_nfc(given[0].decode()).encode(), in_nfc(given[1].decode()).encode()) if composed else given

    def _digest_header(self, challenge: dict[str, str], method: str, uri: str) -> str:
        algorithm, session = _algorithm(challenge)
        realm, nonce = challenge.get("realm", ""), challenge["nonce"]
        user, password = (each.decode("latin-1") for each in self._written(_is_utf8(challenge)))

        def hashed(*parts: str) -> str:
            return hashlib.new(algorithm, ":".join(parts).encode("latin-1"), usedforsecurity=False).hexdigest()

        self._uses += 1
        count, own = f"{self._uses:08x}", secrets.token_hex(8)
        secret = hashed(user, _plain(realm), password)
        if session:
            secret = hashed(secret, _plain(nonce), own)
        quality = _quality(challenge)
        request = hashed(method, uri, hashed("")) if quality == "auth-int" else hashed(method, uri)
        by_hash = challenge.get("userhash", "").lower() == "true"  # RFC 7616, section 3.4.4
        name = hashed(user, _plain(realm)) if by_hash else _escaped(user)
        fields = {"username": name, "realm": realm, "nonce": nonce, "uri": uri}
        bare = {"algorithm": challenge["algorithm"]} if challenge.get("algorithm") else {}
        if by_hash:
            bare["userhash"] = "true"
        if quality:
            fields |= {"response": hashed(secret, _plain(nonce), count, own, quality, request), "cnonce": own}
            bare |= {"qop": quality, "nc": count}
        else:
            fields |= {"response": hashed(secret, _plain(nonce), request)} | ({"cnonce": own} if session else {})
        if "opaque" in challenge:
            fields["opaque"] = challenge["opaque"]
        words = [f'{name}="{value}"' for name, value in fields.items()]
        return "Digest " + ", ".join(words + [f"{name}={value}" for name, value in bare.items()])


def _challenges(texts: Sequence[str]) -> Iterator[tuple[str, dict[str, str]]]:
    """Yields scheme, in lower case, and fields of each challenge; a text may hold several (RFC 9110, 11.6.1)."""
    for text in texts:
        scheme, fields = "", dict[str, str]()
        for name, quoted, bare, word in _TOKEN.findall(text):
            if name:
                fields.setdefault(name.lower(), quoted or bare)
            elif word.lower() in ("basic", "digest"):
                if scheme:
                    yield scheme, fields
                scheme, fields = word.lower(), {}
        if scheme:
            yield scheme, fields


def _algorithm(challenge: dict[str, str]) -> tuple[str, bool]:
    """Returns hashlib's name of the digest, empty for one that is not spoken here, and whether it is for a session."""
    name = (challenge.get("algorithm") or "MD5").upper()
    digest = _DIGESTS.get(name.removesuffix("-SESS"), "")
    return (digest if digest in hashlib.algorithms_available else ""), name.endswith("-SESS")


def _is_utf8(challenge: dict[str, str]) -> bool:
    return challenge.get("charset", "").lower() == "utf-8"


def _quality(challenge: dict[str, str]) -> str:
    """Returns the quality of protection that is answered with; empty for a camera of RFC 2069, which knows none."""
    offered = re.split(r"[\s,]+", challenge.get("qop", "").lower())
    return next((quality for quality in ("auth", "auth-int") if quality in offered), "")


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _plain(text: str) -> str:
    r"""Returns the meaning of a quoted string; a lone backslash (`DOMAIN\user`) is one."""
    return text.replace('\\"', '"').replace("\\\\", "\\")
