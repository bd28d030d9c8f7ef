"""What the coverage of minutes is compared with where machines have died."""

from datetime import UTC, datetime
from typing import cast

from benchmarks.fleet.kills import Kill, faults
from testing.trial_service.ray_site import RaySite


class Stored:
    """Four minutes of one camera, of which two were watched in part."""

    def minutes(self) -> dict[tuple[str, str], float]:
        shares = {600: 1.0, 660: 0.6, 720: 1.0, 780: 0.5}
        return {("a", datetime.fromtimestamp(at_s, UTC).isoformat()): share for at_s, share in shares.items()}


def found(*kills: Kill) -> list[str]:
    return faults(cast("RaySite", Stored()), kills, 590, 850)


def test_what_is_missing_is_what_was_unwatched() -> None:
    assert found(Kill(670, 8, 21, {"a": 20}), Kill(790, 8, 27, {"a": 26})) == []


def test_a_minute_that_is_lost_is_found() -> None:
    assert found(Kill(670, 8, 21, {"a": 20})) == ["a 780: 30.0 s missing, 0.0 s unwatched"]


def test_a_minute_that_is_said_to_be_watched_and_was_not_is_found() -> None:
    kills = Kill(670, 8, 21, {"a": 20}), Kill(725, 8, 31, {"a": 30}), Kill(790, 8, 27, {"a": 26})
    assert found(*kills) == ["a 720: 0.0 s missing, 30.0 s unwatched"]
