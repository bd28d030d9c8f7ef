"""The text by which a machine joins: where the hub is, which authority it has, and a secret, with a checksum."""

import base64
import binascii
import hashlib
from dataclasses import dataclass, field
from typing import Final

from passerby.domain.errors import PasserbyError
from passerby.domain.fleet import places_of

PREFIX: Final = "passerby-node-"
SECRET_BYTES: Final = 16
_FINGERPRINT_BYTES = 32
_CHECK_BYTES = 4
_FORM = 1
_MAX_LETTERS = 1000


@dataclass(frozen=True, slots=True)
class InvitationToken:
    """What a token holds.

    Attributes:
        addresses: host and port of each hub of the site.
        fingerprint: SHA-256 of the authority's certificate, 32 bytes.
        secret: 16 random bytes.
    """

    addresses: tuple[str, ...]
    fingerprint: bytes
    secret: bytes = field(repr=False)

    @property
    def secret_hash(self) -> str:
        """The SHA-256 of the secret, hex: what the hub keeps of it."""
        return hashlib.sha256(self.secret).hexdigest()

    def text(self) -> str:
        """Returns the token as it is copied from one machine to the other.

        >>> InvitationToken(("hub:8443",), bytes(32), bytes(16)).text()[:20]
        'passerby-node-AQAAAA'
        """
        content = bytes((_FORM,)) + self.fingerprint + self.secret + ",".join(self.addresses).encode("ascii")
        packed = base64.urlsafe_b64encode(content + _check(content)).decode("ascii")
        return PREFIX + packed.rstrip("=")

    @classmethod
    def read(cls, text: str) -> "InvitationToken":
        """Returns what a token holds.

        Raises:
            PasserbyError: it is no token, a part of it is missing, or a letter of it is wrong. The error does not show
                what is in it.
        """
        words = "".join(text.split())
        if not words.startswith(PREFIX) or len(words) > _MAX_LETTERS:
            raise PasserbyError(
                f"the token: it begins with {PREFIX}, as `passerby fleet invite SITE.yaml NODE` prints it. Copy all of "
                "it"
            )
        packed = words.removeprefix(PREFIX)
        try:
            content = base64.b64decode(packed + "=" * (-len(packed) % 4), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            content = b""
        head, check = content[:-_CHECK_BYTES], content[-_CHECK_BYTES:]
        if len(content) < 1 + _FINGERPRINT_BYTES + SECRET_BYTES + _CHECK_BYTES or check != _check(head):
            raise PasserbyError("the token: a letter of it is wrong, or a part is missing. Copy all of it once more")
        addresses = head[1 + _FINGERPRINT_BYTES + SECRET_BYTES :].decode("ascii", "replace")
        if head[0] != _FORM:
            raise PasserbyError(
                "the token: it was made by another version of passerby. Install the hub's version on this machine"
            )
        secret = head[1 + _FINGERPRINT_BYTES : 1 + _FINGERPRINT_BYTES + SECRET_BYTES]
        return cls(places_of(addresses), head[1 : 1 + _FINGERPRINT_BYTES], secret)


def _check(content: bytes) -> bytes:
    return hashlib.sha256(content).digest()[:_CHECK_BYTES]
