"""A text with secrets in it, encrypted as a whole: the site file of a backup."""

import base64
import binascii
import json

from passerby.camera_secrets.errors import CameraSecretError
from passerby.camera_secrets.key_ring import KeyRing

_FORMAT = 1
_BOND = b"passerby site file"


def encrypted_text(text: str, ring: KeyRing) -> str:
    """Returns the text encrypted with the newest key (AES-256-GCM), as JSON that names the key."""
    value = base64.b64encode(ring.newest.encrypted(text, _BOND)).decode("ascii")
    return json.dumps({"format": _FORMAT, "key": ring.newest.key_id, "value": value}) + "\n"


def decrypted_text(content: str, ring: KeyRing, name: str) -> str:
    """Returns the text that was encrypted.

    Args:
        content: what `encrypted_text` returned.
        ring: the keys that there are.
        name: what errors call it.

    Raises:
        CameraSecretError: its key is not here, or it was damaged.
    """
    try:
        found = json.loads(content)
        if found["format"] != _FORMAT:
            raise ValueError
        key_id, value = str(found["key"]), base64.b64decode(found["value"], validate=True)
    except (ValueError, KeyError, TypeError, RecursionError, binascii.Error):
        raise CameraSecretError(f"{name}: damaged, or no site file of a backup. Choose another backup") from None
    key = ring.key(key_id)
    if key is None:
        raise CameraSecretError(
            f"{name}: was encrypted with another key ({key_id}) than is in {ring.place} "
            f"({', '.join(each.key_id for each in ring.keys)}). Put that key there as a further line"
        )
    text = key.decrypted(value, _BOND)
    if text is None:
        raise CameraSecretError(f"{name}: damaged. Choose another backup")
    return text
