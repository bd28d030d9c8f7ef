"""What has to hold before a decoder sleeps; streams that do not let it are in `test_resting_decoder`."""

import numpy as np

from passerby.ingest.sources.coded_pictures import CodedPicture, Track
from passerby.ingest.sources.sleep.readiness import Readiness, Seen
from testing.pictures.night import RATE_FPS, coded_night

PLACE = np.kron(np.random.default_rng(1).integers(30, 90, (7, 12)), np.ones((16, 16))).astype(np.uint8)


def followed(track: Track, pictures: list[CodedPicture], *, quiet_to: int = 10_000) -> tuple[Readiness, list[bool]]:
    """Whether it may sleep at each key picture of a stream that shows the same all the time."""
    readiness, may = Readiness(track), []
    for number, coded in enumerate(pictures):
        readiness.quiet = number < quiet_to
        readiness.take(coded)
        readiness.decoded(at_once=True)
        if coded.key:
            readiness.show_key(PLACE)
            may.append(readiness.may_sleep)
    return readiness, may


def test_it_may_sleep_once_six_groups_are_known_and_not_while_someone_is_followed() -> None:
    track, pictures = coded_night(20.0)
    _, may = followed(track, pictures)
    assert not any(may[:7])
    assert may[-1]
    assert not any(followed(track, pictures, quiet_to=12 * RATE_FPS)[1])


def test_what_differs_in_a_key_picture_keeps_it_awake() -> None:
    track, pictures = coded_night(20.0)
    readiness, _ = followed(track, pictures)
    other = PLACE.copy()
    other[20:60, 40:60] = 200
    assert readiness.show_key(other)
    assert not readiness.may_sleep


def test_a_picture_without_a_time_or_out_of_order_cannot_be_judged() -> None:
    track, pictures = coded_night(2.0)
    readiness, _ = followed(track, pictures)
    last = pictures[-1]
    assert readiness.take(CodedPicture(last.content, None, key=False)) is Seen.UNKNOWN
    assert readiness.take(CodedPicture(last.content, 0, key=False)) is Seen.UNKNOWN
    assert readiness.take(CodedPicture(b"", last.ticks, key=False, damaged=True)) is Seen.UNKNOWN
