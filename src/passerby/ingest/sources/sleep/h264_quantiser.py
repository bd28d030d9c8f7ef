"""How coarsely a picture of H.264 is quantised, from the header of its first slice (ITU-T H.264, 7.3.3).

A camera that holds its rate answers movement with a coarser quantiser instead of more bytes. Bytes times the
quantiser's step tell it all the same: the step doubles with every 6 (8.5.9).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from passerby.ingest.sources.coded_pictures import HEADER_BYTES, START_CODE, Bits
from passerby.ingest.sources.rtsp.h264_numbers import HIGH_PROFILES, skip_formats

SPS, PPS, IDR, INTER = 7, 8, 5, 1
P_TYPES: Final = frozenset({0, 5})
I_TYPES: Final = frozenset({2, 7})
MAX_REFERENCES: Final = 32
MAX_COMMANDS: Final = 64


@dataclass(frozen=True, slots=True)
class SequenceFields:
    """What a sequence parameter set says of the slices' headers (7.3.2.1.1).

    Attributes:
        number_bits: length of `frame_num`.
        order: how the order of pictures is coded (pic_order_cnt_type).
        order_bits: length of `pic_order_cnt_lsb`, where `order` is 0.
        deltas: each slice has the differences of orders, where `order` is 1.
        planes: the colour planes are coded one by one.
        frames: no picture is coded as two fields.
        grey: there is no chroma.
    """

    number_bits: int
    order: int
    order_bits: int
    deltas: bool
    planes: bool
    frames: bool
    grey: bool


@dataclass(frozen=True, slots=True)
class PictureFields:
    """What a picture parameter set says of them (7.3.2.2)."""

    sequence: int
    arithmetic: bool
    bottom_order: bool
    references: int
    weighted: bool
    quantiser: int
    redundant: bool


@dataclass(frozen=True, slots=True)
class SliceHeader:
    """What is read of a slice.

    Attributes:
        key: it is of an instantaneous refresh: no later picture needs one before it (IDR).
        forward: it needs no picture that is shown after it (I and P slices).
        quantiser: its quantiser parameter, 0-51; None where it cannot be read.
    """

    key: bool
    forward: bool
    quantiser: int | None


class QuantiserReader:
    """Reads the first slice of each picture of one stream."""

    def __init__(self, settings: bytes = b"") -> None:
        """Args: settings: parameter sets that were given beforehand: behind start codes, or as an `avcC` box."""
        self._sequences: dict[int, SequenceFields] = {}
        self._pictures: dict[int, PictureFields] = {}
        self._length_bytes = 0
        if settings[:1] == b"\1":
            self._length_bytes = (settings[4] & 3) + 1 if len(settings) > 5 else 0
            for unit in _box_units(settings):
                self._learn(unit)
        elif settings:
            for unit in _starting_units(settings):
                self._learn(unit)

    def read(self, content: bytes) -> SliceHeader | None:
        """Returns what the first slice of a coded picture says; None where there is none."""
        units = _measured_units(content, self._length_bytes) if self._length_bytes else _starting_units(content)
        for unit in units:
            kind = unit[0] & 0x1F
            if kind in (SPS, PPS):
                self._learn(unit)
            elif kind in (IDR, INTER, 2):
                return self._header(unit)
        return None

    def _learn(self, unit: bytes) -> None:
        try:
            if unit[0] & 0x1F == SPS:
                number, sequence = _sequence(unit)
                self._sequences[number] = sequence
            elif unit[0] & 0x1F == PPS:
                number, picture = _picture(unit)
                self._pictures[number] = picture
        except (ValueError, IndexError):
            return

    def _header(self, unit: bytes) -> SliceHeader:
        key = unit[0] & 0x1F == IDR
        try:
            bits = Bits(unit[:HEADER_BYTES])
            bits.golomb()
            kind = bits.golomb()
            forward = kind in P_TYPES or kind in I_TYPES
            if not forward:
                return SliceHeader(key, False, None)
            picture = self._pictures[bits.golomb()]
            return SliceHeader(key, True, self._quantiser(bits, unit, kind, picture))
        except (ValueError, KeyError, IndexError):
            return SliceHeader(key, False, None)

    def _quantiser(self, bits: Bits, unit: bytes, kind: int, picture: PictureFields) -> int | None:
        sequence = self._sequences[picture.sequence]
        key, predicted = unit[0] & 0x1F == IDR, kind in P_TYPES
        bits.read(2 if sequence.planes else 0)
        bits.read(sequence.number_bits)
        field = not sequence.frames and bool(bits.read(1))
        if field:
            bits.read(1)
        if key:
            bits.golomb()
        _skip_order(bits, sequence, picture, field=field)
        if picture.redundant:
            bits.golomb()
        references = picture.references
        if predicted:
            if bits.read(1):
                references = bits.golomb() + 1
            if bits.read(1):
                _skip_commands(bits, end=3)
            if picture.weighted:
                _skip_weights(bits, references, grey=sequence.grey or sequence.planes)
        if unit[0] & 0x60:
            _skip_marking(bits, key=key)
        if picture.arithmetic and predicted:
            bits.golomb()
        quantiser = picture.quantiser + bits.signed()
        return quantiser if 0 <= quantiser <= 51 else None


def _skip_order(bits: Bits, sequence: SequenceFields, picture: PictureFields, *, field: bool) -> None:
    if sequence.order == 0:
        bits.read(sequence.order_bits)
        if picture.bottom_order and not field:
            bits.signed()
    elif sequence.order == 1 and sequence.deltas:
        bits.signed()
        if picture.bottom_order and not field:
            bits.signed()


def _skip_commands(bits: Bits, end: int) -> None:
    """Reads over changes of the list of references (7.3.3.1)."""
    for _ in range(MAX_COMMANDS):
        if bits.golomb() == end:
            return
        bits.golomb()
    raise ValueError("a list of changes without an end")


def _skip_weights(bits: Bits, references: int, *, grey: bool) -> None:
    """Reads over the weights of predictions (7.3.3.2)."""
    if references > MAX_REFERENCES:
        raise ValueError("too many references")
    bits.golomb()
    if not grey:
        bits.golomb()
    for _ in range(references):
        if bits.read(1):
            bits.signed()
            bits.signed()
        if not grey and bits.read(1):
            for _ in range(4):
                bits.signed()


def _skip_marking(bits: Bits, *, key: bool) -> None:
    """Reads over which references are kept (7.3.3.3)."""
    if key:
        bits.read(2)
        return
    if not bits.read(1):
        return
    for _ in range(MAX_COMMANDS):
        command = bits.golomb()
        if command == 0:
            return
        if command != 5:
            bits.golomb()
        if command == 3:
            bits.golomb()
    raise ValueError("a list of marks without an end")


def _sequence(unit: bytes) -> tuple[int, SequenceFields]:
    bits = Bits(unit)
    profile = bits.read(24) >> 16
    number = bits.golomb()
    planes = grey = False
    if profile in HIGH_PROFILES:
        chroma, planes = skip_formats(bits)
        grey = chroma == 0
    number_bits = bits.golomb() + 4
    order, order_bits, deltas = bits.golomb(), 0, False
    if order == 0:
        order_bits = bits.golomb() + 4
    elif order == 1:
        deltas = not bits.read(1)
        bits.signed()
        bits.signed()
        for _ in range(min(bits.golomb(), 255)):
            bits.signed()
    bits.golomb()
    bits.read(1)
    bits.golomb()
    bits.golomb()
    if not (4 <= number_bits <= 16 and order_bits <= 16):
        raise ValueError("no such length")
    return number, SequenceFields(number_bits, order, order_bits, deltas, planes, bool(bits.read(1)), grey)


def _picture(unit: bytes) -> tuple[int, PictureFields]:
    bits = Bits(unit)
    number, sequence = bits.golomb(), bits.golomb()
    arithmetic, bottom_order = bool(bits.read(1)), bool(bits.read(1))
    if bits.golomb():
        raise ValueError("slices in groups are not read")
    references = bits.golomb() + 1
    bits.golomb()
    weighted = bool(bits.read(1))
    bits.read(2)
    quantiser = 26 + bits.signed()
    bits.signed()
    bits.signed()
    bits.read(2)
    return number, PictureFields(
        sequence, arithmetic, bottom_order, references, weighted, quantiser, bool(bits.read(1))
    )


def _starting_units(content: bytes) -> Iterator[bytes]:
    """The units behind start codes; of the slice no more than its header is looked at, and so copied."""
    mark = START_CODE[1:]
    at = content.find(mark)
    while at >= 0:
        at += len(mark)
        kind = content[at] & 0x1F if at < len(content) else 0
        if kind in (IDR, INTER, 2):
            yield content[at : at + HEADER_BYTES]
            return
        end = content.find(mark, at)
        unit = content[at : end if end >= 0 else len(content)].rstrip(b"\0")
        if unit:
            yield unit
        at = end


def _measured_units(content: bytes, length_bytes: int) -> Iterator[bytes]:
    """The units of an MP4's picture, each behind its length (ISO 14496-15)."""
    at = 0
    while at + length_bytes < len(content):
        length = int.from_bytes(content[at : at + length_bytes], "big")
        at += length_bytes
        kind = content[at] & 0x1F
        if length <= 0:
            return
        yield content[at : at + (HEADER_BYTES if kind in (IDR, INTER, 2) else min(length, 4096))]
        at += length


def _box_units(box: bytes) -> Iterator[bytes]:
    """The parameter sets of an `avcC` box (ISO 14496-15, 5.3.3)."""
    at, count = 6, box[5] & 0x1F if len(box) > 5 else 0
    for _ in range(2):
        for _ in range(count):
            length = int.from_bytes(box[at : at + 2], "big")
            if length and at + 2 + length <= len(box):
                yield box[at + 2 : at + 2 + length]
            at += 2 + length
        count = box[at] if at < len(box) else 0
        at += 1
