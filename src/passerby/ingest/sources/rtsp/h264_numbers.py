"""The numbers of H.264's reference pictures (ITU-T H.264, 7.3 and 7.4.3), which show that a picture was left out.

A camera that is short of time or bandwidth drops pictures before it numbers its packets. The decoder then builds the
next ones on a wrong picture and reports nothing; what it returns is smeared.
"""

from dataclasses import dataclass
from typing import Final

from passerby.ingest.sources.coded_pictures import HEADER_BYTES, Bits

HIGH_PROFILES: Final = frozenset({44, 83, 86, 100, 110, 118, 122, 128, 134, 135, 138, 139, 144, 244})
"""Profiles whose sequence parameter sets describe chroma and scaling (7.3.2.1.1)."""

MAX_STRIKES: Final = 3
"""So many groups in a row whose very second picture seems to follow no other: the camera numbers them wrongly."""


@dataclass(frozen=True, slots=True)
class Sequence:
    """The part of a sequence parameter set that is needed here.

    Attributes:
        number_bits: length of `frame_num`.
        planes: the colour planes are coded one by one, and slices name theirs.
        gaps_allowed: numbers may be left out on purpose.
    """

    number_bits: int
    planes: bool
    gaps_allowed: bool


class PictureNumbers:
    """Compares each picture's `frame_num` with the one before."""

    def __init__(self) -> None:
        self._sequences: dict[int, Sequence] = {}
        self._sequence_of: dict[int, int] = {}
        self._last: int | None = None
        self._since_key = self._strikes = 0

    def learn(self, unit: bytes) -> None:
        """Takes in a parameter set; one that cannot be read is left out, and nothing is compared without it."""
        try:
            if unit[0] & 0x1F == 7:
                number, sequence = _sequence(unit)
                self._sequences[number] = sequence
            else:
                bits = Bits(unit[:HEADER_BYTES])
                number = bits.golomb()
                self._sequence_of[number] = bits.golomb()
        except ValueError:
            return

    def skipped(self, unit: bytes, *, key: bool) -> bool:
        """Returns whether a picture is missing between the one before and the one that this slice begins."""
        before, self._last = self._last, None
        self._since_key = 0 if key else self._since_key + 1
        try:
            bits = Bits(unit[:HEADER_BYTES])
            bits.golomb()
            bits.golomb()
            sequence = self._sequences[self._sequence_of[bits.golomb()]]
            bits.read(2 if sequence.planes else 0)
            number = bits.read(sequence.number_bits)
        except (ValueError, KeyError):
            return False
        referred = unit[0] & 0x60 != 0
        self._last = number if referred or before is None or key else before
        if key or before is None or sequence.gaps_allowed:
            return False
        missing = number not in (before, (before + 1) % (1 << sequence.number_bits))
        self._compare(missing=missing)
        return missing and self._strikes < MAX_STRIKES

    def _compare(self, *, missing: bool) -> None:
        if self._since_key == 1 and self._strikes < MAX_STRIKES:
            self._strikes = self._strikes + 1 if missing else 0


def _sequence(unit: bytes) -> tuple[int, Sequence]:
    """Returns a sequence parameter set's number, and what is needed of it (7.3.2.1.1)."""
    bits = Bits(unit)
    profile = bits.read(24) >> 16
    number = bits.golomb()
    planes = profile in HIGH_PROFILES and skip_formats(bits)[1]
    number_bits = bits.golomb() + 4
    order = bits.golomb()
    if order == 0:
        bits.golomb()
    elif order == 1:
        bits.read(1)
        bits.golomb()
        bits.golomb()
        for _ in range(min(bits.golomb(), 255)):
            bits.golomb()
    bits.golomb()
    if not 4 <= number_bits <= 16:
        raise ValueError("no such length")
    return number, Sequence(number_bits, planes, bool(bits.read(1)))


def skip_formats(bits: Bits) -> tuple[int, bool]:
    """Reads over chroma and scaling; returns the format of the chroma, and whether colour planes are separate."""
    chroma = bits.golomb()
    planes = chroma == 3 and bool(bits.read(1))
    bits.golomb()
    bits.golomb()
    bits.read(1)
    if bits.read(1):
        for place in range(12 if chroma == 3 else 8):
            if bits.read(1):
                _skip_scaling(bits, 16 if place < 6 else 64)
    return chroma, planes


def _skip_scaling(bits: Bits, size: int) -> None:
    last = following = 8
    for _ in range(size):
        if following:
            following = (last + bits.signed()) % 256
        last = following or last
