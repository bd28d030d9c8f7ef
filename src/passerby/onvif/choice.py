"""Which of a camera's streams passerby should watch, and why."""

from collections.abc import Sequence
from dataclasses import dataclass

from passerby.onvif.device import StreamProfile

ENOUGH_PX = 360
"""Shorter side of a picture that is enough: the detector's full-frame pass takes in 448 rows, and enlarges to them."""

_CODECS = ("H264", "H265", "JPEG", "MPEG4")
"""Of two streams of one size, the one that is decoded with less work and fewer surprises comes first."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The stream to watch through one lens, and why."""

    profile: StreamProfile
    reason: str


def choices(profiles: Sequence[StreamProfile]) -> tuple[Choice, ...]:
    """One choice for each lens that has a stream which can be used as it is, in the camera's own order."""
    lenses = dict.fromkeys(profile.lens for profile in profiles)
    found = (_choice([each for each in profiles if each.lens == lens and usable(each)]) for lens in lenses)
    return tuple(choice for choice in found if choice is not None)


def usable(profile: StreamProfile) -> bool:
    """Its address can stand in a site file as it is."""
    return profile.address is not None and profile.address.usable


def _choice(profiles: Sequence[StreamProfile]) -> Choice | None:
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
