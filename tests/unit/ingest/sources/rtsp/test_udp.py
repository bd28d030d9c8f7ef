"""Packets that come out of order, twice, late or not at all; and what is reported about them."""

import random
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerby.ingest.sources.errors import StreamError
from passerby.ingest.sources.rtsp.udp import (
    LATE_FOR_NEW,
    WINDOW_PACKETS,
    WINDOW_S,
    Reception,
    Reordering,
    announced_port,
)


def packet(number: int, source: int = 1, ticks: int = 0) -> bytes:
    return struct.pack("!BBHII", 0x80, 96, number & 0xFFFF, ticks & 0xFFFFFFFF, source) + b"x"


def numbers(packets: list[bytes]) -> list[int]:
    return [int.from_bytes(one[2:4], "big") for one in packets]


def test_order_is_restored_across_the_end_of_the_numbers() -> None:
    ordering = Reordering()
    came = [65533, 65535, 65534, 1, 0, 0, 65533, 2]
    found = [one for number in came for one in ordering.add(packet(number), 0.0)]
    assert numbers(found) == [65533, 65534, 65535, 0, 1, 2]


def test_a_gap_is_waited_for_and_then_given_up() -> None:
    ordering = Reordering()
    assert numbers(ordering.add(packet(1), 0.0)) == [1]
    assert ordering.add(packet(3), 0.01) == []
    assert ordering.due(WINDOW_S) == []
    assert numbers(ordering.due(0.01 + WINDOW_S)) == [3]
    assert ordering.add(packet(2), 0.5) == []
    assert numbers(ordering.add(packet(4), 0.5)) == [4]


def test_no_more_is_held_than_the_window() -> None:
    ordering = Reordering()
    ordering.add(packet(0), 0.0)
    found = [one for number in range(2, 3 + WINDOW_PACKETS) for one in ordering.add(packet(number), 0.0)]
    assert numbers(found) == list(range(2, 3 + WINDOW_PACKETS))


def test_a_camera_that_counts_anew_is_followed() -> None:
    ordering = Reordering()
    ordering.add(packet(50_000), 0.0)
    assert numbers(ordering.add(packet(7, source=2), 0.0)) == [7]
    ordering.add(packet(20_000, source=3), 0.0)
    found = [one for number in range(100, 103 + LATE_FOR_NEW) for one in ordering.add(packet(number, source=3), 0.0)]
    assert numbers(found) == [100 + LATE_FOR_NEW, 101 + LATE_FOR_NEW, 102 + LATE_FOR_NEW]


@given(st.lists(st.binary(max_size=40), max_size=50))
def test_nothing_that_comes_breaks_it(packets: list[bytes]) -> None:
    ordering = Reordering()
    for at, one in enumerate(packets):
        ordering.add(one, at * 0.01)
        ordering.due(at * 0.01)


@given(st.integers(0, 65535), st.randoms(use_true_random=False))
def test_any_order_within_the_window_becomes_the_right_one(start: int, chance: random.Random) -> None:
    ordering = Reordering()
    rest = [start + 1 + number for number in range(40)]
    chance.shuffle(rest)
    found = [one for number in [start, *rest] for one in ordering.add(packet(number), 0.0)]
    assert numbers(found) == [(start + number) & 0xFFFF for number in range(41)]


def test_a_report_says_how_much_was_lost() -> None:
    reception = Reception(90_000)
    assert reception.block() == b""
    for number in range(65_500, 65_700):
        if number % 4:
            reception.add(packet(number, source=9, ticks=number * 900), number * 0.01)
    block = reception.block()
    source, lost, highest, jitter, _, _ = struct.unpack("!IIIIII", block)
    assert (source, highest) == (9, 65_699)
    assert lost & 0xFFFFFF == pytest.approx(50, abs=1)
    assert lost >> 24 == pytest.approx(64, abs=2)
    assert jitter < 10
    # What was reported is not reported as new again.
    assert struct.unpack("!IIIIII", reception.block())[1] >> 24 == 0


@pytest.mark.parametrize(
    ("transport", "port"),
    [
        ("RTP/AVP;unicast;client_port=5000-5001;server_port=6000-6001", 6000),
        ("RTP/AVP/UDP;unicast; Server_Port = 6000", 6000),
        ("RTP/AVP;unicast", 0),
        ("", 0),
        ("RTP/AVP;server_port=999999", 0),
        ("RTP/AVP;server_port=x", 0),
    ],
)
def test_the_port_that_is_announced(transport: str, port: int) -> None:
    assert announced_port(transport) == port


@pytest.mark.parametrize("transport", ["RTP/AVP/TCP;interleaved=0-1", "RTP/AVP;multicast;destination=239.0.0.1"])
def test_another_way_than_udp_is_reported(transport: str) -> None:
    with pytest.raises(StreamError, match="another way than over UDP"):
        announced_port(transport)
