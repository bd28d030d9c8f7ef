"""Observations in columns: a minute's rows of many cameras in a few arrays instead of a thousand small objects."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from passerby.domain.observations import Observation, Quantity
from passerby.domain.road_user import RoadUser

_QUANTITIES = tuple(Quantity)
_NUMBER = {quantity: number for number, quantity in enumerate(_QUANTITIES)}
_NONE = -1


@dataclass(frozen=True, slots=True, eq=False)
class ObservationColumns:
    """N observations; all columns have N rows.

    Attributes:
        texts: every name that occurs, once.
        camera, series, direction: int32, place in `texts`; -1 for None.
        quantity: int16, place in `Quantity`.
        road_user: int16, -1 for all classes together.
        start_ns: int64.
        length_s: int32.
        value, error: float64; 0 where not known.
        value_known, error_known: bool.
        count: int64.
        coverage: float64.
        reliable: bool.
    """

    texts: tuple[str, ...]
    camera: npt.NDArray[np.int32]
    series: npt.NDArray[np.int32]
    direction: npt.NDArray[np.int32]
    quantity: npt.NDArray[np.int16]
    road_user: npt.NDArray[np.int16]
    start_ns: npt.NDArray[np.int64]
    length_s: npt.NDArray[np.int32]
    value: npt.NDArray[np.float64]
    error: npt.NDArray[np.float64]
    value_known: npt.NDArray[np.bool_]
    error_known: npt.NDArray[np.bool_]
    count: npt.NDArray[np.int64]
    coverage: npt.NDArray[np.float64]
    reliable: npt.NDArray[np.bool_]

    def __post_init__(self) -> None:
        counts = {len(getattr(self, name)) for name in self.__slots__ if name != "texts"}
        if len(counts) != 1:
            raise ValueError(f"columns of one length are needed, got {sorted(counts)}")

    def __len__(self) -> int:
        return len(self.camera)


def columns_of(observations: Sequence[Observation]) -> ObservationColumns:
    """The observations in columns, in their order."""
    places: dict[str, int] = {}

    def place(text: str | None) -> int:
        return _NONE if text is None else places.setdefault(text, len(places))

    def column(of: Callable[[Observation], Any], dtype: npt.DTypeLike) -> npt.NDArray[Any]:
        return np.fromiter(map(of, observations), dtype, len(observations))

    camera = column(lambda one: place(one.camera), np.int32)
    series = column(lambda one: place(one.series), np.int32)
    direction = column(lambda one: place(one.direction), np.int32)
    return ObservationColumns(
        texts=tuple(places),
        camera=camera,
        series=series,
        direction=direction,
        quantity=column(lambda one: _NUMBER[one.quantity], np.int16),
        road_user=column(lambda one: _NONE if one.road_user is None else int(one.road_user), np.int16),
        start_ns=column(lambda one: one.start_ns, np.int64),
        length_s=column(lambda one: one.length_s, np.int32),
        value=column(lambda one: one.value or 0.0, np.float64),
        error=column(lambda one: one.error or 0.0, np.float64),
        value_known=column(lambda one: one.value is not None, np.bool_),
        error_known=column(lambda one: one.error is not None, np.bool_),
        count=column(lambda one: one.count, np.int64),
        coverage=column(lambda one: one.coverage, np.float64),
        reliable=column(lambda one: one.reliable, np.bool_),
    )


def observations_of(columns: ObservationColumns) -> tuple[Observation, ...]:
    """The observations in the columns, in their order.

    Raises:
        ValueError: a column names something that there is not, or holds a number that is none.
    """
    texts = columns.texts
    for name in ("camera", "series", "direction"):
        _check_places(name, getattr(columns, name), _NONE if name == "direction" else 0, len(texts))
    _check_places("quantity", columns.quantity, 0, len(_QUANTITIES))
    _check_places("road_user", columns.road_user, _NONE, len(RoadUser))
    for name in ("value", "error", "coverage"):
        if not np.isfinite(getattr(columns, name)).all():
            raise ValueError(f"{name}: finite numbers are needed")
    users: tuple[RoadUser | None, ...] = (*(RoadUser(number) for number in range(len(RoadUser))), None)
    named: tuple[str | None, ...] = (*texts, None)
    rows = zip(
        *(getattr(columns, name).tolist() for name in columns.__slots__ if name != "texts"),
        strict=True,
    )
    return tuple(
        Observation(
            texts[camera], texts[series], _QUANTITIES[quantity], users[road_user], named[direction], start_ns, length_s,
            value if value_known else None, count, coverage, error if error_known else None, reliable,
        )
        for camera, series, direction, quantity, road_user, start_ns, length_s, value, error, value_known,
            error_known, count, coverage, reliable in rows
    )  # fmt: skip


def _check_places(name: str, column: npt.NDArray[Any], lowest: int, end: int) -> None:
    if len(column) and not (lowest <= int(column.min()) and int(column.max()) < end):
        raise ValueError(f"{name}: {lowest} to {end - 1} is needed, got {column.min()} to {column.max()}")
