"""What every list is sent in, and the words and times of rows, each made once for the many rows that share it."""

from typing import Generic, Literal, TypeVar
from zoneinfo import ZoneInfo

from pydantic import BaseModel, Field

from passerby.domain.road_user import RoadUser
from passerby.text import iso_time

RoadUserWord = Literal["pedestrian", "bicycle", "car", "motorcycle", "bus", "truck", "unclassified", "heavy_vehicle"]
DirectionWord = Literal["forward", "backward"]

_WORDS: dict[RoadUser, RoadUserWord] = {
    RoadUser.PEDESTRIAN: "pedestrian",
    RoadUser.BICYCLE: "bicycle",
    RoadUser.CAR: "car",
    RoadUser.MOTORCYCLE: "motorcycle",
    RoadUser.BUS: "bus",
    RoadUser.TRUCK: "truck",
    RoadUser.UNCLASSIFIED: "unclassified",
    RoadUser.HEAVY_VEHICLE: "heavy_vehicle",
}

_WAYS: dict[str, DirectionWord] = {"forward": "forward", "backward": "backward"}


def road_user_word(road_user: RoadUser | None) -> RoadUserWord | None:
    """The class's word; None for all classes together."""
    return None if road_user is None else _WORDS[road_user]


def direction_word(direction: str | None) -> DirectionWord | None:
    """The way's word; None where there is none, or for both together."""
    return None if direction is None else _WAYS[direction]


Row = TypeVar("Row")


class ListOf(BaseModel, Generic[Row]):
    """A list, or one page of it: the same two keys in all of them."""

    rows: list[Row] = Field(description="The rows.")
    after: str | None = Field(description="Pass it back for the next page; null when there is nothing more.")


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
