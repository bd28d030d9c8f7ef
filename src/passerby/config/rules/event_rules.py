"""What the rules of a site file demand of their thresholds, places, hours and profiles, and of one another."""

import re
from collections.abc import Mapping
from typing import Final

from pydantic import TypeAdapter, ValidationError

from passerby.config.document import Document, keys_in, number_in
from passerby.config.events.keys import MAX_PER_M2, AnyRuleKeys, RuleKeys
from passerby.config.events.thresholds import MODELS, THRESHOLDS, Threshold, kind_of
from passerby.config.rules.contradictions import contradictions
from passerby.config.rules.event_places import Places, place_faults
from passerby.config.rules.ground_rules import LocatedFaults
from passerby.config.validation import Fault, dotted, shown, suggestion
from passerby.domain.event_rules import RuleKind
from passerby.text import in_nfc

_RULE: Final[TypeAdapter[AnyRuleKeys]] = TypeAdapter(RuleKeys)
_LIKE_A_THRESHOLD: Final = re.compile(r"above|over|below|from|longer|more|less|at_|threshold|limit|max|min")


def event_faults(document: Document) -> list[Fault]:
    """Returns the faults of all cameras' rules, and of the profiles that switch them."""
    top = keys_in(document.value)
    profiles = keys_in(top.get("profiles"))
    found = [(("profiles", name, *loc), why) for name, keys in profiles.items() for loc, why in _profile_faults(keys)]
    for camera_id, camera in keys_in(top.get("cameras")).items():
        loc = ("cameras", camera_id)
        found += [((*loc, *inner), why) for inner, why in camera_faults(keys_in(camera), profiles)]
    return [Fault(document.line(loc), dotted(loc), why) for loc, why in found]


def camera_faults(camera: Mapping[str, object], profiles: Mapping[str, object]) -> LocatedFaults:
    """Returns what is wrong with one camera's rules, each with where in the camera; types are checked elsewhere."""
    rules = keys_in(camera.get("rules"))
    if not rules:
        return
    places, sound = Places(camera), dict[str, AnyRuleKeys]()
    for name, raw in rules.items():
        keys = keys_in(raw)
        found = [*_threshold_faults(keys), *_hours_faults(keys), *_unknown_profiles(keys, profiles)]
        rule = _sound(raw)
        found += place_faults(keys, rule, places)
        if rule is not None and not found:
            sound[name] = rule
        yield from ((("rules", name, *loc), why) for loc, why in found)
    yield from ((("rules", *loc), why) for loc, why in contradictions(sound, places.lines))


def _sound(raw: object) -> AnyRuleKeys | None:
    """A rule whose keys have the right types; None for every other one, whose faults the types report."""
    try:
        return _RULE.validate_python(raw)
    except ValidationError:
        return None


def _threshold_faults(rule: Mapping[str, object]) -> LocatedFaults:
    """Thresholds of the wrong unit, of none, and too many of them."""
    kind = kind_of(rule)
    if kind is None:
        return
    wanted = THRESHOLDS[kind]
    present = [each for each in wanted if each.key in rule]
    wrong = [key for key in rule if _is_wrong_threshold(key, kind)]
    for key in wrong:
        yield (key,), f"{kind} {_measured_in(wanted)}"
    if "hold_s" in rule and "hold_s" not in MODELS[kind].model_fields:
        yield ("hold_s",), _without_hold(wanted)
    if not present and not wrong and len(wanted) > 1:
        yield (), f"a threshold is needed: {kind} {_measured_in(wanted)}"
    if len(present) > 1:
        first, second = (each.key for each in present)
        yield (second,), f"{first} and {second} were both given: keep one, or make two rules of it"
    for each in present:
        yield from _value_faults(each, rule[each.key])


def _is_wrong_threshold(key: str, kind: RuleKind) -> bool:
    """A key that this kind does not know, and that another kind has, or that is written like a threshold."""
    if key in {"kind", *(field.alias or name for name, field in MODELS[kind].model_fields.items())}:
        return False
    elsewhere = {each.key for thresholds in THRESHOLDS.values() for each in thresholds}
    return key in elsewhere or bool(_LIKE_A_THRESHOLD.match(key))


def _measured_in(wanted: tuple[Threshold, ...]) -> str:
    if not wanted:
        return "has no threshold: take the key away"
    keys = " or ".join(f"{each.key} ({each.words})" for each in wanted)
    return f"has its threshold, with its unit, in {keys}"


def _without_hold(wanted: tuple[Threshold, ...]) -> str:
    if wanted:
        return f"{wanted[0].key} is already the time that is waited for: take hold_s away"
    return "this has happened as soon as it is certain, and is not waited for: take hold_s away"


def _value_faults(threshold: Threshold, value: object) -> LocatedFaults:
    """Values that are of another unit than the key's name says, where that can be seen."""
    key, number = threshold.key, number_in(value)
    if isinstance(value, str):
        yield (key,), f"a plain number is needed, in {threshold.words}, got {shown(value)}; the key's name has the unit"
    elif number is None:
        return
    elif key == "above_share" and number > 1:
        yield (key,), f"a share lies between 0 and 1, got {number:g}. Are these per cent? Write {number / 100:g}"
    elif key == "above_per_m2" and number > MAX_PER_M2:
        yield (
            (key,),
            f"more than {MAX_PER_M2:g} people do not fit on 1 m², got {number:g}. Is it a number of people? "
            "For overcrowding, write above_people",
        )
    elif key == "above_people" and number != int(number):
        yield (key,), f"a whole number of people is needed, got {number:g}. For people/m², write above_per_m2"


def _hours_faults(rule: Mapping[str, object]) -> LocatedFaults:
    hours = rule.get("hours")
    for number, each in enumerate(hours if isinstance(hours, tuple) else ()):
        keys = keys_in(each)
        start, end = keys.get("from", "00:00"), keys.get("to", "24:00")
        if start == end or (start, end) == ("24:00", "00:00"):
            yield ("hours", number), "they end when they begin: for whole days leave from and to out"
        elif start == "24:00":
            yield ("hours", number, "from"), 'a day ends at 24:00: write "00:00", and the days after'


def _profile_faults(profile: object) -> LocatedFaults:
    keys = keys_in(profile)
    yield from _hours_faults(keys)
    dates = keys.get("dates")
    listed = dates if isinstance(dates, tuple) else ()
    for number, each in enumerate(listed):
        if each in listed[:number]:
            yield ("dates", number), f"{shown(each)} is here twice"


def _unknown_profiles(rule: Mapping[str, object], profiles: Mapping[str, object]) -> LocatedFaults:
    named = rule.get("profiles")
    for number, name in enumerate(named if isinstance(named, tuple) else ()):
        if isinstance(name, str) and in_nfc(name) not in {in_nfc(each) for each in profiles}:
            hint = suggestion(name, profiles) if profiles else "Add it under profiles, at the top of the file."
            yield ("profiles", number), f"{shown(name)} is no profile of this site. {hint}"
        elif name in named[:number] if isinstance(named, tuple) else False:
            yield ("profiles", number), f"{shown(name)} is here twice"
