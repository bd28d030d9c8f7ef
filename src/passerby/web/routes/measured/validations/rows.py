"""Counts by hand as requests and answers have them."""

from math import isfinite
from typing import Annotated, Final, Literal

from pydantic import BaseModel, Field, StringConstraints

from passerby.domain.count_accuracy import Accuracy
from passerby.domain.events import Direction
from passerby.domain.hand_counts import MAX_CROSSINGS, CountedFrom, HandCount
from passerby.domain.road_user import RoadUser
from passerby.text import iso_time
from passerby.web.hub import CAMERAS, Hub
from passerby.web.ranges import NAMES
from passerby.web.rows import DirectionWord, ListOf, RoadUserWord, road_user_word

Time = Annotated[str, StringConstraints(max_length=40)]
Number = Annotated[str, StringConstraints(pattern="^[0-9a-f]{32}$")]
StateWord = Literal["waiting", "compared", "void", "withdrawn", "outdated"]

MAX_RECORDED_MINUTES: Final = 24 * 60
"""Of one recording: no one counts a day at one go."""

MAX_RECORDED_ROWS: Final = 8000
"""Of one recording, so that they fit into a request: eight hours of eight classes both ways."""

_DIGITS = 6


class CrossingBody(BaseModel, extra="forbid"):
    """One road user whom the person saw cross the line."""

    time: Time = Field(description="When, by the counter's clock, set right by the service's.")
    road_user: RoadUserWord
    direction: DirectionWord


class PauseBody(BaseModel, extra="forbid"):
    """A time in which the person did not count."""

    start: Time
    end: Time


class SeenBody(BaseModel, extra="forbid"):
    """What the counter's page saw of a mosaic stretch."""

    view: Number = Field(description="Number of the view, from its first message.")
    pictures: Annotated[int, Field(ge=0, le=10_000_000)] = Field(description="How many came.")
    longest_gap_s: Annotated[float, Field(ge=0, le=1e6)] = Field(description="Longest time between two of them.")


class _CountedBody(BaseModel, extra="forbid"):
    """What every count by hand says of itself."""

    id: Number = Field(
        description="32 hexadecimal digits that the sender chooses. Sent again, the same one is the same count."
    )
    site: Annotated[str, StringConstraints(max_length=200)] | None = Field(
        None,
        description="The site that it is meant for; one of another name is refused. Not checked where it is null.",
        examples=["Market square"],
    )
    camera: Annotated[str, StringConstraints(pattern=CAMERAS)]
    line: Annotated[str, StringConstraints(pattern=NAMES)]


class ValidationBody(_CountedBody):
    """A stretch of time that a person counted at a line, as a whole; it holds nothing of what passerby counted."""

    counted_from: Literal["kerb", "mosaic"] = Field(
        description="`kerb`: at the place. `mosaic`: from pictures without boxes."
    )
    start: Time = Field(description="Whole minutes between `start` and `end` are compared.")
    end: Time
    road_users: Annotated[list[RoadUserWord], Field(min_length=1, max_length=10)] = Field(
        description="The classes that were counted: of these, none seen is a zero."
    )
    crossings: Annotated[list[CrossingBody], Field(max_length=MAX_CROSSINGS)]
    pauses: Annotated[list[PauseBody], Field(max_length=200)] = Field(
        default_factory=list, description="Minutes that one touches are not compared."
    )
    clock_error_s: Annotated[float, Field(ge=0, le=5)] = Field(
        0.0, description="How far the counter's clock may be off, after it was compared with the service's."
    )
    seen: SeenBody | None = Field(None, description="Of a mosaic stretch; else null.")


class RecordedMinuteBody(BaseModel, extra="forbid"):
    """What a person and passerby counted of a class one way in a minute of a recording."""

    minute: Annotated[int, Field(ge=0, lt=MAX_RECORDED_MINUTES)] = Field(
        description="Of the recording, from 0.", examples=[0]
    )
    road_user: RoadUserWord
    direction: DirectionWord
    by_hand: Annotated[int, Field(ge=0, le=MAX_CROSSINGS)]
    by_system: Annotated[int, Field(ge=0, le=MAX_CROSSINGS)]


class RecordedBody(_CountedBody):
    """A recording that a person and passerby have counted, minute by minute, as `passerby validate` compares them."""

    line_version: Annotated[str, StringConstraints(pattern="^[0-9a-f]{16}$")] = Field(
        description="What passerby counted the recording with: line, masks, closer areas, rate and detector. It must "
        "be what the service counts with now.",
        examples=["9f86d081884c7d65"],
    )
    start: Time = Field(description="When the recording begins.")
    road_users: Annotated[list[RoadUserWord], Field(min_length=1, max_length=10)] = Field(
        description="The classes that were counted."
    )
    minutes: Annotated[list[RecordedMinuteBody], Field(min_length=1, max_length=MAX_RECORDED_ROWS)]


class CountedRow(BaseModel):
    """What was counted of a class one way, in the minutes that both counted."""

    road_user: RoadUserWord
    direction: DirectionWord
    by_hand: int
    by_system: int | None = Field(description="Null while it waits.")


class ValidationRow(BaseModel):
    """A stretch that was counted by hand."""

    id: str
    camera: str
    line: str
    counted_from: CountedFrom
    start: str
    end: str
    minutes: int = Field(description="Whole minutes that were counted by hand.")
    compared_minutes: int | None = Field(description="Those that the camera watched, too; null while it waits.")
    road_users: list[RoadUserWord]
    by: str = Field(description="Who counted.")
    sent: str
    clock_error_s: float
    state: StateWord = Field(
        description="`waiting`: for passerby's own minutes. `outdated`: the line has been changed since. Only "
        "`compared` counts."
    )
    why: str = Field(description="Why it does not count, a sentence; empty where it does.")
    counts: list[CountedRow]


