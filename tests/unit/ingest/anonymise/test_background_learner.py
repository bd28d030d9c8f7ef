"""What is learned when, and what keeps road users out of the background."""

import numpy as np
import pytest

from passerby.ingest.anonymise.background_learner import (
    FIRST_SAMPLES,
    ROUND_MIN_S,
    BackgroundLearner,
    Pace,
)
from passerby.ingest.anonymise.canvas import Canvas
from passerby.ingest.anonymise.inspection import Finders, face_views, near_views
from passerby.ingest.detectors.detector import Boxes

BOX = (100, 80, 136, 160)
MIDDLE = np.s_[90:150, 106:130]
SECONDS = 15


def learner_of(street, finders: Finders | None = None, pace: Pace | None = None) -> BackgroundLearner:
    return BackgroundLearner(Canvas.for_source(street.size_px), finders, pace)


def noted(calls: list[float], now_s: float) -> Boxes:
    """The answer of a finder that finds nothing, and keeps when it was asked."""
    calls.append(now_s)
    return Boxes.none()


def watch(street, learner: BackgroundLearner, found: list, confidence: float = 0.7, steps: int = 5 * SECONDS) -> None:
    """An empty street in which the detector finds what a test lists."""
    for step in range(steps):
        raw = street.raw(step / 5, [])
        learner.add_detections(street.seen(raw, found, confidence))
        learner.add_frame(raw)


def test_an_empty_street_becomes_certain(street) -> None:
    learner = learner_of(street)
    watch(street, learner, [])
    background = learner.background
    assert (background.shown[20:220, 20:300] == 255).all()
    assert (background.known == 255).all()


def test_it_is_ready_after_the_first_samples(street) -> None:
    learner = learner_of(street, pace=Pace(sample_s=1.0))
    for second in range(FIRST_SAMPLES + 1):
        assert not learner.ready, second
        learner.add_frame(street.raw(float(second), []))
    assert learner.ready, "a sample is learned when the next one is taken"


def test_samples_are_taken_at_their_pace(street) -> None:
    learner = learner_of(street, pace=Pace(sample_s=1.0))
    learner.add_frame(street.raw(0.0, []))
    before = learner.background
    learner.add_frame(street.raw(0.9, []))
    assert learner.background is before
    learner.add_frame(street.raw(1.0, []))
    assert learner.background is not before


@pytest.mark.parametrize(("confidence", "near"), [(0.7, False), (0.05, True)])
def test_nothing_is_learned_under_a_find_and_nothing_near_a_firm_one(street, confidence: float, near: bool) -> None:
    learner = learner_of(street)
    watch(street, learner, [BOX], confidence)
    background = learner.background
    assert not background.known[MIDDLE].any()
    assert bool(background.known[120, 97]) is near, "beside the box"
    assert background.known[120, 60], "far from it"


@pytest.mark.parametrize(
    ("confidence", "standing", "shown"), [(0.12, True, True), (0.2, True, False), (0.2, False, True)]
)
def test_a_vehicle_that_is_found_weakly_again_and_again_is_not_shown(
    street, confidence: float, standing: bool, shown: bool
) -> None:
    """It is learned, as the ground is under one that is found there now and then; but it may be a parked car."""
    learner = learner_of(street)
    for step in range(5 * SECONDS):
        raw = street.raw(step / 5, [])
        if standing or step % 40 == 0:
            seen = street.seen(raw, [BOX], confidence)
            learner.add_detections(type(seen)(seen.stamp, seen.xyxy_px, seen.confidence, np.full(1, 2, np.int16)))
        learner.add_frame(raw)
    background = learner.background
    assert background.known[MIDDLE].all()
    assert bool((background.shown[MIDDLE] > 0).all()) is shown
    assert shown or not background.shown[MIDDLE].any()
    assert background.shown[20:220, 200:300].all()


def test_a_weak_find_of_a_vehicle_as_large_as_the_place_hides_nothing(street) -> None:
    learner = learner_of(street)
    for step in range(5 * SECONDS):
        raw = street.raw(step / 5, [])
        seen = street.seen(raw, [(20, 20, 280, 220)], 0.2)
        learner.add_detections(type(seen)(seen.stamp, seen.xyxy_px, seen.confidence, np.full(1, 2, np.int16)))
        learner.add_frame(raw)
    assert learner.background.shown[MIDDLE].all()


def test_a_place_that_is_written_on_stays_hidden_and_its_colours_stay_trusted(street) -> None:
    for letter, left in enumerate(range(60, 200, 20)):
        street.ground[100:116, left : left + 10] = 20
        street.ground[103 + letter : 108 + letter, left + 3 : left + 9] = 200
    learner = learner_of(street, Finders(faces=(lambda _picture: Boxes.none(),)))
    watch(street, learner, [], steps=5 * 30)
    background = learner.background
    assert not background.shown[100:116, 60:190].any()
    assert background.shown[20:60, 20:300].all()
    assert background.known.all()


