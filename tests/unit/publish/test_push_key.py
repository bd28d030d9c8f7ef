"""The key of web push is made once, is private, and a credential of systemd's comes first."""

import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP384R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from passerby.domain.errors import OutputError, PasserbyError
from passerby.publish.outlets.push_message import point
from passerby.publish.push_key import CREDENTIAL, PushKey


def test_it_is_made_when_it_is_needed_and_stays(tmp_path: Path) -> None:
    file = tmp_path / "push.key"
    key = PushKey(file, {})
    assert not file.exists()
    first = point(key.private())
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert point(key.private()) == point(PushKey(file, {}).private()) == first


def test_a_credential_comes_first(tmp_path: Path) -> None:
    folder = tmp_path / "credentials"
    folder.mkdir()
    first = point(PushKey(tmp_path / "push.key", {}).private())
    other = point(PushKey(folder / CREDENTIAL, {}).private())
    given = PushKey(tmp_path / "push.key", {"CREDENTIALS_DIRECTORY": str(folder)}).private()
    assert point(given) == other != first


@pytest.mark.parametrize("wrong", [generate_private_key(SECP384R1()), Ed25519PrivateKey.generate(), None])
def test_what_is_no_such_key_is_refused_and_not_shown(tmp_path: Path, wrong: object) -> None:
    file = tmp_path / "push.key"
    file.touch(0o600)
    pem = b"s3cret"
    if wrong is not None:
        pem = wrong.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())  # type: ignore[attr-defined]
    file.write_bytes(pem)
    with pytest.raises(PasserbyError, match="a key on P-256 in PEM is needed") as caught:
        PushKey(file, {}).private()
    assert "s3cret" not in str(caught.value)


def test_a_file_that_others_may_read_is_refused(tmp_path: Path) -> None:
    PushKey(tmp_path / "push.key", {}).private()
    (tmp_path / "push.key").chmod(0o644)
    with pytest.raises(PasserbyError, match="other accounts may read the key of web push"):
        PushKey(tmp_path / "push.key", {}).private()


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="cannot be written"):
        PushKey(tmp_path / "none" / "push.key", {}).private()
