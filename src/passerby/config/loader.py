"""Site files, lines files and drafts, read whole or refused with all their faults; a camera's layout from its keys."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np

from passerby.config.document import Document, DocumentError, checked_text, keys_in, parse, read_text
from passerby.config.events.rules import rules_of
from passerby.config.register.publish_rules import publish_faults
from passerby.config.rules.event_rules import event_faults
from passerby.config.rules.ground_rules import ground_of
from passerby.config.rules.misspelt_keys import Model, Rules, typed
from passerby.config.rules.recipient_rules import recipient_faults
from passerby.config.rules.site_rules import layout_faults, site_faults
from passerby.config.site import CrossingKeys, LayoutKeys, LineKeys, NearMissKeys, Site, SiteNameKeys
from passerby.config.validation import Fault, sentences
from passerby.config.values import way_of
from passerby.domain.draft_trial import MAX_PLACES, MAX_RULES, DraftError, DraftFault
from passerby.domain.errors import SiteFileError
from passerby.domain.event_rules import EventRule, RuleKind
from passerby.domain.layout import Layout, Line, Movement, Zone
from passerby.domain.near_misses import NearMissMeasure
from passerby.domain.road_user import RoadUser
from passerby.text import in_nfc

MAX_DRAFT_DEPTH: Final = 8
"""A draft's deepest value lies four levels down."""

_NOT_TRIED: Final = {
    RuleKind.OBSTACLE: "what stands in the way is learned over many minutes: run it silently (silent: true) instead"
}


def load_site(path: Path | str, *, sources_must_exist: bool = False) -> Site:
    """Returns the site that a file describes.

    Args:
        path: the file; errors name it as given.
        sources_must_exist: a recording or a map that is not there is a fault too.

    Raises:
        SiteFileError: holds every fault of the file, each with its line and key.
    """
    document = _document(path)
    folder = Path(path).parent if sources_must_exist else None
    return _validated(document, Site, _site_rules(folder), path)


def site_of_text(text: str, name: str) -> tuple[Site, Document]:
    """Returns the site that a text describes, and the text's lines; `name` is what errors call it.

    Raises:
        SiteFileError: holds every fault, each with its line and key.
    """
    try:
        document = parse(checked_text(text))
    except DocumentError as error:
        raise SiteFileError([error.fault.sentence(name)]) from None
    return _validated(document, Site, _site_rules(None), name), document


def faults_in(text: str) -> tuple[Fault, ...]:
    """Returns all faults of a site file's text, in the order of the file; none for a sound one."""
    try:
        document = parse(checked_text(text))
    except DocumentError as error:
        return (error.fault,)
    return _every_fault(document, Site, _site_rules(None))


def is_lines_file(path: Path | str) -> bool:
    """Returns whether a file holds lines and zones alone, and no site; false for one that cannot be read."""
    try:
        return _is_lines(parse(read_text(Path(path))))
    except DocumentError:
        return False


def faults_in_file(path: Path) -> tuple[Fault, ...]:
    """Returns all faults of a site file, files that are not there included, or of a lines file."""
    try:
        document = parse(read_text(path))
    except DocumentError as error:
        return (error.fault,)
    if _is_lines(document):
        return _every_fault(document, LayoutKeys, layout_faults)
    return _every_fault(document, Site, _site_rules(path.parent))


def _is_lines(document: Document) -> bool:
    keys = keys_in(document.value).keys()
    return not keys & Site.model_fields.keys() and bool(keys & LayoutKeys.model_fields.keys())


def _every_fault(document: Document, model: type[Model], rules: Rules) -> tuple[Fault, ...]:
    return tuple(sorted(set(typed(document, model, rules)[1])))


def whereabouts(path: Path | str) -> tuple[str, str | None]:
    """Returns the site's name and the data folder that a file names, whatever other faults it has.

    Raises:
        SiteFileError: it cannot be read as YAML at all.
    """
    top = keys_in(_document(path).value)
    name, data = keys_in(top.get("site")).get("name"), top.get("data")
    default = SiteNameKeys().name
    return name if isinstance(name, str) else default, data if isinstance(data, str) else None


def time_zone_in(path: Path | str) -> str:
    """Returns the IANA time zone that a site file names, whatever other faults it has; the default of one without.

    Raises:
        SiteFileError: it cannot be read as YAML at all.
    """
    named = keys_in(keys_in(_document(path).value).get("site")).get("time_zone")
    return named if isinstance(named, str) else SiteNameKeys().time_zone


def load_layout(path: Path | str) -> LayoutKeys:
    """Returns the lines, zones, movements and ground of a lines file.

    Raises:
        SiteFileError: holds every fault of the file, each with its line and key.
    """
    document = _document(path)
    return _validated(document, LayoutKeys, layout_faults, path)


def _document(path: Path | str) -> Document:
    try:
        return parse(read_text(Path(path)))
    except DocumentError as error:
        raise SiteFileError([error.fault.sentence(str(path))]) from None


def _site_rules(folder: Path | None) -> Rules:
    """Returns what finds the faults between keys; with `folder`, those of the files that they name too."""

    def found(document: Document) -> list[Fault]:
        return [
            *site_faults(document, folder),
            *event_faults(document),
            *recipient_faults(document),
            *publish_faults(document),
        ]

    return found


