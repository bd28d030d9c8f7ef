"""Replays of events, encrypted before they touch a disk: AES-256-GCM with a key of the site's own.

The worker encrypts what a camera's process sent, and the hub opens it for each look: journal and database hold nothing
else.
"""

import base64
import binascii
import io
import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

import numpy as np
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from passerby.domain.errors import PasserbyError
from passerby.domain.replays import EncryptedReplay, EventReplay
from passerby.files import PRIVATE, replacing
from passerby.key_files import credential_file, key_content
from passerby.messages.codec import CodecError
from passerby.messages.sandbox_messages import STORED_REPLAYS

CREDENTIAL: Final = "passerby-replay-key"
"""Name of the credential, as `LoadCredential=` of systemd gives it to the service."""

KEY_BYTES: Final = 32
NONCE_BYTES: Final = 12
"""As NIST SP 800-38D, 8.2.2, has it for nonces drawn at random; a new one for each replay."""

_WHAT: Final = "the events' replays"
_BOUND: Final = b"passerby event replay\x00"


class ReplayKey:
    """The key of a site's replays; read anew each time, so that removing its file makes all replays unreadable.

    Args:
        file: in the data folder.
        environment: where systemd names the folder of its credentials.
    """

    def __init__(self, file: Path, environment: Mapping[str, str]) -> None:
        self._file, self._environment = file, environment

    def encrypted(self, replay: EventReplay, camera: str, time_ns: int) -> EncryptedReplay:
        """Returns the replay encrypted, and bound to its event; makes the key's file where there is none.

        Args:
            replay: what a camera's process sent.
            camera: the camera's name.
            time_ns: UTC nanoseconds from which its time runs.

        Raises:
            PasserbyError: the key cannot be read or made.
        """
        nonce = secrets.token_bytes(NONCE_BYTES)
        content = AESGCM(self._key(make=True)).encrypt(nonce, STORED_REPLAYS.frame(replay), _bound(replay.event_id))
        return EncryptedReplay(replay.event_id, camera, time_ns, np.frombuffer(nonce + content, np.uint8))

    def opened(self, encrypted: EncryptedReplay) -> EventReplay | None:
        """Returns the replay; None where it was encrypted with another key, is another event's, or was changed.

        Raises:
            PasserbyError: the key cannot be read.
        """
        box = encrypted.box.tobytes()
        try:
            key = AESGCM(self._key(make=False))
            plain = key.decrypt(box[:NONCE_BYTES], box[NONCE_BYTES:], _bound(encrypted.event_id))
            replay = STORED_REPLAYS.receive(io.BytesIO(plain))
        except (InvalidTag, CodecError, EOFError, ValueError):
            return None
        return replay if replay.event_id == encrypted.event_id else None

    def _key(self, *, make: bool) -> bytes:
        given = credential_file(CREDENTIAL, self._environment)
        if given is None and make and not self._file.exists():
            _make(self._file)
        content = key_content(given or self._file, _WHAT, private=given is None)
        try:
            key = base64.b64decode(content.strip(), validate=True)
        except binascii.Error:
            key = b""
        if len(key) != KEY_BYTES:
            # The content is not shown: it may be a key all the same.
            raise PasserbyError(
                f"{given or self._file}: a key of {KEY_BYTES} bytes is needed for {_WHAT}, as `openssl rand -base64 "
                f"{KEY_BYTES}` prints it, got something else. Put the right one back, or remove it: a new one is made, "
                "and the replays that there are stay closed"
            )
        return key


def _make(file: Path) -> None:
    """Makes a key and its file; of several processes that do so at once, the first one's stays.

    Raises:
        PasserbyError: it cannot be written.
    """
    part = file.with_name(f".passerby-{secrets.token_hex(8)}.part")
    try:
        try:
            with replacing(part, mode=PRIVATE, follow=False) as stream:
                stream.write(base64.b64encode(secrets.token_bytes(KEY_BYTES)) + b"\n")
            with suppress(FileExistsError):
                os.link(part, file)  # unlike a renaming, it leaves the file of another process as it is
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise PasserbyError(
            f"{file}: the key of {_WHAT} cannot be written: {error.strerror}. Is the disk full?"
        ) from None


def _bound(event_id: str) -> bytes:
    return _BOUND + event_id.encode()
