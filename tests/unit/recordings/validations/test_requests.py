"""Counts by hand as requests: both kinds of tally, and minutes that were not counted."""

import pytest

from passerby.domain.errors import PasserbyError
from passerby.domain.events import Direction
from passerby.domain.hand_counts import MinutePair
from passerby.domain.road_user import RoadUser
from passerby.recordings.validations.requests import CountedAt, recording_body, tally_body
from passerby.tables.tally_csv import Tallied, Tally

CAR = RoadUser.CAR
AT = CountedAt("Market square", "square", "gate", (CAR,))
EIGHT_NS = 1_780_300_800 * 10**9


def crossing(in_recording_s: float, count: int = 1) -> Tallied:
    return Tallied(in_recording_s, CAR, Direction.FORWARD, count)


def test_a_tally_of_crossings_keeps_their_times_and_the_same_one_has_the_same_id() -> None:
    tally = Tally((crossing(12.5), crossing(61.0)), by_minute=False)
    body = tally_body(AT, tally, EIGHT_NS, EIGHT_NS + 120 * 10**9)
    assert [one["time"] for one in body["crossings"]] == ["2026-06-01T08:00:12.500000Z", "2026-06-01T08:01:01Z"]
    assert (body["site"], body["camera"], body["line"], body["road_users"], body["pauses"]) == (
        "Market square", "square", "gate", ["car"], [],
    )  # fmt: skip
    assert body == tally_body(AT, tally, EIGHT_NS, EIGHT_NS + 120 * 10**9)
    assert body["id"] != tally_body(AT, tally, EIGHT_NS, EIGHT_NS + 180 * 10**9)["id"]


def test_minutes_without_a_row_are_pauses_and_one_with_a_zero_is_none() -> None:
    tally = Tally((crossing(60, 3), crossing(240, 0)), by_minute=True)
    body = tally_body(AT, tally, EIGHT_NS, EIGHT_NS + 330 * 10**9)
    assert len(body["crossings"]) == 3
    assert [(one["start"][14:19], one["end"][14:19]) for one in body["pauses"]] == [
        ("00:00", "01:00"), ("02:00", "04:00"), ("05:00", "05:30"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("start_ns", "length_s", "said"),
    [
        (EIGHT_NS, 0, "--until"),
        (EIGHT_NS, -60, "--until"),
        (EIGHT_NS, 5 * 3600, "4 hours"),
        (EIGHT_NS + 1, 60, "--from"),
    ],
)
def test_a_time_that_cannot_be_is_refused(start_ns: int, length_s: int, said: str) -> None:
    with pytest.raises(PasserbyError, match=said):
        tally_body(AT, Tally((crossing(0),), by_minute=True), start_ns, start_ns + length_s * 10**9)


def test_a_recording_is_sent_by_its_own_minutes() -> None:
    body = recording_body(AT, "0" * 16, EIGHT_NS + 30 * 10**9, [MinutePair(120, CAR, Direction.BACKWARD, 4, 3)])
    assert body["start"] == "2026-06-01T08:00:30Z"
    assert body["minutes"] == [{"minute": 2, "road_user": "car", "direction": "backward", "by_hand": 4, "by_system": 3}]
