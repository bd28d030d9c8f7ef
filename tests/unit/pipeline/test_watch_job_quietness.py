"""Whether no one has been followed for a while."""

from dataclasses import replace

from passerby.domain.tracks import Tracks
from passerby.pipeline.watch_job import QUIET_S, Quietness
from testing.pictures.walks import FPS, followed, walk


def at(tracks: Tracks, stream_s: float, *, stretch: int = 0) -> Tracks:
    return replace(tracks, stamp=replace(tracks.stamp, stream_s=stream_s, stretch=stretch))


FILM = followed([[one] for one in walk((200.0, 300.0), (5.0, 0.0), 10)] + [[] for _ in range(60)])
EMPTY, SEEN = FILM[-1], FILM[8]


def test_it_is_quiet_some_seconds_after_the_last_one_was_followed() -> None:
    quietness = Quietness()
    found = [quietness.update(tracks) for tracks in FILM]
    assert found.index(True) == 9 + round(QUIET_S * FPS)
    assert all(found[found.index(True) :])


def test_one_look_that_shows_someone_ends_it_at_once() -> None:
    quietness = Quietness()
    assert [quietness.update(at(EMPTY, second)) for second in (0.0, 2.0, 4.0, 12.0)] == [False, False, True, True]
    assert not quietness.update(at(SEEN, 20.0))
    assert not quietness.update(at(EMPTY, 20.2))
    assert quietness.update(at(EMPTY, 23.1))


def test_a_viewer_wants_every_frame_and_another_stretch_begins_anew() -> None:
    quietness = Quietness()
    assert quietness.update(at(EMPTY, 0.0)) is quietness.update(at(EMPTY, 4.0), wanted=True) is False
    assert quietness.update(at(EMPTY, 8.0))
    assert not quietness.update(at(EMPTY, 9.0, stretch=1))
