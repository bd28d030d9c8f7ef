import numpy as np
import pytest

from passerby.ingest.anonymise.background import Background, Trust, certain

SHAPE = (40, 60)
FREE = np.full(SHAPE, 255, np.uint8)
NO_ONE = np.zeros(SHAPE, np.uint8)


def flat(value: int) -> np.ndarray:
    return np.full((*SHAPE, 3), value, np.uint8)


def test_what_is_seen_often_enough_is_trusted_and_not_a_sample_earlier() -> None:
    background = Background(SHAPE)
    for _ in range(11):
        background.learn(flat(90), FREE, NO_ONE)
    assert not background.trusted(Trust(samples=12)).any()
    background.learn(flat(90), FREE, NO_ONE)
    assert background.trusted(Trust(samples=12)).all()
    assert (background.colour == 90).all()


def test_pixels_under_a_road_user_teach_nothing() -> None:
    background = Background(SHAPE)
    free, somebody = FREE.copy(), NO_ONE.copy()
    free[10:30, 20:30], somebody[10:30, 20:30] = 0, 255
    for _ in range(50):
        background.learn(flat(200), free, somebody)
    assert not background.known[10:30, 20:30].any()
    assert not background.trusted(Trust())[10:30, 20:30].any()


def test_a_person_who_is_missed_half_of_the_time_is_never_trusted() -> None:
    background = Background(SHAPE)
    somebody = NO_ONE.copy()
    somebody[10:30, 20:30] = 255
    for sample in range(600):
        found = sample % 2 == 0
        background.learn(flat(200), 255 - somebody if found else FREE, somebody if found else NO_ONE)
        assert not background.trusted(Trust())[10:30, 20:30].any()
    assert background.trusted(Trust())[0, 0]


def test_ground_that_people_walk_over_is_trusted_all_the_same() -> None:
    background = Background(SHAPE)
    somebody = NO_ONE.copy()
    somebody[10:30, 20:30] = 255
    for sample in range(60):
        walking = sample % 4 == 0
        picture = flat(90)
        if walking:
            picture[somebody > 0] = 200
        background.learn(picture, 255 - somebody if walking else FREE, somebody if walking else NO_ONE)
    assert background.trusted(Trust()).all()


def test_another_colour_takes_over_without_trust() -> None:
    background = Background(SHAPE)
    for _ in range(20):
        background.learn(flat(90), FREE, NO_ONE)
    samples = 0
    while (background.colour == 90).any():
        background.learn(flat(180), FREE, NO_ONE)
        samples += 1
    assert samples > 15
    assert not background.trusted(Trust()).any()


def test_distrust_ends_with_new_evidence() -> None:
    background = Background(SHAPE)
    for _ in range(40):
        background.learn(flat(90), FREE, NO_ONE)
    background.distrust(FREE)
    assert not background.trusted(Trust()).any()
    for _ in range(30):
        background.learn(flat(90), FREE, NO_ONE)
        assert not background.trusted(Trust()).any()
    for _ in range(200):
        background.learn(flat(90), FREE, NO_ONE)
    assert background.trusted(Trust()).all()


def test_a_trusted_inside_between_untrusted_edges_is_not_certain() -> None:
    trusted = np.full((100, 200), 255, np.uint8)
    trusted[20:80, 90:93] = 0
    trusted[20:80, 107:110] = 0
    trusted[20:23, 90:110] = 0
    trusted[77:80, 90:110] = 0
    assert not certain(trusted, 24)[20:80, 90:110].any()
    assert certain(trusted, 24)[50, 20]


def test_single_noisy_pixels_do_not_matter() -> None:
    trusted = np.full((100, 100), 255, np.uint8)
    trusted[50, 50] = 0
    assert certain(trusted, 24)[50, 50]


def test_distrust_leaves_all_other_pixels_alone() -> None:
    background = Background(SHAPE)
    for _ in range(40):
        background.learn(flat(90), FREE, NO_ONE)
    suspect = NO_ONE.copy()
    suspect[10:20, 10:20] = 255
    background.distrust(suspect)
    trusted = background.trusted(Trust())
    assert not trusted[10:20, 10:20].any()
    assert np.count_nonzero(trusted) == trusted.size - 100


@pytest.mark.parametrize(("occupied", "trusted"), [(10, True), (11, False)])
def test_a_colour_may_lie_under_road_users_in_a_quarter_of_its_samples(occupied: int, trusted: bool) -> None:
    background = Background(SHAPE)
    for _ in range(30):
        background.learn(flat(90), FREE, NO_ONE)
    for _ in range(occupied):
        background.learn(flat(90), NO_ONE, FREE)
    assert bool(background.trusted(Trust()).all()) is trusted


@pytest.mark.parametrize(("side", "kept"), [(25 + 4, True), (25 + 3, False)])
def test_an_island_of_trust_must_be_larger_than_a_cell(side: int, kept: bool) -> None:
    trusted = np.zeros((100, 100), np.uint8)
    trusted[30 : 30 + side, 30 : 30 + side] = 255
    assert bool(certain(trusted, 24).any()) is kept
