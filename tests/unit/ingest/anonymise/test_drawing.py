"""What a drawn picture shows of the background, of what is unknown, and of road users."""

from dataclasses import replace

import numpy as np
import pytest

from passerby.domain.frames import FrameStamp
from passerby.ingest.anonymise.background_learner import LearnedBackground
from passerby.ingest.anonymise.canvas import Canvas
from passerby.ingest.anonymise.cells import Cells
from passerby.ingest.anonymise.drawing import (
    CALM,
    FADE_S,
    MOVED_LUMA,
    Drawing,
    Mode,
    calmed,
    still_picture,
)
from passerby.ingest.anonymise.silhouettes import Silhouettes
from passerby.ingest.raw import ColourCode, RawFrame

SIZE_PX = (320, 240)
CANVAS = Canvas.for_source(SIZE_PX)
FULL_RANGE = ColourCode(bt709=False, full_range=True)
NO_BOXES = np.empty((0, 4), np.float32)
BOX = np.array([[100, 80, 140, 160]], np.float32)


def striped() -> np.ndarray:
    """A grey ground of 2 px wide stripes, 80 and 120: the mean is 100, and coarse cells show no stripe."""
    picture = np.full((*CANVAS.shape, 3), 80, np.uint8)
    picture[:, ::4] = picture[:, 1::4] = 120
    return picture


def background(shown: np.ndarray | None = None) -> LearnedBackground:
    everywhere = np.full(CANVAS.shape, 255, np.uint8)
    return LearnedBackground(striped(), everywhere, everywhere if shown is None else shown, Cells(CANVAS))


