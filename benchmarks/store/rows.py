"""The observations that the store's benchmarks store: made up, the same in every run, some minutes half watched."""

from collections.abc import Iterator

from passerby.domain.observations import Observation, Quantity
from passerby.domain.road_user import RoadUser

NS_PER_S = 1_000_000_000
FIRST_S = 1_790_553_600
"""2026-09-28 00:00 UTC; minutes are counted from it."""

_WALKER, _BICYCLE, _CAR = RoadUser.PEDESTRIAN, RoadUser.BICYCLE, RoadUser.CAR
_ZONE = (
    Quantity.ENTRIES, Quantity.EXITS, Quantity.DWELL_P50, Quantity.DWELL_P85, Quantity.DENSITY_MEAN,
    Quantity.DENSITY_MAX,
)  # fmt: skip

Series = tuple[str, Quantity, RoadUser | None, str | None]

SERIES: tuple[Series, ...] = (
    *(("gate", Quantity.FLOW, user, way) for way in ("forward", "backward") for user in (_WALKER, _BICYCLE, _CAR)),
    *(("gate", Quantity.SPEED_MEAN, user, way) for way in ("forward", "backward") for user in (_WALKER, _CAR)),
    *(("square", quantity, user, None) for quantity in (Quantity.OCCUPANCY_MEAN, Quantity.OCCUPANCY_MAX)
      for user in (_WALKER, None)),
    *(("square", quantity, _WALKER, None) for quantity in _ZONE),
)  # fmt: skip
"""What one camera measures each minute: 20 series, of one line and one zone."""


def camera_name(number: int) -> str:
    """The name of a camera."""
    return f"camera-{number:05d}"


def start_s(minute: int) -> int:
    """UTC seconds at which a minute begins."""
    return FIRST_S + 60 * minute


def content(camera: int, place: int, minute: int) -> tuple[float, float | None, int, float]:
    """Value, error, count and coverage of one row; `place` counts the camera's series."""
    error = 0.125 if SERIES[place][1] is Quantity.SPEED_MEAN else None
    coverage = 0.5 if (camera + minute) % 97 == 0 else 1.0
    return float((7 * camera + 3 * minute + 5 * place) % 11), error, (camera + minute + place) % 5, coverage


def observations(cameras: range, minute: int) -> list[Observation]:
    """What these cameras send for one minute."""
    start_ns = start_s(minute) * NS_PER_S
    return [
        _observation(number, place, series, minute, start_ns)
        for number in cameras
        for place, series in enumerate(SERIES)
    ]


def _observation(camera: int, place: int, series: Series, minute: int, start_ns: int) -> Observation:
    value, error, count, coverage = content(camera, place, minute)
    name, quantity, user, way = series
    return Observation(camera_name(camera), name, quantity, user, way, start_ns, 60, value, count, coverage, error)


def table_rows(
    numbers: dict[tuple[int, int], int], minute: int
) -> Iterator[tuple[int, int, float, float | None, int, float]]:
    """The same minute as rows of the store's own table: start, series number, value, error, count, coverage.

    Args:
        numbers: (camera, place) -> the number that the store has given the series.
        minute: counted from `FIRST_S`.
    """
    at_s = start_s(minute)
    for (camera, place), number in numbers.items():
        yield (at_s, number, *content(camera, place, minute))
