"""Several files as one source: each at its own time, no moment twice, and what is missing in sentences."""

from itertools import pairwise
from pathlib import Path

import pytest

from passerby.domain.errors import SourceError
from passerby.ingest.sources.file.joined_files import FilePart, JoinedFiles
from passerby.units import NS_PER_S
from testing.films import film

START_NS = 1_777_600_000 * NS_PER_S


def joined(folder: Path, *starts_s: float, followed_s: float = 1.5) -> JoinedFiles:
    """Films of one second each, with ten pictures, that begin so many seconds after the first."""
    parts = [
        FilePart(film(folder / f"{number}.mp4"), START_NS + round(start_s * NS_PER_S))
        for number, start_s in enumerate(starts_s)
    ]
    return JoinedFiles(parts, "square", followed_s=followed_s)


def test_files_that_meet_are_one_film_and_one_stretch(tmp_path: Path) -> None:
    source = joined(tmp_path, 0.0, 1.0)
    stamps = [frame.stamp for frame in source]
    assert [stamp.stream_s for stamp in stamps] == pytest.approx([number / 10 for number in range(20)])
    assert {stamp.stretch for stamp in stamps} == {0}
    assert [stamp.index for stamp in stamps] == list(range(20))
    assert all(stamp.time_ns - START_NS == pytest.approx(stamp.stream_s * NS_PER_S, abs=2) for stamp in stamps)
    assert (source.frames_read, source.losses, source.between_s) == (20, [], 0.0)
    assert source.duration_s == pytest.approx(2.0, abs=0.01)


def test_a_moment_that_two_files_show_comes_once(tmp_path: Path) -> None:
    stamps = [frame.stamp for frame in joined(tmp_path, 0.0, 0.75)]
    steps_s = [after.stream_s - before.stream_s for before, after in pairwise(stamps)]
    assert min(steps_s) > 0.09
    assert len(stamps) == 17
    assert stamps[-1].stream_s == pytest.approx(1.65)


@pytest.mark.parametrize(("followed_s", "stretches"), [(1.5, [0, 0, 1]), (0.5, [0, 1, 2])])
def test_a_stretch_ends_at_a_gap_over_which_no_one_is_followed(
    followed_s: float, stretches: list[int], tmp_path: Path
) -> None:
    stamps = [frame.stamp for frame in joined(tmp_path, 0.0, 2.0, 5.0, followed_s=followed_s)]
    assert [stamp.stretch for stamp in stamps[::10]] == stretches


def test_from_when_each_file_is_used(tmp_path: Path) -> None:
    source = joined(tmp_path, 0.0, 0.75, 4.0)
    assert source.used_from_ns == []
    list(source)
    used_s = [(used_ns - START_NS) / NS_PER_S for used_ns in source.used_from_ns]
    assert used_s == pytest.approx([0.0, 1.0, 4.0], abs=0.01)


def test_a_gap_between_files_is_named_and_lengthens_the_whole(tmp_path: Path) -> None:
    source = joined(tmp_path, 0.0, 31.0)
    assert len(list(source)) == 20
    assert source.losses == ["Between 0.mp4 and 1.mp4 are 30 s that were not recorded."]
    assert source.between_s == pytest.approx(30.0, abs=0.01)
    assert source.duration_s == pytest.approx(32.0, abs=0.01)


def test_a_file_in_the_middle_that_cannot_be_read_costs_itself(tmp_path: Path) -> None:
    source = joined(tmp_path, 0.0, 1.0, 2.0)
    (tmp_path / "1.mp4").write_bytes(b"no film")
    stamps = [frame.stamp for frame in source]
    assert len(stamps) == 20
    assert source.losses == [
        "1.mp4: not one picture of it could be read.",
        "Between 1.mp4 and 2.mp4 are 1.0 s that were not recorded.",
    ]


def test_a_last_file_that_cannot_be_opened_is_refused(tmp_path: Path) -> None:
    parts = [FilePart(film(tmp_path / "a.mp4"), 0), FilePart(tmp_path / "gone.mp4", NS_PER_S)]
    with pytest.raises(SourceError, match=r"gone\.mp4: there is no such file"):
        JoinedFiles(parts, "square")
