"""Authorisation towards a camera, in the scheme that it demands: RFC 7616 digest, or else RFC 7617 basic."""

import base64
import hashlib
import re
import secrets
from collections.abc import Sequence

_FIELD = re.compile(r'(\w+)\s*=\s*(?:"([^"]*)"|([^\s,"]+))')
_DIGESTS = {"MD5": "md5", "SHA-256": "sha256"}


class Authorisation:
    """Credentials of one camera, and the response to its challenges."""

    def __init__(self, user: str, password: str) -> None:
        self._user, self._password = user, password
        self._digest: dict[str, str] | None = None
        self._basic = False
        self._uses = 0

    def __repr__(self) -> str:
        return f"Authorisation(user={self._user!r})"

    def learn(self, challenges: Sequence[str]) -> bool:
        """Stores the camera's challenges, the `WWW-Authenticate` fields; returns whether one of them can be met."""
        digests: dict[str, dict[str, str]] = {}
        self._basic = False
        for challenge in challenges:
            scheme, _, rest = challenge.strip().partition(" ")
            if scheme.lower() == "basic":
                self._basic = True
            elif scheme.lower() == "digest":
                fields = {name.lower(): quoted or bare for name, quoted, bare in _FIELD.findall(rest)}
                algorithm = fields.get("algorithm", "MD5").upper()
                if algorithm in _DIGESTS and "nonce" in fields:
                    digests[algorithm] = fields
        self._digest = digests.get("SHA-256") or digests.get("MD5")
        self._uses = 0
        return bool(self._user) and (self._digest is not None or self._basic)

    def header(self, method: str, uri: str) -> str | None:
        """Returns the `Authorization` field of a request; None as long as the camera has not asked."""
        if not self._user:
            return None
        if self._digest is not None:
            return self._digest_header(self._digest, method, uri)
        if self._basic:
            return "Basic " + base64.b64encode(f"{self._user}:{self._password}".encode()).decode("ascii")
        return None

    def _digest_header(self, challenge: dict[str, str], method: str, uri: str) -> str:
        algorithm = challenge.get("algorithm", "MD5").upper()
        realm, nonce = challenge.get("realm", ""), challenge["nonce"]

        def hashed(*parts: str) -> str:
            return hashlib.new(_DIGESTS[algorithm], ":".join(parts).encode(), usedforsecurity=False).hexdigest()

        secret = hashed(self._user, realm, self._password)
        request = hashed(method, uri)
        fields = {"username": _escaped(self._user), "realm": realm, "nonce": nonce, "uri": uri}
        bare: dict[str, str] = {"algorithm": algorithm} if "algorithm" in challenge else {}
        if "auth" in re.split(r"\s*,\s*", challenge.get("qop", "")):
            self._uses += 1
            count, own = f"{self._uses:08x}", secrets.token_hex(8)
            fields |= {"response": hashed(secret, nonce, count, own, "auth", request), "cnonce": own}
            bare |= {"qop": "auth", "nc": count}
        else:
            fields["response"] = hashed(secret, nonce, request)
        if "opaque" in challenge:
            fields["opaque"] = challenge["opaque"]
        words = [f'{name}="{value}"' for name, value in fields.items()]
        return "Digest " + ", ".join(words + [f"{name}={value}" for name, value in bare.items()])


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
