"""How each codec's pictures are cut into RTP packets (RFC 6184, 7798, 6416), and where in them a picture begins."""

from typing import Final

from passerby.ingest.sources.coded_pictures import START_CODE, Codec, Track, is_intra
from passerby.ingest.sources.rtsp.h264_numbers import PictureNumbers
from passerby.ingest.sources.rtsp.jpeg import JpegPayload
from passerby.ingest.sources.rtsp.rtp import Part, Payload, Place

BROKEN: Final = Part(Place.BROKEN)


class H264Payload:
    """RFC 6184, non-interleaved: single units, STAP-A and FU-A."""

    end = b""
    _STAP_A, _FU_A = 24, 28
    _SLICES = frozenset({1, 2, 5})
    _IDR, _SPS, _PPS = 5, 7, 8
    _HEADS = frozenset({6, 7, 8, 9, 13, 15})
    """Messages, parameter sets, delimiters; all other units count as behind a picture, such as data partitions."""

    def __init__(self, settings: bytes = b"") -> None:
        """Args: settings: parameter sets that were given beforehand, each behind a start code."""
        self._numbers = PictureNumbers()
        self._parameters_came = False
        for unit in settings.split(START_CODE):
            if unit and unit[0] & 0x1F in (self._SPS, self._PPS):
                self._numbers.learn(unit)

    def parts(self, payload: bytes) -> list[Part]:
        """Returns the parts that a packet's payload holds."""
        kind = payload[0] & 0x1F
        if kind == self._STAP_A:
            return [BROKEN if unit is None else self._part(unit) for unit in _aggregated(payload[1:])]
        if kind == self._FU_A and len(payload) > 2:
            if payload[1] & 0x80:
                return [self._part(bytes([payload[0] & 0xE0 | payload[1] & 0x1F]) + payload[2:])]
            return [Part(Place.REST, payload[2:])]
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
            return Part(Place.TAIL, content)
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
    _AGGREGATED, _FRAGMENT = 48, 49
    _HEADS = frozenset({32, 33, 34, 35, 39})
    _FIRST_NOT_CODED = 32
    _KEYS = range(16, 22)
    """Intra random access points."""

    def parts(self, payload: bytes) -> list[Part]:
        """Returns the parts that a packet's payload holds."""
        kind = payload[0] >> 1 & 0x3F
        if len(payload) < 3:
            return [BROKEN]
        if kind < self._AGGREGATED:
            return [self._part(payload)]
        if kind == self._AGGREGATED:
            return [BROKEN if unit is None else self._part(unit) for unit in _aggregated(payload[2:])]
        if kind != self._FRAGMENT or len(payload) < 4:
            return [BROKEN]
        if payload[2] & 0x80:
            return [self._part(bytes([payload[0] & 0x81 | (payload[2] & 0x3F) << 1, payload[1]]) + payload[3:])]
        return [Part(Place.REST, payload[3:])]

    def _part(self, unit: bytes) -> Part:
        """Returns a unit, or the beginning of one, with its start code."""
        if len(unit) < 3:
            return BROKEN
        kind, layer, content = unit[0] >> 1 & 0x3F, (unit[0] & 1) << 5 | unit[1] >> 3, START_CODE + unit
        if kind in self._HEADS:
            return Part(Place.HEAD, content)
        if kind >= self._FIRST_NOT_CODED or layer:
            return Part(Place.TAIL, content)
        first = unit[2] & 0x80  # first_slice_segment_in_pic_flag (H.265, 7.3.6.1)
        return Part(Place.FIRST if first else Place.SLICE, content, kind in self._KEYS)


class Mpeg4Payload:
    """RFC 6416: the stream as it is."""

    end = b""
    _START, _SEQUENCE, _PICTURE = b"\0\0\1", 0xB0, b"\0\0\1\xb6"

    def parts(self, payload: bytes) -> list[Part]:
        """Returns the parts that a packet's payload holds."""
        at = payload.find(self._PICTURE)
        if at >= 0 and payload.startswith(self._START):
            intra = at < len(payload) - 4 and payload[at + 4] >> 6 == 0
            return [Part(Place.FIRST, payload, intra or payload[3] == self._SEQUENCE)]
        return [Part(Place.HEAD if payload.startswith(self._START) else Place.REST, payload)]


def payload_of(track: Track) -> Payload:
    """Returns the payload format of a track's codec."""
    if track.codec is Codec.H264:
        return H264Payload(track.settings)
    makers: dict[Codec, type[Payload]] = {
        Codec.H265: H265Payload, Codec.MPEG4: Mpeg4Payload, Codec.MJPEG: JpegPayload,
    }  # fmt: skip
    return makers[track.codec]()


def _aggregated(units: bytes) -> list[bytes | None]:
    """Returns the units of an aggregation packet, and None in place of one that does not fit."""
    found: list[bytes | None] = []
    at = 0
    while at < len(units):
        length = int.from_bytes(units[at : at + 2], "big")
        unit = units[at + 2 : at + 2 + length]
        if not unit or len(unit) != length:
            return [*found, None]
        found.append(unit)
        at += 2 + length
    return found
