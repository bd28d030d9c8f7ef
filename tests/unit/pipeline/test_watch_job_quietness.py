"""Whether no one has been followed for a while."""

from dataclasses import replace

from passerby.domain.tracks import Tracks
from passerby.pipeline.watch_job import QUIET_S, Quietness, UnusedMemory
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


def test_unused_memory_is_given_back_every_ten_seconds() -> None:
    now_s = [100.0]
    unused, given = UnusedMemory(lambda: now_s[0]), []
    for _ in range(25):
        given.append(unused.give_back())
        now_s[0] += 1.0
    assert [second for second, gave in enumerate(given) if gave] == ([0, 10, 20] if any(given) else [])
