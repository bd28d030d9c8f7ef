"""Tallies of recordings: what is read of them, and what is refused with the row and the reason."""

import math
from datetime import UTC
from pathlib import Path

import numpy as np
import pytest

from passerby.domain.errors import PasserbyError
from passerby.domain.events import Direction
from passerby.domain.layout import Line
from passerby.domain.road_user import RoadUser
from passerby.tables.tally_csv import Tallied, TallyOf, read_tally

START_NS = 1_780_300_800_000_000_000  # 2026-06-01 08:00 UTC
POINTS = np.array([[0.2, 0.1], [0.2, 0.9]], np.float32)
GATE = Line("gate", POINTS, frozenset({RoadUser.PEDESTRIAN, RoadUser.CAR}), "to the square", "to the station")
OF = TallyOf(GATE, 150.0, START_NS, UTC)
HEAD = "time,road_user,direction\n"


def tally(folder: Path, text: str | bytes, of: TallyOf = OF) -> tuple[Tallied, ...]:
    path = folder / "tally.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_tally(path, of).rows


def test_a_row_is_a_crossing_at_a_second_a_minute_or_a_time_of_the_day(tmp_path: Path) -> None:
    rows = tally(
        tmp_path,
        f"{HEAD}12.5,car,forward\n1:02.5,Pedestrian,to the station\n0:02:05,car,backward\n\n"
        "2026-06-01T08:00:30Z,car,forward\n",
    )
    assert [(row.in_recording_s, row.road_user, row.direction, row.count) for row in rows] == [
        (12.5, RoadUser.CAR, Direction.FORWARD, 1),
        (62.5, RoadUser.PEDESTRIAN, Direction.BACKWARD, 1),
        (125.0, RoadUser.CAR, Direction.BACKWARD, 1),
        (30.0, RoadUser.CAR, Direction.FORWARD, 1),
    ]


def test_a_row_is_a_minute_where_there_is_a_count_and_columns_are_in_any_order(tmp_path: Path) -> None:
    rows = tally(tmp_path, "\ufeffcount;time;direction;road_user\r\n7;1:00;forward;car\r\n0;0;forward;car\r\n".encode())
    assert [(row.in_recording_s, row.count) for row in rows] == [(60.0, 7), (0.0, 0)]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "tally.csv:1: the first row names the columns"),
        (b"\xff\xfe", "UTF-8"),
        ("when,what\n1,car\n", 'got "when, what"'),
        (f"{HEAD}150.1,car,forward\n", "tally.csv:2 time: a time within the recording is needed, which has 150.0 s"),
        (f"{HEAD}1:75,car,forward\n", 'got "1:75"'),
        (f"{HEAD}-3,car,forward\n", 'got "-3"'),
        (f"{HEAD}2026-06-01T07:59:59Z,car,forward\n", "tally.csv:2 time"),
        (f"{HEAD}2026-06-31T08:00:00Z,car,forward\n", "tally.csv:2 time"),
        (f"{HEAD}1,car,forward\n2,tram,forward\n", "tally.csv:3 road_user: a class that gate counts is needed"),
        (f"{HEAD}1,bicycle,forward\n", "pedestrian, car"),
        (f"{HEAD}1,car,up\n", "tally.csv:2 direction: forward (to the square) or backward (to the station)"),
        (f"{HEAD}1,car\n", "tally.csv:2: a row has 3 cells, got 2"),
        ("time,road_user,direction,count\n0,car,forward,-2\n", "tally.csv:2 count: a whole number"),
        ("time,road_user,direction,count\n30,car,forward,2\n", "a minute of the recording begins at 0:00"),
        ("time,road_user,direction,count\n0,car,forward,20001\n", "at most 20000 crossings"),
    ],
)
def test_what_cannot_be_is_refused_with_its_row(tmp_path: Path, text: str | bytes, said: str) -> None:
    with pytest.raises(PasserbyError) as refused:
        tally(tmp_path, text)
    assert said in str(refused.value)


def test_a_time_of_the_day_needs_to_know_when_the_recording_began(tmp_path: Path) -> None:
    with pytest.raises(PasserbyError, match="not known when the recording began"):
        tally(tmp_path, f"{HEAD}2026-06-01T08:00:30Z,car,forward\n", TallyOf(GATE, 150.0, 0, UTC))


def test_before_the_length_is_known_no_length_is_named(tmp_path: Path) -> None:
    with pytest.raises(PasserbyError, match=r"a time within the recording is needed, as 12\.5 or 1:12\.5, got"):
        tally(tmp_path, f"{HEAD}99:99,car,forward\n", TallyOf(GATE, math.inf, 0, UTC))


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(PasserbyError, match=r"nowhere\.csv: the tally cannot be read"):
        read_tally(tmp_path / "nowhere.csv", OF)
