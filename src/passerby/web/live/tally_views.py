"""What a person who counts by hand was really shown: by the service's own stamps, not by what a page says."""

import secrets
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Final

from passerby.domain.hand_counts import MAX_GAP_S, MIN_PICTURES
from passerby.units import NS_PER_S

MAX_KEPT: Final = 500
"""Views that are kept; a page sends its count soon after."""

EDGE_S: Final = MAX_GAP_S
"""So little may lie between the ends of a stretch and the pictures: it begins with a tap, and not with one of these."""

_GAP_NS: Final = round(MAX_GAP_S * NS_PER_S)


@dataclass(slots=True)
class Span:
    """Pictures without a gap; UTC nanoseconds at which the first and the last had gone out."""

    start_ns: int
    end_ns: int
    pictures: int = 1


@dataclass(slots=True)
class TallyView:
    """The pictures of one view.

    Attributes:
        number: 32 hexadecimal digits.
        camera: the camera's name.
        viewer: who looked.
        spans: pictures without a gap between them, in order of time.
    """

    number: str
    camera: str
    viewer: str
    spans: list[Span] = field(default_factory=list)
    _time_ns: int | None = None

    def add(self, time_ns: int, sent_ns: int, *, shown: bool) -> None:
        """Takes a picture in.

        Args:
            time_ns: UTC nanoseconds at which its frame was decoded.
            sent_ns: at which it had gone out.
            shown: it was not masked.
        """
        before_ns, self._time_ns = self._time_ns, time_ns if shown else None
        if not shown:
            return
        last = self.spans[-1] if self.spans else None
        if last is None or before_ns is None or time_ns - before_ns > _GAP_NS or sent_ns - last.end_ns > _GAP_NS:
            self.spans.append(Span(sent_ns, sent_ns))
        else:
            last.end_ns, last.pictures = sent_ns, last.pictures + 1

    def why_void(self, start_ns: int, end_ns: int) -> str:
        """Returns why nothing can be counted from it in that time; empty where it can."""
        edge_ns = round(EDGE_S * NS_PER_S)
        whole = [one for one in self.spans if one.start_ns <= start_ns + edge_ns and one.end_ns >= end_ns - edge_ns]
        if not whole:
            return f"The pictures had a gap of more than {MAX_GAP_S:g} s, by the service's own stamps."
        rate = whole[0].pictures / max((whole[0].end_ns - whole[0].start_ns) / NS_PER_S, 1.0)
        if rate < MIN_PICTURES:
            return f"There were {rate:.1f} pictures a second; 10 are needed."
        return ""


class TallyViews:
    """The views of the last hours, by number."""

    def __init__(self) -> None:
        self._views: OrderedDict[str, TallyView] = OrderedDict()

    def begin(self, camera: str, viewer: str) -> TallyView:
        """Returns a new view."""
        view = TallyView(secrets.token_hex(16), camera, viewer)
        self._views[view.number] = view
        if len(self._views) > MAX_KEPT:
            self._views.popitem(last=False)
        return view

    def why_void(self, number: str, camera: str, viewer: str, start_ns: int, end_ns: int) -> str:
        """Returns why what was counted from a view does not count; empty where it does."""
        view = self._views.get(number)
        if view is None or (view.camera, view.viewer) != (camera, viewer):
            return "The service knows nothing of these pictures: it was started anew since, or they were another's."
        return view.why_void(start_ns, end_ns)
