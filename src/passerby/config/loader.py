"""Site files and lines files, read whole or refused with everything that is wrong with them."""

from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from passerby.config.document import Document, DocumentError, parse, read_text
from passerby.config.explain import explained
from passerby.config.faults import Fault
from passerby.config.rules import place_faults, site_faults
from passerby.config.site import Keys, PlaceKeys, Site
from passerby.domain.errors import SiteFileError

Model = TypeVar("Model", bound=Keys)


def load_site(path: Path | str, *, sources_must_exist: bool = False) -> Site:
    """The site that a file describes.

    Args:
        path: the file; errors name it as given.
        sources_must_exist: a recording that is not there is a fault too.

    Raises:
        SiteFileError: holds every fault of the file, each with its line and key.
    """
    document = _document(path)
    folder = Path(path).parent if sources_must_exist else None
    return _validated(document, Site, site_faults(document, folder), path)


def load_places(path: Path | str) -> PlaceKeys:
    """The lines, zones, movements and ground of a lines file.

    Raises:
        SiteFileError: holds every fault of the file, each with its line and key.
    """
    document = _document(path)
    return _validated(document, PlaceKeys, place_faults(document), path)


def _document(path: Path | str) -> Document:
    try:
        return parse(read_text(Path(path)))
    except DocumentError as error:
        raise SiteFileError([error.fault.sentence(str(path))]) from None


def _validated(document: Document, model: type[Model], found: list[Fault], path: Path | str) -> Model:
    """The typed keys, or every fault of the YAML, the types and the rules, in the order of the file."""
    faults = [*document.faults, *found]
    keys: Model | None = None
    try:
        keys = model.model_validate(document.value)
    except ValidationError as error:
        told = {(fault.line, fault.key) for fault in faults}
        faults += [fault for fault in explained(error, document, model) if (fault.line, fault.key) not in told]
    if faults or keys is None:
        raise SiteFileError([fault.sentence(str(path)) for fault in sorted(set(faults))])
    return keys
