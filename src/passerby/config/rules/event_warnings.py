"""Warnings about a camera's place-safety rules: what does not run, is never watched, or raises more than is meant."""

from collections.abc import Iterator, Mapping

import numpy as np

from passerby.config.events.keys import AnyRuleKeys, ProfileKeys
from passerby.config.events.rules import rules_of
from passerby.config.events.week import hours_of, meet
from passerby.config.rules.contradictions import twins
from passerby.config.rules.resolution import resolved_per_m2
from passerby.config.site import CameraKeys
from passerby.domain.layout import Layout
from passerby.domain.register import Registration
from passerby.events.subjects import lacks


def event_warnings(
    camera: CameraKeys, layout: Layout, profiles: Mapping[str, ProfileKeys], registration: Registration
) -> tuple[str, ...]:
    """Returns what of one camera's rules is probably not meant, each one sentence.

    Args:
        camera: its keys.
        layout: its places.
        profiles: those of the site.
        registration: how far the camera is registered.
    """
    if not camera.rules:
        return ()
    found = [f"rule {name}: {why}" for name, rule in camera.rules.items() for why in _of_rule(rule, layout, profiles)]
    rules = rules_of(camera.rules, layout.lines)
    found += [f"rule {rule.name}: it is not watched: {why}" for rule in rules for why in lacks(rule, layout)]
    found += [f"rules {one} and {other}: they are always raised together" for one, other in twins(camera.rules)]
    if why := registration.why_no_events:
        how_many = "its rule does not run" if len(camera.rules) == 1 else f"its {len(camera.rules)} rules do not run"
        found.append(
            f"{how_many}: {why}. `passerby replay VIDEO --site SITE.yaml --events` tries them on a "
            f"recording, whatever the register says"
        )
    return tuple(found)


def _of_rule(rule: AnyRuleKeys, layout: Layout, profiles: Mapping[str, ProfileKeys]) -> Iterator[str]:
    hold_s = getattr(rule, "hold_s", 0.0)
    if rule.cool_down_s < hold_s:
        yield (
            f"its cool_down_s ({rule.cool_down_s:g}) is shorter than its hold_s ({hold_s:g}), so that one cause may "
            "raise many events, one after the other"
        )
    if rule.hours and rule.profiles and not any(_ever(rule, profiles[name]) for name in rule.profiles):
        yield "its hours never meet those of its profiles, so that it is watched only when one is switched on by hand"
    yield from _resolution(rule, layout)


def _ever(rule: AnyRuleKeys, profile: ProfileKeys) -> bool:
    return bool(profile.dates) or meet(hours_of(rule.hours), hours_of(profile.hours))


def _resolution(rule: AnyRuleKeys, layout: Layout) -> Iterator[str]:
    threshold, zones = getattr(rule, "above_per_m2", None), {zone.name: zone for zone in layout.zones}
    zone = zones.get(getattr(rule, "zone", ""))
    if threshold is None or zone is None or layout.ground is None:
        return
    whole, _ = resolved_per_m2(layout.ground, np.asarray(zone.points))
    if threshold > whole:
        yield (
            f"at most {whole:.1f} people on a square metre can be distinguished in the whole frame, so that "
            f"{threshold:g} is seen only where the detector looks closer: add a look_closer polygon there, or a rule "
            "of kind saturated"
        )
