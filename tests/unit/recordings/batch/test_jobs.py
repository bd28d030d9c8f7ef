"""A recording is counted by itself, its content says what its count rests on, and one with a fault ends no other."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from passerby.domain.errors import SourceError
from passerby.domain.layout import Layout, Line
from passerby.domain.progress import Progress
from passerby.domain.service import DetectorPlan
from passerby.messages.sandbox_orders import CountPlan
from passerby.recordings.batch import jobs
from passerby.recordings.batch.jobs import CountJob, content_of, count_job, job_key
from testing.films import film

LAYOUT = Layout((Line("door", np.array([[0.5, 0.1], [0.5, 0.9]], np.float32)),), (), (), None)


def job_of(video: Path, content: str = "") -> CountJob:
    return CountJob(CountPlan(video, "north", LAYOUT), content or content_of(video), 1.0)


def test_content_is_size_and_three_pieces(tmp_path: Path) -> None:
    video, megabyte = tmp_path / "a", 1 << 20
    video.write_bytes(bytes(4 * megabyte))
    before = content_of(video)
    assert before.startswith(f"{4 * megabyte}:")
    for place in (0, 2 * megabyte, 4 * megabyte - 1):
        content = bytearray(4 * megabyte)
        content[place] = 1
        video.write_bytes(content)
        assert content_of(video) != before, place
    video.write_bytes(bytes(4 * megabyte + 1))
    assert content_of(video) != before


@pytest.mark.parametrize("size", [0, 1, 1 << 20])
def test_content_of_small_files(tmp_path: Path, size: int) -> None:
    (tmp_path / "a").write_bytes(bytes(size))
    assert content_of(tmp_path / "a").startswith(f"{size}:")


def test_a_recording_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="this recording cannot be read: No such file"):
        content_of(tmp_path / "none")


def test_a_key_is_of_content_plan_and_detector_and_not_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"one")
    job = job_of(tmp_path / "a")
    key = job_key(job)
    (tmp_path / "folder").mkdir()
    moved = (tmp_path / "a").rename(tmp_path / "folder/a")
    assert job_key(job_of(moved)) == key
    assert job_key(job, "a note") != key
    assert job_key(replace(job, content="other")) != key
    assert job_key(replace(job, plan=replace(job.plan, analysed_fps=5.0))) != key
    model = tmp_path / "own.onnx"
    model.write_bytes(b"first")
    own = replace(job, plan=replace(job.plan, detector=DetectorPlan(str(model))))
    first = job_key(own)
    model.write_bytes(b"second")
    assert job_key(own) != first


def test_another_file_at_the_same_path_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").write_bytes(b"one")
    result = count_job(job_of(tmp_path / "a.mp4", "another"))
    assert result.report is None
    assert "this is another file than where the command was given" in result.fault


def test_what_cannot_be_read_is_a_result(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").write_bytes(b"no film")
    result = count_job(job_of(tmp_path / "a.mp4"))
    assert result.report is None
    assert "a.mp4" in result.fault
    assert not result.stopped


def test_a_count_that_is_stopped_is_no_result(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.mp4").write_bytes(b"x")
    asked: list[bool] = []

    def counted(plan: CountPlan, on_progress: object, *, enough: object) -> None:
        assert callable(enough)
        asked.append(enough(Progress(1, 2, 3)))

    monkeypatch.setattr(jobs, "count_in_sandbox", counted)
    assert count_job(job_of(tmp_path / "a.mp4"), stopped=lambda: True).stopped
    assert asked == [True]


@pytest.mark.slow
def test_a_recording(tmp_path: Path) -> None:
    video = film(tmp_path / "a.mp4", times_s=[number / 10 for number in range(20)])
    steps: list[Progress] = []
    result = count_job(job_of(video), steps.append)
    assert result.report is not None
    assert result.report.source == "a.mp4"
    assert steps
