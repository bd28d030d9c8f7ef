import numpy as np
import pytest

from benchmarks.counting.tune.conditions import CLEAR, CONDITIONS, in_condition
from passerby.ingest.raw import RawFrame
from testing.pictures.frames import stamp


def frame(number: int = 3) -> RawFrame:
    """A bright square before grey, 160x120."""
    luma = np.full((120, 160), 100, np.uint8)
    luma[40:80, 60:100] = 220
    chroma = np.full((60, 80), 160, np.uint8)
    return RawFrame(stamp((160, 120), number / 10), luma, chroma, chroma)


def contrast(raw: RawFrame) -> float:
    """Of the square's middle and what is around it, means that noise hardly changes."""
    height, width = raw.luma.shape
    middle = raw.luma[5 * height // 12 : 7 * height // 12, 5 * width // 12 : 7 * width // 12]
    return float(middle.mean()) - float(raw.luma[: height // 4].mean())


def test_clear_is_the_frame_itself() -> None:
    raw = frame()
    assert in_condition(raw, CLEAR) is raw


@pytest.mark.parametrize("condition", CONDITIONS)
def test_a_condition_is_the_same_in_every_run_and_no_other_size_but_the_small_one(condition: str) -> None:
    once, again = in_condition(frame(), condition), in_condition(frame(), condition)
    assert (once.luma == again.luma).all()
    assert not np.array_equal(once.luma, frame().luma)
    height, width = once.luma.shape
    assert once.stamp.size_px == (width, height) == ((80, 60) if condition == "small" else (160, 120))
    assert once.chroma_u.shape == once.chroma_v.shape == (height // 2, width // 2)


@pytest.mark.parametrize(
    ("condition", "share"), [("fog", 0.35), ("dusk", 0.22), ("rain", 0.7), ("noise", 1.0), ("soft", 1.0)]
)
def test_contrast_is_cut_by_what_the_condition_says(condition: str, share: float) -> None:
    assert contrast(in_condition(frame(), condition)) == pytest.approx(share * contrast(frame()), rel=0.1)


def test_rain_falls_elsewhere_in_the_next_frame() -> None:
    assert not np.array_equal(in_condition(frame(1), "rain").luma, in_condition(frame(2), "rain").luma)


def test_an_unknown_condition_is_an_error() -> None:
    with pytest.raises(KeyError, match="hail"):
        in_condition(frame(), "hail")
