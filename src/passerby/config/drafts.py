"""A draft of lines, zones and rules, held to everything that a site file has to keep, and to what a trial can show."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from passerby.config.document import Document, keys_in
from passerby.config.events.rules import rules_of
from passerby.config.loader import faults_in, layout_of
from passerby.config.site import Site
from passerby.domain.draft_trial import MAX_PLACES, MAX_RULES, DraftError, DraftFault
from passerby.domain.event_rules import EventRule, RuleKind
from passerby.domain.layout import Layout
from passerby.text import in_nfc

MAX_DEPTH: Final = 8
"""A draft's deepest value lies four levels down."""

_NOT_TRIED: Final = {
    RuleKind.OBSTACLE: "what stands in the way is learned over many minutes: run it silently (silent: true) instead"
}


def draft_of(
    site: Document, camera: str, places: Mapping[str, Mapping[str, object]], rules: Mapping[str, object]
) -> tuple[Layout, tuple[EventRule, ...]]:
    """Returns the layout and the rules of a draft.

    The layout has the draft's lines and zones, those of the camera that its rules name, and the camera's ground. Hours
    and profiles are left out: a trial is now.

    Args:
        site: the site file that runs.
        camera: the camera's name in it.
        places: `lines` and `zones`, each as in a site file; one of the camera's name stands in its place.
        rules: as in a site file.

    Raises:
        DraftError: it has faults.
    """
    top = keys_in(site.value)
    theirs = keys_in(keys_in(top.get("cameras")).get(camera))
    _check_sizes(places.get("lines", {}), places.get("zones", {}), rules)
    drawn = {kind: _plain(places.get(kind, {}), kind) for kind in ("lines", "zones")}
    wanted = keys_in(_plain(rules, "rules"))
    keys = {
        key: {**{name: one for name, one in keys_in(theirs.get(key)).items() if name not in _other(drawn, key)}, **new}
        for key, new in ((kind, keys_in(value)) for kind, value in drawn.items())
    }
    whole = {**keys, "rules": wanted, **{key: theirs[key] for key in ("ground", "near_misses") if key in theirs}}
    if "near_misses" in whole:  # movements are not tried
        near_misses = keys_in(whole["near_misses"])
        whole["near_misses"] = {key: value for key, value in near_misses.items() if key != "movements"}
    made = Document({"cameras": {camera: whole}, "profiles": top.get("profiles") or {}}, {}, [])
    site_keys, faults = faults_in(made)
    if faults or site_keys is None:
        begin = f"cameras.{camera}."
        raise DraftError(tuple(DraftFault(fault.key.removeprefix(begin), fault.text) for fault in faults))
    return _made(site_keys, camera, drawn)


def _made(site: Site, camera: str, drawn: Mapping[str, object]) -> tuple[Layout, tuple[EventRule, ...]]:
    keys = site.cameras[camera]
    layout = layout_of(keys)
    rules = tuple(
        replace(rule, hours=(), profiles=frozenset(), silent=True) for rule in rules_of(keys.rules, layout.lines)
    )
    faults = tuple(
        DraftFault(f"rules.{rule.name}.kind", _NOT_TRIED[rule.kind]) for rule in rules if rule.kind in _NOT_TRIED
    )
    if faults:
        raise DraftError(faults)
    named = {rule.place for rule in rules}
    lines = tuple(one for one in layout.lines if one.name in named or one.name in keys_in(drawn["lines"]))
    zones = tuple(one for one in layout.zones if one.name in named or one.name in keys_in(drawn["zones"]))
    near_misses = layout.near_misses if any(rule.kind is RuleKind.NEAR_MISSES for rule in rules) else None
    return Layout(lines, zones, (), layout.ground, near_misses), rules


def _other(drawn: Mapping[str, object], kind: str) -> Mapping[str, object]:
    """The draft's places of the other kind: a camera's line gives way to a draft's zone of its name."""
    return keys_in(drawn["zones" if kind == "lines" else "lines"])


def _check_sizes(lines: Mapping[str, object], zones: Mapping[str, object], rules: Mapping[str, object]) -> None:
    found = [
        DraftFault(kind, f"{most} at most, got {len(given)}")
        for kind, given, most in (
            ("lines", lines, MAX_PLACES),
            ("zones", zones, MAX_PLACES),
            ("rules", rules, MAX_RULES),
        )
        if len(given) > most
    ]
    if not found and not lines and not zones and not rules:
        found = [DraftFault("", "a line, a zone or a rule is needed")]
    if found:
        raise DraftError(tuple(found))


def _plain(value: object, where: str, depth: int = 0) -> object:
    """Returns a value as a site file's would be read: lists as tuples, names in NFC."""
    if depth > MAX_DEPTH:
        raise DraftError((DraftFault(where, "it is nested too deep"),))
    if isinstance(value, Mapping):
        return {in_nfc(str(key)): _plain(each, where, depth + 1) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return tuple(_plain(each, where, depth + 1) for each in value)
    return value
