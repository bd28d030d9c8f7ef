"""Observations in columns: a minute's rows of many cameras in a few arrays instead of a thousand small objects."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from passerby.domain.histograms import HIGHEST_BIN, LOWEST_BIN, Histogram
from passerby.domain.observations import Observation, Quantity
from passerby.domain.road_user import RoadUser
from passerby.text import is_storable
from passerby.units import DAY_S

_QUANTITIES = tuple(Quantity)
_NUMBER = {quantity: number for number, quantity in enumerate(_QUANTITIES)}
_NONE = -1
_MAX_IN_BIN = 2**32 - 1
"""The store has 32 bits for it."""

MAX_TEXTS, MAX_LETTERS, MAX_ROWS = 10_000, 500, 500_000
MAX_COVERAGE = 1.0 + 1e-6
"""Shares of watched time are added up in floating point."""

_RANGES = (
    ("start_ns", 0, 2**62),
    ("length_s", 1, 366 * DAY_S),
    ("value", -1e12, 1e12),
    ("error", 0, 1e12),
    ("count", 0, 1e12),
    ("coverage", 0, MAX_COVERAGE),
    ("unexplained", 0, 1),
)


_COLUMNS = (
    "camera", "series", "direction", "quantity", "road_user", "start_ns", "length_s", "value", "error", "value_known",
    "error_known", "count", "coverage", "reliable", "unexplained",
)  # fmt: skip
_TYPES: Mapping[str, npt.DTypeLike] = {
    **dict.fromkeys(("camera", "series", "direction", "length_s"), np.int32),
    **dict.fromkeys(("quantity", "road_user"), np.int16),
    **dict.fromkeys(("start_ns", "count"), np.int64),
    **dict.fromkeys(("value", "error", "coverage", "unexplained"), np.float64),
    **dict.fromkeys(("value_known", "error_known", "reliable"), np.bool_),
}
_OF_BINS = ("binned", "bins", "bin_counts")


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
        binned: int32 (B,), of the bins of all histograms, which observation each belongs to; rising.
        bins: int16 (B,), their numbers (see `domain.histograms`), rising within an observation.
        bin_counts: int64 (B,), how many values lie in each.
        unexplained: float64; earlier releases do not write it, and it is 0 then.
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
    binned: npt.NDArray[np.int32] = field(default_factory=lambda: np.zeros(0, np.int32))
    bins: npt.NDArray[np.int16] = field(default_factory=lambda: np.zeros(0, np.int16))
    bin_counts: npt.NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    unexplained: npt.NDArray[np.float64] = field(default_factory=lambda: np.zeros(0, np.float64))

    def __post_init__(self) -> None:
        if not len(self.unexplained):
            object.__setattr__(self, "unexplained", np.zeros(len(self.camera), np.float64))
        for names in (_COLUMNS, _OF_BINS):
            counts = {len(getattr(self, name)) for name in names}
            if len(counts) != 1:
                raise ValueError(f"columns of one length are needed, got {sorted(counts)}")

    def __len__(self) -> int:
        return len(self.camera)

    @property
    def nbytes(self) -> int:
        """Bytes of all columns and texts."""
        columns = sum(getattr(self, name).nbytes for name in self.__slots__ if name != "texts")
        return int(columns) + sum(map(len, self.texts))


def columns_of(observations: Sequence[Observation]) -> ObservationColumns:
    """The observations in columns, in their order."""
    places: dict[str, int] = {}

    def place(text: str | None) -> int:
        return _NONE if text is None else places.setdefault(text, len(places))

    names = [[place(one.camera) for one in observations]]
    names += [[place(one.series) for one in observations], [place(one.direction) for one in observations]]
    numbers = [
        (
            _NUMBER[one.quantity], _NONE if one.road_user is None else int(one.road_user), one.start_ns, one.length_s,
            one.value or 0.0, one.error or 0.0, one.value is not None, one.error is not None, one.count, one.coverage,
            one.reliable, one.unexplained,
        )
        for one in observations
    ]  # fmt: skip
    columns = (*names, *(zip(*numbers, strict=True) if numbers else [()] * (len(_COLUMNS) - len(names))))
    held = [(row, one.histogram) for row, one in enumerate(observations) if one.histogram is not None]
    return ObservationColumns(
        texts=tuple(places),
        **{name: np.array(column, _TYPES[name]) for name, column in zip(_COLUMNS, columns, strict=True)},
        binned=np.array([row for row, histogram in held for _ in histogram.bins], np.int32),
        bins=np.array([bin_ for _, histogram in held for bin_ in histogram.bins], np.int16),
        bin_counts=np.array([count for _, histogram in held for count in histogram.counts], np.int64),
    )


def check_columns(columns: ObservationColumns) -> None:
    """Checks that every row of the columns is an observation.

    Raises:
        ValueError: a column has another shape, names something that there is not, or holds a number that is none.
    """
    texts = columns.texts
    if any(getattr(columns, name).ndim != 1 for name in columns.__slots__ if name != "texts"):
        raise ValueError("columns of one dimension are needed")
    for name in ("camera", "series", "direction"):
        _check_places(name, getattr(columns, name), _NONE if name == "direction" else 0, len(texts))
    _check_places("quantity", columns.quantity, 0, len(_QUANTITIES))
    _check_places("road_user", columns.road_user, _NONE, len(RoadUser))
    for name in ("value", "error", "coverage", "unexplained"):
        if not np.isfinite(getattr(columns, name)).all():
            raise ValueError(f"{name}: finite numbers are needed")
    _check_bins(columns)


def check_new_columns(columns: ObservationColumns) -> None:
    """Checks the same of what a camera's process has just measured, and that each number is one that a camera can give.

    Raises:
        ValueError: see `check_columns`; or a number or a text is out of range.
    """
    check_columns(columns)
    if len(columns.texts) > MAX_TEXTS or len(columns) > MAX_ROWS:
        raise ValueError(f"at most {MAX_TEXTS} texts and {MAX_ROWS} rows are needed")
    if any(len(text) > MAX_LETTERS or not is_storable(text) for text in columns.texts):
        raise ValueError(f"texts: at most {MAX_LETTERS} letters, which a database can hold, are needed")
    for name, lowest, highest in _RANGES:
        column = getattr(columns, name)
        if len(column) and not (column.min() >= lowest and column.max() <= highest):
            raise ValueError(f"{name}: {lowest:g} to {highest:g} is needed, got {column.min():g} to {column.max():g}")


def renamed(columns: ObservationColumns, camera: str) -> ObservationColumns:
    """Returns the same observations as those of a camera, whatever camera they name."""
    place = np.full(len(columns), len(columns.texts), np.int32)
    return replace(columns, texts=(*columns.texts, camera), camera=place)


def observations_of(columns: ObservationColumns) -> tuple[Observation, ...]:
    """The observations in the columns, in their order.

    Raises:
        ValueError: see `check_columns`.
    """
    check_columns(columns)
    texts = columns.texts
    users: tuple[RoadUser | None, ...] = (*(RoadUser(number) for number in range(len(RoadUser))), None)
    named: tuple[str | None, ...] = (*texts, None)
    rows = zip(*(getattr(columns, name).tolist() for name in _COLUMNS), _histograms(columns), strict=True)
    return tuple(
        Observation(
            texts[camera], texts[series], _QUANTITIES[quantity], users[road_user], named[direction], start_ns, length_s,
            value if value_known else None, count, coverage, error if error_known else None, reliable, histogram,
            unexplained=unexplained,
        )
        for camera, series, direction, quantity, road_user, start_ns, length_s, value, error, value_known,
            error_known, count, coverage, reliable, unexplained, histogram in rows
    )  # fmt: skip


def _histograms(columns: ObservationColumns) -> list[Histogram | None]:
    """Returns each observation's histogram."""
    found: list[Histogram | None] = [None] * len(columns)
    if not len(columns.binned):
        return found
    bins, counts = columns.bins.tolist(), columns.bin_counts.tolist()
    rows, firsts = np.unique(columns.binned, return_index=True)
    ends = [*firsts[1:].tolist(), len(bins)]
    for row, first, end in zip(rows.tolist(), firsts.tolist(), ends, strict=True):
        found[row] = Histogram(tuple(bins[first:end]), tuple(counts[first:end]))
    return found


