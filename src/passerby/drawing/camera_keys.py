"""What is drawn at a camera, read from a site file's text, checked as a site file's keys, and written into a text."""

import hashlib
import json
from collections.abc import Mapping
from typing import Final

from passerby.config.document import keys_in, parse
from passerby.config.loader import camera_faults
from passerby.config.rules.warnings import layout_warnings
from passerby.config.texts.text_edits import TextEditError, edited
from passerby.config.validation import Loc
from passerby.domain.draft_trial import DraftError, DraftFault
from passerby.domain.drawings import DRAWN_KEYS, CameraDrawing, DrawingCheck

_DIGITS: Final = 5
"""A hundred-thousandth of the picture: less than a tenth of a pixel of 4K."""

_TAG_LETTERS: Final = 20


def drawings_in(text: str) -> dict[str, CameraDrawing]:
    """Returns what is drawn at each camera of a site file, by the camera's name.

    Raises:
        DocumentError: it cannot be read.
    """
    cameras = keys_in(keys_in(parse(text).value).get("cameras"))
    return {name: drawing_of(name, keys_in(keys)) for name, keys in cameras.items()}


def drawing_of(camera: str, keys: Mapping[str, object]) -> CameraDrawing:
    """Returns what is drawn at a camera.

    Args:
        camera: its name.
        keys: all of the camera's keys in the site file.
    """
    drawn = {key: keys[key] for key in DRAWN_KEYS if keys.get(key)}
    canonical = json.dumps(drawn, sort_keys=True, ensure_ascii=True)
    return CameraDrawing(camera, drawn, hashlib.sha256(canonical.encode()).hexdigest()[:_TAG_LETTERS])


def checked(text: str, camera: str, keys: Mapping[str, object]) -> DrawingCheck:
    """Returns what is wrong with a drawing in place of the camera's own, and what is probably not meant.

    Args:
        text: the site file.
        camera: the camera's name in it.
        keys: those of `DRAWN_KEYS`.

    Raises:
        KeyError: there is no such camera.
    """
    unknown = tuple(DraftFault(key, "this is not drawn") for key in keys if key not in DRAWN_KEYS)
    if unknown:
        return DrawingCheck(unknown, ())
    try:
        faults, layout = camera_faults(parse(text), camera, keys, DRAWN_KEYS)
    except DraftError as error:
        return DrawingCheck(error.faults, ())
    return DrawingCheck(faults, () if layout is None else layout_warnings(layout))


def with_drawing(text: str, camera: str, keys: Mapping[str, object]) -> str:
    """Returns the site file's text with another drawing of a camera; everything else stays, comments included.

    Raises:
        KeyError: there is no such camera.
        DraftError: it cannot be written without changing something else.
    """
    if camera not in keys_in(keys_in(parse(text).value).get("cameras")):
        raise KeyError(camera)
    place: Loc = ("cameras", camera)
    changes = {(*place, key): _rounded(keys.get(key)) or None for key in DRAWN_KEYS}
    try:
        return edited(text, changes, [place])
    except TextEditError as error:
        raise DraftError((DraftFault("", str(error)),)) from None


def _rounded(value: object) -> object:
    """The value with numbers no finer than anyone draws."""
    if isinstance(value, Mapping):
        return {key: _rounded(each) for key, each in value.items()}
    if isinstance(value, (tuple, list)):
        return [_rounded(each) for each in value]
    return round(value, _DIGITS) if isinstance(value, float) else value
