"""Packets that are odd in one way each, all of which other programs read: every picture comes out as it was."""

import random
import struct
from collections.abc import Callable, Iterable, Iterator

import numpy as np
import pytest

from testing.rtsp_camera.film import Film
from tests.integration.streams.assembled import CODECS, Change, shown

CHANCE = random.Random(1)


def each(change: Callable[[bytes], bytes]) -> Change:
    """Changes each packet by itself."""
    return lambda packets: map(change, packets)


def stamped(packet: bytes, more: int) -> bytes:
    """The packet with another time stamp."""
    (ticks,) = struct.unpack("!I", packet[4:8])
    return packet[:4] + struct.pack("!I", (ticks + more) & 0xFFFFFFFF) + packet[8:]


def numbered(packets: Iterable[bytes]) -> Iterator[bytes]:
    """Packets with their numbers in order."""
    for number, packet in enumerate(packets):
        yield packet[:2] + struct.pack("!H", number & 0xFFFF) + packet[4:]


def before_pictures(*payloads: bytes, first: int = 0x80) -> Change:
    """Puts packets with such payloads before each picture, with its stamp."""

    def changed(packets: Iterable[bytes]) -> Iterator[bytes]:
        last = b""
        for packet in packets:
            if packet[4:8] != last:
                last = packet[4:8]
                yield from (bytes([first, packet[1] & 0x7F]) + packet[2:12] + payload for payload in payloads)
            yield packet

    return lambda packets: numbered(changed(packets))


def beside(*others: bytes) -> Change:
    """Sends these behind each packet, without a number in the stream."""
    return lambda packets: (one for packet in packets for one in (packet, *others))


def every_second(change: Callable[[bytes], bytes]) -> Change:
    return lambda packets: (change(packet) if number % 2 else packet for number, packet in enumerate(packets))


CHANGES: dict[str, Change] = {
    "a header extension": each(lambda one: bytes([one[0] | 0x10]) + one[1:12] + b"\xbe\xde\0\1\x10\1\0\0" + one[12:]),
    "contributing sources": each(lambda one: bytes([one[0] | 2]) + one[1:12] + b"abcdefgh" + one[12:]),
    "padding": each(lambda one: bytes([one[0] | 0x20]) + one[1:] + b"\0\0\0\4"),
    "packets of padding alone": before_pictures(b"\0\0\0\4", first=0xA0),
    "empty packets": before_pictures(b""),
    "every packet twice": lambda packets: (one for packet in packets for one in (packet, packet)),
    "stamps that jump by half their range": each(
        lambda one: stamped(one, (int.from_bytes(one[4:8], "big") // 45_000 % 2) << 31)
    ),
    "two sources in turn": every_second(lambda one: one[:8] + b"else" + one[12:]),
    "random markers": each(lambda one: bytes([one[0], one[1] & 0x7F | CHANCE.choice((0, 0x80))]) + one[2:]),
    "another stream's packets between": beside(b"\x80\x08\0\1\0\0\0\0\0\0\0\0sound"),
    "reports between": beside(b"\x80\xc8\0\6" + b"\0\0\0\1" * 6, b"\x81\xca\0\1abcd", b"\x80\xcb\0\1abcd"),
}

UNITS: dict[str, tuple[bytes, bytes]] = {
    "delimiters": (b"\x09\xf0", b"\x46\x01\x50"),
    "delimiters of a byte": (b"\x09", b"\x46\x01"),
    "messages that are none": (b"\x06\x05\xff\xff\x10\x80", b"\x4e\x01\x05\xff\xff\x10\x80"),
    "filling": (b"\x0c\xff\xff\x80", b"\x4c\x01\xff\xff\x80"),
    "reserved units": (b"\x1f\1\2\3", b"\x66\1\2\3"),
    "unspecified units": (b"\0\1\2", b"\x52\1\2\3"),
    "delimiters with start codes": (b"\0\0\0\1\x09\xf0", b"\0\0\0\1\x46\x01\x50"),
    "packets of units, filled up": (b"\x78\0\2\x09\xf0\0\0\0\0\0", b"\x60\x01\0\3\x46\x01\x50\0\0\0\0\0"),
}
"""What stands before each picture, in H.264 and in H.265."""


def assert_whole(film: Film, change: Change) -> None:
    """Fails where a picture is missing, damaged or another one. The last one may wait for the next to end it."""
    truth, found = shown(film), shown(film, changed=change)
    assert found.damaged == 0
    assert len(found.lumas) >= len(truth.lumas) - 1
    for seen, true in zip(found.lumas, truth.lumas, strict=False):
        assert np.array_equal(seen, true)


@pytest.mark.parametrize("name", CODECS)
@pytest.mark.parametrize("how", CHANGES)
def test_odd_headers_change_no_picture(how: str, name: str, film_of: Callable[[str], Film]) -> None:
    assert_whole(film_of(name), CHANGES[how])


@pytest.mark.parametrize("name", ["h264", "hevc"])
@pytest.mark.parametrize("what", UNITS)
def test_odd_units_change_no_picture(what: str, name: str, film_of: Callable[[str], Film]) -> None:
    assert_whole(film_of(name), before_pictures(UNITS[what][name == "hevc"]))


@pytest.mark.parametrize("name", ["h264", "hevc"])
def test_units_with_start_codes_are_read(name: str, film_of: Callable[[str], Film]) -> None:
    def coded(one: bytes) -> bytes:
        kind = one[12] & 31 if name == "h264" else one[12] >> 1 & 63
        return one if kind in (24, 28, 48, 49) else one[:12] + b"\0\0\0\1" + one[12:] + b"\0\0"

    assert_whole(film_of(name), each(coded))


@pytest.mark.parametrize("name", ["h264", "hevc"])
def test_fragments_may_end_with_an_empty_one(name: str, film_of: Callable[[str], Film]) -> None:
    head = 2 if name == "h264" else 3

    def ended(packets: Iterable[bytes]) -> Iterator[bytes]:
        for one in packets:
            kind = one[12] & 31 if name == "h264" else one[12] >> 1 & 63
            flags = one[11 + head]
            if kind not in (28, 49) or not flags & 0x40:
                yield one
                continue
            yield one[:1] + bytes([one[1] & 0x7F]) + one[2 : 11 + head] + bytes([flags & 0xBF]) + one[12 + head :]
            yield one[: 11 + head] + bytes([flags & 0x7F])

    assert_whole(film_of(name), lambda packets: numbered(ended(packets)))


@pytest.mark.parametrize("name", CODECS)
def test_a_new_source_behind_a_picture_costs_none(name: str, film_of: Callable[[str], Film]) -> None:
    def renewed(packet: bytes) -> bytes:
        part = int.from_bytes(packet[4:8], "big") // 45_000
        number = (int.from_bytes(packet[2:4], "big") + 20_011 * part) & 0xFFFF
        return packet[:2] + struct.pack("!H", number) + packet[4:8] + struct.pack("!I", part) + packet[12:]

    assert_whole(film_of(name), each(renewed))


def test_a_new_source_in_the_middle_of_a_picture_damages_it(film_of: Callable[[str], Film]) -> None:
    def torn(packets: Iterable[bytes]) -> Iterator[bytes]:
        for number, packet in enumerate(packets):
            if number != 30:
                yield packet if number < 30 else packet[:8] + b"else" + packet[12:]

    truth, found = shown(film_of("hevc")), shown(film_of("hevc"), changed=torn)
    assert found.damaged > 0
    whole = dict(zip(truth.ticks, truth.lumas, strict=True))
    for luma in found.lumas:
        assert any(np.array_equal(luma, one) for one in whole.values())
