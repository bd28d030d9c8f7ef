"""Site files and lines files, read whole or refused with all their faults; the layout of a camera from its keys."""

from pathlib import Path
from typing import TypeVar

import numpy as np
from pydantic import ValidationError

from passerby.config.document import Document, DocumentError, checked_text, keys_in, parse, read_text
from passerby.config.rules.event_rules import event_faults
from passerby.config.rules.ground_rules import ground_of
from passerby.config.rules.recipient_rules import recipient_faults
from passerby.config.rules.site_rules import layout_faults, site_faults
from passerby.config.site import CrossingKeys, LayoutKeys, LineKeys, NearMissKeys, Site, SiteNameKeys
from passerby.config.validation import Fault, faults_of
from passerby.config.values import Keys, way_of
from passerby.domain.errors import SiteFileError
from passerby.domain.layout import Layout, Line, Movement, Zone
from passerby.domain.near_misses import NearMissMeasure
from passerby.domain.road_user import RoadUser

Model = TypeVar("Model", bound=Keys)


def load_site(path: Path | str, *, sources_must_exist: bool = False) -> Site:
    """Returns the site that a file describes.

    Args:
        path: the file; errors name it as given.
        sources_must_exist: a recording that is not there is a fault too.

    Raises:
        SiteFileError: holds every fault of the file, each with its line and key.
    """
    document = _document(path)
    folder = Path(path).parent if sources_must_exist else None
    return _validated(document, Site, _rule_faults(document, folder), path)


def site_of_text(text: str, name: str) -> tuple[Site, Document]:
    """Returns the site that a text describes, and the text's lines; `name` is what errors call it.

    Raises:
        SiteFileError: holds every fault, each with its line and key.
    """
    try:
        document = parse(checked_text(text))
    except DocumentError as error:
        raise SiteFileError([error.fault.sentence(name)]) from None
    return _validated(document, Site, _rule_faults(document, None), name), document


def whereabouts(path: Path | str) -> tuple[str, str | None]:
    """Returns the site's name and the data folder that a file names, whatever other faults it has.

    Raises:
        SiteFileError: it cannot be read as YAML at all.
    """
    top = keys_in(_document(path).value)
    name, data = keys_in(top.get("site")).get("name"), top.get("data")
    default = SiteNameKeys().name
    return name if isinstance(name, str) else default, data if isinstance(data, str) else None


def load_layout(path: Path | str) -> LayoutKeys:
    """Returns the lines, zones, movements and ground of a lines file.

    Raises:
        SiteFileError: holds every fault of the file, each with its line and key.
    """
    document = _document(path)
    return _validated(document, LayoutKeys, layout_faults(document), path)


def _document(path: Path | str) -> Document:
    try:
        return parse(read_text(Path(path)))
    except DocumentError as error:
        raise SiteFileError([error.fault.sentence(str(path))]) from None


def _rule_faults(document: Document, folder: Path | None) -> list[Fault]:
    """What keys demand of one another; with `folder`, recordings that are not there too."""
    return [*site_faults(document, folder), *event_faults(document), *recipient_faults(document)]


def _validated(document: Document, model: type[Model], found: list[Fault], path: Path | str) -> Model:
    """The typed keys, or every fault of the YAML, the types and the rules, in the order of the file."""
    keys, faults = _typed(document, model, found)
    if faults or keys is None:
        raise SiteFileError([fault.sentence(str(path)) for fault in sorted(set(faults))])
    return keys


def faults_in(document: Document) -> tuple[Site | None, list[Fault]]:
    """Returns the site that a document describes, None where its types are wrong, and every fault of it."""
    return _typed(document, Site, _rule_faults(document, None))


def _typed(document: Document, model: type[Model], found: list[Fault]) -> tuple[Model | None, list[Fault]]:
    faults = [*document.faults, *found]
    keys: Model | None = None
    try:
        keys = model.model_validate(document.value)
    except ValidationError as error:
        known = {(fault.line, fault.key) for fault in faults}
        faults += [fault for fault in faults_of(error, document.line, model) if (fault.line, fault.key) not in known]
    return keys, faults


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
