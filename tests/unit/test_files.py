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
from passerby.files import write_whole

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
    reader.join(timeout=10)
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
