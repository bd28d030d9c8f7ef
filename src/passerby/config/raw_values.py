"""Values as they came out of the file, before they have a type: read where they are of use, passed over where not."""

import math
from collections.abc import Mapping


def keys_in(value: object) -> Mapping[str, object]:
    """The keys of a mapping; none of anything else."""
    return value if isinstance(value, Mapping) else {}


def number_in(value: object) -> float | None:
    """A finite number; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        return None
    return float(value)


def point_in(value: object) -> tuple[float, float] | None:
    """Two finite numbers; None for anything else."""
    if not isinstance(value, tuple) or len(value) != 2:
        return None
    x, y = number_in(value[0]), number_in(value[1])
    return None if x is None or y is None else (x, y)
