"""Where words begin and which line they stand on, alike in every form."""

from typing import Final

from passerby.report.pictures.scene import Words
from passerby.report.pictures.typeface import Typeface

_BELOW: Final = 0.355
"""From the middle of a capital letter down to its base line, as a share of the letter size (Roboto)."""


def start_px(words: Words, face: Typeface) -> float:
    """Returns where the words begin, in pixels from the left."""
    if words.anchor == "start":
        return words.at_px[0]
    width_px = face.width_px(words.text, words.letter_px, bold=words.bold)
    return words.at_px[0] - (width_px / 2 if words.anchor == "middle" else width_px)


def base_line_px(words: Words) -> float:
    """Returns the height of their base line, in pixels from the top."""
    return words.at_px[1] + _BELOW * words.letter_px
