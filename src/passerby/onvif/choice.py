"""Which of a camera's streams a site file should name, and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from passerby.onvif.device import StreamProfile

ENOUGH_PX = 360
"""Shorter side of a picture that is enough: the detector's full-frame pass takes in 448 rows, and enlarges to them."""

_CODECS = ("H264", "H265", "JPEG", "MPEG4")
"""Of two streams of one size, the one that is decoded with less work and fewer surprises comes first."""


MAX_AREA_PX = 1920 * 1200
"""A larger picture costs more to decode and shows the detector no more: it gets people about 70 px high."""

MAX_SMALLER = 4
SAME_SHAPE = 0.02
"""By so much the shapes of two streams of one view differ at most, of which one is scaled and rounded."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The stream to name for one lens, and why.

    Attributes:
        profile: the stream.
        reason: why, for people.
        smaller: smaller streams of the same view, to be named beside it; the largest first.
    """

    profile: StreamProfile
    reason: str
    smaller: tuple[StreamProfile, ...] = ()


def choices(profiles: Sequence[StreamProfile]) -> tuple[Choice, ...]:
    """One choice for each lens that has a stream which can be used as it is, in the camera's own order."""
    lenses = dict.fromkeys(profile.lens for profile in profiles)
    found = (_choice([each for each in profiles if each.lens == lens and usable(each)]) for lens in lenses)
    return tuple(choice for choice in found if choice is not None)


def usable(profile: StreamProfile) -> bool:
    """Its address can stand in a site file as it is."""
    return profile.address is not None and profile.address.usable


def smaller_streams(profile: StreamProfile, profiles: Sequence[StreamProfile]) -> tuple[StreamProfile, ...]:
    """Returns those of a camera's streams that can be named beside one, as smaller ones of the same view.

    Args:
        profile: the stream.
        profiles: all that the camera offers.
    """
    found = sorted(
        (each for each in profiles if usable(each) and usable(profile) and _is_smaller(each, profile)),
        key=lambda each: (-_area(each), _codec_order(each), -each.fps),
    )
    sizes = {(each.width_px, each.height_px): each for each in reversed(found)}  # the lightest of one size
    return tuple(each for each in found if each in sizes.values())[-MAX_SMALLER:]


def _is_smaller(other: StreamProfile, profile: StreamProfile) -> bool:
    if not (0 < _area(other) < _area(profile)) or other.lens != profile.lens or _way(other) != _way(profile):
        return False
    shapes = other.width_px * profile.height_px, profile.width_px * other.height_px
    return abs(shapes[0] / shapes[1] - 1) <= SAME_SHAPE


def _way(profile: StreamProfile) -> tuple[str, str]:
    parts = urlsplit("" if profile.address is None else profile.address.shown)
    return parts.scheme, parts.netloc


def _area(profile: StreamProfile) -> int:
    return profile.width_px * profile.height_px


def _choice(profiles: Sequence[StreamProfile]) -> Choice | None:
    single = _single(profiles)
    if single is None:
        return None
    larger = [
        each for each in profiles if _area(each) <= MAX_AREA_PX and single.profile in smaller_streams(each, profiles)
    ]
    if not larger:
        return single
    first = max(larger, key=lambda each: (_area(each), -_codec_order(each), each.fps))
    smaller = smaller_streams(first, profiles)
    return Choice(
        first,
        "passerby begins with the largest, measures how high people are, and goes to the smallest in which they are "
        "large enough",
        smaller,
    )


def _single(profiles: Sequence[StreamProfile]) -> Choice | None:
    """Returns the one stream to watch, where only one can be named."""
    if not profiles:
        return None
    enough = [profile for profile in profiles if profile.short_side_px >= ENOUGH_PX]
    if enough:
        chosen = min(enough, key=lambda each: (each.width_px * each.height_px, _codec_order(each), -each.fps))
        largest = max(profiles, key=lambda each: each.width_px * each.height_px)
        share = chosen.width_px * chosen.height_px / (largest.width_px * largest.height_px)
        reason = (
            f"the smallest picture whose shorter side has {ENOUGH_PX} px or more, about what the detector takes in at "
            "one look"
        )
        if share > 0.99:
            return Choice(chosen, reason)
        sparing = f"with {share:.0%} of the pixels of the largest it costs far less to decode"
        return Choice(
            chosen,
            f"a sub-stream is preferred, and this is {reason}; {sparing}. Take a larger one where people are lower "
            "than 35 px in this one",
        )
    chosen = max(profiles, key=lambda each: (each.width_px * each.height_px, each.fps))
    if not chosen.short_side_px:
        return Choice(chosen, "the camera does not say how large its pictures are; this is the first stream it names")
    return Choice(
        chosen,
        f"the largest there is; its shorter side has {chosen.short_side_px} px, and far-off people need "
        f"{ENOUGH_PX}. Set a larger sub-stream in the camera if you can",
    )


def _codec_order(profile: StreamProfile) -> int:
    name = profile.codec.upper()
    return _CODECS.index(name) if name in _CODECS else len(_CODECS)
