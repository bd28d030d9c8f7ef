"""What a rule demands of its line or zone: that it is there, counts what is watched, and lies on calibrated ground."""

from collections.abc import Mapping
from functools import cached_property
from typing import Final, TypeVar

import numpy as np
import numpy.typing as npt
from pydantic import ValidationError

from passerby.config.document import keys_in
from passerby.config.events.keys import MAX_PER_M2, AnyRuleKeys
from passerby.config.events.rules import place_of
from passerby.config.events.thresholds import MODELS, Threshold, given, kind_of
from passerby.config.rules.ground_rules import LocatedFaults, ground_of
from passerby.config.rules.resolution import resolved_per_m2
from passerby.config.site import GroundKeys, LineKeys, ZoneKeys
from passerby.config.validation import excerpt, shown, suggestion
from passerby.config.values import Keys, user_ways, way_of
from passerby.domain.errors import CalibrationError
from passerby.domain.event_rules import DENSEST_AREA_M2, RuleKind
from passerby.domain.layout import GroundPlane
from passerby.domain.rule_subjects import AT_LINES, users_of
from passerby.events.subjects import BY_OCCUPANCY
from passerby.geometry.ground import polygon_area_m2, to_ground
from passerby.text import in_nfc

Model = TypeVar("Model", bound=Keys)

_PER_M2: Final = ("above_per_m2",)
_CALIBRATE: Final = "calibrate the camera (docs/how-to/calibrate-the-ground.md)"


class Places:
    """The lines, zones and ground of one camera, as far as each of them is sound.

    Args:
        camera: its keys, as they are written.
    """

    def __init__(self, camera: Mapping[str, object]) -> None:
        self._camera = camera
        self.names = {key: tuple(map(str, keys_in(camera.get(f"{key}s")))) for key in ("line", "zone")}

    @cached_property
    def lines(self) -> Mapping[str, LineKeys]:
        """Name -> line."""
        return _sound_ones(LineKeys, self._camera.get("lines"))

    @cached_property
    def zones(self) -> Mapping[str, ZoneKeys]:
        """Name -> zone."""
        return _sound_ones(ZoneKeys, self._camera.get("zones"))

    @property
    def calibrated(self) -> bool:
        """There is a calibration, sound or not."""
        return "ground" in self._camera

    @property
    def near_misses(self) -> bool:
        """Near misses are counted."""
        return "near_misses" in self._camera

    @cached_property
    def ground(self) -> GroundPlane | None:
        """The ground; None where there is none, or where its own faults are reported."""
        keys = _sound_ones(GroundKeys, {"ground": self._camera.get("ground")}).get("ground")
        try:
            return None if keys is None else ground_of(keys)
        except CalibrationError:
            return None

    def points(self, rule: AnyRuleKeys) -> npt.NDArray[np.float32] | None:
        """float32 (P, 2): the points of a rule's place, 0-1 of the picture; None where it is not sound."""
        zone, line = self.zones.get(getattr(rule, "zone", "")), self.lines.get(getattr(rule, "line", ""))
        place = zone or line
        return None if place is None else np.array(place.points, np.float32)


def _sound_ones(model: type[Model], written: object) -> dict[str, Model]:
    found = {}
    for name, keys in keys_in(written).items():
        try:
            found[in_nfc(str(name))] = model.model_validate(keys)
        except ValidationError:
            continue
    return found


def place_faults(keys: Mapping[str, object], rule: AnyRuleKeys | None, places: Places) -> LocatedFaults:
    """Returns what is wrong with one rule's place, each with where in the rule.

    Args:
        keys: the rule as it is written.
        rule: the same where all its keys have the right types.
        places: those of its camera.
    """
    unknown = [*_unknown_places(keys, places), *_unknown_way(keys, places)]
    yield from unknown
    if rule is not None and not unknown:
        yield from _class_faults(rule, places)
        if rule.kind == "near_misses" and places.calibrated and not places.near_misses:
            yield ("kind",), "this camera does not count near misses: add near_misses: {} to it, beside its rules"
        yield from _ground_faults(rule, places)


def _unknown_places(keys: Mapping[str, object], places: Places) -> LocatedFaults:
    kind = kind_of(keys)
    known = MODELS[kind].model_fields if kind is not None else {}
    for key, other in (("zone", "line"), ("line", "zone")):
        name = keys.get(key)
        if key in keys and key not in known and known:
            where = (
                f"at a {other}: name it with {other}" if other in known else "for the camera as a whole: take it away"
            )
            yield (key,), f"{kind} is watched {where}"
        elif isinstance(name, str) and in_nfc(name) in map(in_nfc, places.names[key]):
            continue
        elif isinstance(name, str) and in_nfc(name) in map(in_nfc, places.names[other]):
            yield (key,), f"{shown(name)} is a {other} of this camera, and a {key} is needed. {_known(places, key)}"
        elif isinstance(name, str):
            yield (key,), f"{shown(name)} is no {key} of this camera. {suggestion(name, places.names[key])}"


def _known(places: Places, key: str) -> str:
    return f"Its {key}s: {', '.join(map(excerpt, places.names[key]))}." if places.names[key] else f"It has no {key}."