def raw(luma: int = 100, stream_s: float = 0.0, colour: ColourCode = FULL_RANGE) -> RawFrame:
    grey = np.full((SIZE_PX[1] // 2, SIZE_PX[0] // 2), 128, np.uint8)
    stamp = FrameStamp("square", round(stream_s * 10), 0, stream_s, SIZE_PX)
    return RawFrame(stamp, np.full(SIZE_PX[::-1], luma, np.uint8), grey, grey.copy(), colour)


def picture_of(
    drawing: Drawing,
    frame: RawFrame,
    learned: LearnedBackground,
    possible: np.ndarray = NO_BOXES,
    **changed: Silhouettes,
) -> np.ndarray:
    thumb = frame.luma_scaled(CANVAS.thumb_px)
    return drawing.picture(frame, thumb, learned, possible, changed.get("figures", Silhouettes()))


def stripes(picture: np.ndarray) -> np.ndarray:
    """How strongly the stripes show around each pixel's column, 0 to 20."""
    return np.asarray(np.abs(picture[:, :, 0].astype(int) - 100))


@pytest.mark.parametrize("mode", list(Mode))
def test_what_is_certain_is_shown_sharp(mode: Mode) -> None:
    drawing = Drawing(CANVAS, mode)
    picture = picture_of(drawing, raw(), background())
    assert (stripes(picture) >= 19).all()
    assert not drawing.veiled.any()


@pytest.mark.parametrize("mode", list(Mode))
def test_what_is_uncertain_is_coarse(mode: Mode) -> None:
    shown = np.full(CANVAS.shape, 255, np.uint8)
    shown[:, :160] = 0
    drawing = Drawing(CANVAS, mode)
    picture = picture_of(drawing, raw(), background(shown))
    assert (stripes(picture)[:, :160] <= 2).all()
    assert (stripes(picture)[:, 200:] >= 19).all()
    assert (drawing.veiled[:, :160] == 255).all()
    assert not drawing.veiled[:, 164:].any()


def test_a_possible_road_user_is_veiled_with_a_margin() -> None:
    drawing = Drawing(CANVAS, Mode.REDRAWN)
    picture = picture_of(drawing, raw(), background(), BOX)
    left, top, right, bottom = 100 - 6, 80 - 12, 140 + 6, 160 + 12
    assert (stripes(picture)[top:bottom, left:right] <= 2).all()
    assert (drawing.veiled[top:bottom, left:right] == 255).all()
    assert (stripes(picture)[:50] >= 19).all()


def test_a_figure_is_veiled_too_and_drawn() -> None:
    figures = Silhouettes(BOX, np.zeros(1, np.int16))
    drawing = Drawing(CANVAS, Mode.REDRAWN)
    picture = picture_of(drawing, raw(), background(), figures=figures)
    assert (drawing.veiled[80:160, 100:140] == 255).all()
    assert (picture[110:130, 117:123] == (178, 114, 0)).all()


def test_a_veil_fades_within_its_time() -> None:
    drawing, learned = Drawing(CANVAS, Mode.REDRAWN), background()
    picture_of(drawing, raw(), learned, BOX)
    half = picture_of(drawing, raw(stream_s=FADE_S / 2), learned)
    assert not drawing.veiled.any()
    assert 5 < stripes(half)[120, 120:122].max() < 15
    assert (stripes(picture_of(drawing, raw(stream_s=FADE_S), learned)) >= 19).all()


def test_time_that_goes_back_leaves_the_veil() -> None:
    drawing, learned = Drawing(CANVAS, Mode.REDRAWN), background()
    picture_of(drawing, raw(stream_s=5.0), learned, BOX)
    picture_of(drawing, raw(stream_s=1.0), learned)
    assert (drawing.veiled[80:160, 100:140] == 255).all()


@pytest.mark.parametrize(("lighter", "veiled"), [(MOVED_LUMA, False), (MOVED_LUMA + 2, True), (-MOVED_LUMA - 2, True)])
def test_what_differs_from_the_background_is_veiled_though_nothing_was_found(lighter: int, veiled: bool) -> None:
    frame = raw()
    luma = frame.luma.copy()
    luma[100:140, 60:100] += np.uint8(lighter % 256)
    drawing = Drawing(CANVAS, Mode.REDRAWN)
    picture_of(drawing, RawFrame(frame.stamp, luma, frame.chroma_u, frame.chroma_v, frame.colour), background())
    assert bool((drawing.veiled[104:136, 64:96] == 255).all()) is veiled
    assert not drawing.veiled[:, 200:].any()


def test_light_that_changes_everywhere_veils_nothing() -> None:
    drawing = Drawing(CANVAS, Mode.REDRAWN)
    picture_of(drawing, raw(luma=150), background())
    assert not drawing.veiled.any()


def test_luma_of_either_range_is_compared_alike() -> None:
    frame = raw(luma=16 + 100 * 219 // 255, colour=ColourCode(bt709=False, full_range=False))
    luma = frame.luma.copy()
    luma[100:140, 60:100] += np.uint8(MOVED_LUMA - 1)
    drawing = Drawing(CANVAS, Mode.REDRAWN)
    picture_of(drawing, RawFrame(frame.stamp, luma, frame.chroma_u, frame.chroma_v, frame.colour), background())
    assert drawing.veiled[104:136, 64:96].all(), "23 levels of 219 are 27 of 255"


def test_a_redrawn_picture_holds_nothing_of_the_live_one() -> None:
    pictures = [picture_of(Drawing(CANVAS, Mode.REDRAWN), raw(luma), background(), BOX) for luma in (60, 140)]
    assert (pictures[0] == pictures[1]).all()


def test_a_mosaic_shows_live_cells_where_it_is_veiled() -> None:
    picture = picture_of(Drawing(CANVAS, Mode.MOSAIC), raw(140), background(), BOX)
    assert (np.abs(picture[100:140, 110:130].astype(int) - 140) <= 2).all()
    assert (stripes(picture)[:30] >= 19).all()


def test_a_new_background_is_drawn_at_once() -> None:
    drawing, learned = Drawing(CANVAS, Mode.REDRAWN), background()
    picture_of(drawing, raw(), learned)
    darker = replace(learned, colour=np.full_like(learned.colour, 100))
    assert (np.abs(picture_of(drawing, raw(), darker).astype(int) - 100) <= 1).all()


def test_a_still_picture_is_sharp_only_where_it_is_certain() -> None:
    shown = np.full(CANVAS.shape, 255, np.uint8)
    shown[:, :160] = 0
    picture = still_picture(CANVAS, background(shown))
    assert (stripes(picture)[:, :160] <= 2).all()
    assert (stripes(picture)[:, 166:] >= 19).all()


def test_calmed_pictures_keep_their_luma_and_lose_colour() -> None:
    red = np.full((4, 4, 3), (20, 40, 220), np.uint8)
    calm = calmed(red, CALM)
    weights = np.array(FULL_RANGE.luma_weights)
    assert abs(float((calm[0, 0] @ weights) - (red[0, 0] @ weights))) <= 2
    assert int(calm[0, 0, 2]) - int(calm[0, 0, 0]) == pytest.approx((1 - CALM) * 200, abs=2)
    assert (calmed(red, 0.0) == red).all()
