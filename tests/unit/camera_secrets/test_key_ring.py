"""Keys of cameras' passwords: a private file or systemd's credential, read whole or refused without being shown."""

import base64
import stat
from pathlib import Path

import pytest

from passerby.camera_secrets.errors import CameraSecretError
from passerby.camera_secrets.key_ring import CREDENTIAL, KeyRing, SecretsKey, key_ring, own_as_folder, write_key_ring

ONE, TWO = SecretsKey(b"1" * 32), SecretsKey(b"2" * 32)


def test_the_first_use_makes_a_private_file(tmp_path: Path) -> None:
    file = tmp_path / "secrets.key"
    with pytest.raises(CameraSecretError, match="is not there"):
        key_ring(file, {})
    made = key_ring(file, {}, make=True)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert key_ring(file, {}, make=True) == made
    assert made.ours
    assert made.newest.content not in file.read_bytes()
    assert base64.b64encode(made.newest.content) in file.read_bytes()


@pytest.mark.parametrize("line", [base64.b64encode(ONE.content), ONE.content.hex().encode()])
def test_systemd_s_credential_comes_first(line: bytes, tmp_path: Path) -> None:
    file = tmp_path / "secrets.key"
    write_key_ring(KeyRing((TWO,), file, ours=True))
    (tmp_path / CREDENTIAL).write_bytes(line + b"\n")
    ring = key_ring(file, {"CREDENTIALS_DIRECTORY": str(tmp_path)})
    assert (ring.keys, ring.ours) == ((ONE,), False)
    assert key_ring(file, {"CREDENTIALS_DIRECTORY": str(tmp_path / "none")}).keys == (TWO,)


@pytest.mark.parametrize(
    "content",
    [b"", b"\n\n", b"x" * 43, base64.b64encode(b"1" * 31), base64.b64encode(b"1" * 33), b"\xff" * 64, b"zz" * 32,
     base64.b64encode(b"1" * 32) + b"\nthe second", base64.b64encode(b"1" * 32) * 300,
     (base64.b64encode(b"1" * 32) + b"\n") * 21, b"*" + base64.b64encode(b"1" * 32)],
)  # fmt: skip
def test_what_is_no_key_is_refused_and_not_shown(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "secrets.key"
    file.write_bytes(content)
    file.chmod(0o600)
    with pytest.raises(CameraSecretError, match="a key of 32 bytes is needed") as caught:
        key_ring(file, {}, make=True)
    assert file.read_bytes() == content
    if content.strip():
        assert content.decode("latin-1")[:20] not in str(caught.value)


def test_twenty_keys_are_read(tmp_path: Path) -> None:
    keys = tuple(SecretsKey(bytes([number]) * 32) for number in range(20))
    file = tmp_path / "secrets.key"
    assert write_key_ring(KeyRing(keys, file, ours=True)).keys == keys
    assert key_ring(file, {}).keys == keys


def test_a_link_is_replaced_and_not_followed(tmp_path: Path) -> None:
    other, file = tmp_path / "other", tmp_path / "secrets.key"
    other.write_text("kept")
    file.symlink_to(other)
    write_key_ring(KeyRing((ONE,), file, ours=True))
    assert (other.read_text(), file.is_symlink()) == ("kept", False)


def test_what_root_makes_is_its_folder_s_owner_s(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[tuple[Path, int, int]] = []
    monkeypatch.setattr("os.chown", lambda *to: given.append(to))
    folder = tmp_path.stat()
    for user, expected in ((0, [(tmp_path / "x", folder.st_uid, folder.st_gid)]), (1000, [])):
        monkeypatch.setattr("os.geteuid", lambda user=user: user)
        given.clear()
        own_as_folder(tmp_path / "x")
        assert given == expected


def test_a_key_that_others_may_read_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "secrets.key"
    write_key_ring(KeyRing((ONE,), file, ours=True))
    file.chmod(0o640)
    with pytest.raises(CameraSecretError, match=r"mode 640.*chmod 600"):
        key_ring(file, {})
    file.unlink()
    file.mkdir()
    with pytest.raises(CameraSecretError, match="cannot be read"):
        key_ring(file, {})


def test_a_value_opens_with_its_key_and_bond_only() -> None:
    content = ONE.encrypted("S3cret", b"square")
    assert ONE.decrypted(content, b"square") == "S3cret"
    assert ONE.decrypted(content, b"gate") is None
    assert TWO.decrypted(content, b"square") is None
    for at in range(len(content)):
        changed = bytearray(content)
        changed[at] ^= 1
        assert ONE.decrypted(bytes(changed), b"square") is None
    assert ONE.decrypted(b"", b"square") is None
    assert ONE.encrypted("S3cret", b"square") != content
    assert len(content) == 12 + len("S3cret") + 16  # a nonce of 96 bits, a tag of 128
    assert (len(ONE.key_id), ONE.key_id != TWO.key_id) == (16, True)
    assert "1111" not in repr(ONE)
    assert "1111" not in repr(KeyRing((ONE,), Path("k"), ours=True))
