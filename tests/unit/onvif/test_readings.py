"""Answers in any shape are read, and never believed."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from passerby.onvif.readings import MAX_PROFILES, device_facts, media_url, service_urls, stream_of, stream_profiles

KEYS = st.sampled_from([
    "answer", "Profiles", "token", "Name", "VideoEncoderConfiguration", "Resolution", "Width", "Height", "RateControl",
    "FrameRateLimit", "Encoding", "Service", "Namespace", "XAddr", "Capabilities", "Media", "MediaUri", "Uri", "Model",
])  # fmt: skip
LEAVES = st.none() | st.integers() | st.floats() | st.text(max_size=20) | st.just(10**400) | st.binary(max_size=4)
NESTED = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=5))


@given(st.dictionaries(KEYS, NESTED, max_size=6))
def test_any_answer_is_survived(answer: dict[str, Any]) -> None:
    device_facts(answer)
    service_urls(answer)
    media_url(answer)
    stream_of(answer, frozenset({"10.0.0.5"}))
    for profile in stream_profiles(answer):
        assert 0 <= profile.width_px < 65_536
        assert 0 <= profile.fps <= 1000


def encoder(width: Any, height: Any, fps: Any) -> dict[str, Any]:
    resolution = {"Width": width, "Height": height}
    return {"Encoding": "H264", "Resolution": resolution, "RateControl": {"FrameRateLimit": fps, "BitrateLimit": -1}}


def test_numbers_that_cannot_be_are_unknown() -> None:
    answer = {"answer": [{"token": "a", "VideoEncoderConfiguration": encoder(10**9, -4, float("nan"))}]}
    (profile,) = stream_profiles(answer)
    assert (profile.width_px, profile.height_px, profile.fps, profile.bitrate_kbps) == (0, 0, 0.0, 0)


def test_a_lone_profile_is_as_good_as_a_list() -> None:
    one = {"token": "a", "VideoEncoderConfiguration": encoder(640, 360, 12.5)}
    assert [profile.fps for profile in stream_profiles({"Profiles": one})] == [12.5]


def test_profiles_without_video_or_name_are_left_out() -> None:
    audio = {"token": "audio", "VideoEncoderConfiguration": None}
    nameless = {"token": "", "VideoEncoderConfiguration": encoder(640, 360, 5)}
    assert stream_profiles({"answer": [audio, nameless, "text"]}) == ()


def test_a_flood_of_profiles_is_cut_off() -> None:
    crowd = [{"token": str(number), "VideoEncoderConfiguration": encoder(640, 360, 5)} for number in range(1000)]
    assert len(stream_profiles({"answer": crowd})) == MAX_PROFILES
