"""A live camera's clock: its stamps, held against the time at which its pictures arrive.

Pictures arrive late and in bursts, so that a camera's stamps are the better clock where they run right. Many do not:
the rate that the description states is not the one that is sent, stamps are seconds off now and then, or stand still.
The camera's own reports on its clock give the real rate soon, where they agree with arrival; else the least delayed
pictures do over some time. What was only a delay that grew shows when the pictures catch up.
"""

from collections import deque
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NamedTuple

from passerby.ingest.sources.clock.sender_clock import SenderClock, SenderReport
from passerby.ingest.sources.clock.stamp_rate import QUICK, RATE_TOLERANCE, SLOW, Arrival, RateMeter

STANDING: Final = 3
"""So many equal stamps in a row stand still. Two may be the two fields of one picture."""

MIN_OUTLIERS: Final = 3
OUTLIERS_S: Final = 60.0
"""So many stamps that were off within such a time are reported; a camera that sets its clock is not."""


class ClockFault(StrEnum):
    """What can be wrong with a camera's stamps."""

    STANDING = "standing"
    RATE = "rate"
    OUTLIERS = "outliers"


@dataclass(frozen=True, slots=True)
class ClockFinding:
    """What is wrong with a camera's stamps.

    Attributes:
        fault: what it is.
        measured: the rate as a share of the stated one; of outliers, the seconds by which the farthest was off.
        threshold: what it is compared with: the rate's distance from 1, or the seconds.
    """

    fault: ClockFault
    measured: float
    threshold: float

    @property
    def why(self) -> str:
        """What was found and what is done about it, as a part of a sentence."""
        if self.fault is ClockFault.STANDING:
            return "the camera's time stamps stand still, and the arrival of its pictures counts instead"
        if self.fault is ClockFault.RATE:
            return f"the camera's time stamps run at {self.measured:.4g} of the stated rate, and are corrected"
        return f"some of the camera's time stamps are off, by up to {self.measured:.1f} s, and are left out"

    def alike(self, other: "ClockFinding | None") -> bool:
        """Returns whether another finding says the same, but for small changes of the value."""
        return (
            other is not None
            and self.fault is other.fault
            and abs(self.measured - other.measured) <= 0.02 * abs(other.measured)
        )


KEPT_OUTLIERS: Final = 100

NEW_SOURCE_S: Final = 1e6
"""A leap that far is a new source in the stream, which numbers anew, and no stamp that is off."""


class Mark(NamedTuple):
    """Two times of one picture: a stamp of the camera, and the stream's or the arrival's."""

    pts_s: float
    stream_s: float


class Recovery:
    """Whether pictures that seemed to come from a slow clock have caught up with the time, as only late ones can."""

    PICTURES = 5
    NEAR_S = 0.3

    def __init__(self, since: Mark) -> None:
        """Args: since: stamp and arrival of the picture from which on the clock seemed to be slow."""
        self._since, self._near = since, 0

    def update(self, pts_s: float, arrival_s: float) -> bool:
        """Takes in a picture; returns whether the stated rate has held after all."""
        gained_s = (pts_s - self._since.pts_s) - (arrival_s - self._since.stream_s)
        self._near = self._near + 1 if abs(gained_s) <= self.NEAR_S else 0
        return self._near >= self.PICTURES


