"""What every list is sent in, and the words and times of rows, each made once for the many rows that share it."""

import asyncio
from collections.abc import Callable, Iterable
from itertools import islice
from operator import is_
from typing import Final, Generic, Literal, TypeVar
from zoneinfo import ZoneInfo

from pydantic import BaseModel, Field
from starlette.responses import Response

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

ROWS_AT_ONCE: Final = 250
"""Some 10 ms of rows."""


class ListOf(BaseModel, Generic[Row]):
    """A list, or one page of it: the same two keys in all of them."""

    rows: list[Row] = Field(description="The rows.")
    after: str | None = Field(description="Pass it back for the next page; null when there is nothing more.")


async def all_rows(rows: Iterable[str]) -> Response:
    """Returns a whole list of thousands of rows, each of them JSON, as an answer: `ListOf`.

    They are made a part at a time, between which others are answered; rows of ours are not held against their model.
    """
    each, parts = iter(rows), []
    while some := list(islice(each, ROWS_AT_ONCE)):
        parts.append(",".join(some))
        await asyncio.sleep(0)
    return Response(f'{{"rows":[{",".join(parts)}],"after":null}}', media_type="application/json")


class KeptRows:
    """Rows as JSON, each written anew only when what it is made of is not the same object any more.

    Lists of a city's cameras are asked for again and again, and little of them changes in between.
    """

    def __init__(self) -> None:
        self._kept: dict[str, tuple[tuple[object, ...], str]] = {}

    def row(self, name: str, made_of: tuple[object, ...], write: Callable[[], str]) -> str:
        """Returns a row.

        Args:
            name: its name.
            made_of: what it is made of; none of it may change within itself.
            write: writes it.
        """
        known = self._kept.get(name)
        if known is None or not all(map(is_, known[0], made_of)):
            known = self._kept[name] = (made_of, write())
        return known[1]

    def trim(self, limit: int) -> None:
        """Forgets all rows where more than that many are kept: some of them are of cameras that there are no more."""
        if len(self._kept) > limit:
            self._kept.clear()


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
