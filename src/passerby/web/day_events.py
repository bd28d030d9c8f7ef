"""A camera's day so far as the event that tells it; put together once for all who listen."""

import json
from zoneinfo import ZoneInfo

from passerby.text import iso_time
from passerby.web.rows import road_user_word
from passerby.web.today import DaySoFar


class DayEvents:
    """Keeps the newest event of each camera, because many listeners want the same one."""

    def __init__(self) -> None:
        self._newest: dict[str, tuple[DaySoFar, bytes]] = {}

    def of(self, camera: str, day: DaySoFar, zone: ZoneInfo) -> bytes:
        """The event of a camera's day; its times are in the zone."""
        kept = self._newest.get(camera)
        if kept is not None and kept[0] is day:
            return kept[1]
        told = {"camera": camera, "time": iso_time(day.time_ns, zone), "today": _rows(day)}
        made = event("values", told)
        self._newest[camera] = (day, made)
        return made


def event(name: str, told: object) -> bytes:
    """One server-sent event; JSON has no line break in it, so it is always one line of data."""
    return f"event: {name}\ndata: {json.dumps(told, allow_nan=False)}\n\n".encode()


def _rows(day: DaySoFar) -> list[dict[str, object]]:
    return [
        {
            "series": key.series,
            "quantity": key.quantity.value,
            "road_user": road_user_word(key.road_user),
            "direction": key.direction,
            "value": so_far.value,
            "unit": key.quantity.unit,
            "coverage": round(so_far.coverage(day.elapsed_s), 4),
            "reliable": so_far.reliable,
        }
        for key, so_far in day.values.items()
    ]
