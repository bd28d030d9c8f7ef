"""Replays at rest: encrypted, each bound to its event, with a key of the site's own that is made once."""

import base64
import multiprocessing
import stat
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from passerby.domain.errors import PasserbyError
from passerby.engine.replays.encryption import CREDENTIAL, ReplayKey
from testing.web.made import NOW_S, NS_PER_S, open_event
from testing.web.replays import event_replay

EVENT = open_event("square", "full", NOW_S * NS_PER_S)
REPLAY = event_replay(EVENT)


def test_what_is_sealed_opens_with_the_same_key_and_holds_nothing_clear(tmp_path: Path) -> None:
    file = tmp_path / "replay.key"
    encrypted = ReplayKey(file, {}).encrypted(REPLAY, "square", 7)
    assert (encrypted.event_id, encrypted.camera, encrypted.time_ns) == (EVENT.event_id, "square", 7)
    content = encrypted.box.tobytes()
    assert REPLAY.place.jpeg.tobytes()[:40] not in content
    assert EVENT.event_id.encode() not in content
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    opened = ReplayKey(file, {}).opened(encrypted)
    assert opened is not None
    assert opened.boxes.xyxy.tolist() == REPLAY.boxes.xyxy.tolist()
    assert opened.place.jpeg.tobytes() == REPLAY.place.jpeg.tobytes()
    assert ReplayKey(file, {}).encrypted(REPLAY, "square", 7).box.tobytes() != content
    assert [path.name for path in tmp_path.iterdir()] == ["replay.key"]


def test_it_is_no_other_event_s_and_cannot_be_changed(tmp_path: Path) -> None:
    key = ReplayKey(tmp_path / "replay.key", {})
    encrypted = key.encrypted(REPLAY, "square", 7)
    other = open_event("square", "empty", EVENT.start_ns)
    assert key.opened(replace(encrypted, event_id=other.event_id)) is None
    changed = encrypted.box.copy()
    changed[-1] ^= 1
    assert key.opened(replace(encrypted, box=changed)) is None
    assert key.opened(replace(encrypted, box=np.empty(0, np.uint8))) is None


def test_without_its_key_it_stays_closed_for_good(tmp_path: Path) -> None:
    file = tmp_path / "replay.key"
    key = ReplayKey(file, {})
    encrypted = key.encrypted(REPLAY, "square", 7)
    file.unlink()
    with pytest.raises(PasserbyError, match="key of the events' replays cannot be read"):
        key.opened(encrypted)
    assert key.opened(key.encrypted(REPLAY, "square", 7)) is not None
    assert key.opened(encrypted) is None


def test_systemd_s_credential_comes_before_the_file(tmp_path: Path) -> None:
    credentials = tmp_path / "credentials"
    credentials.mkdir()
    (credentials / CREDENTIAL).write_bytes(base64.b64encode(b"k" * 32) + b"\n")
    file = tmp_path / "replay.key"
    key = ReplayKey(file, {"CREDENTIALS_DIRECTORY": str(credentials)})
    assert key.opened(key.encrypted(REPLAY, "square", 7)) is not None
    assert not file.exists()


@pytest.mark.parametrize("content", [b"", b"secret", base64.b64encode(b"k" * 16), b"k" * 44])
def test_what_is_no_key_is_refused_and_not_shown(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "replay.key"
    file.touch(mode=0o600)
    file.write_bytes(content)
    with pytest.raises(PasserbyError, match="a key of 32 bytes is needed") as fault:
        ReplayKey(file, {}).encrypted(REPLAY, "square", 7)
    assert not content or content.decode() not in str(fault.value)


def test_a_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "replay.key"
    file.write_bytes(base64.b64encode(b"k" * 32))
    file.chmod(0o644)
    with pytest.raises(PasserbyError, match="other accounts may read"):
        ReplayKey(file, {}).encrypted(REPLAY, "square", 7)


def _encrypted(file: Path) -> bytes:
    return ReplayKey(file, {}).encrypted(REPLAY, "square", 7).box.tobytes()


def test_of_several_workers_that_make_the_key_at_once_one_makes_it(tmp_path: Path) -> None:
    file = tmp_path / "replay.key"
    with multiprocessing.get_context("fork").Pool(4) as pool:
        made = pool.map(_encrypted, [file] * 8, chunksize=1)
    key = ReplayKey(file, {})
    base = key.encrypted(REPLAY, "square", 7)
    assert all(key.opened(replace(base, box=np.frombuffer(box, np.uint8))) is not None for box in made)
    assert [path.name for path in tmp_path.iterdir()] == ["replay.key"]
