"""Session descriptions of real cameras, and of none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerby.ingest.sources.coded_pictures import Codec
from passerby.ingest.sources.errors import StreamError
from passerby.ingest.sources.rtsp.sdp import parse_description

HEAD = "v=0\r\no=- 1 1 IN IP4 10.0.0.9\r\ns=Media\r\nt=0 0\r\na=control:*\r\n"
SOUND = "m=audio 0 RTP/AVP 8\r\na=rtpmap:8 PCMA/8000\r\na=control:trackID=1\r\n"
H264 = (
    "m=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n"
    "a=fmtp:96 profile-level-id=4D0032; packetization-mode=1; sprop-parameter-sets=Z00AMp==,aO48gA==\r\n"
    "a=control:rtsp://10.0.0.9/stream/trackID=0\r\n"
)
H265 = (
    "m=video 0 RTP/AVP 97\na=rtpmap:97 H265/90000\na=fmtp:97 sprop-vps=QAE=; sprop-sps=QgE=; sprop-pps=RAE=\n"
    "a=control:track2\n"
)
VP8 = "m=video 0 RTP/AVP 98\r\na=rtpmap:98 VP8/90000\r\n"


def test_sound_is_left_out() -> None:
    found = parse_description(HEAD + SOUND + H264)
    assert (found.track.codec, found.payload_type) == (Codec.H264, 96)
    assert found.control == "rtsp://10.0.0.9/stream/trackID=0"
    assert found.session_control == "*"
    assert found.track.settings == bytes.fromhex("00000001 674d0032 00000001 68ee3c80")


def test_h265_with_bare_line_ends() -> None:
    found = parse_description(HEAD + H265)
    assert found.track.codec is Codec.H265
    assert found.track.settings == bytes.fromhex("00000001 4001 00000001 4201 00000001 4401")


def test_the_fixed_type_of_jpeg_needs_no_map() -> None:
    found = parse_description(HEAD + "m=video 0 RTP/AVP 26\r\n")
    assert (found.track.codec, found.payload_type, found.control) == (Codec.MJPEG, 26, "")


def test_the_first_track_that_can_be_decoded() -> None:
    assert parse_description(HEAD + VP8 + H264).payload_type == 96


@pytest.mark.parametrize(
    ("text", "words"), [(HEAD + SOUND, "holds no pictures"), (HEAD + VP8, "coded as VP8"), ("", "holds no pictures")]
)
def test_what_cannot_be_shown_is_reported(text: str, words: str) -> None:
    with pytest.raises(StreamError, match=words):
        parse_description(text)


def test_broken_parameter_sets_are_left_out_and_come_again_in_the_stream() -> None:
    left = parse_description(HEAD + H264.replace("Z00AMp==", "!")).track.settings
    assert left == bytes.fromhex("00000001 68ee3c80")
    assert parse_description(HEAD + H264.replace("Z00AMp==,aO48gA==", "6Q==,!,")).track.settings == b""


def test_absurd_numbers_are_no_numbers() -> None:
    assert parse_description(HEAD + H264.replace("/90000", "/" + "9" * 5000)).track.clock_hz == 90_000
    with pytest.raises(StreamError):
        parse_description(f"m=video 0 RTP/AVP {'9' * 5000}")


@given(st.text(max_size=300) | st.lists(st.sampled_from((HEAD + H264 + VP8).split("\r\n"))).map("\n".join))
def test_no_text_breaks_it(text: str) -> None:
    try:
        assert parse_description(text).track.codec in Codec
    except StreamError as refusal:
        assert str(refusal).isprintable()
