"""The private keys of checkpoints and registers: files of the data folder, or credentials of systemd's."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from passerby.domain.errors import PasserbyError
from passerby.key_files import credential_file, key_content, write_key

CREDENTIAL: Final = "passerby-audit-key"
"""Name of the credential, as `LoadCredential=` of systemd gives it to the service."""


def private_key(
    file: Path,
    environment: Mapping[str, str],
    *,
    credential: str = CREDENTIAL,
    what: str = "the audit log",
    make: bool = True,
) -> Ed25519PrivateKey:
    """Returns the key of systemd's credential where there is one, or else that of the file, made where it is missing.

    Args:
        file: in the data folder.
        environment: where systemd names the folder of its credentials.
        credential: the credential's name.
        what: whose key it is, for errors.
        make: make a file that is missing.

    Raises:
        PasserbyError: the key cannot be read, others can read its file, or it is no Ed25519 key.
        OutputError: the file cannot be made.
    """
    given = credential_file(credential, environment)
    if given is not None:
        return _read(given, what, private=False)
    if not file.exists() and make:
        return make_key(file)
    return _read(file, what, private=True)


def make_key(file: Path) -> Ed25519PrivateKey:
    """Makes a key and its file, which only its owner can read.

    Raises:
        OutputError: the file cannot be written.
    """
    key = Ed25519PrivateKey.generate()
    write_key(file, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return key


def _read(file: Path, what: str, *, private: bool) -> Ed25519PrivateKey:
    content = key_content(file, what, private=private)
    try:
        key = load_pem_private_key(content, password=None)
    except (ValueError, TypeError):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        # The content is not shown: it may be a key all the same.
        raise PasserbyError(
            f"{file}: an Ed25519 key in PEM is needed for {what}, got something else. Restore it from a backup, or "
            "remove it: a new key is then made, and everyone who verifies sees that"
        )
    return key
