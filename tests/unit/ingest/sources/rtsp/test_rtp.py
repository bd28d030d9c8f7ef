"""RTP packets, whole, lost, marked anyhow, reordered in time and hostile."""

import struct
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerby.ingest.sources.coded_pictures import CodedPicture
from passerby.ingest.sources.rtsp.rtp import (
    ClockPair,
    MarkerTrust,
    Part,
    PictureAssembler,
    Place,
    rtp_packet,
    sender_times,
)

KIND = 96
PLACES = {
    b"H": Place.HEAD, b"K": Place.FIRST, b"P": Place.FIRST, b"S": Place.SLICE, b"R": Place.REST, b"T": Place.TAIL,
}  # fmt: skip


class Letters:
    """A codec whose parts say by their first letter what they are: K and P begin pictures, K is one to start from."""

    end = b""

    ends_marked = False

    def middle_bytes(self, _packet: bytes, _at: int, /) -> int:
        return 0

    def complete(self, _addresses: Sequence[int | None], /) -> bool:
        return True

    def parts(self, payload: bytes) -> list[Part]:
        return [
            Part(PLACES.get(part[:1], Place.BROKEN), part, key=part[:1] in (b"K", b"S")) for part in payload.split(b",")
        ]


def packet(
    sequence: int, timestamp: int, payload: bytes = b"K", marker: bool = True, kind: int = KIND, source: int = 7
) -> bytes:
    second = kind | (0x80 if marker else 0)
    return struct.pack("!BBHII", 0x80, second, sequence & 0xFFFF, timestamp & 0xFFFFFFFF, source) + payload


def pictures(*packets: bytes) -> list[CodedPicture]:
    assembled = PictureAssembler(Letters(), KIND)
    return [picture for one in packets for picture in assembled.add(one)]


def stream(text: str, *, stamp_step: int = 3000) -> list[bytes]:
    """Packets of a line such as `K S! P!`: a new stamp with each K and P, `!` for a marker, `-` for a lost packet."""
    found, ticks = [], 0
    for number, word in enumerate(text.split()):
        ticks += stamp_step if word[0] in "HKP" and not text.split()[number - 1].startswith("H") else 0
        if word != "-":
            found.append(packet(number, ticks, word.rstrip("!").encode(), marker=word.endswith("!")))
    return found


def came(*packets: bytes) -> list[str]:
    """The pictures, with `?` behind those that are damaged."""
    return [one.content.decode() + "?" * one.damaged for one in pictures(*packets)]


def test_a_packet_is_taken_apart() -> None:
    parts = rtp_packet(packet(9, 1000, b"abc"))
    assert parts is not None
    assert parts == (KIND, 9, 1000, 7, True, b"abc")


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


@pytest.mark.parametrize("stamp_step", [3000, 0], ids=["stamps", "one stamp for all"])
@pytest.mark.parametrize(
    "marked",
    ["K S S! H P S S! P!", "K! S! S! H! P! S! S! P!", "K S S H P S S P", "K! S S H! P! S S P", "K S! S H P! S S P!"],
    ids=["last packet", "every packet", "no packet", "first packet", "any packet"],
)
def test_a_picture_ends_where_the_next_begins_whatever_the_marker_says(marked: str, stamp_step: int) -> None:
    assert came(*stream(f"H! {marked} H K", stamp_step=stamp_step)) == ["HKSS", "HPSS", "P"]


def test_parameter_sets_with_the_stamp_of_the_picture_before_belong_to_the_next() -> None:
    packets = [packet(0, 0, b"K"), packet(1, 0, b"H"), packet(2, 0, b"H2", marker=False), packet(3, 3000, b"K2")]
    found = pictures(*packets, packet(4, 6000))
    assert [(one.content, one.ticks) for one in found] == [(b"K", 0), (b"HH2K2", 3000)]


def test_a_message_between_two_slices_is_no_new_picture() -> None:
    assert came(*stream("K H S S K", stamp_step=0)) == ["KHSS"]


def test_what_stands_behind_a_picture_stays_with_it() -> None:
    assert came(*stream("K S T! T2 R P K")) == ["KSTT2R", "P"]


def test_several_pictures_in_one_packet() -> None:
    assert came(packet(0, 0, b"H,K,S,H,P,S,P"), packet(1, 0, b"K")) == ["HKS", "HPS", "P"]


def delays(text: str) -> list[int]:
    """For each picture, how many packets came after its last one before it was given."""
    assembled, waited = PictureAssembler(Letters(), KIND), []
    last: dict[str, int] = {}
    for number, (word, one) in enumerate(zip(text.split(), stream(text), strict=True)):
        last[word.strip("!")] = number
        waited += [number - last[picture.content.decode()[-2:]] for picture in assembled.add(one)]
    return waited


def test_a_marker_that_has_proved_right_gives_each_picture_at_once() -> None:
    waited = delays(" ".join(f"K{n} S{n}!" for n in range(10)))
    # The packet that proves the last of them right is not itself the end of a picture.
    assert waited == [1] * MarkerTrust.PICTURES + [0] * (10 - MarkerTrust.PICTURES)


def test_without_a_marker_a_picture_waits_for_the_next() -> None:
    assert delays(" ".join(f"K{n} S{n}" for n in range(10))) == [1] * 9


def test_the_marker_is_not_believed_before_a_key_picture() -> None:
    assert delays(" ".join(f"P{n}!" for n in range(9))) == [1] * 8


def test_a_marker_that_was_right_and_turns_wrong_costs_one_picture_and_is_believed_no_more() -> None:
    right = " ".join(["K!"] * 8)
    assert came(*stream(f"{right} K! S! S! K! S! S! K! S! S! K")) == ["K"] * 9 + ["SS?", "KSS", "KSS"]


