"""Site files and lines files, read whole or refused with everything that is wrong with them."""

from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from passerby.config.document import Document, DocumentError, checked_text, parse, read_text
from passerby.config.explain import explained
from passerby.config.faults import Fault
from passerby.config.keys import Keys
from passerby.config.raw_values import keys_in
from passerby.config.rules import layout_faults, site_faults
from passerby.config.site import LayoutKeys, Site, SiteNameKeys
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


def site_of_text(text: str, name: str) -> tuple[Site, Document]:
    """The site that a text describes, and the text's lines; `name` is what errors call it.

    Raises:
        SiteFileError: holds every fault, each with its line and key.
    """
    try:
        document = parse(checked_text(text))
    except DocumentError as error:
        raise SiteFileError([error.fault.sentence(name)]) from None
    return _validated(document, Site, site_faults(document, None), name), document


def whereabouts(path: Path | str) -> tuple[str, str | None]:
    """The site's name and the data folder that a file names, whatever other faults it has.

    Raises:
        SiteFileError: it cannot be read as YAML at all.
    """
    top = keys_in(_document(path).value)
    name, data = keys_in(top.get("site")).get("name"), top.get("data")
    default = SiteNameKeys().name
    return name if isinstance(name, str) else default, data if isinstance(data, str) else None


def load_layout(path: Path | str) -> LayoutKeys:
    """The lines, zones, movements and ground of a lines file.

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
