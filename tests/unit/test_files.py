"""Files that are there whole or not at all."""

import os
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from passerby.domain.errors import OutputError
from passerby.files import PRIVATE, locked_file, partial_file, replacing, write_private, write_whole

_TINY = """
import resource, sys
from pathlib import Path
from passerby.domain.errors import OutputError
from passerby.files import write_whole
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
try:
    write_whole(Path(sys.argv[1]), b"x" * 5000)
except OutputError as error:
    print(error)
    sys.exit(2)
"""


def test_a_new_file_holds_every_byte_and_follows_the_umask(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        write_whole(tmp_path / "counts.json", b"whole")
    finally:
        os.umask(before)
    assert (tmp_path / "counts.json").read_bytes() == b"whole"
    assert stat.S_IMODE((tmp_path / "counts.json").stat().st_mode) == 0o640
    assert [path.name for path in tmp_path.iterdir()] == ["counts.json"]


def test_an_existing_file_is_replaced_and_keeps_its_permissions(tmp_path: Path) -> None:
    target = tmp_path / "counts.json"
    target.write_bytes(b"a much longer old text")
    target.chmod(0o604)
    write_whole(target, b"new")
    assert target.read_bytes() == b"new"
    assert stat.S_IMODE(target.stat().st_mode) == 0o604


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    target = tmp_path / "real" / "counts.json"
    target.write_bytes(b"old")
    link = tmp_path / "link.json"
    link.symlink_to(target)
    write_whole(link, b"new")
    assert link.is_symlink()
    assert target.read_bytes() == b"new"


def test_a_link_to_nothing_makes_what_it_points_to(tmp_path: Path) -> None:
    link = tmp_path / "link.json"
    link.symlink_to(tmp_path / "later.json")
    write_whole(link, b"new")
    assert (tmp_path / "later.json").read_bytes() == b"new"
    assert link.is_symlink()


def test_a_name_as_long_as_the_disk_allows(tmp_path: Path) -> None:
    target = tmp_path / ("n" * 255)
    write_whole(target, b"whole")
    assert target.read_bytes() == b"whole"


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="got a folder"):
        write_whole(tmp_path, b"whole")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "got", "advice"),
    [
        ("missing/counts.json", "No such file or directory", "Make the folder first"),
        ("file/counts.json", "Not a directory", "choose a folder that exists"),
        ("n" * 300, "File name too long", "shorter name"),
        ("nul\0l", "null", "Choose another place"),
    ],
)
def test_a_bad_path_says_what_where_got_do(tmp_path: Path, name: str, got: str, advice: str) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(OutputError) as refusal:
        write_whole(tmp_path / name, b"whole")
    text = str(refusal.value)
    assert got in text
    assert advice in text
    assert str(tmp_path) in text


