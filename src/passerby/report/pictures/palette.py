"""The colours of a picture: dark for screens, light for print."""

from dataclasses import dataclass
from typing import Final

from passerby.report.pictures.scene import Colour


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours, and how far the place steps back behind what is drawn over it.

    Attributes:
        paper: of the page around the place.
        card: of a card.
        ink, soft_ink: of words that matter, and of those that explain.
        line, casing: of a line and of its rim.
        forward, backward: of the two ways over a line. Blue and orange stay apart for every kind of colour blindness.
        zone, zone_fill: of a zone's rim and of its inside.
        ribbon: of a movement.
        hatch: of what was not learned of the place.
        leader: from a card to its place.
        colourful, contrast, brightness: of the place, as shares of its own.
        lifted: 0-1, how far the place is mixed with white.
    """

    paper: Colour
    card: Colour
    ink: Colour
    soft_ink: Colour
    line: Colour
    casing: Colour
    forward: Colour
    backward: Colour
    zone: Colour
    zone_fill: Colour
    ribbon: Colour
    hatch: Colour
    leader: Colour
    colourful: float
    contrast: float
    brightness: float
    lifted: float


DARK: Final = Palette(
    paper=(17, 23, 31, 255),
    card=(31, 40, 51, 255),
    ink=(244, 247, 250, 255),
    soft_ink=(176, 188, 200, 255),
    line=(255, 255, 255, 255),
    casing=(12, 16, 22, 255),
    forward=(74, 163, 255, 255),
    backward=(255, 148, 60, 255),
    zone=(64, 224, 196, 255),
    zone_fill=(64, 224, 196, 40),
    ribbon=(214, 140, 255, 150),
    hatch=(255, 255, 255, 70),
    leader=(200, 210, 220, 255),
    colourful=0.35,
    contrast=0.85,
    brightness=0.62,
    lifted=0.0,
)

LIGHT: Final = Palette(
    paper=(255, 255, 255, 255),
    card=(241, 244, 247, 255),
    ink=(20, 26, 34, 255),
    soft_ink=(82, 93, 106, 255),
    line=(16, 22, 30, 255),
    casing=(255, 255, 255, 255),
    forward=(16, 96, 196, 255),
    backward=(190, 74, 0, 255),
    zone=(0, 124, 104, 255),
    zone_fill=(0, 160, 136, 40),
    ribbon=(122, 40, 170, 130),
    hatch=(30, 40, 50, 80),
    leader=(60, 70, 82, 255),
    colourful=0.3,
    contrast=0.8,
    brightness=1.0,
    lifted=0.5,
)
