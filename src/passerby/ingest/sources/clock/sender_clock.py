"""What a camera says of its own clock: the pairs of real time and stamp in RTCP's sender reports (RFC 3550, 6.4.1).

Two such pairs give the real rate of the stamps at once, free of the network's delays. Cameras lie there, too: they work
out one from the other, or send the time of another clock. So a report counts only where pictures bear it out.
"""

from collections import deque
from dataclasses import dataclass
from typing import Final, NamedTuple

from passerby.ingest.sources.clock.stamp_rate import RATE_TOLERANCE

KEPT_REPORTS: Final = 64


@dataclass(frozen=True, slots=True)
class SenderReport:
    """One report.

    Attributes:
        sent_s: the camera's own wall clock, seconds from any start.
        pts_s: the stamp of this moment, at the stated rate, on the scale of the pictures' stamps.
        arrival_s: monotonic clock.
    """

    sent_s: float
    pts_s: float
    arrival_s: float


class _Noted(NamedTuple):
    """A report beside the pictures: the newest stamp when it came, and the longest step between two before it."""

    report: SenderReport
    newest_pts_s: float
    step_s: float


class SenderClock:
    """The rate of the stamps as the camera's reports give it, where they agree with arrival and with the pictures."""

    MIN_REPORTS = 3
    MIN_S = 4.0
    MIN_ERROR_S = 0.25
    """The rate until now must be wrong by so much in the time between the reports, for arrival to bear them out."""

    MAX_SHARE = 0.25
    """What is left of that error at the rate that they give."""

    MAX_UNEVEN = 0.005
    """Rates between neighbouring reports may differ by so much, and by a stamp's rounding."""

    ROUNDING_S = 0.01
    BACK_S = 0.5
    """Stamps that go back by more began anew; less is another order of pictures."""

    PICTURE_S = 0.1
    """How far the stamps of pictures may lie from those of reports, or else by a picture's own length."""

    def __init__(self) -> None:
        self._noted: deque[_Noted] = deque(maxlen=KEPT_REPORTS)
        self._newest_pts_s: float | None = None
        self._step_s = 0.0

    def reset(self) -> None:
        """Begins anew: stamps, or the camera's clock, have nothing to do with those before."""
        self._noted.clear()
        self._newest_pts_s, self._step_s = None, 0.0

    def picture(self, pts_s: float) -> None:
        """Notes the stamp of a picture that fits."""
        if self._newest_pts_s is not None and pts_s < self._newest_pts_s - self.BACK_S:
            self.reset()
        if self._newest_pts_s is not None:
            self._step_s = max(self._step_s, pts_s - self._newest_pts_s)
        self._newest_pts_s = pts_s if self._newest_pts_s is None else max(self._newest_pts_s, pts_s)

    def rate(self, report: SenderReport, until_now: float) -> float | None:
        """Adds a report; returns the rate where the reports give another one than until now, and arrival bears it out.

        Args:
            report: the newest one.
            until_now: what is taken for the rate.
        """
        if self._newest_pts_s is None:
            return None
        if self._noted and not self._noted[-1].report.sent_s < report.sent_s:
            self._noted.clear()
        self._noted.append(_Noted(report, self._newest_pts_s, self._step_s))
        self._step_s = 0.0
        for count in range(self.MIN_REPORTS, len(self._noted) + 1):
            noted = list(self._noted)[-count:]
            found = self._rate_of(noted)
            other = found is not None and abs(found / until_now - 1) >= RATE_TOLERANCE / 3
            if other and self._borne_out(noted, until_now):
                return found
        return None

    def _rate_of(self, noted: list[_Noted]) -> float | None:
        """Returns the rate over some reports; None where they are too close, or give no even one."""
        first, last = noted[0].report, noted[-1].report
        length_s = last.sent_s - first.sent_s
        if length_s < self.MIN_S or last.pts_s <= first.pts_s:
            return None
        rate = (last.pts_s - first.pts_s) / length_s
        for one in noted[1:-1]:
            off_s = abs((one.report.pts_s - first.pts_s) / rate - (one.report.sent_s - first.sent_s))
            if off_s > self.MAX_UNEVEN * length_s + self.ROUNDING_S:
                return None
        return rate

    def _borne_out(self, noted: list[_Noted], until_now: float) -> bool:
        """Returns whether arrival agrees with the camera's clock, and the pictures' stamps with the reports'."""
        first, last = noted[0].report, noted[-1].report
        arrived_s, sent_s, stamped_s = (
            last.arrival_s - first.arrival_s,
            last.sent_s - first.sent_s,
            last.pts_s - first.pts_s,
        )
        error_s, left_s = abs(stamped_s / until_now - arrived_s), abs(sent_s - arrived_s)
        # In real seconds, whatever a second of the stamps may be.
        pictures_s = (noted[-1].newest_pts_s - noted[0].newest_pts_s) * sent_s / stamped_s
        step_s = max(self.PICTURE_S, max(one.step_s for one in noted) * sent_s / stamped_s)
        fits = abs(pictures_s - sent_s) <= step_s + self.MAX_SHARE * error_s
        return error_s >= max(self.MIN_ERROR_S, 2 * step_s) and left_s <= self.MAX_SHARE * error_s and fits
