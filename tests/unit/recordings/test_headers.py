"""Headers of recordings, read by a process in its sandbox."""

from pathlib import Path

import pytest

from passerby.domain.errors import SourceError
from passerby.recordings.headers import headers_in_sandbox
from testing.films import film


def test_a_sandbox_reads_them_and_names_files_as_the_user_does(tmp_path: Path) -> None:
    made = film(tmp_path / "a.mp4", metadata={"creation_time": "2026-05-01T06:00:00Z"})
    (tmp_path / "other").mkdir()
    other = film(tmp_path / "other" / "a.mp4", size_px=(96, 64))
    first, second = headers_in_sandbox([made, other])
    assert (first.created, first.size_px) == ("2026-05-01T06:00:00+00:00", (64, 48))
    assert (second.created, second.size_px) == ("", (96, 64))
    (tmp_path / "b.mp4").write_bytes(b"no film")
    with pytest.raises(SourceError, match=str(tmp_path / "b.mp4")):
        headers_in_sandbox([made, tmp_path / "b.mp4"])
