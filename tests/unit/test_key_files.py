"""Keys lie in private files or in systemd's credentials, and no error shows one."""

import stat
from pathlib import Path

import pytest

from passerby.domain.errors import OutputError, PasserbyError
from passerby.key_files import CREDENTIALS_FOLDER, credential_file, kept_key, key_content, write_key


def test_a_credential_is_one_that_systemd_gave(tmp_path: Path) -> None:
    assert credential_file("key", {}) is None
    assert credential_file("key", {CREDENTIALS_FOLDER: ""}) is None
    assert credential_file("key", {CREDENTIALS_FOLDER: str(tmp_path)}) is None
    (tmp_path / "key").touch()
    assert credential_file("key", {CREDENTIALS_FOLDER: str(tmp_path)}) == tmp_path / "key"


def test_a_credential_that_cannot_be_looked_up_is_not_taken_for_missing(tmp_path: Path) -> None:
    name = "k" * 300  # longer than a file's name may be
    assert credential_file(name, {CREDENTIALS_FOLDER: str(tmp_path)}) == tmp_path / name


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620])
def test_a_private_key_that_others_can_reach_is_refused_and_a_credential_is_not(tmp_path: Path, mode: int) -> None:
    file = tmp_path / "some.key"
    file.write_bytes(b"canary")
    file.chmod(mode)
    with pytest.raises(
        PasserbyError, match=rf"the key of the log \(mode {mode:o}\).*chmod 600 .*copied it: think"
    ) as why:
        key_content(file, "the log", private=True, advice=": think")
    assert "canary" not in str(why.value)
    assert key_content(file, "the log", private=False) == b"canary"
    file.chmod(0o600)
    assert key_content(file, "the log", private=True) == b"canary"


def test_a_key_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    for file in (tmp_path, tmp_path / "missing.key"):
        with pytest.raises(PasserbyError, match=f"{file}: the key of the log cannot be read"):
            key_content(file, "the log", private=True)


def test_a_key_is_kept_in_a_file_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "access.key"
    key = kept_key(path)
    assert kept_key(path) == key
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in tmp_path.iterdir()] == ["access.key"]
    path.write_bytes(b"")
    assert len(kept_key(path)) == 32


def test_a_key_is_written_for_its_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "some.key"
    write_key(file, b"canary")
    assert (file.read_bytes(), stat.S_IMODE(file.stat().st_mode)) == (b"canary", 0o600)
    with pytest.raises(OutputError, match=r"missing/some\.key: the key cannot be written") as why:
        write_key(tmp_path / "missing" / "some.key", b"canary")
    assert "canary" not in str(why.value)
