"""Which stream is watched, and why."""

import pytest

from passerby.onvif.addresses import StreamAddress
from passerby.onvif.choice import choices, smaller_streams
from passerby.onvif.device import StreamProfile


def profile(
    token: str,
    width_px: int,
    height_px: int,
    *,
    lens: str = "v0",
    codec: str = "H264",
    usable: bool = True,
    fps: float = 15,
) -> StreamProfile:
    address = StreamAddress(f"rtsp://10.0.0.5/{token}", elsewhere=not usable, complete=True)
    return StreamProfile(token, token, codec, width_px, height_px, fps, 0, lens, address)


def chosen(*profiles: StreamProfile) -> list[str]:
    return [choice.profile.token for choice in choices(profiles)]


MAIN, SUB, TINY = profile("main", 1920, 1080), profile("sub", 640, 360), profile("tiny", 320, 180)


def test_the_largest_is_named_first_and_smaller_ones_of_its_shape_beside_it() -> None:
    (choice,) = choices((TINY, SUB, MAIN, profile("other", 640, 480)))
    assert choice.profile is MAIN
    assert choice.smaller == (SUB, TINY)
    assert "goes to the smallest in which they are large enough" in choice.reason


def test_of_a_picture_that_is_larger_than_any_use_the_next_one_is_first() -> None:
    (choice,) = choices((profile("4k", 3840, 2160), MAIN, SUB))
    assert (choice.profile, choice.smaller) == (MAIN, (SUB,))


def test_streams_that_cannot_be_one_view_or_are_reached_otherwise_are_not_named_beside_it() -> None:
    address = StreamAddress("rtsp://10.0.0.5:8554/x", elsewhere=False, complete=True)
    others = (
        profile("shape", 640, 480),
        profile("lens", 640, 360, lens="v1"),
        profile("away", 640, 360, usable=False),
        StreamProfile("port", "port", "H264", 640, 360, 15, 0, "v0", address),
        profile("same", 1920, 1080),
        profile("unknown", 0, 0),
    )
    assert smaller_streams(MAIN, (MAIN, *others, SUB)) == (SUB,)
    assert smaller_streams(SUB, (MAIN, SUB)) == ()


def test_of_two_of_one_size_the_lighter_is_named_and_of_many_the_smallest_four() -> None:
    light, heavy = profile("light", 640, 360), profile("heavy", 640, 360, codec="JPEG")
    assert smaller_streams(MAIN, (heavy, light)) == (light,)
    many = tuple(profile(f"{rows}", rows * 16 // 9, rows) for rows in (180, 270, 360, 540, 720))
    assert [each.token for each in smaller_streams(MAIN, many)] == ["540", "360", "270", "180"]


def test_where_no_two_have_one_shape_the_smallest_that_is_enough_is_preferred() -> None:
    odd = profile("odd", 640, 480)
    assert chosen(MAIN, odd) == ["odd"]
    (choice,) = choices((MAIN, odd))
    assert choice.smaller == ()
    assert "360 px or more" in choice.reason
    assert "15% of the pixels" in choice.reason


def test_a_lone_stream_needs_no_comparison() -> None:
    (choice,) = choices((MAIN,))
    assert choice.profile is MAIN
    assert "%" not in choice.reason


def test_where_none_is_enough_the_largest_is_taken_and_that_is_said() -> None:
    assert chosen(TINY, profile("small", 352, 288)) == ["small"]
    assert "288 px" in choices((profile("small", 352, 288),))[0].reason


def test_a_portrait_picture_counts_by_its_shorter_side() -> None:
    assert chosen(MAIN, profile("high", 240, 720), profile("portrait", 360, 640)) == ["portrait"]


def test_of_two_of_one_size_the_lighter_codec_and_then_the_faster_is_taken() -> None:
    assert chosen(profile("a", 640, 360, codec="JPEG"), profile("b", 640, 360, codec="H265"), SUB) == ["sub"]
    assert chosen(SUB, profile("fast", 640, 360, fps=25)) == ["fast"]
    assert chosen(profile("odd", 640, 360, codec="AV9"), profile("m", 640, 360, codec="JPEG")) == ["m"]


def test_each_lens_is_watched() -> None:
    left = (profile("l1", 1280, 720, lens="left"), profile("l2", 640, 360, lens="left"))
    assert chosen(left[0], profile("r1", 1280, 720, lens="right"), left[1]) == ["l1", "r1"]


@pytest.mark.parametrize("elsewhere", [profile("sub", 640, 360, usable=False)])
def test_what_points_elsewhere_is_not_recommended(elsewhere: StreamProfile) -> None:
    assert chosen(MAIN, elsewhere) == ["main"]
    assert chosen(elsewhere) == []


def test_without_sizes_the_first_is_taken_and_that_is_said() -> None:
    unknown = (profile("one", 0, 0), profile("two", 0, 0))
    (choice,) = choices(unknown)
    assert choice.profile.token == "one"
    assert "does not say how large" in choice.reason
