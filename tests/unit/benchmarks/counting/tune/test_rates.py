from pathlib import Path

import pytest

from benchmarks.counting.tune import rates
from benchmarks.counting.tune.place import FARTHER, VEHICLES, WHOLE, Place
from benchmarks.counting.tune.sightings import Looking, Run
from passerby.ingest.stage import FrameResult
from passerby.track.tracker import TrackerSettings

TRUTH = {("middle", "forward", VEHICLES): 4}
PLACES = tuple(Place("lane", view, Path("lane.mp4"), (), (), TRUTH) for view in (WHOLE, FARTHER))


def test_every_recording_has_its_error_at_every_rate(monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing_found(runs: list[Run], _: Looking) -> list[list[FrameResult]]:
        return [[] for _ in runs]

    monkeypatch.setattr(rates, "sightings", nothing_found)
    scores = rates.curve(PLACES, Looking(), TrackerSettings(), {})
    assert [one.fps for one in scores] == list(rates.RATES_FPS)
    assert {(one.recording, one.off, one.true, one.idf1) for one in scores} == {("lane", 4.0, 4, None)}
