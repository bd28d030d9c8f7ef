"""What FFmpeg cuts into RTP packets comes out whole again, picture for picture."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerby.ingest.sources.coded_pictures import Codec, Track
from passerby.ingest.sources.decoder import PictureDecoder
from passerby.ingest.sources.errors import StreamError
from passerby.ingest.sources.rtsp.payloads import payload_of
from passerby.ingest.sources.rtsp.rtp import Part, PictureAssembler, Place
from passerby.ingest.sources.rtsp.sdp import parse_description
from testing.films import ONE_SECOND, film
from testing.rtsp_camera.film import Film, encode, packed
from testing.rtsp_camera.packets import Packets, Quirks, quirks_of

CODECS = ["h264", "hevc", "mpeg4", "mjpeg"]


@pytest.fixture(scope="module")
def noise(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ten pictures that are too large for one packet each."""
    return film(tmp_path_factory.mktemp("noise") / "noise.mp4", size_px=(160, 128), noisy=True)


def packets(sent: Film, quirks: Quirks, left_out: tuple[int, ...] = ()) -> Iterator[bytes]:
    """What a camera sends of a film; some pictures are left out as if they had never been coded."""
    made = Packets(65_530, 1, 0)
    for number, picture in enumerate(sent.pictures):
        if number not in left_out:
            yield from made.of(sent, picture, number / 10, quirks)


def decoded(sent: Film, packets: Iterable[bytes]) -> tuple[dict[int, np.ndarray], int]:
    """The pictures by their number in the film, and how many were damaged."""
    description = parse_description("v=0\r\n" + sent.media)
    assembled = PictureAssembler(payload_of(description.track), description.payload_type)
    decoder, damaged = PictureDecoder(description.track), 0
    shown: dict[int, np.ndarray] = {}
    for packet in packets:
        for coded in assembled.add(packet):
            frames = decoder.decode(coded)
            damaged += frames is None
            shown |= {round((frame.pts or 0) / 9000): frame.to_ndarray(format="gray") for frame in frames or ()}
    return shown, damaged


@pytest.fixture(scope="module")
def sent(noise: Path, tmp_path_factory: pytest.TempPathFactory):
    """Makes a film in a codec, with what a decoder makes of it when it reads the file."""
    folder = tmp_path_factory.mktemp("sent")

    def make(codec: str) -> tuple[Film, list[np.ndarray]]:
        recording = folder / ("film.avi" if codec == "mjpeg" else f"{codec}.mp4")
        if not recording.exists():
            encode(noise, recording, codec, slices=3)
        with av.open(str(recording)) as source:
            return packed(recording), [frame.to_ndarray(format="gray") for frame in source.decode(video=0)]

    return make


@pytest.mark.parametrize(
    "words",
    ["", "marker=unit", "marker=none", "marker=every", "marker=first", "sets_apart=1", "no_sets=1,marker=unit"],
)
@pytest.mark.parametrize("codec", CODECS)
def test_every_picture_comes_out_as_it_was(codec: str, words: str, sent) -> None:
    film, truth = sent(codec)
    shown, damaged = decoded(film, packets(film, quirks_of(words)))
    assert damaged == 0
    assert len(truth) == len(ONE_SECOND)
    # The last one waits for the next to begin, and MPEG-4's decoder keeps one until it is flushed.
    assert len(shown) >= len(truth) - 2
    assert all(np.array_equal(luma, truth[number]) for number, luma in shown.items())


@pytest.mark.parametrize("codec", CODECS)
def test_pictures_of_one_stamp_are_separated(codec: str, sent) -> None:
    film, truth = sent(codec)
    description = parse_description("v=0\r\n" + film.media)
    assembled = PictureAssembler(payload_of(description.track), description.payload_type)
    sent_packets = packets(film, Quirks(constant=True, marker="none"))
    found = [coded for packet in sent_packets for coded in assembled.add(packet)]
    assert len(found) == len(truth) - 1
    assert not any(one.damaged for one in found)


