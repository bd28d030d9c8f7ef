"""Passwords in a data folder: set, opened for the one camera that they were set for, cleared, encrypted anew."""

import base64
import json
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from passerby.camera_secrets import keeper as keeper_module
from passerby.camera_secrets.errors import CameraSecretError
from passerby.camera_secrets.keeper import CameraPasswords
from passerby.camera_secrets.key_ring import CREDENTIAL, SecretsKey
from passerby.camera_secrets.stored import EncryptedPassword
from passerby.domain.sources import CameraSource, SourceKind, Transport
from testing.access.stored_passwords import clear_password, rotate_passwords, set_password

CANARY = "K4nar1enV0gel"
SQUARE = CameraSource(SourceKind.RTSP, "10.1.2.3", 554, "/sub", user="counter")
GATE = CameraSource(SourceKind.HTTPS, "10.1.2.4", 443, "/video", user="counter")


def passwords(folder: Path, **environment: str) -> CameraPasswords:
    return CameraPasswords(folder, environment, lambda: 7)


def both(folder: Path, **environment: str) -> CameraPasswords:
    kept = passwords(folder, **environment)
    set_password(kept, "square", SQUARE, CANARY)
    set_password(kept, "gate", GATE, "other")
    return kept


def rows_of(kept: CameraPasswords) -> list[EncryptedPassword]:
    return [row for _, row in sorted(kept.stored().rows.items())]


def opened(kept: CameraPasswords) -> tuple[str, str]:
    read = kept.read()
    return read.password("square", SQUARE), read.password("gate", GATE)


def test_a_password_is_kept_encrypted(tmp_path: Path) -> None:
    kept = both(tmp_path)
    assert opened(kept) == (CANARY, "other")
    assert [(row.camera, row.set_ns) for row in rows_of(kept)] == [("gate", 7), ("square", 7)]
    assert stat.S_IMODE(kept.file.stat().st_mode) == 0o600
    for path in tmp_path.iterdir():
        assert CANARY.encode() not in path.read_bytes()
        assert base64.b64encode(CANARY.encode())[:12] not in path.read_bytes()
    assert CANARY not in repr(rows_of(kept))
    assert "content" not in repr(rows_of(kept))
    assert json.loads(kept.file.read_text())["format"] == 1
    clear_password(kept, "square")
    assert opened(kept) == ("", "other")


def test_where_nothing_is_stored_nothing_is_needed(tmp_path: Path) -> None:
    assert passwords(tmp_path).read().password("square", SQUARE) == ""
    assert passwords(tmp_path / "gone").read().password("square", SQUARE) == ""
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(CameraSecretError, match="data folder cannot be opened"):
        set_password(passwords(tmp_path / "gone"), "square", SQUARE, CANARY)


def test_who_connects_to_no_camera_gets_none(tmp_path: Path) -> None:
    kept = both(tmp_path)
    assert kept.read(withheld=True).password("square", SQUARE) == ""
    kept.key_file.unlink()
    with pytest.raises(CameraSecretError, match="key of the cameras' passwords is not there"):
        kept.read(withheld=True).password("square", SQUARE)


@pytest.mark.parametrize(
    "changed",
    [
        replace(SQUARE, host="10.1.9.9"), replace(SQUARE, port=8554), replace(SQUARE, user="root"),
        replace(SQUARE, kind=SourceKind.RTSPS), replace(SQUARE, basic_without_tls=True),
        replace(SQUARE, transport=Transport.UDP), replace(SQUARE, authority=Path("/etc/ca.pem")),
    ],
)  # fmt: skip
def test_it_goes_nowhere_else(changed: CameraSource, tmp_path: Path) -> None:
    kept = both(tmp_path)
    assert kept.read().password("square", changed) == ""
    assert kept.stored().of("square", changed) is None
    assert [row.camera for row in kept.stored().stray({"square": changed, "gate": GATE})] == ["square"]
    assert kept.stored().stray({"square": replace(SQUARE, path="/main"), "gate": GATE}) == ()
    assert kept.read().password("square", replace(SQUARE, path="/main")) == CANARY
    # Whoever edits the file of encrypted values as well gets no further.
    found = json.loads(kept.file.read_text())
    set_password(kept, "square", changed, "one's own")
    mixed = json.loads(kept.file.read_text())
    mixed["cameras"]["square"]["value"] = found["cameras"]["square"]["value"]
    kept.file.write_text(json.dumps(mixed))
    with pytest.raises(CameraSecretError, match="belongs to another camera or host"):
        kept.read().password("square", changed)


