"""Counts by hand as they are sent to a running service."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from passerby.domain.errors import PasserbyError
from passerby.domain.hand_counts import MAX_STRETCH_S, CountedFrom, MinutePair
from passerby.domain.road_user import RoadUser
from passerby.tables.tally_csv import Tally
from passerby.text import utc_time
from passerby.units import HOUR_S, MINUTE_S, NS_PER_S

TALLIES: Final = "/api/v1/validations"
RECORDINGS: Final = "/api/v1/validations/recordings"


@dataclass(frozen=True, slots=True)
class CountedAt:
    """Where was counted by hand.

    Attributes:
        site: the site's name; None where the site file gives it none.
        camera, line: their names.
        road_users: the classes that were counted.
    """

    site: str | None
    camera: str
    line: str
    road_users: tuple[RoadUser, ...]

    @property
    def keys(self) -> dict[str, Any]:
        """As requests have it."""
        return {
            "site": self.site,
            "camera": self.camera,
            "line": self.line,
            "road_users": [user.label for user in self.road_users],
        }


def recording_body(of: CountedAt, version: str, start_ns: int, pairs: Sequence[MinutePair]) -> dict[str, Any]:
    """Returns the request for a recording that a person and passerby have counted.

    Args:
        of: where.
        version: what it was counted with, see `domain.hand_counts.line_version`.
        start_ns: UTC nanoseconds at which the recording begins.
        pairs: minute by minute of the recording, from 0.
    """
    minutes = [
        {
            "minute": pair.start_s // MINUTE_S,
            "road_user": pair.road_user.label,
            "direction": pair.direction.value,
            "by_hand": pair.by_hand,
            "by_system": pair.by_system,
        }
        for pair in pairs
    ]
    return _with_id({**of.keys, "line_version": version, "start": utc_time(start_ns), "minutes": minutes})


def tally_body(of: CountedAt, tally: Tally, start_ns: int, end_ns: int) -> dict[str, Any]:
    """Returns the request for a tally that was made at the place while the service watched.

    Args:
        of: where.
        tally: its times are seconds since `start_ns`.
        start_ns, end_ns: UTC nanoseconds from and until when was counted.

    Raises:
        PasserbyError: the time is turned round or too long, or minutes of the tally are not those of the clock.
    """
    _check_times(tally, start_ns, end_ns)
    crossings = [
        {
            "time": utc_time(start_ns + round(one.in_recording_s * NS_PER_S)),
            "road_user": one.road_user.label,
            "direction": one.direction.value,
        }
        for one in tally.rows
        for _ in range(one.count)
    ]
    span = {"start": utc_time(start_ns), "end": utc_time(end_ns)}
    pauses = list(_not_counted(tally, start_ns, end_ns)) if tally.by_minute else []
    times = {**span, "crossings": crossings, "pauses": pauses}
    return _with_id({**of.keys, "counted_from": CountedFrom.KERB.value, **times})


def _check_times(tally: Tally, start_ns: int, end_ns: int) -> None:
    if not start_ns < end_ns <= start_ns + MAX_STRETCH_S * NS_PER_S:
        raise PasserbyError(
            f"--until: a time after --from is needed, {MAX_STRETCH_S // HOUR_S} hours later at most, got "
            f"{utc_time(end_ns)} after {utc_time(start_ns)}."
        )
    if tally.by_minute and start_ns % (MINUTE_S * NS_PER_S):
        raise PasserbyError(
            f"--from: the minutes of a tally with the column count are those of the clock, so a whole minute is "
            f"needed, got {utc_time(start_ns)}."
        )


def _not_counted(tally: Tally, start_ns: int, end_ns: int) -> Iterator[dict[str, str]]:
    """The minutes without a row, those that follow one another as one pause."""
    counted = {int(row.in_recording_s // MINUTE_S) for row in tally.rows}
    last = -(-(end_ns - start_ns) // (MINUTE_S * NS_PER_S))
    begun: int | None = None
    for minute in range(last + 1):
        pauses = minute < last and minute not in counted
        if pauses and begun is None:
            begun = minute
        elif not pauses and begun is not None:
            since_ns, until_ns = (start_ns + each * MINUTE_S * NS_PER_S for each in (begun, minute))
            yield {"start": utc_time(since_ns), "end": utc_time(min(until_ns, end_ns))}
            begun = None


def _with_id(body: Mapping[str, Any]) -> dict[str, Any]:
    """The request with an id that follows from it: sent again, it is the same count."""
    text = json.dumps(body, sort_keys=True, ensure_ascii=False)
    return {"id": hashlib.sha256(text.encode()).hexdigest()[:32], **body}
