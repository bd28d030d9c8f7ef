"""Which slice segments make up a picture of H.265 (ITU-T H.265, 7.3), which shows that some of them are missing.

A camera that is short of time or bandwidth leaves slices out before it numbers its packets. The decoder shows what its
memory held in their place, whole and standing still, and reports nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from passerby.ingest.sources.coded_pictures import HEADER_BYTES, Bits

SURE: Final = 5
"""After so many pictures in a row with the same segments a camera is known to cut all of them like that."""

RELEARN: Final = 3
"""So many in a row with the same fewer segments are another way of cutting."""

MAX_SUB_LAYERS: Final = 7
_SPS, _PPS, _FIRST_KEY, _END_KEY = 33, 34, 16, 24


@dataclass(frozen=True, slots=True)
class PictureSet:
    """What a picture parameter set says: of which sequence it is, and whether segments may depend on others."""

    sequence: int
    dependent: bool


class SliceSegments:
    """Compares each picture's segments with those of the pictures before."""

    def __init__(self) -> None:
        self._address_bits: dict[int, int] = {}
        self._sets: dict[int, PictureSet] = {}
        self._usual: frozenset[int | None] = frozenset()
        self._other: frozenset[int | None] = frozenset()
        self._same = self._others = 0

    def learn(self, unit: bytes) -> None:
        """Takes in a parameter set; one that cannot be read is left out, and nothing is compared without it."""
        try:
            if unit[0] >> 1 & 0x3F == _SPS:
                number, bits = _sequence(unit)
                self._address_bits[number] = bits
            elif unit[0] >> 1 & 0x3F == _PPS:
                reader = Bits(unit[1:HEADER_BYTES])
                number = reader.golomb()
                self._sets[number] = PictureSet(reader.golomb(), bool(reader.read(1)))
        except ValueError:
            return

    def address(self, unit: bytes) -> int | None:
        """Returns the place of a segment in its picture, in coding tree units (7.4.7.1); None where it is not known."""
        try:
            return self._address(unit)
        except (ValueError, KeyError):
            return None

    def _address(self, unit: bytes) -> int:
        bits = Bits(unit[1:HEADER_BYTES])
        first = bits.read(1)
        if _FIRST_KEY <= unit[0] >> 1 & 0x3F < _END_KEY:
            bits.read(1)
        found = self._sets[bits.golomb()]
        if first:
            return 0
        bits.read(1 if found.dependent else 0)
        return bits.read(self._address_bits[found.sequence])

    def complete(self, addresses: Sequence[int | None]) -> bool:
        """Returns whether a picture has all the segments that the pictures before it had."""
        now = frozenset(addresses)
        if None in now or not now:
            return True
        if now == self._usual:
            self._same, self._others = self._same + 1, 0
            return True
        self._others = self._others + 1 if now == self._other else 1
        self._other = now
        if self._same >= SURE and now < self._usual and self._others < RELEARN:
            return False
        self._usual, self._same, self._others = now, 1, 0
        return True


def _sequence(unit: bytes) -> tuple[int, int]:
    """Returns a sequence parameter set's number, and the length of a segment's address (7.3.2.2)."""
    bits = Bits(unit[1:])
    bits.read(4)
    layers = bits.read(3)
    bits.read(1)
    _skip_profile(bits, layers)
    number = bits.golomb()
    if bits.golomb() == 3:
        bits.read(1)
    width_px, height_px = bits.golomb(), bits.golomb()
    if bits.read(1):
        for _ in range(4):
            bits.golomb()
    for _ in range(3):
        bits.golomb()
    for _ in range(layers + 1 if bits.read(1) else 1):
        for _ in range(3):
            bits.golomb()
    side = bits.golomb() + 3 + bits.golomb()
    if not 4 <= side <= 6:
        raise ValueError("no such coding tree")
    units = -(-width_px // (1 << side)) * -(-height_px // (1 << side))
    return number, max(0, units - 1).bit_length()


def _skip_profile(bits: Bits, layers: int) -> None:
    """Reads over profile, tier and level (7.3.3)."""
    if layers >= MAX_SUB_LAYERS:
        raise ValueError("no such number of layers")
    bits.read(96)
    stated = [(bits.read(1), bits.read(1)) for _ in range(layers)]
    if layers:
        bits.read(2 * (8 - layers))
    for profile, level in stated:
        bits.read(88 if profile else 0)
        bits.read(8 if level else 0)
