"""The list of a recording's crossings: in order, each in the recording that shows it."""

import numpy as np
import pytest

from passerby.domain.events import Direction, LineCrossing
from passerby.domain.layout import Line
from passerby.domain.road_user import RoadUser
from passerby.measure.totals import FiledCrossing
from passerby.pipeline.recorded import crossing_list as module
from passerby.pipeline.recorded.crossing_list import crossing_list
from passerby.units import NS_PER_S

LINES = tuple(Line(name, np.array([[0.5, 0], [0.5, 1]], np.float32)) for name in ("a", "b"))
STARTS_NS = [1000 * NS_PER_S, 1060 * NS_PER_S, 1200 * NS_PER_S]


def filed(line: str, at_s: float, direction: Direction = Direction.FORWARD) -> FiledCrossing:
    crossing = LineCrossing(line, direction, RoadUser.BICYCLE, round(at_s * NS_PER_S), speed_mps=4.0)
    return FiledCrossing(int(at_s // 60 * 60) * NS_PER_S, crossing)


def test_each_stands_in_the_recording_that_shows_it() -> None:
    # The second is read from 1062 s on: until then goes the first. Nothing was recorded from 1130 to 1200 s.
    used_from_ns = [1000 * NS_PER_S, 1062 * NS_PER_S, 1200 * NS_PER_S]
    given = [filed("a", 1200.0), filed("b", 1061.9), filed("a", 1061.9, Direction.BACKWARD), filed("b", 1062.0)]
    given += [filed("a", 1130.5), filed("a", 999.9)]
    found = crossing_list(given, LINES, STARTS_NS, used_from_ns)
    assert found is not None
    assert (found.time_ns / NS_PER_S).tolist() == pytest.approx([999.9, 1061.9, 1061.9, 1062.0, 1130.5, 1200.0])
    assert found.recording.tolist() == [0, 0, 0, 1, 1, 2]
    assert found.in_recording_s.tolist() == pytest.approx([0.0, 61.9, 61.9, 2.0, 70.5, 0.0])
    assert found.line.tolist() == [0, 0, 1, 1, 0, 0]
    assert found.forward.tolist() == [True, False, True, True, True, True]
    assert set(found.road_user.tolist()) == {int(RoadUser.BICYCLE)}
    assert (found.interval_ns // NS_PER_S).tolist() == [960, 1020, 1020, 1020, 1080, 1200]


def test_too_many_are_no_list(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_LISTED", 1)
    assert crossing_list((filed("a", 1001.0), filed("a", 1002.0)), LINES, STARTS_NS, STARTS_NS) is None
