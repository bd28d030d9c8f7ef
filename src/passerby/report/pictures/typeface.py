"""The letters of a picture: Roboto, which is packaged, and fonts of the system for what it lacks."""

import functools
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Final

import font_roboto
from PIL import ImageFont

from passerby.text import printable

REGULAR: Final = str(font_roboto.Roboto)
BOLD: Final = str(font_roboto.RobotoBold)
"""Latin, Greek and Cyrillic letters in two real weights."""

_FOLDERS: Final = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "~/.fonts")
_FIRST: Final = ("DejaVuSans.ttf", "NotoSans-Regular.ttf", "NotoSansCJK-Regular.ttc", "FreeSans.ttf")
_MAX_FONTS: Final = 400
"""A desktop has some hundreds; each that is tried costs some milliseconds, and only where a letter is missing."""

_MISSING: Final = "\uffff"
"""A character that no font has: its glyph is the font's sign for "missing"."""

_PROBE_SIZE_PX: Final = 16


@dataclass(frozen=True, slots=True)
class Run:
    """Letters side by side that one font has.

    Attributes:
        text: the letters.
        font: the font's file.
    """

    text: str
    font: str


@dataclass(frozen=True, slots=True)
class Typeface:
    """The fonts to write with.

    Attributes:
        others: character -> the file of the system's font that has it, for what Roboto lacks.
        missing: the characters that no font has.
    """

    others: tuple[tuple[str, str], ...] = ()
    missing: frozenset[str] = frozenset()

    def runs(self, text: str, *, bold: bool = False) -> list[Run]:
        """Returns the text in runs of one font each.

        What no font has is replaced: a letter by its bare letter (č by c), the rest by `?`.
        """
        main, others = BOLD if bold else REGULAR, dict(self.others)
        letters = [self._drawable(character) for character in printable(text)]
        return [Run("".join(run), font) for font, run in groupby(letters, lambda letter: others.get(letter, main))]

    def readable(self, text: str) -> str:
        """Returns the text as it is written."""
        return "".join(run.text for run in self.runs(text))

    def width_px(self, text: str, letter_px: float, *, bold: bool = False) -> float:
        """Returns how wide the text is when written."""
        return sum(float(font(run.font, letter_px).getlength(run.text)) for run in self.runs(text, bold=bold))

    def fitted(self, text: str, letter_px: float, room_px: float, *, bold: bool = False) -> str:
        """Returns the text, its end cut to an ellipsis where it is wider than `room_px`."""
        shown = self.readable(text)
        if self.width_px(shown, letter_px, bold=bold) <= room_px:
            return shown
        while shown and self.width_px(shown + "…", letter_px, bold=bold) > room_px:
            shown = shown[:-1]
        return shown.rstrip() + "…"

    def wrapped(self, text: str, letter_px: float, room_px: float, *, bold: bool = False) -> list[str]:
        """Returns the text in rows that are at most `room_px` wide, broken between words."""
        rows: list[str] = []
        for word in self.readable(text).split():
            if rows and self.width_px(f"{rows[-1]} {word}", letter_px, bold=bold) <= room_px:
                rows[-1] = f"{rows[-1]} {word}"
            else:
                rows.append(self.fitted(word, letter_px, room_px, bold=bold))
        return rows

    def _drawable(self, character: str) -> str:
        if character not in self.missing:
            return character
        bare = unicodedata.normalize("NFKD", character)[0]
        return bare if bare.isascii() else "?"


def typeface_for(texts: Iterable[str]) -> Typeface:
    """Returns the typeface for these texts: with fonts of the system, where some has what the packaged one lacks."""
    missing = _missing_in(REGULAR, frozenset(printable("".join(texts))))
    others: dict[str, str] = {}
    for path in system_fonts() if missing else ():
        try:
            absent = _missing_in(path, missing)
        except OSError:  # no font that can be read
            continue
        others.update(dict.fromkeys(sorted(missing - absent), path))
        missing = absent
        if not missing:
            break
    return Typeface(tuple(sorted(others.items())), missing)


def system_fonts() -> Iterator[str]:
    """Yields the files of the fonts that this machine has, those with many letters first."""
    found = []
    for folder in _FOLDERS:
        for suffix in ("ttf", "ttc", "otf"):
            found += sorted(Path(folder).expanduser().rglob(f"*.{suffix}"))
    known = {name: rank for rank, name in enumerate(_FIRST)}
    found.sort(key=lambda path: known.get(path.name, len(known)))
    yield from map(str, found[:_MAX_FONTS])


@functools.cache
def font(path: str, letter_px: float) -> ImageFont.FreeTypeFont:
    """Returns a font at a letter size in pixels; raises OSError where it cannot be read."""
    return ImageFont.truetype(path, max(6.0, round(letter_px, 1)))


def _missing_in(path: str, characters: frozenset[str]) -> frozenset[str]:
    probe = font(path, _PROBE_SIZE_PX)
    sign = bytes(probe.getmask(_MISSING))
    return frozenset(c for c in characters if not c.isspace() and bytes(probe.getmask(c)) == sign)
