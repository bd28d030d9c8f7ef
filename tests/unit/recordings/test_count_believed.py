"""What the process that counts is believed: nothing of a recording that it was not given."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import TracebackType

import numpy as np
import pytest

from passerby.domain.crossings import CrossingList
from passerby.domain.errors import WorkerError
from passerby.domain.layout import Layout
from passerby.domain.report import CountReport
from passerby.messages.sandbox_orders import CountPlan, RecordingPart
from passerby.recordings import count
from passerby.recordings.count import count_in_sandbox
from testing.reports import market_square


class Reporting:
    """A process that reports one thing and ends."""

    report: CountReport

    def __init__(self, *_: object) -> None:
        """Starts nothing."""

    def __enter__(self) -> "Reporting":
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, _: TracebackType | None) -> None:
        """Ends nothing."""

    def messages(self) -> Iterator[CountReport]:
        yield self.report


@pytest.mark.parametrize(("recording", "believed"), [(0, True), (1, True), (2, False)])
def test_a_crossing_is_of_a_recording_of_the_plan(
    recording: int, believed: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    none, number = np.zeros(1, np.int64), np.array([recording], np.int32)
    listed = CrossingList(none, none, number, np.zeros(1), none.astype(np.int32), np.zeros(1, np.int16), none > 0)
    Reporting.report = replace(market_square(), crossings=listed)
    monkeypatch.setattr(count, "SandboxProcess", Reporting)
    videos = [tmp_path / name for name in ("a.mp4", "b.mp4")]
    for video in videos:
        video.write_bytes(b"x")
    plan = CountPlan(videos[0], "square", Layout((), (), (), None), then=(RecordingPart(videos[1], 5),))
    if believed:
        assert count_in_sandbox(plan, lambda _: None).report.crossings is listed
        return
    with pytest.raises(WorkerError, match="a recording that it was not given"):
        count_in_sandbox(plan, lambda _: None)
