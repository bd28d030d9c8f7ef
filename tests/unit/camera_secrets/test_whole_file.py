"""A site file that is encrypted whole: it comes back letter for letter, with the right key only."""

import json
from pathlib import Path

import pytest

from passerby.camera_secrets.errors import CameraSecretError
from passerby.camera_secrets.key_ring import KeyRing, SecretsKey
from passerby.camera_secrets.whole_file import decrypted_text, encrypted_text

TEXT = "cameras: {}  # K4nar1e, Grüße, 広場\r\n"
OLD, NEW = SecretsKey(b"o" * 32), SecretsKey(b"n" * 32)


def ring(*keys: SecretsKey) -> KeyRing:
    return KeyRing(keys, Path("secrets.key"), ours=True)


def test_it_comes_back_letter_for_letter() -> None:
    content = encrypted_text(TEXT, ring(OLD))
    assert "K4nar1e" not in content
    assert decrypted_text(content, ring(NEW, OLD), "backup") == TEXT
    with pytest.raises(CameraSecretError, match=f"another key .{OLD.key_id}. than is in secrets.key .{NEW.key_id}."):
        decrypted_text(content, ring(NEW), "backup")


@pytest.mark.parametrize("content", ["", "[]", "{}", "[" * 100_000, '{"key": "x", "value": "\u00e9"}', '{"key": 1}'])
def test_what_is_none_is_refused(content: str) -> None:
    with pytest.raises(CameraSecretError, match="backup: damaged"):
        decrypted_text(content, ring(OLD), "backup")


@pytest.mark.parametrize(("name", "value"), [("format", 2), ("value", "AAAA*"), ("value", "AAAA AAAA")])
def test_another_format_is_refused(name: str, value: object) -> None:
    content = json.loads(encrypted_text(TEXT, ring(OLD)))
    assert content["format"] == 1
    if name == "value":  # what base64 would leave out
        value = str(value)[4:] + content["value"]
    with pytest.raises(CameraSecretError, match="backup: damaged, or no site file"):
        decrypted_text(json.dumps({**content, name: value}), ring(OLD), "backup")


def test_a_changed_letter_is_noticed() -> None:
    content = encrypted_text(TEXT, ring(OLD))
    at = content.index('"value"') + 12
    changed = content[:at] + ("A" if content[at] != "A" else "B") + content[at + 1 :]
    with pytest.raises(CameraSecretError, match="backup: damaged"):
        decrypted_text(changed, ring(OLD), "backup")
