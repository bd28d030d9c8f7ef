"""Counts, times, and how much was watched, in words: what the screen and a picture both say of a report."""

import math
from collections.abc import Iterable, Iterator
from datetime import timedelta, tzinfo
from typing import Final

from passerby.domain.derived_accuracies import SAMPLE_S, ZONE
from passerby.domain.events import Direction
from passerby.domain.layout import GroundPlane
from passerby.domain.line_accuracies import LineAccuracies
from passerby.domain.report import CountReport, LineTotal, MovementTotal, ZoneTotal
from passerby.domain.road_user import RoadUser
from passerby.domain.true_crossings import LEVEL
from passerby.text import duration, known, moment, percent, rounded

MIN_TOLD: Final = 0.01
"""A smaller share of unexplained motion widens an interval by less than what is rounded away."""


def how_many(road_user: RoadUser, count: int) -> str:
    """The count with the class's word in the right number.

    >>> how_many(RoadUser.BUS, 2), how_many(RoadUser.CAR, 1)
    ('2 buses', '1 car')
    """
    return f"{count} {road_user.words if count == 1 else many(road_user)}"


def many(road_user: RoadUser) -> str:
    """The plural of the class's word.

    >>> many(RoadUser.BUS), many(RoadUser.HEAVY_VEHICLE), many(RoadUser.UNCLASSIFIED)
    ('buses', 'heavy vehicles', 'unclassified')
    """
    if road_user is RoadUser.UNCLASSIFIED:
        return road_user.words
    return road_user.words + ("es" if road_user.words.endswith("s") else "s")


def time_span(report: CountReport, time_zone: tzinfo) -> str:
    """Returns from when to when, in the zone's own time, and how long; only how long where the time is not known."""
    if report.start_ns == 0:
        return f"{duration(report.duration_s)}, recorded at a time not given"
    start = moment(report.start_ns, time_zone)
    end = start + timedelta(seconds=report.duration_s)
    day = "%Y-%m-%d "
    until = end.strftime("%H:%M:%S" if end.date() == start.date() else f"{day}%H:%M:%S")
    return f"{start.strftime(f'{day}%H:%M:%S')} to {until} {start.tzname()} ({duration(report.duration_s)})"


def none_of(road_users: Iterable[RoadUser]) -> str:
    """The word for none of these classes: people are no one, vehicles are nothing.

    >>> none_of([RoadUser.PEDESTRIAN]), none_of([RoadUser.CAR, RoadUser.BUS])
    ('no one', 'nothing')
    """
    people = {RoadUser.PEDESTRIAN, RoadUser.BICYCLE}
    return "no one" if people.issuperset(road_users) else "nothing"


def watched_sentences(report: CountReport) -> list[str]:
    """How much was watched, what was lost and why, and what the metres rest on, in plain words."""
    if report.coverage <= 0:
        return watched_notes(report)
    return [f"Watched {percent(report.coverage)} of the time ({looked_at(report)}).", *watched_notes(report)]


def looked_at(report: CountReport) -> str:
    """How many pictures the numbers rest on."""
    return f"{report.frames_analysed} pictures looked at, {report.analysed_fps:.3g} a second"


def watched_notes(report: CountReport) -> list[str]:
    """What was lost and why, and what the metres rest on."""
    if report.coverage <= 0:
        return ["Nothing was watched, so there are no counts, not even zero.", *report.losses]
    sentences = [*report.losses]
    if report.coverage < 1:
        sentences.append("What happened in time that was not watched is not in these numbers.")
    if report.ground is not None:
        sentences.append(_ground_sentence(report.ground))
    return sentences


def _ground_sentence(ground: GroundPlane) -> str:
    if ground.rmse_m is None:
        return "Metres rest on a ground of exactly four points: how far off it is cannot be seen without a fifth."
    return f"Metres rest on a ground calibration that is {rounded(ground.rmse_m)} m off (RMS)."


def true_range(
    accuracies: LineAccuracies, report: CountReport, total: LineTotal, ways: Iterable[Direction], dash: str = "–"
) -> str:
    """Returns from how many to how many of all classes together really crossed, in 95 of 100 cases.

    Args:
        accuracies: what is believed of the counts of lines.
        report: what was counted.
        total: of one of its lines.
        ways: which ways together.
        dash: stands between both numbers.
    """
    counted: dict[tuple[RoadUser, Direction | None], int] = {
        (user, way): int(total.counts[user].get(way, 0)) for user in sorted(total.counts) for way in ways
    }
    if not counted:
        return ""
    true = accuracies.of_counts(report.camera_id, total.line.name, counted, report.unexplained)
    return f"{math.floor(true.low)}{dash}{math.ceil(true.high)}"


def true_movement(accuracies: LineAccuracies, report: CountReport, total: MovementTotal, dash: str = "–") -> str:
    """Returns the same of a movement, of all classes together; arguments as for `true_range`."""
    if not total.counts:
        return ""
    counted = {user: int(count) for user, count in total.counts.items()}
    true = accuracies.of_movement_counts(report.camera_id, total.movement.name, counted, report.unexplained)
    return f"{math.floor(true.low)}{dash}{math.ceil(true.high)}"


def true_inside(report: CountReport, total: ZoneTotal, road_user: RoadUser, dash: str = "–") -> str:
    """Returns the same of how many of a class were in a zone on average; empty where that is not known.

    Of a zone that was too full to count there is no upper end.
    """
    inside = known(total.occupancy_mean.get(road_user))
    if inside is None:
        return ""
    samples = max(1.0, report.coverage * report.duration_s / SAMPLE_S)
    true = ZONE.true_crossings(inside, report.unexplained, samples)
    return f"{rounded(true.low)}{dash}{'' if total.at_least(road_user) else rounded(true.high)}"


def interval_sentence(report: CountReport, accuracies: LineAccuracies) -> str:
    """Returns what the intervals of the lines' numbers rest on."""
    names = [total.line.name for total in report.lines]
    known = [name for name in names if accuracies.validated(report.camera_id, name)]
    meaning = f"where the true number in watched time lies in {percent(LEVEL)} of cases"
    if not known:
        rests = "as believed of any place: no one has counted here by hand (passerby validate)."
    elif len(known) == len(names):
        rests = "by counts by hand."
    else:
        rests = f"by counts by hand at {', '.join(known)}; at the other lines as believed of any place."
    return " ".join((f"{meaning}, {rests}", *_widened(report), *_of_places(report)))


def _widened(report: CountReport) -> Iterator[str]:
    if report.unexplained >= MIN_TOLD:
        yield f"{percent(report.unexplained)} of what moved here is explained by no detection, which makes it wider."


def _of_places(report: CountReport) -> Iterator[str]:
    places = [name for name, totals in (("movements", report.movements), ("zones", report.zones)) if totals]
    if places:
        yield f"Of {' and '.join(places)} it is believed: they are not counted by hand."