class LiveClock:
    """Seconds of stream since the first picture, which run forward only, over all connections.

    Within a connection the camera's stamps count, at the rate that they really have. Stamps that leap, stand still, are
    missing, or start anew are bridged by the time that really passed.
    """

    LEAD_S = 10.0
    """A camera sends at most so much of the past at once when it starts."""

    LAG_S = 20.0
    """Pictures may be late by as much as a silent camera is waited for, and some more."""

    LEAP_S = 1.0
    """A stamp that is so much, and the usual step, ahead of the least delayed ones before is off."""

    BACK_S = 0.5
    """Stamps of pictures that are shown in another order than they are sent go back by less."""

    CATCH_UP_S = 1.2
    """A step that makes good some of the time that was lost until a rate was known: less than tracks outlive."""

    LATELY_S = 300.0
    """A rate that is found to be wrong may have been right before; it was measured over so much."""

    SETTLE = 0.1
    """Share of the newest step between two stamps in the usual one."""

    FOLLOW = 0.001
    """Share of the difference between both clocks that is dropped with each picture: quartz drifts by 1e-4."""

    def __init__(self) -> None:
        self._last_s = 0.0
        self._origin_s: float | None = None
        self._arrival_s = 0.0
        self._connected = False
        self._line: Mark | None = None
        self._strange: Mark | None = None
        self._camera_s = 0.0
        self._base_s = self._usual_s = 0.0
        self._step_s = self.LEAP_S
        self._rate = 1.0
        self._meters = (RateMeter(QUICK), RateMeter(SLOW))
        self._sender = SenderClock()
        self._recovery: Recovery | None = None
        self._rate_since_s = 0.0
        self._wrong_since_s: float | None = None
        self._newest_pts_s: float | None = None
        self._equal = 0
        self._outliers: deque[Mark] = deque(maxlen=KEPT_OUTLIERS)

    def disconnect(self) -> None:
        """Notes that the next picture is of another connection: its stamps have nothing to do with those before."""
        self._line = self._strange = self._newest_pts_s = self._recovery = None
        self._connected = False
        self._measure_anew()

    def _measure_anew(self) -> None:
        self._sender.reset()
        for meter in self._meters:
            meter.reset()

    def take_report(self, report: SenderReport) -> None:
        """Takes in what the camera says of its own clock."""
        rate = self._sender.rate(report, self._rate)
        if rate is not None and self._line is not None:
            self._recovery = None
            self._set_rate(rate, self._line, self.CATCH_UP_S)

    def read(self, pts_s: float | None, arrival_s: float, *, waited: bool = True) -> float:
        """Returns the seconds of stream at this picture; never less than at the one before.

        Args:
            pts_s: the camera's stamp, at the stated rate; None where it sends none.
            arrival_s: monotonic clock.
            waited: the reader waited for the picture, so that it was read when it arrived.
        """
        if self._origin_s is None:
            self._origin_s = self._arrival_s = arrival_s
        passed_s = max(0.0, arrival_s - self._arrival_s)
        ahead_s = self._ahead_s(self._last_s)
        self._arrival_s += passed_s
        if not self._connected:
            self._connected, self._rate_since_s = True, self._arrival_s
        if self._recovery is not None and pts_s is not None and self._recovery.update(pts_s, self._arrival_s):
            self._set_rate(1.0, Mark(pts_s, self._last_s), passed_s)
        if self._stands(pts_s) or pts_s is None or self._line is None:
            # Without a stamp to go by: what the clock was ahead of or behind the time that passed is made good.
            self._last_s += max(passed_s - ahead_s, passed_s / 2)
            self._begin(None if self._equal >= STANDING - 1 else pts_s)
            return self._last_s
        stream_s = self._line.stream_s + (pts_s - self._line.pts_s) / self._rate
        ahead_now_s = self._ahead_s(stream_s)
        highest_s = min(self._base_s + self.LEAP_S + self._step_s, self._usual_s + self.LEAD_S)
        if stream_s >= self._last_s - self.BACK_S and self._base_s - self.LAG_S < ahead_now_s < highest_s:
            self._accept(self._line, Mark(pts_s, stream_s))
            if waited:
                self._measure(Mark(pts_s, stream_s), passed_s)
        else:
            if abs(ahead_now_s - self._base_s) < NEW_SOURCE_S:
                self._outliers.append(Mark(ahead_now_s - self._base_s, self._arrival_s))
            self._last_s += max(passed_s - max(0.0, ahead_s - self._base_s), passed_s / 2)
            self._judge(self._line, pts_s)
        return self._last_s

    def _stands(self, pts_s: float | None) -> bool:
        self._equal = self._equal + 1 if pts_s is not None and pts_s == self._newest_pts_s else 0
        self._newest_pts_s = pts_s
        return self._equal >= STANDING - 1

    def _begin(self, pts_s: float | None) -> None:
        """Takes the stamps to run on from this one."""
        self._line = None if pts_s is None else Mark(pts_s, self._last_s)
        self._strange = None
        self._base_s = self._usual_s = self._ahead_s(self._last_s)

    def _ahead_s(self, stream_s: float) -> float:
        return stream_s - (self._arrival_s - (self._origin_s or 0.0))

    def _accept(self, line: Mark, mark: Mark) -> None:
        """Moves on by a stamp that fits."""
        self._camera_s += mark.pts_s - line.pts_s
        self._step_s += (min(max(0.0, mark.stream_s - line.stream_s), self.LEAP_S) - self._step_s) * self.SETTLE
        self._line, self._strange = mark, None
        self._last_s = max(self._last_s, mark.stream_s)
        ahead_s = self._ahead_s(mark.stream_s)
        self._base_s = max(self._base_s + (ahead_s - self._base_s) * self.FOLLOW, ahead_s)
        self._usual_s += (ahead_s - self._usual_s) * self.FOLLOW
        self._sender.picture(mark.pts_s)

    def _measure(self, mark: Mark, passed_s: float) -> None:
        """Takes another rate for the right one where the arrival of the pictures certainly shows it."""
        now = Arrival(self._camera_s, self._arrival_s)
        for meter in self._meters:
            rate = meter.add(now, self._rate)
            if rate is None or rate <= 0:
                continue
            if self._rate != 1 and abs(rate - 1) < 2 * RATE_TOLERANCE:
                rate = 1.0  # measured over a few seconds; what is left shows later
            if self._rate == 1 and rate < 1 and meter.begin is not None:
                since_pts_s = mark.pts_s - (self._camera_s - meter.begin.camera_s)
                self._recovery = Recovery(Mark(since_pts_s, meter.begin.arrival_s))
            self._set_rate(rate, mark, passed_s)
            return

    def _judge(self, line: Mark, pts_s: float) -> None:
        """Takes a strange stamp for the camera's new time where it goes on from a strange one before it."""
        strange, self._strange = self._strange, Mark(pts_s, self._arrival_s)
        if strange is None:
            return
        stepped_s, passed_s = (pts_s - strange.pts_s) / self._rate, self._arrival_s - strange.stream_s
        if -self.BACK_S <= stepped_s <= passed_s + self.LEAP_S:
            self._camera_s += (self._last_s - line.stream_s) * self._rate
            self._sender.picture(pts_s)
            self._begin(pts_s)

    def _set_rate(self, rate: float, mark: Mark, passed_s: float) -> None:
        """Takes another rate for the right one from here on, and makes good what was lost until it was known."""
        if rate < self._rate:
            late_s = self._base_s - self._ahead_s(mark.stream_s)
            self._last_s += min(late_s, max(0.0, self.CATCH_UP_S - passed_s))
        self._rate = 1.0 if abs(rate - 1) < RATE_TOLERANCE else rate
        if self._rate == 1:
            self._recovery = None
        self._wrong_since_s = max(self._rate_since_s, self._arrival_s - self.LATELY_S)
        self._rate_since_s = self._arrival_s
        self._measure_anew()
        self._begin(mark.pts_s)

    @property
    def wrong_since_s(self) -> float | None:
        """When, on the monotonic clock, the stamps began to run at a rate that was taken for another; None: never.

        It went on until the rate was corrected for the last time.
        """
        return self._wrong_since_s

    @property
    def finding(self) -> ClockFinding | None:
        """What is wrong with the stamps now; None where nothing is."""
        if self._equal >= STANDING - 1:
            return ClockFinding(ClockFault.STANDING, 0.0, RATE_TOLERANCE)
        if self._rate != 1:
            return ClockFinding(ClockFault.RATE, round(self._rate, 4), RATE_TOLERANCE)
        off_s = [abs(off_s) for off_s, at_s in self._outliers if self._arrival_s - at_s < OUTLIERS_S]
        if len(off_s) < MIN_OUTLIERS:
            return None
        return ClockFinding(ClockFault.OUTLIERS, round(max(off_s), 1), self.LEAP_S)
