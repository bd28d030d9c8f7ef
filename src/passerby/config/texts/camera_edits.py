"""Single values of cameras in a site file: as they stand there, changed, and what would be wrong with the change."""

from collections.abc import Mapping, Sequence
from typing import Final

from passerby.config.document import checked_text, parse
from passerby.config.loader import faults_in
from passerby.config.texts.text_edits import TextEditError, edited
from passerby.config.validation import Loc, dotted
from passerby.domain.configurations import SITE, CameraEdit, Way, tag_of
from passerby.domain.draft_trial import DraftError, DraftFault
from passerby.domain.errors import PasserbyError

_CAMERAS: Final = "cameras"


class OutdatedEditError(PasserbyError):
    """What is to be changed is not what it was when the change was made.

    Attributes:
        camera: where.
    """

    def __init__(self, camera: str) -> None:
        super().__init__(f"what is to be changed at {camera} was changed by another person in the meantime")
        self.camera = camera


def camera_values(text: str, camera: str, ways: Sequence[Way]) -> tuple[object, ...]:
    """Returns what stands at keys of a camera, as plain values; None for nothing.

    Raises:
        DocumentError: the text is not YAML.
    """
    site = parse(checked_text(text)).value
    return tuple(_at(site, (*_top(camera), *way)) for way in ways)


def with_edits(text: str, edits: Sequence[CameraEdit]) -> str:
    """Returns the text with the values changed; all else stays letter for letter.

    Raises:
        OutdatedEditError: a tag is not that of what stands there.
        TextEditError: it cannot be changed without changing something else.
        DocumentError: the text is not YAML.
    """
    changes: dict[Loc, object] = {}
    for edit in edits:
        standing = camera_values(text, edit.camera, tuple(edit.values))
        if edit.tag is not None and edit.tag != tag_of(standing):
            raise OutdatedEditError(edit.camera)
        changes |= {(*_top(edit.camera), *way): value for way, value in edit.values.items()}
    return edited(text, changes, [_top(edit.camera) for edit in edits])


def edit_faults(text: str, edits: Sequence[CameraEdit]) -> tuple[DraftFault, ...]:
    """Returns what would be wrong with the changed cameras, each with its key in the site file.

    Args:
        text: the site file as it stands; secrets may be left out of it.
        edits: what is to be changed.
    """
    try:
        changed = with_edits(text, edits)
    except TextEditError as error:
        return (DraftFault("", str(error)),)
    except DraftError as error:
        return error.faults
    return tuple(DraftFault(fault.key, fault.text) for fault in faults_in(changed) if _of_edits(fault.key, edits))


def _of_edits(key: str, edits: Sequence[CameraEdit]) -> bool:
    for edit in edits:
        changed = any(key.startswith(dotted((*_top(edit.camera), *way))) for way in edit.values)
        camera = f"{dotted(_top(edit.camera))}."
        # What is left out of a source is no fault of a change to something else.
        others = edit.camera != SITE and key.startswith(camera) and not key.startswith(f"{camera}source")
        if changed or others:
            return True
    return False


def _top(camera: str) -> Loc:
    return () if camera == SITE else (_CAMERAS, camera)


def _at(value: object, loc: Loc) -> object:
    for part in loc:
        value = value.get(part) if isinstance(value, Mapping) else None
    return value
