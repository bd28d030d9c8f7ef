"""Counts and times of a report in words."""

from collections.abc import Iterable
from datetime import timedelta, tzinfo

from passerby.domain.report import CountReport
from passerby.domain.road_user import RoadUser
from passerby.text import duration, moment


def how_many(road_user: RoadUser, count: int) -> str:
    """The count with the class's word in the right number.

    >>> how_many(RoadUser.BUS, 2), how_many(RoadUser.CAR, 1)
    ('2 buses', '1 car')
    """
    return f"{count} {road_user.label if count == 1 else many(road_user)}"


def many(road_user: RoadUser) -> str:
    """The plural of the class's word.

    >>> many(RoadUser.BUS)
    'buses'
    """
    return road_user.label + ("es" if road_user.label.endswith("s") else "s")


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
