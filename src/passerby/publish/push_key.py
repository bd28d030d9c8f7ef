"""The key by which push services know this service: a private file of the data folder, or a credential of systemd's."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

from passerby.domain.errors import PasserbyError
from passerby.key_files import credential_file, key_content, write_key

CREDENTIAL: Final = "passerby-push-key"
"""Name of the credential, as `LoadCredential=` of systemd gives it to the service."""


class PushKey:
    """The key on P-256; it is read or made when it is needed first: web push is off unless a site file has it.

    Args:
        file: in the data folder.
        environment: where systemd names the folder of its credentials.
    """

    def __init__(self, file: Path, environment: Mapping[str, str]) -> None:
        self._file, self._environment = file, environment
        self._key: EllipticCurvePrivateKey | None = None

    def private(self) -> EllipticCurvePrivateKey:
        """Returns the key.

        Raises:
            PasserbyError: it cannot be read, others can read its file, or it is no key on P-256.
            OutputError: the file cannot be made.
        """
        if self._key is None:
            given = credential_file(CREDENTIAL, self._environment)
            if given is not None:
                self._key = _read(given, private=False)
            else:
                self._key = _read(self._file, private=True) if self._file.exists() else _make(self._file)
        return self._key


def _make(file: Path) -> EllipticCurvePrivateKey:
    key = generate_private_key(SECP256R1())
    write_key(file, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return key


def _read(file: Path, *, private: bool) -> EllipticCurvePrivateKey:
    content = key_content(file, "web push", private=private)
    try:
        key = load_pem_private_key(content, password=None)
    except (ValueError, TypeError):
        key = None
    if not isinstance(key, EllipticCurvePrivateKey) or not isinstance(key.curve, SECP256R1):
        # The content is not shown: it may be a key all the same.
        raise PasserbyError(
            f"{file}: a key on P-256 in PEM is needed for web push, got something else. Restore it from a backup, or "
            "remove it: a new key is then made, and each operator switches notices on anew"
        )
    return key
