"""Words and times of rows, each made once for the many rows that share it."""

from typing import Literal
from zoneinfo import ZoneInfo

from passerby.domain.road_user import RoadUser
from passerby.text import iso_time

RoadUserWord = Literal["pedestrian", "bicycle", "car", "motorcycle", "bus", "truck"]
DirectionWord = Literal["forward", "backward"]

_WORDS: dict[RoadUser, RoadUserWord] = {
    RoadUser.PEDESTRIAN: "pedestrian",
    RoadUser.BICYCLE: "bicycle",
    RoadUser.CAR: "car",
    RoadUser.MOTORCYCLE: "motorcycle",
    RoadUser.BUS: "bus",
    RoadUser.TRUCK: "truck",
}


def road_user_word(road_user: RoadUser | None) -> RoadUserWord | None:
    """The class's word; None for all classes together."""
    return None if road_user is None else _WORDS[road_user]


class Times:
    """Writes times in the site's zone; the rows of a chart share few of them.

    Args:
        zone: the site's time zone.
    """

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone
        self._known: dict[int, str] = {}

    def of(self, time_ns: int) -> str:
        """The time with its offset from UTC."""
        known = self._known.get(time_ns)
        if known is None:
            known = self._known[time_ns] = iso_time(time_ns, self._zone)
        return known