class ValidationRows(ListOf[ValidationRow]):
    """Stretches, the oldest first."""


class AccuracyRow(BaseModel):
    """What counts by hand say about one class and one way; shares are of the true crossings."""

    road_user: RoadUserWord
    direction: DirectionWord | None = Field(description="Null for both ways together.")
    by_hand: int = Field(description="True crossings.")
    by_system: int = Field(description="What passerby counted meanwhile.")
    minutes: int
    measured: bool = Field(description="False under 20 true crossings: there is no error then.")
    error: float | None = Field(description="-0.06 for 6 % too few; null where it is not measured.")
    error_low: float | None = Field(description="The 95 % interval of `error` begins here.")
    error_high: float | None
    ratio: float = Field(description="The place part: counts over truth, as believed.")
    ratio_sd: float = Field(description="Its standard deviation; it does not get smaller in sums.")
    dispersion: float = Field(description="The count part: variance of a count over the truth.")
    freedom: float | None = Field(description="Degrees of freedom (Student's t); null for a normal distribution.")
    quantile: float = Field(description="How many standard deviations an interval of 95 % reaches to each side.")


class LineAccuracyRow(BaseModel):
    """What is known of a line's counts; stands beside each of its numbers."""

    camera: str
    line: str
    validated: bool = Field(description="A count by hand holds for the line as it is drawn now.")
    stretches: int = Field(description="How many hold.")
    waiting: int = Field(description="How many wait to be compared.")
    minutes: int = Field(description="Minutes that were compared.")
    newest: str | None = Field(description="When the newest of these ended.")
    rows: list[AccuracyRow] = Field(
        description="Each class that the line counts: each way, then both. Without a count by hand `by_hand` is 0, and "
        "`ratio`, `ratio_sd` and `dispersion` are what is believed of a place that was never looked at."
    )


class LineAccuracyRows(ListOf[LineAccuracyRow]):
    """Lines, in the site file's order."""


def validation_row(hub: Hub, counted: HandCount, *, outdated: bool) -> ValidationRow:
    """Returns the row of a stretch.

    Args:
        hub: the service.
        counted: the stretch, compared where it can be.
        outdated: its line has another version now, or is gone.
    """
    state, why = _state(counted, outdated=outdated)
    compared = None if counted.pairs is None else len({pair.start_s for pair in counted.pairs})
    return ValidationRow(
        id=counted.validation_id,
        camera=counted.camera,
        line=counted.line,
        counted_from=counted.counted_from,
        start=iso_time(counted.start_ns, hub.zone),
        end=iso_time(counted.end_ns, hub.zone),
        minutes=len(counted.whole_s),
        compared_minutes=compared,
        road_users=[_word(road_user) for road_user in counted.road_users],
        by=counted.account,
        sent=iso_time(counted.sent_ns, hub.zone),
        clock_error_s=counted.clock_error_s,
        state=state,
        why=why,
        counts=_counts(counted),
    )


def accuracy_row(accuracy: Accuracy) -> AccuracyRow:
    """Returns the row of a class and a way."""
    error = accuracy.error
    shares = (None,) * 3 if error is None else (error.value, error.low, error.high)
    value, low, high = (None if share is None else round(share, _DIGITS) for share in shares)
    assert accuracy.road_user is not None  # noqa: S101 - rows are made class by class
    return AccuracyRow.model_validate(
        {
            "road_user": _word(accuracy.road_user),
            "direction": None if accuracy.direction is None else accuracy.direction.value,
            "by_hand": accuracy.by_hand,
            "by_system": accuracy.by_system,
            "minutes": accuracy.minutes,
            "measured": accuracy.measured,
            "error": value,
            "error_low": low,
            "error_high": high,
            "ratio": round(accuracy.ratio, _DIGITS),
            "ratio_sd": round(accuracy.ratio_sd, _DIGITS),
            "dispersion": round(accuracy.dispersion, _DIGITS),
            "freedom": accuracy.freedom if isfinite(accuracy.freedom) else None,
            "quantile": round(accuracy.quantile, _DIGITS),
        }
    )


def _state(counted: HandCount, *, outdated: bool) -> tuple[StateWord, str]:
    if counted.withdrawn_ns is not None:
        return "withdrawn", f"It was withdrawn by {counted.withdrawn_by}."
    if counted.void:
        return "void", counted.void
    if outdated:
        return "outdated", "The line, its masks, the rate or the detector have been changed since it was counted."
    return ("waiting", "passerby's own minutes are not complete yet.") if counted.pairs is None else ("compared", "")


def _counts(counted: HandCount) -> list[CountedRow]:
    def row(road_user: RoadUser, way: Direction) -> CountedRow:
        if counted.pairs is None:
            mine = [one.count for one in counted.minutes if (one.road_user, one.direction) == (road_user, way)]
            return CountedRow(road_user=_word(road_user), direction=way.value, by_hand=sum(mine), by_system=None)
        both = [pair for pair in counted.pairs if (pair.road_user, pair.direction) == (road_user, way)]
        by_hand, by_system = sum(pair.by_hand for pair in both), sum(pair.by_system for pair in both)
        return CountedRow(road_user=_word(road_user), direction=way.value, by_hand=by_hand, by_system=by_system)

    return [row(road_user, way) for road_user in counted.road_users for way in Direction]


def _word(road_user: RoadUser) -> RoadUserWord:
    word = road_user_word(road_user)
    assert word is not None  # noqa: S101 - a class has one
    return word