def test_a_value_does_not_move_to_another_camera(tmp_path: Path) -> None:
    kept = both(tmp_path)
    found = json.loads(kept.file.read_text())
    found["cameras"]["mine"] = found["cameras"]["square"]
    kept.file.write_text(json.dumps(found))
    with pytest.raises(CameraSecretError, match="mine was damaged, or belongs to another"):
        kept.read().password("mine", SQUARE)
    assert opened(kept) == (CANARY, "other")


def test_a_wrong_key_is_the_fault_of_its_own_camera_only(tmp_path: Path) -> None:
    kept = both(tmp_path)
    kept.key_file.unlink()
    set_password(kept, "gate", GATE, "anew")
    read = kept.read()
    assert read.password("gate", GATE) == "anew"
    assert read.password("more", replace(SQUARE, host="10.1.2.9")) == ""
    with pytest.raises(CameraSecretError, match=r"password of square was encrypted with another key"):
        read.password("square", SQUARE)


@pytest.mark.parametrize(
    "content",
    ["", "[]", "{}", '{"format": 2, "cameras": {}}', '{"format": 1, "cameras": []}', "[" * 100_000, "\x00",
     '{"format": 1, "cameras": {"square": {}}}', '{"format": 1, "cameras": {"square": null}}',
     '{"format": 1, "cameras": {"square": {"tied_to": "", "key": "", "set_ns": 1, "value": "\u00e9"}}}',
     '{"format": 1, "cameras": {"square": {"tied_to": "", "key": "", "set_ns": "x", "value": ""}}}'],
)  # fmt: skip
def test_a_damaged_file_is_said_and_kept(content: str, tmp_path: Path) -> None:
    kept = both(tmp_path)
    kept.file.write_text(content)
    with pytest.raises(CameraSecretError, match="no encrypted passwords that this passerby wrote"):
        kept.read().password("square", SQUARE)
    with pytest.raises(CameraSecretError):
        set_password(kept, "square", SQUARE, CANARY)
    assert kept.file.read_text() == content


def test_a_rotation_makes_a_key_only_where_nothing_needs_another(tmp_path: Path) -> None:
    kept = passwords(tmp_path)
    assert rotate_passwords(kept).passwords == 0
    assert kept.key_file.exists()
    assert not kept.file.exists()
    both(tmp_path)
    kept.key_file.unlink()
    with pytest.raises(CameraSecretError, match="is not there"):
        rotate_passwords(kept)
    assert not kept.key_file.exists()


def test_what_is_not_written_down_is_neither_done_nor_given_up(tmp_path: Path) -> None:
    kept = both(tmp_path)
    assert (kept.change_waits, kept.staged()) == (False, None)
    kept.give_up()
    kept.finish()
    assert opened(kept) == (CANARY, "other")


def test_a_link_is_replaced_and_not_followed(tmp_path: Path) -> None:
    kept = both(tmp_path)
    kept.file.rename(tmp_path / "other")
    before = (tmp_path / "other").read_bytes()
    kept.file.symlink_to(tmp_path / "other")
    set_password(kept, "square", SQUARE, "newer")
    assert (tmp_path / "other").read_bytes() == before
    assert (kept.file.is_symlink(), opened(kept)) == (False, ("newer", "other"))


def test_a_file_that_is_too_long_is_no_such_file(tmp_path: Path) -> None:
    kept = both(tmp_path)
    content = kept.file.read_bytes()
    kept.file.write_bytes(content.ljust(8 * 1024 * 1024))
    assert opened(kept) == (CANARY, "other")
    kept.file.write_bytes(content[:-1].ljust(8 * 1024 * 1024) + b"}")
    with pytest.raises(CameraSecretError, match="no encrypted passwords"):
        opened(kept)