def test_a_stream_that_is_joined_in_the_middle_of_a_picture_may_have_a_good_marker() -> None:
    assert delays("S0! " + " ".join(f"K{n}!" for n in range(1, 10)))[-1] == 0


def test_time_goes_on_beyond_32_bits_and_may_step_back() -> None:
    start = 0xFFFFFFFF - 999
    found = pictures(packet(1, start), packet(2, start + 3000), packet(3, start + 1500), packet(4, start))
    assert [one.ticks for one in found] == [0, 3000, 1500]


def test_a_new_source_is_a_leap_that_no_clock_takes_for_time() -> None:
    found = pictures(packet(1, 0), packet(2, 3000), packet(3, 6000, source=8), packet(4, 9000, source=8))
    assert [one.ticks for one in found[:2]] == [0, 3000]
    assert (found[2].ticks or 0) > 1 << 39


def test_a_new_source_that_begins_with_padding_is_one_all_the_same() -> None:
    found = pictures(
        packet(1, 0), packet(2, 3000), packet(900, 50, b"", source=8), packet(901, 100, b"", source=8),
        packet(902, 6000, source=8), packet(903, 9000, source=8), packet(904, 12000, source=8),
    )  # fmt: skip
    assert not any(one.damaged for one in found)
    assert [one.ticks for one in found[:2]] == [0, 3000]
    leap, after = (one.ticks or 0 for one in found[2:4])
    assert (leap > 1 << 39, after - leap) == (True, 3000)


def test_padding_of_another_source_between_the_packets_of_a_picture_changes_nothing() -> None:
    words = [packet(1, 0, b"K"), packet(2, 0, b"S"), packet(3, 3000), packet(4, 6000)]
    between = [each for number, one in enumerate(words) for each in (one, packet(70 + 9 * number, 0, b"", source=8))]
    assert pictures(*between) == pictures(*words)


def test_padding_that_is_lost_is_a_loss_of_its_own_source() -> None:
    assert came(packet(1, 0), packet(2, 0, b""), packet(3, 3000), packet(4, 6000)) == ["K", "K"]
    assert came(packet(1, 0), packet(3, 0, b""), packet(4, 3000), packet(5, 6000))[0] == "K?"
    assert came(packet(5, 0, b"", source=8), packet(1, 0), packet(2, 3000), packet(3, 6000)) == ["K", "K"]


def test_sequence_numbers_wrap() -> None:
    found = pictures(packet(65535, 0), packet(65536, 1), packet(65537, 2))
    assert len(found) == 2
    assert not any(one.damaged for one in found)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("K S S K K", ["KSS", "K"]),
        ("K - S K K", ["KS?", "K"]),
        ("K S - K K", ["KS?", "K"]),
        ("K S - S P K", ["KSS?", "P"]),
        ("K R - R P K", ["KR?", "P"]),
        ("R P K", ["?", "P"]),
    ],
)
def test_a_lost_packet_damages_the_picture_that_it_belonged_to(text: str, expected: list[str]) -> None:
    assert came(*stream(text)) == expected


def test_a_whole_picture_that_was_lost_between_two_is_a_damaged_one() -> None:
    right = " ".join(["K!"] * 8)
    assert came(*stream(f"{right} - P! K!"))[8:] == ["?", "P", "K"]
    assert came(*stream(f"{right} - S! K!"))[8:] == ["S?", "K"]


def test_what_does_not_fit_damages_the_picture() -> None:
    assert came(*stream("K B S P K")) == ["KS?", "P"]


def test_other_payload_types_are_not_pictures() -> None:
    assert pictures(packet(1, 0, kind=97), packet(2, 0, kind=72), packet(3, 3000, kind=97)) == []


def test_a_picture_and_a_head_without_end_are_let_go() -> None:
    for letter in (b"R", b"H"):
        assembled = PictureAssembler(Letters(), KIND)
        chunk = letter + bytes(65_000)
        found = list(assembled.add(packet(0, 0, b"K", marker=False)))
        found += [one for number in range(1, 601) for one in assembled.add(packet(number, 0, chunk, marker=False))]
        found += [*assembled.add(packet(601, 0, b"K2")), *assembled.add(packet(602, 0, b"K3"))]
        assert [len(one.content) < 32 << 20 for one in found] == [True, True]
        assert found[0].damaged is (letter == b"R")


def sender_report(timestamp: int, seconds: int = 9, fraction: int = 1 << 31, source: int = 7) -> bytes:
    return struct.pack("!BBHIIIIII", 0x80, 200, 6, source, seconds, fraction, timestamp & 0xFFFFFFFF, 0, 0)


def test_a_sender_report_is_read_on_the_scale_of_the_pictures() -> None:
    assembled = PictureAssembler(Letters(), KIND)
    assert assembled.clock_pair(sender_report(0xFFFFFF00)) is None  # of no picture yet
    list(assembled.add(packet(1, 0xFFFFFF00)))
    (first,) = assembled.add(packet(2, 0x100))
    assert first.ticks is not None
    assert assembled.clock_pair(sender_report(0x200)) == ClockPair(9.5, first.ticks + 0x300)
    assert assembled.clock_pair(sender_report(0xFFFFFE00)) == ClockPair(9.5, first.ticks - 0x100)


def test_reports_of_another_source_or_without_a_time_are_left_out() -> None:
    assembled = PictureAssembler(Letters(), KIND)
    list(assembled.add(packet(1, 0)))
    assert assembled.clock_pair(sender_report(0, source=8)) is None
    assert assembled.clock_pair(sender_report(0, seconds=0, fraction=0)) is None


@given(st.binary(max_size=60))
def test_any_bytes_are_a_report_or_none(content: bytes) -> None:
    times = sender_times(content)
    assert times is None or content[1] == 200
