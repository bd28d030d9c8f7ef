"""Files that a count may not write."""

from pathlib import Path

import pytest

from passerby.cli.recordings.outputs import check_apart
from passerby.domain.errors import OutputError


def test_what_is_read_is_not_written_over(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").write_bytes(b"x")
    (tmp_path / "link.csv").symlink_to(tmp_path / "a.mp4")
    with pytest.raises(OutputError, match=r"link\.csv: this file is read for the count"):
        check_apart([tmp_path / "link.csv"], [tmp_path / "a.mp4"])
    check_apart([tmp_path / "b.csv"], [tmp_path / "a.mp4"])


def test_each_output_has_a_file_of_its_own(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"c\.csv: two outputs"):
        check_apart([tmp_path / "c.csv", tmp_path / "b.csv", tmp_path / "x" / ".." / "c.csv"], [])
    check_apart([Path("/dev/null"), Path("/dev/null")], [])