def _check_bins(columns: ObservationColumns) -> None:
    """Checks that the bins make a histogram of some of the observations, of no more values than each rests on."""
    if not len(columns.binned):
        return
    _check_places("binned", columns.binned, 0, len(columns))
    _check_places("bins", columns.bins, LOWEST_BIN, HIGHEST_BIN + 1)
    order = columns.binned.astype(np.int64) * (HIGHEST_BIN - LOWEST_BIN + 1) + columns.bins
    if (np.diff(order) <= 0).any():
        raise ValueError("bins: in order, and each once in a histogram")
    # So large a count is none; and a sum of smaller ones does not run over.
    if columns.bin_counts.min() < 1 or columns.bin_counts.max() > _MAX_IN_BIN:
        raise ValueError(f"bin_counts: 1 to {_MAX_IN_BIN} is needed")
    sums = np.zeros(len(columns), np.int64)
    np.add.at(sums, columns.binned, columns.bin_counts)
    # Fewer, where a part of the minute was measured before there were histograms.
    if (sums > columns.count).any():
        raise ValueError("bin_counts: a histogram has at most as many values as its observation rests on")


def _check_places(name: str, column: npt.NDArray[Any], lowest: int, end: int) -> None:
    if len(column) and not (lowest <= int(column.min()) and int(column.max()) < end):
        raise ValueError(f"{name}: {lowest} to {end - 1} is needed, got {column.min()} to {column.max()}")
