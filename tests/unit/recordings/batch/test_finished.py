"""What was finished is kept, and nothing else: neither halves nor results of something else."""

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


@pytest.mark.parametrize("content", ["", "[]", "{", '{"a": 1}', '{"a": {"key": "k"}}'])
def test_a_list_that_is_none(tmp_path: Path, content: str) -> None:
    (tmp_path / "finished.json").write_text(content)
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
