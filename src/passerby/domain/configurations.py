"""The versions that a site file has had, and changes of one camera's part of it."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

_TAG_LETTERS: Final = 20


@dataclass(frozen=True, slots=True)
class ConfigurationVersion:
    """One version of the site file, whole, so that it can be gone back to.

    Attributes:
        number: 1 for the first; each new version is one higher.
        time_ns: UTC nanoseconds at which it was applied.
        author: the account, or the part of the system, that applied it.
        text: the file as it was, comments included.
    """

    number: int
    time_ns: int
    author: str
    text: str


Way = tuple[str, ...]
"""The way from a camera's part of the site file to a key in it: `("rules",)`, `("register", "purposes")`."""

SITE: Final = ""
"""In place of a camera's name: the way begins at the top of the site file."""


@dataclass(frozen=True, slots=True)
class CameraEdit:
    """Values of one camera's part of the site file that are to be changed.

    Attributes:
        camera: its name, of one that there is or is to be; `SITE` for what is no camera's.
        values: the way to each key -> its new value, of numbers, texts, lists and mappings; None takes the key away.
        tag: `tag_of` what stood at these keys when the change was made; None for whatever stands there.
    """

    camera: str
    values: Mapping[Way, object]
    tag: str | None = None


def tag_of(values: Iterable[object]) -> str:
    """Returns a short name of some values: the same for the same ones, in whatever order their keys stand.

    >>> tag_of([{"a": 1, "b": (2,)}]) == tag_of([{"b": [2], "a": 1}])
    True
    """
    text = json.dumps(list(values), sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(text.encode("ascii")).hexdigest()[:_TAG_LETTERS]