@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize("marker", ["last", "unit", "none"])
def test_no_picture_is_shown_that_a_lost_packet_has_touched(codec: str, marker: str, sent) -> None:
    film, truth = sent(codec)
    whole = list(packets(film, Quirks(marker=marker)))
    last = sum(1 for _ in Packets(0, 1, 0).of(film, film.pictures[-1], 0.0, Quirks()))
    for lost in range(1, len(whole) - last, 5):
        shown, damaged = decoded(film, [packet for number, packet in enumerate(whole) if number != lost])
        assert damaged >= 1, lost
        assert all(np.array_equal(luma, truth[number]) for number, luma in shown.items()), lost


@pytest.mark.parametrize("codec", ["h264", "hevc"])
def test_a_picture_that_the_camera_left_out_is_missed(codec: str, sent) -> None:
    film, truth = sent(codec)
    shown, damaged = decoded(film, packets(film, Quirks(), left_out=(4,)))
    assert damaged >= 1
    assert set(shown) <= {0, 1, 2, 3}
    assert all(np.array_equal(luma, truth[number]) for number, luma in shown.items())


@pytest.mark.parametrize("codec", list(Codec))
@given(payloads=st.lists(st.binary(min_size=1, max_size=40), max_size=12))
def test_no_payload_breaks_it(codec: Codec, payloads: list[bytes]) -> None:
    payload = payload_of(Track(codec))
    for each in payloads:
        with suppress(StreamError):  # JPEG pictures without a size
            assert all(isinstance(part, Part) for part in payload.parts(each))


@pytest.mark.parametrize(
    ("codec", "payload"),
    [
        (Codec.H264, b"\x18\x00\x09\x65ab"),  # STAP-A that promises more than there is
        (Codec.H264, b"\x1d\x85interleaved"),
        (Codec.H265, b"\x60\x01\x00\x09ab"),
        (Codec.H265, b"\x02"),
        (Codec.MJPEG, b"\x00\x00\x00\x09\x01\x32\x14\x10not where the last one ended"),
        (Codec.MJPEG, b"\x00"),
    ],
)
def test_what_does_not_fit_is_broken(codec: Codec, payload: bytes) -> None:
    assert payload_of(Track(codec)).parts(payload)[-1].place is Place.BROKEN


@pytest.mark.parametrize(
    ("codec", "payload"),
    [(Codec.H264, b"\x7c\x05middle of a fragment"), (Codec.H265, b"\x62\x01\x13middle of a fragment")],
)
def test_the_middle_of_a_fragment_goes_on_with_what_came_before(codec: Codec, payload: bytes) -> None:
    (part,) = payload_of(Track(codec)).parts(payload)
    assert part.place is Place.REST
    assert part.content == b"middle of a fragment"


def test_parameter_sets_before_every_picture_make_none_a_picture_to_start_from() -> None:
    payload = payload_of(Track(Codec.H264))
    assert payload.parts(b"\x67\x42\xc0\x1e\xd9")[0].place is Place.HEAD
    (predicted,) = payload.parts(b"\x41\xe0\x11\x22")  # first_mb_in_slice 0, slice_type 0: P
    assert (predicted.place, predicted.key) == (Place.FIRST, False)
    payload.parts(b"\x67\x42\xc0\x1e\xd9")
    (intra,) = payload.parts(b"\x41\x88\x80\x11")  # slice_type 7: I
    assert (intra.place, intra.key) == (Place.FIRST, True)


@pytest.mark.parametrize(
    ("messages", "kept"),
    [
        ("2f0308001880", "2f0308001880"),
        ("050400000301aa 2f0308001880", "2f0308001880"),  # behind another one, with emulation prevention
        ("2f0180 0501aa80", "2f018080"),
        ("0501aa80", ""),
        ("05ff01", ""),
        ("2f0400080018 80", ""),
        ("80", ""),
        ("", ""),
    ],
)
def test_of_messages_in_h265_only_that_which_turns_pictures_is_kept(messages: str, kept: str) -> None:
    head = bytes.fromhex("4e01")
    (part,) = payload_of(Track(Codec.H265)).parts(head + bytes.fromhex(messages))
    assert part.place is Place.HEAD
    assert part.content == (b"\0\0\0\1" + head + bytes.fromhex(kept) if kept else b"")
