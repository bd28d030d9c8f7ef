"""How each codec's pictures are cut into RTP packets (RFC 6184, 7798, 6416), and where in them a picture begins."""

from collections.abc import Sequence
from typing import Final

from passerby.ingest.sources.coded_pictures import START_CODE, Codec, Track, is_intra
from passerby.ingest.sources.rtsp.h264_numbers import PictureNumbers
from passerby.ingest.sources.rtsp.h265_slices import SliceSegments
from passerby.ingest.sources.rtsp.jpeg import JpegPayload
from passerby.ingest.sources.rtsp.mpeg4_times import PICTURE, START, PictureTimes
from passerby.ingest.sources.rtsp.rtp import Part, Payload, Place

BROKEN: Final = Part(Place.BROKEN)


class H264Payload:
    """RFC 6184, non-interleaved: single units, STAP-A and FU-A."""

    end = b""
    _STAP_A, _FU_A, _LAST_PACKET, _IGNORED = 24, 28, 29, (0, 30, 31)
    _SLICES = frozenset({1, 2, 5})
    _IDR, _SPS, _PPS = 5, 7, 8
    _HEADS = frozenset({6, 7, 8, 9, 13, 15})
    """Messages, parameter sets, delimiters; all other units count as behind a picture, such as data partitions."""

    def __init__(self, settings: bytes = b"") -> None:
        """Args: settings: parameter sets that were given beforehand, each behind a start code."""
        self._numbers, self._ends = PictureNumbers(), FragmentEnds()
        self._parameters_came = False
        for unit in settings.split(START_CODE):
            if unit and unit[0] & 0x1F in (self._SPS, self._PPS):
                self._numbers.learn(unit)

    @property
    def ends_marked(self) -> bool:
        """The camera marks the last fragment of a unit."""
        return self._ends.marked

    def middle_bytes(self, packet: bytes, at: int) -> int:
        """Returns the length of the head of a fragment in the middle of a unit; 0 where it is another."""
        return 2 if packet[at] & 0x1F == self._FU_A and not packet[at + 1] & 0xC0 else 0

    def complete(self, _addresses: Sequence[int | None], /) -> bool:
        """Returns True: the decoder of H.264 notices which parts of a picture are missing."""
        return True

    def parts(self, payload: bytes) -> list[Part]:
        """Returns the parts that a packet's payload holds."""
        if payload.startswith(_START_CODES):
            return [self._part(unit) for unit in _units(payload)]
        kind = payload[0] & 0x1F
        if kind == self._STAP_A:
            return [BROKEN if unit is None else self._part(unit) for unit in _aggregated(payload[1:])]
        if kind == self._FU_A and len(payload) >= 2:
            more = self._ends.more(payload[1])
            if payload[1] & 0x80:
                return [self._part(bytes([payload[0] & 0xE0 | payload[1] & 0x1F]) + payload[2:])._replace(more=more)]
            return [Part(Place.REST, payload[2:], more=more)]
        if kind in self._IGNORED:
            return []
        return [self._part(payload) if kind < self._STAP_A else BROKEN]

    def _part(self, unit: bytes) -> Part:
        """Returns a unit, or the beginning of one, with its start code."""
        kind, content = unit[0] & 0x1F, START_CODE + unit
        if kind in self._HEADS:
            if kind in (self._SPS, self._PPS):
                self._numbers.learn(unit)
                self._parameters_came |= kind == self._SPS
            return Part(Place.HEAD, content)
        if kind not in self._SLICES:
            return BROKEN if self._STAP_A <= kind <= self._LAST_PACKET else Part(Place.TAIL, content)
        # An intra picture behind parameter sets is one to start from, in streams that have no IDR.
        key = kind == self._IDR or (self._parameters_came and is_intra(unit))
        if len(unit) < 2 or not unit[1] & 0x80:  # first_mb_in_slice (7.4.3) is not 0
            return Part(Place.SLICE, content, key)
        self._parameters_came &= key
        gap = self._numbers.skipped(unit, key=key)
        return Part(Place.FIRST, content, key, gap)


