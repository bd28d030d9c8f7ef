"""RTP packets, whole, lost, reordered in time and hostile."""

import struct

from hypothesis import given
from hypothesis import strategies as st

from passerby.ingest.sources.coded_pictures import CodedPicture
from passerby.ingest.sources.rtsp.rtp import PartialPicture, PictureAssembler, rtp_packet

KIND = 96


class Plain:
    """A payload that is the picture itself."""

    def add(self, payload: bytes, picture: PartialPicture) -> None:
        picture.content += payload
        picture.key = True


def packet(sequence: int, timestamp: int, payload: bytes = b"x", marker: bool = True, kind: int = KIND) -> bytes:
    second = kind | (0x80 if marker else 0)
    return struct.pack("!BBHII", 0x80, second, sequence & 0xFFFF, timestamp & 0xFFFFFFFF, 7) + payload


def pictures(*packets: bytes) -> list[CodedPicture]:
    assembled = PictureAssembler(Plain(), KIND)
    return [picture for one in packets for picture in assembled.add(one)]


def test_a_packet_is_taken_apart() -> None:
    parts = rtp_packet(packet(9, 1000, b"abc"))
    assert parts is not None
    assert parts == (KIND, 9, 1000, True, b"abc")


def test_extension_sources_and_padding_are_left_out() -> None:
    head = struct.pack("!BBHII", 0x80 | 0x20 | 0x10 | 2, KIND, 1, 2, 3)
    whole = head + bytes(8) + struct.pack("!HH", 0, 1) + bytes(4) + b"abc" + b"\0\0\3"
    parts = rtp_packet(whole)
    assert parts is not None
    assert parts.payload == b"abc"


@given(st.binary(max_size=64))
def test_no_bytes_break_it(junk: bytes) -> None:
    parts = rtp_packet(junk)
    assert parts is None or 0 < len(parts.payload) < len(junk)


@given(st.lists(st.binary(max_size=40), max_size=30))
def test_no_packets_break_the_assembly(junk: list[bytes]) -> None:
    assert all(isinstance(one, CodedPicture) for one in pictures(*junk))


def test_the_marker_ends_a_picture() -> None:
    found = pictures(packet(1, 0, b"a", marker=False), packet(2, 0, b"b"), packet(3, 3000, b"c"))
    assert [(one.content, one.ticks, one.damaged) for one in found] == [(b"ab", 0, False), (b"c", 3000, False)]


def test_a_new_time_ends_a_picture_whose_marker_is_missing() -> None:
    found = pictures(packet(1, 0, b"a", marker=False), packet(2, 3000, b"b"))
    assert [(one.content, one.damaged) for one in found] == [(b"a", False), (b"b", False)]


def test_time_goes_on_beyond_32_bits_and_may_step_back() -> None:
    start = 0xFFFFFFFF - 999
    found = pictures(packet(1, start), packet(2, start + 3000), packet(3, start + 1500))
    assert [one.ticks for one in found] == [0, 3000, 1500]


def test_sequence_numbers_wrap() -> None:
    assert not any(one.damaged for one in pictures(packet(65535, 0), packet(65536, 1), packet(65537, 2)))


def test_a_lost_packet_damages_the_picture_that_it_belonged_to() -> None:
    whole = packet(1, 0, b"a", marker=False), packet(2, 0, b"b", marker=False), packet(3, 0, b"c")
    assert [one.damaged for one in pictures(whole[0], whole[2], packet(4, 1))] == [True, False]


def test_a_lost_start_damages_the_new_picture() -> None:
    found = pictures(packet(1, 0), packet(3, 3000, b"b"), packet(4, 6000))
    assert [one.damaged for one in found] == [False, True, False]


def test_other_payload_types_are_not_pictures() -> None:
    assert pictures(packet(1, 0, kind=97), packet(2, 0, kind=72)) == []


def test_a_picture_without_end_is_let_go() -> None:
    assembled = PictureAssembler(Plain(), KIND)
    chunk = bytes(65_000)
    found = [one for number in range(600) for one in assembled.add(packet(number, 0, chunk, marker=False))]
    found += assembled.add(packet(600, 0, b"end"))
    assert [one.damaged for one in found] == [True]
    assert len(found[0].content) < 32 << 20
