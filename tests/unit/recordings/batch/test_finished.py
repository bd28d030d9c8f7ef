"""What was finished is kept, and nothing else: neither halves nor results of something else."""

import errno
import os
from pathlib import Path

import pytest

from passerby.domain.errors import OutputError
from passerby.recordings.batch.finished import FinishedCounts


def test_a_result_is_there_for_its_key_alone_and_after_a_new_start(tmp_path: Path) -> None:
    finished = FinishedCounts(tmp_path / "new" / "folder")
    assert not finished.has("a.mp4", "key")
    finished.add("a.mp4", "key", b"{}\n")
    for each in (finished, FinishedCounts(tmp_path / "new" / "folder")):
        assert each.has("a.mp4", "key")
        assert not each.has("a.mp4", "other key")
        assert not each.has("b.mp4", "key")
    assert finished.path("a.mp4").read_bytes() == b"{}\n"


def test_a_result_that_was_cut_off_edited_or_removed_is_not_there(tmp_path: Path) -> None:
    finished = FinishedCounts(tmp_path)
    finished.add("a.mp4", "key", b"{}\n")
    finished.path("a.mp4").write_bytes(b"{")
    assert not finished.has("a.mp4", "key")
    finished.path("a.mp4").unlink()
    assert not finished.has("a.mp4", "key")


def test_the_last_result_of_a_recording_counts(tmp_path: Path) -> None:
    finished = FinishedCounts(tmp_path)
    finished.add("a.mp4", "key", b"{}\n")
    finished.add("a.mp4", "another key", b"[]\n")
    again = FinishedCounts(tmp_path)
    assert not again.has("a.mp4", "key")
    assert again.has("a.mp4", "another key")


@pytest.mark.parametrize("left", [0, 1, 60])
def test_a_line_that_a_crash_has_cut_off_is_dropped_and_spoils_no_later_one(tmp_path: Path, left: int) -> None:
    finished = FinishedCounts(tmp_path)
    for name in ("a.mp4", "b.mp4"):
        finished.add(name, "key", b"{}\n")
    first, second, _ = (tmp_path / "finished.jsonl").read_bytes().split(b"\n")
    (tmp_path / "finished.jsonl").write_bytes(first + b"\n" + second[:left])
    after = FinishedCounts(tmp_path)
    assert [after.has(name, "key") for name in ("a.mp4", "b.mp4")] == [True, False]
    after.add("c.mp4", "key", b"{}\n")
    after.add("b.mp4", "key", b"{}\n")
    again = FinishedCounts(tmp_path)
    assert all(again.has(name, "key") for name in ("a.mp4", "b.mp4", "c.mp4"))


def test_a_line_that_a_full_disk_has_cut_off_is_an_error_and_spoils_no_later_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    finished = FinishedCounts(tmp_path)
    finished.add("a.mp4", "key", b"{}\n")

    fsync = os.fsync

    def full(number: int) -> None:
        file = Path(f"/proc/self/fd/{number}").readlink()
        if file.name == "finished.jsonl":
            os.truncate(file, file.stat().st_size - 9)
            raise OSError(errno.ENOSPC, "No space left on device")
        fsync(number)

    with monkeypatch.context() as disk:
        disk.setattr(os, "fsync", full)
        with pytest.raises(OutputError, match=r"that b\.mp4 is counted could not be written, got: No space left"):
            finished.add("b.mp4", "key", b"{}\n")
    assert not FinishedCounts(tmp_path).has("b.mp4", "key")
    finished.add("c.mp4", "key", b"{}\n")
    again = FinishedCounts(tmp_path)
    assert again.has("a.mp4", "key")
    assert again.has("c.mp4", "key")


@pytest.mark.parametrize("content", ["\n", "[]\n", "{\n", '{"result": 1}\n', '{"result": "a", "key": "k"}\n', "7\n"])
def test_a_list_that_is_none(tmp_path: Path, content: str) -> None:
    (tmp_path / "finished.jsonl").write_text(content)
    with pytest.raises(OutputError, match="this is no list of finished counts"):
        FinishedCounts(tmp_path)


def test_a_folder_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match="results cannot be kept here"):
        FinishedCounts(tmp_path / "file")


def test_one_count_a_folder(tmp_path: Path) -> None:
    refused = pytest.raises(OutputError, match="another count writes its results here")
    with FinishedCounts(tmp_path).locked(), refused, FinishedCounts(tmp_path).locked():
        raise AssertionError
    with FinishedCounts(tmp_path).locked():
        pass