class H265Payload:
    """RFC 7798 without decoding order numbers: single units, aggregation and fragmentation packets."""

    end = b""
    _AGGREGATED, _FRAGMENT, _LAST_PACKET = 48, 49, 50
    _HEADS, _SETS, _MESSAGES = frozenset({32, 33, 34, 35, 39}), frozenset({32, 33, 34}), 39
    _FIRST_NOT_CODED, _ENDS = 32, frozenset({36, 37})
    _KEYS = range(16, 22)
    """Intra random access points."""

    def __init__(self, settings: bytes = b"") -> None:
        """Args: settings: parameter sets that were given beforehand, each behind a start code."""
        self._segments, self._ends = SliceSegments(), FragmentEnds()
        for unit in settings.split(START_CODE):
            if len(unit) > 2:
                self._segments.learn(unit)

    @property
    def ends_marked(self) -> bool:
        """The camera marks the last fragment of a unit."""
        return self._ends.marked

    def middle_bytes(self, packet: bytes, at: int) -> int:
        """Returns the length of the head of a fragment in the middle of a unit; 0 where it is another."""
        return 3 if packet[at] >> 1 & 0x3F == self._FRAGMENT and not packet[at + 2] & 0xC0 else 0

    def complete(self, addresses: Sequence[int | None], /) -> bool:
        """Returns whether a picture has all the segments that the pictures before it had."""
        return self._segments.complete(addresses)

    def parts(self, payload: bytes) -> list[Part]:
        """Returns the parts that a packet's payload holds."""
        if payload.startswith(_START_CODES):
            return [self._part(unit) for unit in _units(payload)]
        kind = payload[0] >> 1 & 0x3F
        if kind < self._AGGREGATED:
            return [self._part(payload)]
        if kind > self._LAST_PACKET:
            return []
        if kind == self._AGGREGATED:
            return [BROKEN if unit is None else self._part(unit) for unit in _aggregated(payload[2:])]
        if kind != self._FRAGMENT or len(payload) < 3:
            return [BROKEN]
        more = self._ends.more(payload[2])
        if payload[2] & 0x80:
            whole = bytes([payload[0] & 0x81 | (payload[2] & 0x3F) << 1, payload[1]]) + payload[3:]
            return [self._part(whole)._replace(more=more)]
        return [Part(Place.REST, payload[3:], more=more)]

    def _part(self, unit: bytes) -> Part:
        """Returns a unit, or the beginning of one, with its start code."""
        kind, content = unit[0] >> 1 & 0x3F, START_CODE + unit
        if kind in self._HEADS:
            if kind in self._SETS and len(unit) > 2:
                self._segments.learn(unit)
            if kind == self._MESSAGES:
                return Part(Place.HEAD, _turning_message(unit))
            return Part(Place.HEAD, content if kind in self._SETS else b"")
        if self._AGGREGATED <= kind <= self._LAST_PACKET:
            return BROKEN  # packets within a packet
        if kind >= self._FIRST_NOT_CODED:
            return Part(Place.TAIL, content if kind in self._ENDS else b"")
        if len(unit) < 3:
            return BROKEN
        if (unit[0] & 1) << 5 | unit[1] >> 3:
            return Part(Place.TAIL)  # of another layer
        first = unit[2] & 0x80  # first_slice_segment_in_pic_flag (H.265, 7.3.6.1)
        address = self._segments.address(unit)
        return Part(Place.FIRST if first else Place.SLICE, content, kind in self._KEYS, address=address)


_TURNS: Final = 47
_TURN_BYTES: Final = 3
"""Display orientation (H.265, D.2.17 and D.3.17)."""


def _turning_message(unit: bytes) -> bytes:
    """Returns a unit with that message of a unit of them that turns pictures, behind a start code; nothing without one.

    The others say nothing that a picture is made of, and cameras make them in their own way.
    """
    rest = unit[2:].replace(b"\0\0\3", b"\0\0")  # emulation prevention (7.3.1.1)
    while len(rest) > 2:
        kind, size = rest[0], rest[1]
        if 0xFF in (kind, size):
            break  # of more than a byte
        if kind == _TURNS and size <= _TURN_BYTES:
            return START_CODE + unit[:2] + rest[: 2 + size] + b"\x80"
        rest = rest[2 + size :]
    return b""


class Mpeg4Payload:
    """RFC 6416: the stream as it is."""

    end = b""
    _SEQUENCE = 0xB0

    def __init__(self, settings: bytes = b"") -> None:
        """Args: settings: the stream's headers, where they were given beforehand."""
        self._times = PictureTimes(settings)

    ends_marked = False

    def middle_bytes(self, _packet: bytes, _at: int, /) -> int:
        """Returns 0: what goes on cannot be known from what begins."""
        return 0

    def complete(self, _addresses: Sequence[int | None], /) -> bool:
        """Returns True: its pictures have no parts that are known by name."""
        return True

    def parts(self, payload: bytes) -> list[Part]:
        """Returns the parts that a packet's payload holds."""
        if not payload.startswith(START):
            return [Part(Place.REST, payload)]
        at = payload.find(PICTURE)
        self._times.learn(payload[:at] if at >= 0 else payload)
        if at < 0:
            return [Part(Place.HEAD, payload)]
        intra = at < len(payload) - 4 and payload[at + 4] >> 6 == 0
        gap = self._times.skipped(payload[at:])
        return [Part(Place.FIRST, payload, intra or payload[3] == self._SEQUENCE, gap)]


class FragmentEnds:
    """Whether a camera marks the last fragment of a unit, as RFC 6184 and 7798 want it."""

    SURE = 4

    def __init__(self) -> None:
        self._ends = 0

    @property
    def marked(self) -> bool:
        """It is known to."""
        return self._ends >= self.SURE

    def more(self, header: int) -> bool:
        """Returns whether a fragment with this header is certainly not the last of its unit."""
        if header & 0x40:
            self._ends += 1
        return not header & 0x40 and self._ends >= self.SURE


def payload_of(track: Track) -> Payload:
    """Returns the payload format of a track's codec."""
    if track.codec is Codec.MJPEG:
        return JpegPayload()
    makers: dict[Codec, type[H264Payload | H265Payload | Mpeg4Payload]] = {
        Codec.H264: H264Payload, Codec.H265: H265Payload, Codec.MPEG4: Mpeg4Payload,
    }  # fmt: skip
    return makers[track.codec](track.settings)


_START_CODES: Final = (START_CODE, START_CODE[1:])


def _units(payload: bytes) -> list[bytes]:
    """Returns the units of a payload that some cameras fill as a file, with start codes (H.264 and H.265, annex B)."""
    return [unit.rstrip(b"\0") for unit in payload.split(START_CODE[1:]) if unit.rstrip(b"\0")]


def _aggregated(units: bytes) -> list[bytes | None]:
    """Returns the units of an aggregation packet, and None in place of one that does not fit; zeros may fill it up."""
    found: list[bytes | None] = []
    at, end = 0, len(units.rstrip(b"\0"))
    while at < end:
        length = int.from_bytes(units[at : at + 2], "big")
        unit = units[at + 2 : at + 2 + length]
        if not unit or len(unit) != length:
            return [*found, None]
        found.append(unit)
        at += 2 + length
    return found
