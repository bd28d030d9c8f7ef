"""What headways say of a stream of traffic: how many follow closely, and how many fit into the time.

A **headway** is the time from one road user's crossing of a line to the next one's the same way, front to front as long
as both are found alike. A **gap** is shorter: from the end of the one ahead to the front of the next, the headway less
the time in which the one ahead passes the line (its length by its speed). passerby measures headways; it knows no
lengths of vehicles, so it gives no gaps. Source: Highway Capacity Manual, chapter 4; Transportation Research Board.
"""

from dataclasses import dataclass
from typing import Final

from passerby.domain.histograms import Histogram
from passerby.domain.spreads import Spread, spread

CLOSE_S: Final = 2.0
"""Who follows by less has no time to react in many countries' rules of the road ("two seconds")."""


@dataclass(frozen=True, slots=True)
class HeadwayFigures:
    """Headways over a line, one way.

    Attributes:
        spread: how many there are, with their percentiles in seconds.
        mean_s: their mean.
        close_share: 0-1, the share under `CLOSE_S`; None where there are too few, as of percentiles.
    """

    spread: Spread
    mean_s: float
    close_share: float | None


def headway_figures(histogram: Histogram) -> HeadwayFigures:
    """Returns the figures of headways.

    Args:
        histogram: headways in seconds, at least one.
    """
    found = spread(histogram)
    close = None if found.p50 is None else histogram.share_under(CLOSE_S)
    return HeadwayFigures(found, histogram.mean, close)
