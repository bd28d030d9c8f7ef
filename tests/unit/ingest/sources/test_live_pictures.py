"""What a live source makes of pictures as they arrive, on a clock of the test's own."""

import itertools
from collections.abc import Iterable, Iterator
from unittest.mock import patch

import av
import numpy as np
import pytest

from passerby.domain.health import CameraState
from passerby.domain.sources import CameraSource, SourceKind
from passerby.ingest.raw import RawFrame
from passerby.ingest.sources.errors import StreamError
from passerby.ingest.sources.live import LiveSource, Timeouts
from passerby.ingest.sources.streams.network_stream import ReceivedPicture

SOURCE = CameraSource(SourceKind.RTSP, "10.0.0.9", 554)
PATIENCE = Timeouts(first_pause_s=0.01, longest_pause_s=0.02, beat_s=0.05)
PERIOD_S = 0.1


class NoConnector:
    def open(self):
        raise OSError(0, "not used")


def picture(grey: int, size_px: tuple[int, int] = (64, 48)) -> av.VideoFrame:
    return av.VideoFrame.from_ndarray(np.full((size_px[1] * 3 // 2, size_px[0]), grey, np.uint8), format="yuv420p")


class Fed:
    """A source that is fed by hand: what it hands out, and how it stands after each picture."""

    def __init__(self, *connections: Iterable[ReceivedPicture | Exception], analysed_fps: float = 10.0) -> None:
        self._connections = iter(connections)
        self.live = LiveSource(
            SOURCE, "square", analysed_fps=analysed_fps, connector=NoConnector(), timeouts=PATIENCE, clock=lambda: 7
        )
        self.states: list[CameraState] = []

    def _pictures(self, *_: object) -> Iterator[ReceivedPicture]:
        for step in next(self._connections, ()):
            if isinstance(step, Exception):
                raise step
            yield step
            self.states.append(self.live.condition.state)
        self.live._stopping.wait(0.02)
        raise StreamError("the camera closed the connection")

    def seen(self) -> list[RawFrame]:
        """Every frame, in a source that waits for us."""
        with (
            patch("passerby.ingest.sources.live.network_pictures", self._pictures),
            patch.object(self.live._newest, "put", self.live._newest.put_after),
        ):
            found = []
            empty = 0
            for frame in self.live:
                empty = 0 if frame is not None else empty + 1
                if frame is not None:
                    found.append(frame)
                if empty == 6:
                    break
            self.live.stop()
        return found


def steady(count: int, *, first: int = 0, start_s: float = 100.0) -> list[ReceivedPicture]:
    return [
        ReceivedPicture(picture(40 + number % 100), number * PERIOD_S, start_s + number * PERIOD_S)
        for number in range(first, first + count)
    ]


def test_damaged_pictures_are_counted_and_have_a_number_but_no_frame() -> None:
    damaged = ReceivedPicture(None, None, 100.15)
    fed = Fed([*steady(2), damaged, *steady(2, first=2)])
    assert [frame.stamp.index for frame in fed.seen()] == [0, 1, 3, 4]
    assert fed.live.take_counts() == (4, 0, 1)


def test_the_frame_after_a_damaged_one_that_was_due_comes_after_a_loss() -> None:
    came = steady(6)
    came[2] = ReceivedPicture(None, None, 100.2)
    assert [frame.stamp.after_loss for frame in Fed(came).seen()] == [False, False, True, False, False]


def test_a_damaged_picture_that_was_not_due_loses_nothing() -> None:
    came = [ReceivedPicture(None, None, one.arrival_s) if n % 5 == 3 else one for n, one in enumerate(steady(20))]
    seen = Fed(came, analysed_fps=2.0).seen()
    assert [frame.stamp.index for frame in seen] == [0, 5, 10, 15]
    assert not any(frame.stamp.after_loss for frame in seen)


def test_a_new_connection_comes_after_a_loss() -> None:
    seen = Fed(steady(2), steady(2, first=2, start_s=100.9)).seen()
    assert [frame.stamp.after_loss for frame in seen] == [False, False, True, False]


def test_frames_that_are_not_due_are_no_dropped_frames() -> None:
    fed = Fed(steady(20), analysed_fps=2.0)
    assert [frame.stamp.index for frame in fed.seen()] == [0, 5, 10, 15]
    assert fed.live.take_counts() == (20, 0, 0)


def test_pictures_that_change_are_watched_by_arrival_where_their_stamps_stand_still() -> None:
    fed = Fed([ReceivedPicture(one.frame, 5.0, one.arrival_s) for one in steady(40)])
    with patch.object(fed.live, "_set_condition", wraps=fed.live._set_condition) as said:
        times_s = [frame.stamp.stream_s for frame in fed.seen()]
    assert len(times_s) >= 38
    assert times_s[-1] == pytest.approx(3.9)
    (why, measured, threshold) = said.call_args_list[1].args[1:]
    assert "time stamps stand still, and the arrival of its pictures counts" in why
    assert (measured, threshold) == (0.0, 0.01)


def test_a_rate_that_is_corrected_is_reported_with_its_value() -> None:
    fed = Fed([ReceivedPicture(one.frame, (one.pts_s or 0.0) / 3, one.arrival_s) for one in steady(150)])
    with patch.object(fed.live, "_set_condition", wraps=fed.live._set_condition) as said:
        fed.seen()
    found = [call.args for call in said.call_args_list if len(call.args) == 4 and call.args[0] is CameraState.ONLINE]
    assert [given[2] for given in found] == [pytest.approx(1 / 3, rel=0.01)] * len(found) != []
    assert "run at 0.333" in found[-1][1]


def test_after_half_a_minute_of_the_same_the_camera_is_frozen() -> None:
    same = [ReceivedPicture(picture(40), 5.0 + number, 100.0 + number) for number in range(60)]
    fed = Fed([*same, ReceivedPicture(picture(90), 65.0, 160.0), ReceivedPicture(picture(91), 66.0, 161.0)])
    seen = fed.seen()
    first_frozen = fed.states.index(CameraState.FROZEN)
    assert 31 <= first_frozen <= 32
    assert set(fed.states[first_frozen:60]) == {CameraState.FROZEN}
    assert fed.states[60:] == [CameraState.ONLINE] * 2
    assert {frame.stamp.index for frame in seen}.isdisjoint(range(first_frozen, 60))


def test_the_stream_goes_on_over_connections_and_tells_the_gap() -> None:
    fed = Fed(steady(5), steady(5, start_s=130.0))
    times_s = [frame.stamp.stream_s for frame in fed.seen()]
    assert times_s[4] == pytest.approx(0.4)
    assert times_s[5] == pytest.approx(30.0)
    assert times_s[9] == pytest.approx(30.4)


def test_a_lost_stream_is_connecting_and_a_failed_attempt_is_offline() -> None:
    fed = Fed(steady(3), [StreamError("no answer", 10.5, 10.0)], steady(3, start_s=200.0))
    states = []
    say = fed.live._set_condition

    def noted(state: CameraState, *rest) -> None:
        states.append(state)
        say(state, *rest)

    with patch.object(fed.live, "_set_condition", noted):
        fed.seen()
    assert states[:4] == [CameraState.ONLINE, CameraState.CONNECTING, CameraState.OFFLINE, CameraState.ONLINE]


def test_pauses_begin_anew_after_a_good_minute_only() -> None:
    short, long = steady(10), [ReceivedPicture(picture(40 + number), number, 300.0 + number) for number in range(80)]
    fed = Fed(short, short, long, short)
    waits_s = []

    def noted() -> float:
        waits_s.append(fed.live._back_off._next_s)
        return 0.001

    with patch.object(fed.live._back_off, "wait_s", side_effect=noted) as waits:
        fed.live._back_off._next_s = 9.0
        fed.seen()
    assert waits.call_count >= 3
    assert waits_s[:3] == [9.0, 9.0, PATIENCE.first_pause_s]


def test_a_new_size_is_in_the_stamp() -> None:
    wide = [ReceivedPicture(picture(50, (128, 64)), 9.0, 109.0), ReceivedPicture(picture(51, (128, 64)), 9.1, 109.1)]
    seen = Fed([*steady(2), *wide]).seen()
    assert [frame.stamp.size_px for frame in seen] == [(64, 48)] * 2 + [(128, 64)] * 2
    assert all(frame.size_px == frame.stamp.size_px for frame in seen)


def test_none_comes_while_there_is_nothing() -> None:
    fed = Fed()
    with patch("passerby.ingest.sources.live.network_pictures", fed._pictures):
        assert list(itertools.islice(fed.live, 4)) == [None] * 4
        fed.live.stop()
    assert fed.live.condition.state is CameraState.OFFLINE