def test_a_pipe_is_written_to_and_stays_a_pipe(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    heard: list[bytes] = []
    reader = threading.Thread(target=lambda: heard.append(pipe.read_bytes()))
    reader.start()
    write_whole(pipe, b"whole")
    reader.join(timeout=60)
    assert heard == [b"whole"]
    assert stat.S_ISFIFO(pipe.stat().st_mode)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_full_device_is_an_error() -> None:
    with pytest.raises(OutputError, match="No space left"):
        write_whole(Path("/dev/full"), b"whole")


def test_beyond_the_limit_on_file_sizes_the_old_file_stays(tmp_path: Path) -> None:
    target = tmp_path / "counts.json"
    target.write_bytes(b"old")
    run = subprocess.run([sys.executable, "-c", _TINY, str(target)], capture_output=True, text=True, check=False)
    assert run.returncode == 2, run.stderr
    assert "File too large" in run.stdout
    assert "ulimit" in run.stdout
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 64 KiB, where the system lets us make one."""
    disk = tmp_path / "disk"
    disk.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(disk)], capture_output=True, text=True, check=False
    )
    if made.returncode != 0:
        pytest.skip(f"making a small disk needs root: {made.stderr.strip()}")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def test_on_a_full_disk_the_old_file_stays_and_nothing_else(tiny_disk: Path) -> None:
    target = tiny_disk / "counts.json"
    write_whole(target, b"old")
    with pytest.raises(OutputError, match=r"No space left on device.*Free some space"):
        write_whole(target, b"x" * 200_000)
    assert target.read_bytes() == b"old"
    assert list(tiny_disk.iterdir()) == [target]
    write_whole(target, b"x" * 20_000)
    assert target.stat().st_size == 20_000


@pytest.mark.parametrize("trouble", [OSError(5, "Input/output error"), KeyboardInterrupt()])
def test_whatever_happens_before_the_rename_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, trouble: BaseException
) -> None:
    target = tmp_path / "counts.json"
    target.write_bytes(b"old")

    def fail(descriptor: int) -> None:
        raise trouble

    monkeypatch.setattr(os, "fsync", fail)
    expected = OutputError if isinstance(trouble, OSError) else KeyboardInterrupt
    with pytest.raises(expected):
        write_whole(target, b"new")
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]


def permissions(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_stream_takes_the_name_when_its_block_ends(tmp_path: Path) -> None:
    target = tmp_path / "model.onnx"
    with replacing(target) as stream:
        stream.write(b"first ")
        assert not target.exists()
        stream.write(b"second")
    assert target.read_bytes() == b"first second"


def test_an_error_in_the_block_leaves_what_was_there(tmp_path: Path) -> None:
    target = tmp_path / "model.onnx"
    target.write_bytes(b"old")
    with pytest.raises(RuntimeError, match="on purpose"), replacing(target) as stream:
        stream.write(b"half")
        raise RuntimeError("on purpose")
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize("existing", [0o644, None])
def test_a_mode_holds_for_new_files_and_for_old_ones(tmp_path: Path, existing: int | None) -> None:
    target = tmp_path / "key"
    if existing is not None:
        target.write_bytes(b"old")
        target.chmod(existing)
    with partial_file(target, mode=0o600) as partial:
        assert permissions(partial) == 0o600
    assert permissions(target) == 0o600


def test_the_half_of_a_private_file_is_private(tmp_path: Path) -> None:
    target = tmp_path / "site.yaml"
    target.write_bytes(b"secret")
    target.chmod(0o640)
    with partial_file(target) as partial:
        assert permissions(partial) == 0o600
    assert permissions(target) == 0o640


def test_without_following_the_link_itself_is_replaced(tmp_path: Path) -> None:
    real, link = tmp_path / "real", tmp_path / "link"
    real.write_bytes(b"old")
    link.symlink_to(real)
    with replacing(link, follow=False) as stream:
        stream.write(b"new")
    assert (link.is_symlink(), link.read_bytes(), real.read_bytes()) == (False, b"new", b"old")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file to another account")
@pytest.mark.parametrize("keep", [True, False])
def test_the_owner_is_kept_on_request(tmp_path: Path, keep: bool) -> None:
    target = tmp_path / "site.yaml"
    target.write_bytes(b"old")
    os.chown(target, 1234, 2345)
    with replacing(target, keep_owner=keep) as stream:
        stream.write(b"new")
    status = target.stat()
    assert (status.st_uid, status.st_gid) == ((1234, 2345) if keep else (os.geteuid(), os.getegid()))


def test_an_account_that_may_not_give_files_away_keeps_the_group(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "site.yaml"
    target.write_bytes(b"old")
    asked: list[tuple[int, int]] = []

    def chown(_descriptor: int, user: int, group: int) -> None:
        asked.append((user, group))
        if user != -1:
            raise PermissionError(1, "Operation not permitted")

    own = os.fstat
    monkeypatch.setattr(os, "fchown", chown)
    monkeypatch.setattr(os, "fstat", lambda descriptor: os.stat_result((*own(descriptor)[:4], 9, 9, *range(4))))
    with replacing(target, keep_owner=True) as stream:
        stream.write(b"new")
    before = tmp_path.stat()
    assert asked == [(before.st_uid, before.st_gid), (-1, before.st_gid)]
    assert target.read_bytes() == b"new"


@pytest.mark.parametrize(("durable", "flushed"), [(True, 2), (False, 0)])
def test_the_file_and_its_name_are_flushed_on_request(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, durable: bool, flushed: int
) -> None:
    calls: list[int] = []
    monkeypatch.setattr(os, "fsync", calls.append)
    with replacing(tmp_path / "film.mp4", durable=durable) as stream:
        stream.write(b"new")
    assert len(calls) == flushed


def test_a_private_file_is_whole_and_only_for_its_owner(tmp_path: Path) -> None:
    target = tmp_path / "status.json"
    write_private(target, "ä")
    write_private(target, "ö")
    assert target.read_bytes() == "ö".encode()
    assert permissions(target) == 0o600
    assert list(tmp_path.iterdir()) == [target]


def test_a_private_file_that_cannot_be_written_is_an_output_error(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"missing/status\.json: cannot be written: No such file"):
        write_private(tmp_path / "missing" / "status.json", "{}")


def test_a_locked_file_is_one_process_s_until_its_block_ends(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with locked_file(path):
        assert path.stat().st_mode & 0o777 == PRIVATE
        with pytest.raises(BlockingIOError), locked_file(path):
            pass
    with locked_file(path, wait=True):
        pass
    with pytest.raises(FileNotFoundError), locked_file(tmp_path / "missing" / "lock"):
        pass
