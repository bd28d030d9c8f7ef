"""The picture for a person who counts by hand: all that differs is in it, and nothing of what it looks like."""

import numpy as np
import pytest

from passerby.ingest.anonymise.anonymiser import MASKED, Anonymiser
from passerby.ingest.anonymise.drawing import SHADE_BGR, Mode
from passerby.ingest.anonymise.guard import MaskReason
from passerby.ingest.views.live_view import LiveView

PERSON = (200, 60, 224, 124)
MISSED = (60, 60, 84, 124)


def learned(street, seconds: float = 10.0) -> Anonymiser:
    """An anonymiser that has seen the empty street."""
    anonymiser = Anonymiser(street.size_px)
    for step in range(int(seconds * 5)):
        raw = street.raw(step / 5, [])
        anonymiser.learn(raw, street.seen(raw, []))
    return anonymiser


def shade(picture, box) -> float:
    """How much of a box is coloured, 0-1."""
    left, top, right, bottom = box
    blue, _, red = (picture[top:bottom, left:right, channel].astype(int) for channel in range(3))
    return float(((red - blue) > (SHADE_BGR[2] - SHADE_BGR[0]) // 5).mean())


def test_a_road_user_who_is_hidden_from_the_detector_is_seen_as_well_as_one_who_is_found(street) -> None:
    anonymiser = learned(street)
    raw = street.raw(10.0, [PERSON, MISSED])
    anonymiser.learn(raw, street.seen(raw, [PERSON]))
    found = anonymiser.show_differences(raw)
    assert found.method == "differences"
    assert min(shade(found.image, PERSON), shade(found.image, MISSED)) > 0.75
    assert shade(found.image, (130, 10, 170, 50)) == 0.0
    # The detector has no say at all: the same picture, whatever it finds.
    other = learned(type(street)())
    other.learn(raw, street.seen(raw, []))
    assert np.array_equal(other.show_differences(raw).image, found.image)


def test_nothing_of_what_somebody_looks_like_is_in_it(street) -> None:
    anonymiser = learned(street)
    left, top, right, bottom = 180, 40, 240, 140
    striped, empty = street.raw(10.0, [(left, top, right, bottom)]), street.raw(10.2, [])
    luma = empty.luma.copy()
    luma[top:bottom, left:right] = 235
    # Inside an outline even the empty place itself is filled.
    luma[top + 30 : bottom - 30, left + 20 : right - 20] = empty.luma[top + 30 : bottom - 30, left + 20 : right - 20]
    hollow = type(empty)(empty.stamp, luma, empty.chroma_u, empty.chroma_v, empty.colour)
    inside = [
        anonymiser.show_differences(raw).image[top + 20 : bottom - 20, left + 20 : right - 20].astype(int)
        for raw in (striped, hollow)
    ]
    # One colour throughout, but for the share of a cell that reaches over the edge.
    assert np.abs(inside[0] - np.array(SHADE_BGR)).max() <= 12
    assert np.abs(inside[0] - inside[1]).max() <= 12


@pytest.mark.parametrize("height_px", [40, 120, 220])
def test_cells_are_as_coarse_as_heads_of_that_height_need(street, height_px: int) -> None:
    anonymiser = learned(street)
    box = (100, 10, 100 + height_px // 3, 10 + height_px)
    picture = anonymiser.show_differences(street.raw(10.0, [box])).image.astype(int)
    changed = np.abs(picture - anonymiser.show_differences(street.raw(10.2, [])).image).max(axis=2) > 12
    rows = np.flatnonzero(changed.any(axis=1))
    columns = np.flatnonzero(changed.any(axis=0))
    cell_px = max(anonymiser.canvas.cell_px, height_px / 5.5)
    assert len(rows) >= cell_px
    assert len(columns) >= cell_px
    # Within one cell the shade is one: what differs from the row above begins only where cells do.
    steps = np.flatnonzero(np.diff((picture[:, :, 2] - picture[:, :, 0])[:, int(columns.mean())]) > 40)
    assert len(steps) <= height_px / cell_px + 2


def test_what_cannot_be_known_is_masked_with_the_reason(street) -> None:
    anonymiser = Anonymiser(street.size_px)
    raw = street.raw(0.0, [PERSON])
    assert anonymiser.show_differences(raw).method == MASKED
    assert anonymiser.why_no_differences is MaskReason.LEARNING
    known = learned(type(street)())
    dark = type(raw)(raw.stamp, np.full_like(raw.luma, 16), raw.chroma_u, raw.chroma_v, raw.colour)
    assert (known.show_differences(dark).method, known.why_no_differences) == (MASKED, MaskReason.DARK)


def test_the_preview_of_it_has_no_box_and_says_so(street) -> None:
    view = LiveView(Mode.REDRAWN, (), ())
    for step in range(20):
        raw = street.raw(step / 5, [])
        view.learn(raw, street.seen(raw, []))
    preview = view.differences(street.raw(4.0, [PERSON]))
    assert (preview.method, preview.tally, len(preview.xyxy), len(preview.road_user)) == ("differences", True, 0, 0)
