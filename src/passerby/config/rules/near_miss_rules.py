"""What counting near misses demands of a camera: calibrated ground, its movements, and pairs that are not too many."""

from collections.abc import Mapping
from typing import Final

from pydantic import ValidationError

from passerby.config.document import keys_in
from passerby.config.rules.ground_rules import LocatedFaults
from passerby.config.site import NearMissKeys
from passerby.config.validation import shown, suggestion
from passerby.domain.near_misses import NearMissMeasure
from passerby.domain.road_user import RoadUser
from passerby.text import in_nfc

MAX_PAIRS: Final = 300
"""Each pair makes two numbers a minute, whether one met or none."""


def near_miss_faults(layout: Mapping[str, object]) -> LocatedFaults:
    """Returns what is wrong with a camera's near misses, each with where in their keys."""
    if "ground" not in layout:
        why = "near misses are in seconds between road users on calibrated ground, and this camera has none"
        yield (), f"{why}: calibrate the camera (docs/how-to/calibrate-the-ground.md)"
    written = keys_in(layout["near_misses"]).get("movements")
    movements = tuple(in_nfc(str(name)) for name in keys_in(layout.get("movements")))
    named = [in_nfc(name) for name in written if isinstance(name, str)] if isinstance(written, tuple) else []
    for place, name in enumerate(named):
        if name not in movements:
            yield ("movements", place), f"{shown(name)} is no movement of this camera. {suggestion(name, movements)}"
        elif name in named[:place]:
            yield ("movements", place), f"{shown(name)} is named twice"
    try:
        keys = NearMissKeys.model_validate(layout["near_misses"])
    except ValidationError:
        return
    yield from _pair_faults(keys, layout)


def _pair_faults(keys: NearMissKeys, layout: Mapping[str, object]) -> LocatedFaults:
    users = frozenset(map(RoadUser.from_label, keys.count))
    measure = NearMissMeasure(
        road_users=users, among_pedestrians=keys.among_pedestrians, movements=tuple(keys.movements)
    )
    if not measure.pairs:
        yield ("count",), "no two of these are a pair that is counted: name more, or set among_pedestrians to true"
    if len(measure.series) > MAX_PAIRS:
        made = f"{len(keys.movements)} movements and {len(users)} classes make {len(measure.series)} pairs"
        yield (), f"{made}, and at most {MAX_PAIRS} are counted: name fewer in count, or fewer movements"
    taken = {in_nfc(str(name)) for kind in ("lines", "zones", "movements") for name in keys_in(layout.get(kind))}
    for name in sorted(taken.intersection(measure.series)):
        yield (
            (),
            f"near misses are stored under {shown(name)}, which is the name of a line, zone or movement: rename it",
        )
