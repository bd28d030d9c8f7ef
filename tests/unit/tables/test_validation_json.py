"""Files of counts by hand."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from passerby.domain.errors import PasserbyError
from passerby.domain.events import Direction
from passerby.domain.hand_counts import MinutePair
from passerby.domain.road_user import RoadUser
from passerby.tables.validation_json import Stretch, pairs_by_line, read_validation, with_stretch, write_validation

PAIR = MinutePair(60, RoadUser.CAR, Direction.FORWARD, 10, 9)
GATE = Stretch("monday.mp4", "gate", "ab" * 8, (PAIR,))


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "validation.json"
    stretches = (GATE, replace(GATE, recording="tuesday.mp4"))
    write_validation(stretches, path)
    assert read_validation(path) == stretches


def test_a_recording_that_is_counted_again_takes_the_place_of_its_first_count() -> None:
    again = replace(GATE, pairs=(replace(PAIR, by_hand=11),))
    assert with_stretch((GATE, replace(GATE, line="bridge")), again) == (replace(GATE, line="bridge"), again)


def test_the_same_minute_of_two_recordings_is_two_and_of_another_line_than_now_none() -> None:
    stretches = (GATE, replace(GATE, recording="tuesday.mp4"), replace(GATE, line_version="cd" * 8))
    (pairs,) = pairs_by_line(stretches, {"gate": "ab" * 8, "bridge": "ab" * 8}).values()
    assert len({pair.start_s for pair in pairs}) == len(pairs) == 2


@pytest.mark.parametrize(
    "change",
    [
        {"validation_version": 2},
        {"stretches": [{"recording": "x"}]},
        {"stretches": [{"recording": "x", "line": "gate", "line_version": "ab" * 8, "minutes": [
            {"start_s": 0, "road_user": "tram", "direction": "forward", "by_hand": 1, "by_system": 1}]}]},
        {"stretches": [{"recording": "x", "line": "gate", "line_version": "ab" * 8, "minutes": [
            {"start_s": 0, "road_user": "car", "direction": "forward", "by_hand": -1, "by_system": 1}]}]},
    ],
)  # fmt: skip
def test_another_file_is_refused(tmp_path: Path, change: dict[str, object]) -> None:
    path = tmp_path / "other.json"
    path.write_text(json.dumps({"validation_version": 1, "stretches": [], **change}))
    with pytest.raises(PasserbyError, match=r"other\.json: a file that passerby validate wrote is needed"):
        read_validation(path)


def test_no_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(PasserbyError, match="cannot be read"):
        read_validation(tmp_path / "none.json")
    (tmp_path / "text.json").write_text("time,road_user\n")
    with pytest.raises(PasserbyError, match=r"text\.json: a file that passerby validate wrote is needed"):
        read_validation(tmp_path / "text.json")
