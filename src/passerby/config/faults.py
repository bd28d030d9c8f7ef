"""One fault of a site file, and how keys and wrong values are shown in it."""

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass

from passerby.text import printable, shortened

Loc = tuple[str | int, ...]
"""The way from the top of the file to a value: keys, and positions in lists from 0."""

UNPRINTABLE = "\N{REPLACEMENT CHARACTER}"
_SHOWN_LETTERS = 40
_ADDRESS = re.compile(r"([a-z][a-z0-9+.-]*)://\S*", re.IGNORECASE)
_PLAIN_KEYS = re.compile(r"^\w(?:[\w -]*\w)?$")


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """What is wrong at one place of a site file.

    Attributes:
        line: line of the file, from 1.
        key: dotted key, empty for the file as a whole.
        text: what is needed, what was got, what to do.
    """

    line: int
    key: str
    text: str

    def sentence(self, file_name: str) -> str:
        """The fault as users see it.

        >>> Fault(41, "zones.bench.points", "a zone needs 3 points, got 2").sentence("site.yaml")
        'site.yaml:41 zones.bench.points: a zone needs 3 points, got 2'
        """
        key = f" {self.key}" if self.key else ""
        return f"{file_name}:{self.line}{key}: {self.text}"


def excerpt(text: str) -> str:
    """Returns a text of the site file in one short, printable line, without what may be a password in an address.

    >>> excerpt("rtsp://user:secret@camera/stream")
    'rtsp://…'
    """
    return shortened(printable(_ADDRESS.sub(r"\1://…", text), UNPRINTABLE), _SHOWN_LETTERS)


def dotted(loc: Loc) -> str:
    """The dotted key of a place in the file; a name with dots or signs in it stands in quotes.

    >>> dotted(("cameras", "square", "masks", 0))
    'cameras.square.masks[0]'
    """
    key = ""
    for part in loc:
        if isinstance(part, int):
            key += f"[{part}]"
            continue
        name = excerpt(part)
        key += ("." if key else "") + (name if _PLAIN_KEYS.match(name) else f"'{name}'")
    return key


def shown(value: object) -> str:
    """How a wrong value is named in a fault.

    >>> shown("abc"), shown(1.5), shown(None), shown((1, 2)), shown(True)
    ("the text 'abc'", '1.5', 'nothing', 'a list of 2', 'true')
    """
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f"the text '{excerpt(value)}'"
    if isinstance(value, (tuple, list)):
        return f"a list of {len(value)}"
    if isinstance(value, dict):
        return "keys and values"
    return excerpt(repr(value))


def suggestion(wrong: str, known: Iterable[str]) -> str:
    """A sentence that leads from a misspelt word to the right one: the nearest, or all when none is near.

    >>> suggestion("pedestrain", ["pedestrian", "bicycle"])
    'Did you mean pedestrian?'
    >>> suggestion("x", ["pedestrian", "bicycle"])
    'Known here: bicycle, pedestrian.'
    """
    words = sorted(set(known))
    folded = {word.casefold(): word for word in words}
    near = difflib.get_close_matches(wrong.casefold()[:100], list(folded), n=1, cutoff=0.6)
    if near:
        return f"Did you mean {excerpt(folded[near[0]])}?"
    if not words:
        return "None is known here."
    return f"Known here: {', '.join(excerpt(word) for word in words)}."
