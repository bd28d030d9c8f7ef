"""The letters of a picture: one face that has every character the report needs."""

import functools
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from PIL import ImageFont

from passerby.text import printable

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont

# Pillow brings a face with hardly more than ASCII; these are common on desktops and servers, the first on most Linuxes.
_INSTALLED = ("DejaVuSans.ttf", "NotoSans-Regular.ttf", "LiberationSans-Regular.ttf", "Arial.ttf", "Arial Unicode.ttf")
_MISSING = "\uffff"  # a character that no face has: its glyph is the face's sign for "missing"
_PROBE_SIZE_PX = 16


@dataclass(frozen=True, slots=True)
class Typeface:
    """A face to draw with.

    Attributes:
        file_name: of an installed face, or None for the one that Pillow brings.
        absent: the characters of the report that the face does not have.
    """

    file_name: str | None
    absent: frozenset[str]

    def font(self, size_px: float) -> Font:
        """The face at a letter size in pixels."""
        return _font(self.file_name, max(6.0, round(size_px, 1)))

    def readable(self, text: str) -> str:
        """The text with what the face lacks replaced: letters by their bare letter (č by c), the rest by `?`."""
        return "".join(self._drawable(character) for character in printable(text))

    def width_px(self, text: str, size_px: float) -> float:
        """How wide the text is when drawn."""
        return float(self.font(size_px).getlength(self.readable(text)))

    def fitted(self, text: str, size_px: float, room_px: float) -> str:
        """The text, its end cut to an ellipsis where it is wider than `room_px`."""
        shown = self.readable(text)
        if self.width_px(shown, size_px) <= room_px:
            return shown
        while shown and self.width_px(shown + "...", size_px) > room_px:
            shown = shown[:-1]
        return shown.rstrip() + "..."

    def wrapped(self, text: str, size_px: float, room_px: float) -> list[str]:
        """The text in rows that are at most `room_px` wide, broken between words."""
        rows: list[str] = []
        for word in self.readable(text).split():
            if rows and self.width_px(f"{rows[-1]} {word}", size_px) <= room_px:
                rows[-1] = f"{rows[-1]} {word}"
            else:
                rows.append(self.fitted(word, size_px, room_px))
        return rows

    def _drawable(self, character: str) -> str:
        if character not in self.absent:
            return character
        bare = unicodedata.normalize("NFKD", character)[0]
        return bare if bare.isascii() else "?"


def typeface_for(texts: Iterable[str]) -> Typeface:
    """The first face that has every character of the texts, else the one that lacks fewest."""
    needed = frozenset(printable("".join(texts)))
    faces = [Typeface(None, _absent(None, needed))]
    for file_name in _INSTALLED if faces[0].absent else ():
        try:
            faces.append(Typeface(file_name, _absent(file_name, needed)))
        except OSError:  # not installed
            continue
    return min(faces, key=lambda face: len(face.absent))


def _absent(file_name: str | None, characters: frozenset[str]) -> frozenset[str]:
    font = _font(file_name, _PROBE_SIZE_PX)
    missing = bytes(font.getmask(_MISSING))
    return frozenset(c for c in characters if not c.isspace() and bytes(font.getmask(c)) == missing)


@functools.cache
def _font(file_name: str | None, size_px: float) -> Font:
    return ImageFont.load_default(size_px) if file_name is None else ImageFont.truetype(file_name, size_px)
