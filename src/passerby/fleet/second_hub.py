"""What a second hub of a site needs of the first one's data folder: its keys, in one encrypted file."""

import base64
import binascii
import json
import secrets
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from passerby.domain.errors import OutputError, PasserbyError
from passerby.engine.service_folder import (
    ACCESS_KEY_FILE,
    AUDIT_KEY_FILE,
    CAMERA_PASSWORDS_FILE,
    PUSH_KEY_FILE,
    REGISTER_KEY_FILE,
    REPLAY_KEY_FILE,
    SECRETS_KEY_FILE,
)
from passerby.files import PRIVATE, replacing
from passerby.fleet.authority import CERTIFICATE_FILE, KEY_FILE
from passerby.key_files import write_key

FILES: Final = (
    ACCESS_KEY_FILE, AUDIT_KEY_FILE, REGISTER_KEY_FILE, PUSH_KEY_FILE, SECRETS_KEY_FILE, REPLAY_KEY_FILE,
    CAMERA_PASSWORDS_FILE, KEY_FILE, CERTIFICATE_FILE,
)  # fmt: skip
"""All that two hubs of a site must have alike; each of them makes everything else itself."""

_CODE_BYTES: Final = 32
_NONCE_BYTES: Final = 12
_BOND: Final = b"passerby keys of a hub, 1"
_MAX_BYTES: Final = 16 * 1024 * 1024


def export_keys(data: Path, file: Path) -> str:
    """Writes the keys of a hub, encrypted (AES-256-GCM), and returns the code that opens them.

    Args:
        data: the hub's data folder.
        file: a new file.

    Raises:
        PasserbyError: the folder has no keys, or the file is there already.
        OutputError: it cannot be written.
    """
    if file.exists():
        raise PasserbyError(f"{file}: there is a file of this name already. Name a new one")
    try:
        found = {name: (data / name).read_bytes() for name in FILES if (data / name).exists()}
    except OSError as error:
        raise PasserbyError(
            f"{error.filename}: cannot be read: {error.strerror}. Run this as the account that passerby runs as"
        ) from None
    if not found:
        raise PasserbyError(f"{data}: there are no keys of a hub here. Has passerby run with this site file?")
    content = json.dumps({name: base64.b64encode(each).decode("ascii") for name, each in found.items()}).encode()
    code, nonce = secrets.token_bytes(_CODE_BYTES), secrets.token_bytes(_NONCE_BYTES)
    try:
        with replacing(file, mode=PRIVATE) as stream:
            stream.write(nonce + AESGCM(code).encrypt(nonce, content, _BOND))
    except OSError as error:
        raise OutputError(f"{file}: cannot be written: {error.strerror}. Choose another place") from None
    return base64.b32encode(code).decode("ascii").rstrip("=")


def import_keys(data: Path, file: Path, code: str) -> tuple[str, ...]:
    """Puts the keys of a site's first hub into the data folder of its second; returns their files' names.

    Args:
        data: the second hub's data folder; made where it is missing.
        file: what `export_keys` wrote.
        code: what it returned.

    Raises:
        PasserbyError: the code or the file is wrong, or the folder has other keys already; nothing is changed.
        OutputError: a key cannot be written.
    """
    found = _opened(file, code)
    other = [name for name, content in found.items() if (data / name).exists() and _of(data / name) != content]
    if other:
        raise PasserbyError(
            f"{data}: this folder has other keys already ({', '.join(other)}). Has a hub run with it? Choose an empty "
            "folder with --data; or, if none of its keys is needed any more, move these files away first"
        )
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"{data}: the folder cannot be made: {error.strerror}. Choose another with --data") from None
    for name, content in found.items():
        write_key(data / name, content)
    return tuple(found)


def _opened(file: Path, code: str) -> dict[str, bytes]:
    try:
        with file.open("rb") as stream:
            content = stream.read(_MAX_BYTES)
    except OSError as error:
        raise PasserbyError(f"{file}: cannot be read: {error.strerror}. Name the file of the first hub") from None
    letters = "".join(code.split()).upper()
    try:
        key = base64.b32decode(letters + "=" * (-len(letters) % 8))
        opened = AESGCM(key).decrypt(content[:_NONCE_BYTES], content[_NONCE_BYTES:], _BOND)
        found = {name: base64.b64decode(each) for name, each in json.loads(opened).items()}
    except (InvalidTag, ValueError, binascii.Error):
        raise PasserbyError(
            f"{file}: the code does not open it: a letter is wrong, or it is of another file. Copy all of the code "
            "that `passerby fleet export SITE.yaml FILE` printed with it"
        ) from None
    # Of a file that was made by hand: no name may lead out of the folder.
    return {name: found[name] for name in FILES if name in found}


def _of(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise PasserbyError(
            f"{file}: cannot be read: {error.strerror}. Run this as the account that passerby runs as"
        ) from None