def _validated(document: Document, model: type[Model], rules: Rules, path: Path | str) -> Model:
    """The typed keys, or every fault of the YAML, the types and the rules, in the order of the file."""
    keys, faults = typed(document, model, rules)
    if faults or keys is None:
        raise SiteFileError(sentences(faults, str(path)))
    return keys


def layout_of(keys: LayoutKeys) -> Layout:
    """Returns the lines, zones, movements and the ground plane of one camera, in the order of the file.

    Raises:
        CalibrationError: the ground's points do not fix a plane.
    """
    return Layout(
        lines=tuple(_line(name, line) for name, line in keys.lines.items()),
        zones=tuple(
            Zone(name, np.array(zone.points, np.float32), _road_users(zone.count), zone.margin)
            for name, zone in keys.zones.items()
        ),
        movements=tuple(
            Movement(name, *_crossing(movement.entry, keys), *_crossing(movement.exit, keys))
            for name, movement in keys.movements.items()
        ),
        ground=ground_of(keys.ground) if keys.ground is not None else None,
        near_misses=_near_misses(keys.near_misses) if keys.near_misses is not None else None,
    )


def _near_misses(keys: NearMissKeys) -> NearMissMeasure:
    return NearMissMeasure(
        keys.ttc_s, keys.pet_s, _road_users(keys.count), keys.among_pedestrians, tuple(keys.movements)
    )


def _line(name: str, line: LineKeys) -> Line:
    points = np.array(line.points, np.float32)
    return Line(name, points, _road_users(line.count), line.forward, line.backward)


def _road_users(labels: tuple[str, ...]) -> frozenset[RoadUser]:
    return frozenset(RoadUser.from_label(label) for label in labels)


def _crossing(crossing: CrossingKeys, keys: LayoutKeys) -> tuple[str, str]:
    """Line and direction; the loader has made sure that both are known."""
    line = keys.lines[crossing.line]
    direction = way_of(crossing.way, {"forward": line.forward, "backward": line.backward})
    if not direction:
        raise ValueError(f"{crossing.way} is not one way over {crossing.line}")
    return crossing.line, direction


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
    drawn = {kind: plain(places.get(kind, {}), kind) for kind in ("lines", "zones")}
    wanted = keys_in(plain(rules, "rules"))
    keys = {
        key: {**{name: one for name, one in keys_in(theirs.get(key)).items() if name not in _other(drawn, key)}, **new}
        for key, new in ((kind, keys_in(value)) for kind, value in drawn.items())
    }
    whole = {**keys, "rules": wanted, **{key: theirs[key] for key in ("ground", "near_misses") if key in theirs}}
    if "near_misses" in whole:  # movements are not tried
        near_misses = keys_in(whole["near_misses"])
        whole["near_misses"] = {key: value for key, value in near_misses.items() if key != "movements"}
    made = Document({"cameras": {camera: whole}, "profiles": top.get("profiles") or {}}, {}, [])
    site_keys, faults = typed(made, Site, _site_rules(None))
    if faults or site_keys is None:
        begin = f"cameras.{camera}."
        raise DraftError(tuple(DraftFault(fault.key.removeprefix(begin), fault.text) for fault in faults))
    return _made(site_keys, camera, drawn)


def camera_faults(
    site: Document, camera: str, keys: Mapping[str, object], replaced: Collection[str]
) -> tuple[tuple[DraftFault, ...], Layout | None]:
    """Returns the faults of a camera's keys in place of those that it has, and its layout where there is none.

    Args:
        site: the site file that runs.
        camera: the camera's name in it.
        keys: the new ones, each as in a site file.
        replaced: the names of the keys that they take the place of; one that is missing in `keys` is left out.

    Raises:
        KeyError: there is no such camera.
        DraftError: they are nested too deep.
    """
    top = keys_in(site.value)
    theirs = keys_in(keys_in(top.get("cameras"))[camera])
    # What the camera connects to, and what the register says, is no part of what is drawn.
    stays = {key: value for key, value in theirs.items() if key not in (*replaced, "source", "register", "groups")}
    whole = {**stays, **{key: value for key, value in keys_in(plain(keys, "")).items() if value is not None}}
    made = Document({"cameras": {camera: whole}, "profiles": top.get("profiles") or {}}, {}, [])
    site_keys, faults = typed(made, Site, _site_rules(None))
    begin = f"cameras.{camera}."
    found = tuple(DraftFault(fault.key.removeprefix(begin), fault.text) for fault in faults)
    return found, None if site_keys is None or found else layout_of(site_keys.cameras[camera])


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
        DraftFault(kind, f"{limit} at most, got {len(given)}")
        for kind, given, limit in (
            ("lines", lines, MAX_PLACES),
            ("zones", zones, MAX_PLACES),
            ("rules", rules, MAX_RULES),
        )
        if len(given) > limit
    ]
    if not found and not lines and not zones and not rules:
        found = [DraftFault("", "a line, a zone or a rule is needed")]
    if found:
        raise DraftError(tuple(found))


def plain(value: object, where: str, depth: int = 0) -> object:
    """Returns a value as a site file's would be read: lists as tuples, names in NFC."""
    if depth > MAX_DRAFT_DEPTH:
        raise DraftError((DraftFault(where, "it is nested too deep"),))
    if isinstance(value, Mapping):
        return {in_nfc(str(key)): plain(each, where, depth + 1) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return tuple(plain(each, where, depth + 1) for each in value)
    return value
