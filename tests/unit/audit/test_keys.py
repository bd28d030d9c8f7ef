"""The key's file is private, a credential of systemd's comes first, and neither is shown in an error."""

import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from passerby.audit.keys import CREDENTIAL, make_key, private_key
from passerby.domain.errors import OutputError, PasserbyError


@pytest.mark.asvs("13.3.1")
def test_a_key_is_made_once_and_is_private(tmp_path: Path) -> None:
    file = tmp_path / "audit.key"
    first = private_key(file, {})
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert private_key(file, {}).private_bytes_raw() == first.private_bytes_raw()
    with pytest.raises(PasserbyError, match="cannot be read"):
        private_key(tmp_path / "none.key", {}, make=False)
    assert not (tmp_path / "none.key").exists()


@pytest.mark.asvs("13.3.1")
def test_a_credential_comes_first(tmp_path: Path) -> None:
    folder = tmp_path / "credentials"
    folder.mkdir()
    environment = {"CREDENTIALS_DIRECTORY": str(folder)}
    own = private_key(tmp_path / "audit.key", environment)
    given = make_key(folder / CREDENTIAL)
    found = private_key(tmp_path / "audit.key", environment)
    assert found.private_bytes_raw() == given.private_bytes_raw() != own.private_bytes_raw()


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644])
@pytest.mark.asvs("13.3.2")
def test_a_key_that_others_can_read_is_refused(tmp_path: Path, mode: int) -> None:
    file = tmp_path / "audit.key"
    make_key(file)
    file.chmod(mode)
    with pytest.raises(PasserbyError, match=f"mode {mode:o}.*chmod 600"):
        private_key(file, {})


def test_what_is_no_such_key_is_refused_and_not_shown(tmp_path: Path) -> None:
    file = tmp_path / "audit.key"
    other = generate_private_key(SECP256R1())
    pem = other.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    for content in (b"", b"S3cret-canary", pem, b"-----BEGIN PRIVATE KEY-----\nUzNjcmV0\n-----END PRIVATE KEY-----\n"):
        file.write_bytes(content)
        file.chmod(0o600)
        with pytest.raises(PasserbyError, match="Ed25519 key in PEM is needed") as refused:
            private_key(file, {})
        assert "S3cret" not in str(refused.value)


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="the key cannot be written"):
        make_key(tmp_path / "missing" / "audit.key")


def test_each_key_has_a_credential_and_a_name_of_its_own(tmp_path: Path) -> None:
    environment = {"CREDENTIALS_DIRECTORY": str(tmp_path)}
    audit = make_key(tmp_path / CREDENTIAL)
    register = private_key(tmp_path / "register.key", environment, credential="other", what="the register")
    assert register.private_bytes_raw() != audit.private_bytes_raw()
    (tmp_path / "register.key").write_text("no key")
    with pytest.raises(PasserbyError, match="needed for the register"):
        private_key(tmp_path / "register.key", environment, credential="other", what="the register")
