"""A live source whose decoder may sleep, beside one that never does: the same frames count, and all time is watched."""

import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from passerby.domain.frames import FrameStamp
from passerby.domain.sources import CameraSource, SourceKind
from passerby.ingest.sources import live as live_module
from passerby.ingest.sources.coded_pictures import CodedPicture, Track
from passerby.ingest.sources.decoder import PictureDecoder
from passerby.ingest.sources.live import LiveSource
from passerby.ingest.sources.sleep.resting_decoder import Phase, RestingDecoder
from passerby.ingest.sources.sleep.sleep_state import SleepState
from passerby.ingest.sources.streams.network_stream import HeldPicture, ReceivedPicture
from passerby.measure.coverage import Coverage
from passerby.units import NS_PER_S
from testing.pictures.night import RATE_FPS, block, coded_night
from testing.waiting import until

FPS = 5.0
START_NS = 1_800_000_000 * NS_PER_S
PASSES_S = (24.3, 25.9)


class Unused:
    """No connection is opened: the pictures do not come over one."""

    def open(self) -> socket.socket:
        raise AssertionError("nothing is to be connected")


@dataclass
class Camera:
    """Gives the pictures of a stream as fast as they are taken, and knows when its decoder slept.

    While it sleeps, so many of them are read `together`, when the last of them comes.
    """

    track: Track
    pictures: list[CodedPicture]
    live: LiveSource | None = None
    asleep: int = 0
    now_ns: int = 0
    behind_s: float = 0.0
    together: int = 1

    def received(self, *more: object) -> Iterator[ReceivedPicture]:
        stopping, sleep = more[-2:]
        assert isinstance(sleep, SleepState)
        assert isinstance(stopping, threading.Event)
        resting = RestingDecoder[HeldPicture](PictureDecoder(self.track), self.track)
        begun_s = time.monotonic()
        for number, coded in enumerate(self.pictures):
            stamp_s = (coded.ticks or 0) / self.track.clock_hz
            self.behind_s = max(0.0, self.behind_s - 0.1)
            later = -number % self.together if resting.asleep else 0
            self.now_ns = START_NS + round((stamp_s + self.behind_s + later / RATE_FPS) * NS_PER_S)
            for one in resting.put(coded, HeldPicture(), quiet=sleep.quiet, answered=sleep.answered):
                if one.phase is Phase.LATE:
                    self.behind_s = 0.9  # decoding what was held makes the next ones wait
                damaged = one.frame is None and one.phase is not Phase.HELD
                held = None if damaged else one.tag
                yield ReceivedPicture(
                    one.frame, stamp_s, begun_s + stamp_s, waited=not later, phase=one.phase, held=held
                )
            self.asleep += resting.asleep
            until(lambda: self.live is not None and self.live.idle)
        stopping.wait()


def seen(monkeypatch: pytest.MonkeyPatch, camera: Camera, *, may_sleep: bool, last: int) -> list[FrameStamp]:
    """The frames that are analysed, of a stream in which someone is followed from 24.3 s on."""
    monkeypatch.setattr(live_module, "network_pictures", camera.received)
    source = CameraSource(SourceKind.RTSP, "camera", 554, "/main")
    camera.live = LiveSource(
        source, "square", analysed_fps=FPS, connector=Unused(), may_sleep=may_sleep, clock=lambda: camera.now_ns
    )
    stamps = []
    for frame in camera.live:
        if frame is None:
            continue
        stamps.append(frame.stamp)
        camera.live.attend(frame.stamp.index, quiet=not PASSES_S[0] <= frame.stamp.stream_s <= PASSES_S[1] + 3.0)
        if frame.stamp.index >= last:
            camera.live.stop()
    return stamps


@pytest.mark.parametrize("together", [1, 3])
def test_who_passes_is_seen_in_the_same_frames_and_all_time_is_watched(
    monkeypatch: pytest.MonkeyPatch, together: int
) -> None:
    track, pictures = coded_night(30.0, block(*PASSES_S, (40, 60)))
    asleep, awake = Camera(track, pictures, together=together), Camera(track, pictures)
    rested = seen(monkeypatch, asleep, may_sleep=True, last=290)
    whole = seen(monkeypatch, awake, may_sleep=False, last=290)
    assert asleep.asleep > 50
    assert awake.asleep == 0
    assert len(rested) < len(whole) - 20
    passing = [(one.index, one.stream_s) for one in whole if PASSES_S[0] <= one.stream_s <= PASSES_S[1] + 1.0]
    assert len(passing) > 10
    assert [(one.index, one.stream_s) for one in rested if PASSES_S[0] <= one.stream_s <= PASSES_S[1] + 1.0] == passing
    assert [one.index for one in rested] == sorted({one.index for one in rested})
    coverage = Coverage(max_gap_s=1.5)
    for stamp in rested:
        coverage.update(stamp)
    assert coverage.total_s > 28.0
    assert any(one.after_rest for one in rested)
    off_ns = [abs(one.time_ns - START_NS - round(one.stream_s * NS_PER_S)) for one in rested]
    assert max(off_ns) < NS_PER_S // 10
