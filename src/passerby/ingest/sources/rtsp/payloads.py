"""How each codec's pictures are cut into RTP packets, and how they are put together again."""

from passerby.ingest.sources.coded_pictures import Codec
from passerby.ingest.sources.rtsp.jpeg_payload import JpegPayload
from passerby.ingest.sources.rtsp.rtp import Gathering, Payload
from passerby.ingest.sources.rtsp.sdp import START_CODE

_H264_KEYS = frozenset({5, 7})
"""IDR slices; and parameter sets, which stand before the pictures to start from in streams that have no IDR."""

_H265_KEYS = frozenset({*range(16, 22), 33})
"""Intra random access points, and sequence parameter sets."""


class H264Payload:
    """RFC 6184, non-interleaved: single units, STAP-A and FU-A."""

    _STAP_A, _FU_A = 24, 28

    def take(self, payload: bytes, picture: Gathering) -> None:
        """Adds a packet's part to the picture; marks it as damaged where it does not fit."""
        kind = payload[0] & 0x1F
        if 1 <= kind <= 23:
            _add_unit(picture, payload, kind in _H264_KEYS)
        elif kind == self._STAP_A:
            for unit in _aggregated(payload[1:], picture):
                _add_unit(picture, unit, unit[0] & 0x1F in _H264_KEYS)
        elif kind == self._FU_A and len(payload) > 2:
            if payload[1] & 0x80:
                header = bytes([payload[0] & 0xE0 | payload[1] & 0x1F])
                _add_unit(picture, header, payload[1] & 0x1F in _H264_KEYS)
            elif not picture.content:
                picture.damaged = True
            picture.content += payload[2:]
        else:
            picture.damaged = True


class H265Payload:
    """RFC 7798 without decoding order numbers: single units, aggregation and fragmentation packets."""

    _AGGREGATED, _FRAGMENT = 48, 49

    def take(self, payload: bytes, picture: Gathering) -> None:
        """Adds a packet's part to the picture; marks it as damaged where it does not fit."""
        kind = payload[0] >> 1 & 0x3F
        if len(payload) < 3:
            picture.damaged = True
        elif kind < self._AGGREGATED:
            _add_unit(picture, payload, kind in _H265_KEYS)
        elif kind == self._AGGREGATED:
            for unit in _aggregated(payload[2:], picture):
                _add_unit(picture, unit, unit[0] >> 1 & 0x3F in _H265_KEYS)
        elif kind == self._FRAGMENT and len(payload) > 3:
            inner = payload[2] & 0x3F
            if payload[2] & 0x80:
                header = bytes([payload[0] & 0x81 | inner << 1, payload[1]])
                _add_unit(picture, header, inner in _H265_KEYS)
            elif not picture.content:
                picture.damaged = True
            picture.content += payload[3:]
        else:
            picture.damaged = True


class Mpeg4Payload:
    """RFC 6416: the stream as it is."""

    _SEQUENCE, _PICTURE = b"\0\0\1\xb0", b"\0\0\1\xb6"

    def take(self, payload: bytes, picture: Gathering) -> None:
        """Adds a packet's part to the picture; marks it as damaged where it does not fit."""
        if not picture.content:
            at = payload.find(self._PICTURE)
            intra = 0 <= at < len(payload) - 4 and payload[at + 4] >> 6 == 0
            picture.key = intra or payload.startswith(self._SEQUENCE)
        picture.content += payload


def payload_of(codec: Codec) -> Payload:
    """What puts a codec's packets together."""
    makers: dict[Codec, type[Payload]] = {
        Codec.H264: H264Payload, Codec.H265: H265Payload, Codec.MPEG4: Mpeg4Payload, Codec.MJPEG: JpegPayload,
    }  # fmt: skip
    return makers[codec]()


def _add_unit(picture: Gathering, unit: bytes, key: bool) -> None:
    picture.content += START_CODE
    picture.content += unit
    picture.key = picture.key or key


def _aggregated(units: bytes, picture: Gathering) -> list[bytes]:
    """The units of an aggregation packet; one that does not fit marks the picture as damaged."""
    found = []
    at = 0
    while at < len(units):
        length = int.from_bytes(units[at : at + 2], "big")
        unit = units[at + 2 : at + 2 + length]
        if not unit or len(unit) != length:
            picture.damaged = True
            break
        found.append(unit)
        at += 2 + length
    return found