def _unknown_way(keys: Mapping[str, object], places: Places) -> LocatedFaults:
    way, line = keys.get("allowed_way"), keys.get("line")
    written = places.lines.get(in_nfc(line)) if isinstance(line, str) else None
    if not isinstance(way, str) or written is None:
        return
    names = {"forward": written.forward, "backward": written.backward}
    direction = way_of(in_nfc(way), names)
    if direction is None:
        known = [*names, *(name for name in user_ways(names) if name not in names)]
        yield ("allowed_way",), f"{shown(way)} is no way over {excerpt(str(line))}. {suggestion(way, known)}"
    elif not direction:
        yield ("allowed_way",), f"{shown(way)} names both ways over {excerpt(str(line))}: say forward or backward"


def _class_faults(rule: AnyRuleKeys, places: Places) -> LocatedFaults:
    """A rule that goes by what is counted sees nothing of a class that its line or zone does not count."""
    kind = "line" if hasattr(rule, "line") else "zone"
    place = places.lines.get(place_of(rule)) or places.zones.get(place_of(rule))
    if place is None or RuleKind(rule.kind) not in AT_LINES | BY_OCCUPANCY:
        return
    named: tuple[str, ...] = getattr(rule, "count", None) or ()
    watched = named or tuple(user.label for user in sorted(users_of(RuleKind(rule.kind))))
    lacking = [label for label in watched if label not in place.count]
    if named and lacking:
        yield ("count",), f"the {kind} does not count {_all(lacking)}: add it to its count, or take it away here"
    elif watched and len(lacking) == len(watched):
        yield (
            (kind,),
            f"the {kind} counts {_all(place.count)} alone, and {rule.kind} watches {_all(watched)}: add what it is to "
            f"watch to the {kind}'s count",
        )


def _all(labels: tuple[str, ...] | list[str]) -> str:
    return " and ".join([", ".join(labels[:-1]), labels[-1]]) if len(labels) > 1 else labels[0]


def _ground_faults(rule: AnyRuleKeys, places: Places) -> LocatedFaults:
    threshold, points = given(rule), places.points(rule)
    if threshold is None:
        return
    if threshold.needs_ground and not places.calibrated:
        why = f"{threshold.words} can only be measured on calibrated ground, and this camera has none"
        yield (threshold.key,), f"{why}: {_CALIBRATE}{_otherwise(rule, threshold)}"
    elif points is None or places.ground is None:
        return
    elif threshold.needs_ground and not to_ground(places.ground, points).on_ground.all():
        place = "zone" if hasattr(rule, "zone") else "line"
        yield (
            (place,),
            f"a part of this {place} lies at or above the ground's horizon, where nothing is measured in "
            f"{threshold.words}: draw it on the ground",
        )
    else:
        yield from _size_faults(rule, threshold, points, places.ground)


def _otherwise(rule: AnyRuleKeys, threshold: Threshold) -> str:
    """The key that does without ground, where the kind has one."""
    without = {"above_per_m2": "above_people", "longer_than_m": "longer_than_vehicles"}.get(threshold.key, "")
    return f", or write {without}" if without in type(rule).model_fields else ""


def _size_faults(
    rule: AnyRuleKeys, threshold: Threshold, points: npt.NDArray[np.float32], ground: GroundPlane
) -> LocatedFaults:
    """Thresholds that the place is too small for, or that the camera cannot make out there."""
    value, area_m2 = float(getattr(rule, threshold.key)), polygon_area_m2(ground, points) or 0.0
    if threshold.key == "above_people" and area_m2 and value >= area_m2 * MAX_PER_M2:
        yield (
            (threshold.key,),
            f"no more than {area_m2 * MAX_PER_M2:.0f} people fit into this zone of {area_m2:.1f} m² "
            f"({MAX_PER_M2:g} on each), got {value:g}",
        )
    if threshold.key == "above_per_m2":
        yield from _density_faults(rule, value, area_m2, points, ground)
    if threshold.key == "longer_than_m" and value >= (longest_m := _longest_way_m(ground, points)):
        yield (threshold.key,), f"no queue in this zone is longer than {longest_m:.0f} m, got {value:g}"


def _density_faults(
    rule: AnyRuleKeys, value: float, area_m2: float, points: npt.NDArray[np.float32], ground: GroundPlane
) -> LocatedFaults:
    densest = rule.kind == "densest_area"
    if densest and area_m2 < DENSEST_AREA_M2:
        need = f"a zone of {DENSEST_AREA_M2:g} m² or more is needed for its densest {DENSEST_AREA_M2:g} m²"
        yield ("zone",), f"{need}, got {area_m2:.1f} m². Draw a larger one, or take kind: overcrowding"
        return
    judged_m2 = DENSEST_AREA_M2 if densest else area_m2
    if 0 < value * judged_m2 < 1:
        yield (
            _PER_M2,
            f"a single person on {judged_m2:.1f} m² would be above it, and a rule is never about one: "
            f"more than {1 / judged_m2:.2f} is needed, got {value:g}",
        )
    _, bound = resolved_per_m2(ground, points)
    if value > bound > 0:
        yield (
            _PER_M2,
            f"the camera cannot distinguish so many people in this zone: at most {bound:.1f} on a square metre, where "
            f"one of the detector's cells covers {1 / bound:.2f} m² of ground, got {value:g}. Take a lower threshold, "
            "or kind: saturated",
        )


def _longest_way_m(ground: GroundPlane, points: npt.NDArray[np.float32]) -> float:
    """Half the way round a zone: no two of its points are farther apart on a way inside it."""
    xy_m = to_ground(ground, points).xy_m
    return float(np.linalg.norm(xy_m - np.roll(xy_m, -1, axis=0), axis=1).sum() / 2)
