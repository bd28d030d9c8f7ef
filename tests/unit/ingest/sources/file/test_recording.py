"""A recording that plays as if it were a camera."""

import itertools
import threading
import time
from pathlib import Path

import pytest

from passerby.domain.errors import SourceError
from passerby.ingest.raw import RawFrame
from passerby.ingest.sources.errors import StoppedError
from passerby.ingest.sources.file.recording import SEAM_S, Recording
from testing.films import film, number_of

NOON_NS = 1_700_000_000_000_000_000


def played(path: Path, count: int, *, pace: float | None = None, analysed_fps: float = 10.0) -> list[RawFrame]:
    recording = Recording(path, "square", analysed_fps=analysed_fps, pace=pace, clock=lambda: NOON_NS)
    return list(itertools.islice(recording.frames(threading.Event()), count))


def test_it_begins_anew_after_a_gap_that_nobody_is_followed_over(tmp_path: Path) -> None:
    seen = played(film(tmp_path / "film.mp4"), 25)
    assert [round(number_of(frame.luma)) for frame in seen] == [*range(10), *range(10), *range(5)]
    times_s = [frame.stamp.stream_s for frame in seen]
    assert times_s[10] - times_s[9] == pytest.approx(SEAM_S)
    assert times_s[20] == pytest.approx(2 * (0.9 + SEAM_S))
    assert [frame.stamp.index for frame in seen] == list(range(25))
    assert [frame.stamp.stretch for frame in seen] == [0] * 10 + [1] * 10 + [2] * 5


def test_as_fast_as_it_goes_its_minutes_are_its_own(tmp_path: Path) -> None:
    for frame in played(film(tmp_path / "film.mp4"), 15):
        assert frame.stamp.time_ns == NOON_NS + round(frame.stamp.stream_s * 1e9)


def test_at_its_own_pace_it_takes_its_time_and_the_wall_clock_is_asked(tmp_path: Path) -> None:
    began_s = time.monotonic()
    seen = played(film(tmp_path / "film.mp4"), 6, pace=1.0)
    assert time.monotonic() - began_s >= 0.5
    assert {frame.stamp.time_ns for frame in seen} == {NOON_NS}


def test_it_is_thinned_to_the_analysed_rate(tmp_path: Path) -> None:
    seen = played(film(tmp_path / "film.mp4"), 4, analysed_fps=5.0)
    assert [round(number_of(frame.luma)) for frame in seen] == [0, 2, 4, 6]


def test_who_wants_no_more_is_let_go_in_mid_pause(tmp_path: Path) -> None:
    stopping = threading.Event()
    path = film(tmp_path / "film.mp4", times_s=(0.0, 60.0))
    frames = Recording(path, "square", analysed_fps=10.0, pace=1.0, clock=lambda: 0).frames(stopping)
    next(frames)
    threading.Timer(0.1, stopping.set).start()
    with pytest.raises(StoppedError):
        next(frames)


def test_a_missing_file_is_reported(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no such file"):
        played(tmp_path / "missing.mp4", 1)


def test_called_again_after_a_fault_it_goes_on_behind_what_was_shown(tmp_path: Path) -> None:
    path = film(tmp_path / "film.mp4")
    recording = Recording(path, "square", analysed_fps=10.0, pace=None, clock=lambda: NOON_NS)
    before = list(itertools.islice(recording.frames(threading.Event()), 4))
    whole = path.read_bytes()
    path.write_bytes(whole[:40])
    with pytest.raises(SourceError):
        next(recording.frames(threading.Event()))
    path.write_bytes(whole)
    after = next(recording.frames(threading.Event()))
    assert after.stamp.stream_s == pytest.approx(before[-1].stamp.stream_s + SEAM_S)
    assert (before[-1].stamp.stretch, after.stamp.stretch) == (0, 1)
    assert after.stamp.time_ns == NOON_NS + round(after.stamp.stream_s * 1e9)
