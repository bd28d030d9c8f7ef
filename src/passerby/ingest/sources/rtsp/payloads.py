"""How each codec's pictures are cut into RTP packets (RFC 6184, 7798, 6416, 2435), and are put together again."""

import struct

from passerby.ingest.sources.coded_pictures import Codec
from passerby.ingest.sources.rtsp.rtp import PartialPicture, Payload
from passerby.ingest.sources.rtsp.sdp import START_CODE

_H264_KEYS = frozenset({5, 7})
"""IDR slices; and parameter sets, which stand before the pictures to start from in streams that have no IDR."""

_H265_KEYS = frozenset({*range(16, 22), 33})
"""Intra random access points, and sequence parameter sets."""


class H264Payload:
    """RFC 6184, non-interleaved: single units, STAP-A and FU-A."""

    _STAP_A, _FU_A = 24, 28

    def add(self, payload: bytes, picture: PartialPicture) -> None:
        """Adds a packet's payload to the picture; marks the picture as damaged where it does not fit."""
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

    def add(self, payload: bytes, picture: PartialPicture) -> None:
        """Adds a packet's payload to the picture; marks the picture as damaged where it does not fit."""
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

    def add(self, payload: bytes, picture: PartialPicture) -> None:
        """Adds a packet's payload to the picture; marks the picture as damaged where it does not fit."""
        if not picture.content:
            at = payload.find(self._PICTURE)
            intra = 0 <= at < len(payload) - 4 and payload[at + 4] >> 6 == 0
            picture.key = intra or payload.startswith(self._SEQUENCE)
        picture.content += payload


def payload_of(codec: Codec) -> Payload:
    """Returns the payload format of a codec."""
    makers: dict[Codec, type[Payload]] = {
        Codec.H264: H264Payload, Codec.H265: H265Payload, Codec.MPEG4: Mpeg4Payload, Codec.MJPEG: JpegPayload,
    }  # fmt: skip
    return makers[codec]()


def _add_unit(picture: PartialPicture, unit: bytes, key: bool) -> None:
    picture.content += START_CODE
    picture.content += unit
    picture.key = picture.key or key


def _aggregated(units: bytes, picture: PartialPicture) -> list[bytes]:
    """Returns the units of an aggregation packet; one that does not fit marks the picture as damaged."""
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


_LUMA = bytes.fromhex(
    "100b0c0e0c0a100e0d0e1211101318281a181616183123251d283a333d3c3933383740485c4e404457453738506d51575f626768673e4d71"
    "797064785c656763"
)
_CHROMA = bytes.fromhex("1112121815182f1a1a2f634238426363636363") + b"\x63" * 45
"""Annex K's tables for quality 50, in zigzag order (RFC 2435, appendix A)."""


_END = b"\xff\xd9"


class JpegPayload:
    """RFC 2435, types 0, 1, 64 and 65: 4:2:2 and 4:2:0, with or without restart markers.

    The packets leave out the JPEG header, which is written anew.
    """

    def __init__(self) -> None:
        self._tables: dict[int, bytes] = {}

    def add(self, payload: bytes, picture: PartialPicture) -> None:
        """Adds a packet's payload to the picture; marks the picture as damaged where it does not fit."""
        if len(payload) < 8:
            picture.damaged = True
            return
        offset = int.from_bytes(payload[1:4], "big")
        kind, quality, width_px, height_px = payload[4], payload[5], 8 * payload[6], 8 * payload[7]
        at, restart = 8, 0
        if kind >= 64:
            restart = int.from_bytes(payload[8:10], "big")
            at += 4
        if offset == 0:
            tables, at = self._tables_of(payload, quality, at)
            if len(tables) not in (64, 128) or kind & 0x3F > 1 or not (width_px and height_px):
                picture.damaged = True
                return
            picture.content[:] = _head(kind & 1, width_px, height_px, tables, restart)
            picture.key = True
        elif not picture.content:
            picture.damaged = True
            return
        # The mark stands behind what came so far, for the decoder shows nothing of the last rows without it.
        if picture.content.endswith(_END):
            del picture.content[-len(_END) :]
        picture.content += payload[at:].removesuffix(_END) + _END

    def _tables_of(self, payload: bytes, quality: int, at: int) -> tuple[bytes, int]:
        """Quantisation tables in the packet, or made from the quality; and where the scan begins."""
        if quality < 128:
            return _scaled_tables(quality), at
        length = int.from_bytes(payload[at + 2 : at + 4], "big")
        at += 4
        tables = payload[at : at + length]
        if tables:
            self._tables[quality] = tables
        return tables or self._tables.get(quality, b""), at + length


def _scaled_tables(quality: int) -> bytes:
    chosen = min(max(quality, 1), 99)
    factor = 5000 // chosen if chosen < 50 else 200 - 2 * chosen
    return bytes(min(max((value * factor + 50) // 100, 1), 255) for value in _LUMA + _CHROMA)


def _head(subsampling: int, width_px: int, height_px: int, tables: bytes, restart: int) -> bytes:
    """What stands before the scan. Huffman tables are left out: decoders know the standard's own."""
    head = b"\xff\xd8"
    for number in range(len(tables) // 64):
        head += b"\xff\xdb" + struct.pack(">HB", 67, number) + tables[64 * number : 64 * number + 64]
    chroma = 1 if len(tables) > 64 else 0
    head += b"\xff\xc0" + struct.pack(">HBHHB", 17, 8, height_px, width_px, 3)
    head += bytes([1, 0x22 if subsampling else 0x21, 0, 2, 0x11, chroma, 3, 0x11, chroma])
    if restart:
        head += b"\xff\xdd" + struct.pack(">HH", 4, restart)
    return head + b"\xff\xda" + struct.pack(">HB", 12, 3) + bytes([1, 0x00, 2, 0x11, 3, 0x11, 0, 63, 0])