def test_rotation_makes_a_new_key(tmp_path: Path) -> None:
    kept = both(tmp_path)
    before, values = kept.key_file.read_bytes(), kept.file.read_bytes()
    done = rotate_passwords(kept)
    assert (done.passwords, done.place, done.ours) == (2, kept.key_file, True)
    assert opened(kept) == (CANARY, "other")
    assert {row.key_id for row in rows_of(kept)} == {done.key_id}
    assert {row.set_ns for row in rows_of(kept)} == {7}
    assert before.strip() not in kept.key_file.read_bytes()
    kept.key_file.write_bytes(before)
    with pytest.raises(CameraSecretError, match="another key"):
        opened(kept)
    kept.file.write_bytes(values)
    assert opened(kept) == (CANARY, "other")


@pytest.mark.parametrize("step", [1, 2, 3])
def test_an_interrupted_rotation_loses_nothing(step: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The power fails at each of its three writes, before or after it; what lies there opens everything."""
    for after in (False, True):
        kept = both(tmp_path)
        with monkeypatch.context() as patches:
            done: list[str] = []
            for name in ("write_key_ring", "write_passwords"):
                patches.setattr(keeper_module, name, failing(getattr(keeper_module, name), done, step, after=after))
            with pytest.raises(KeyboardInterrupt):
                rotate_passwords(kept)
        assert opened(kept) == (CANARY, "other")
        rotate_passwords(kept)
        assert opened(kept) == (CANARY, "other")
        assert len(kept.key_file.read_bytes().split()) == 1


def test_rotations_that_are_interrupted_again_and_again_lose_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a timer does it on a disk that stays full."""
    kept = both(tmp_path)

    def full(*_: object) -> None:
        raise CameraSecretError("no space")

    with monkeypatch.context() as patch:
        patch.setattr(keeper_module, "write_passwords", full)
        for _ in range(25):
            with pytest.raises(CameraSecretError, match="no space"):
                rotate_passwords(kept)
            assert opened(kept) == (CANARY, "other")
    assert len(kept.key_file.read_text().split()) == 2
    rotate_passwords(kept)
    assert opened(kept) == (CANARY, "other")
    assert len(kept.key_file.read_text().split()) == 1


def test_a_time_that_is_no_time_is_said_as_damage(tmp_path: Path) -> None:
    kept = both(tmp_path)
    kept.file.write_text(kept.file.read_text().replace('"set_ns": 7', '"set_ns": 1e400'))
    with pytest.raises(CameraSecretError, match="no encrypted passwords"):
        opened(kept)


def failing(write, done: list[str], step: int, *, after: bool):
    def written(*given):
        done.append(write.__name__)
        if len(done) == step and not after:
            raise KeyboardInterrupt
        result = write(*given)
        if len(done) == step:
            raise KeyboardInterrupt
        return result

    return written


def test_nothing_is_rotated_that_cannot_be_opened(tmp_path: Path) -> None:
    kept = both(tmp_path)
    kept.key_file.unlink()
    set_password(kept, "gate", GATE, "anew")
    before = kept.key_file.read_bytes(), kept.file.read_bytes()
    with pytest.raises(CameraSecretError, match="password of square was encrypted with another key"):
        rotate_passwords(kept)
    assert (kept.key_file.read_bytes(), kept.file.read_bytes()) == before


def test_a_credential_s_own_new_key_is_rotated_to(tmp_path: Path) -> None:
    given, data = tmp_path / "credentials", tmp_path / "data"
    given.mkdir()
    data.mkdir()
    old, new = SecretsKey.new(), SecretsKey.new()
    (given / CREDENTIAL).write_bytes(base64.b64encode(old.content))
    kept = both(data, CREDENTIALS_DIRECTORY=str(given))
    assert not kept.key_file.exists()
    with pytest.raises(CameraSecretError, match="Put a new key"):
        rotate_passwords(kept)
    (given / CREDENTIAL).write_bytes(base64.b64encode(new.content) + b"\n" + base64.b64encode(old.content))
    assert opened(kept) == (CANARY, "other")
    assert rotate_passwords(kept).key_id == rows_of(kept)[0].key_id == rows_of(kept)[1].key_id == new.key_id
    (given / CREDENTIAL).write_bytes(base64.b64encode(new.content))
    assert opened(kept) == (CANARY, "other")
    assert not kept.key_file.exists()