def test_a_find_just_after_a_sample_vetoes_it(street) -> None:
    learner = learner_of(street, pace=Pace(sample_s=1.0))
    learner.add_frame(street.raw(0.0, []))
    later = street.raw(0.8, [])
    learner.add_detections(street.seen(later, [BOX]))
    learner.add_frame(later)
    learner.add_frame(street.raw(1.0, []))
    assert not learner.background.known[MIDDLE].any()
    assert learner.background.known[200, 200]


def test_what_only_a_sweep_finds_is_not_learned(street) -> None:
    def finder(picture: np.ndarray) -> Boxes:
        """Finds one person in the middle of the first tile, whatever it shows."""
        height, width = picture.shape[:2]
        box = np.array([[0.3 * width, 0.3 * height, 0.5 * width, 0.7 * height]], np.float32)
        return Boxes(box, np.full(1, 0.5, np.float32), np.zeros(1, np.int16))

    learner = learner_of(street, Finders((finder,)), Pace(sweep_s=0.4, inspect_live=False))
    watch(street, learner, [])
    known = learner.background.known
    tile_px = np.array([320, 240]) / 1.75
    middle = (0.4 * tile_px).astype(int)
    assert not known[middle[1], middle[0]]
    assert known[5, 5]


def test_nothing_is_shown_where_an_inspection_finds_a_person(street) -> None:
    def finder(picture: np.ndarray) -> Boxes:
        height, width = picture.shape[:2]
        box = np.array([[0.1 * width, 0.4 * height, 0.16 * width, 0.6 * height]], np.float32)
        return Boxes(box, np.full(1, 0.5, np.float32), np.zeros(1, np.int16))

    learner = learner_of(street, Finders(faces=(finder,)))
    watch(street, learner, [], steps=5 * 30)
    shown = learner.background.shown
    assert not shown[100:140, 34:50].any()
    assert shown[20:220, 200:300].all()


@pytest.mark.slow
def test_a_scene_in_which_nothing_is_new_is_inspected_again_but_seldom(street) -> None:
    calls: list[float] = []
    learner = learner_of(street, Finders(faces=(lambda picture: noted(calls, now_s),)))
    for step in range(2 * 400):
        now_s = step / 2
        learner.add_frame(street.raw(now_s, []))
    rounds = [now_s for before, now_s in zip([-99.0, *calls], calls, strict=False) if now_s > before + 20]
    assert 2 <= len(rounds) <= 6


def test_whoever_fades_in_slowly_is_not_shown_before_being_inspected(street) -> None:
    """The learned colour follows step by step; what is shown stays what was inspected."""
    looked: list[np.ndarray] = []

    def blind(picture: np.ndarray) -> Boxes:
        looked.append(picture)
        return Boxes.none()

    learner = learner_of(street, Finders(faces=(blind,)))
    watch(street, learner, [], steps=60)
    empty = learner.background.colour[60:150, 100:160].astype(int)
    ground, rounds = street.ground.copy(), len(looked)
    for step in range(200):
        street.ground = ground.copy()
        street.ground[60:150, 100:160] += 0.3 * step
        learner.add_frame(street.raw(30 + step / 10, []))
        if len(looked) > rounds:
            break
        shown = learner.background.shown[60:150, 100:160] > 0
        assert (np.abs(learner.background.colour[60:150, 100:160] - empty).max(axis=2)[shown] <= 1).all()
    assert len(looked) > rounds, "another colour is a reason to look again"


def test_a_new_part_of_the_scene_is_inspected_and_not_before_the_pause(street) -> None:
    calls: list[float] = []
    learner = learner_of(street, Finders(faces=(lambda picture: noted(calls, now_s),)))
    for step in range(2 * 60):
        now_s = step / 2
        raw = street.raw(now_s, [])
        if now_s < 4:
            learner.add_detections(street.seen(raw, [BOX]))
        learner.add_frame(raw)
    first = [now_s for now_s in calls if now_s < calls[0] + ROUND_MIN_S]
    assert len(calls) == 2 * len(first)
    assert calls[len(first)] >= first[-1] + ROUND_MIN_S


def test_only_the_end_inspects_where_asked(street) -> None:
    calls: list[float] = []
    pace = Pace(thorough=True, inspect_live=False)
    learner = learner_of(street, Finders(faces=(lambda picture: noted(calls, 0.0),)), pace)
    watch(street, learner, [])
    assert not calls
    assert not learner.background.shown.any()
    finished = learner.finish()
    assert len(calls) == len(face_views(thorough=True)) + len(near_views(240))
    assert finished.shown[20:220, 20:300].all()


@pytest.mark.parametrize(("duration_s", "sample_s"), [(5.0, 0.15), (60.0, 0.6), (3600.0, 2.0)])
def test_a_film_is_sampled_a_hundred_times_within_limits(duration_s: float, sample_s: float) -> None:
    pace = Pace.for_film(duration_s)
    assert pace.sample_s == pytest.approx(sample_s)
    assert pace.sweep_s == max(pace.sample_s, 0.8)
    assert pace.thorough
    assert not pace.inspect_live
