"""How the camera's pictures become RTP packets: markers, time stamps and sources, right or with a quirk."""

import math
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from testing.rtsp_camera.film import PAYLOAD_TYPES, Film, Picture

CLOCK_HZ: Final = 90_000
NTP_START_S: Final = 3_900_000_000
_HEADER = struct.Struct("!BBHII")


@dataclass(frozen=True, slots=True)
class Quirks:
    """What a camera does in its own way, without being broken; each after a report from the field.

    Attributes:
        marker: where the marker stands: on the `last` packet of a picture (as RFC 6184 wants it), on the last one of
            each `unit`, on `every` packet, on the `first`, or on `none`.
        sets_apart: parameter sets have a marker of their own and the stamp of the picture before.
        no_sets: no parameter sets in the stream.
        clock_hz: ticks a second of the stamps.
        slow: seconds that really pass in each second of the stamps.
        constant: all stamps are the same.
        outlier_s: every fiftieth picture is stamped so much late; negative for early.
        back_s: the stamps run back by so much every five seconds.
        jitter_s: stamps are late by up to so much.
        leave_out: one picture in so many is left out before packets are numbered; 0 for none.
        cut: of one picture in so many the last unit, or half of the only one, is left out before numbering; 0
            for none.
        new_source: pictures after which source, sequence and stamps begin anew; 0 for never.
        start_ticks: of the stamps; None for random ones.
        jpeg_width_0: JPEG's header states the width as 0.
        held_s: once in ten seconds nothing is sent for so long, and then all at once.
        reports_s: a sender report (RFC 3550, 6.4.1) every so many seconds; 0 for none.
        reports: how it comes by its pair of times: `right`; `stated`, the stamp worked out from the wall clock at the
            stated rate; `stamps`, the wall clock worked out from the stamps; `fast`, a wall clock a tenth too fast.
    """

    marker: str = "last"
    sets_apart: bool = False
    no_sets: bool = False
    clock_hz: float = CLOCK_HZ
    slow: float = 1.0
    constant: bool = False
    outlier_s: float = 0.0
    back_s: float = 0.0
    jitter_s: float = 0.0
    leave_out: int = 0
    cut: int = 0
    new_source: int = 0
    start_ticks: int | None = None
    jpeg_width_0: bool = False
    held_s: float = 0.0
    reports_s: float = 0.0
    reports: str = "right"


def units_of(codec: str, payloads: tuple[bytes, ...]) -> list[list[bytes]]:
    """The payloads of each unit: of a slice, a parameter set; of a whole picture where the codec has no units."""
    if codec not in ("h264", "hevc"):
        return [list(payloads)]
    units: list[list[bytes]] = []
    for payload in payloads:
        h264 = codec == "h264"
        fragment = payload[0] & 31 == 28 if h264 else payload[0] >> 1 & 63 == 49
        if units and fragment and not payload[1 if h264 else 2] & 0x80:
            units[-1].append(payload)
        else:
            units.append([payload])
    return units


class Packets:
    """Makes the packets of one viewer's stream."""

    def __init__(self, sequence: int, source: int, start_ticks: int) -> None:
        """Args: sequence: number of the packet before the first; source: SSRC; start_ticks: added to every stamp."""
        self.sequence, self._source, self._start_ticks = sequence, source, start_ticks
        self._pictures = 0
        self._ticks_before = 0
        self._reported_s = -math.inf

    def of(self, film: Film, picture: Picture, shown_s: float, quirks: Quirks) -> Iterator[bytes]:
        """Yields the packets of one picture.

        Args:
            film: whose picture it is.
            picture: the picture.
            shown_s: its time.
            quirks: what is not as it should be.
        """
        self._pictures += 1
        if quirks.leave_out and not picture.key and self._pictures % quirks.leave_out == 0:
            return
        if quirks.new_source and self._pictures % quirks.new_source == 0:
            self._source, self.sequence, self._start_ticks = self._source + 1, 7, self._start_ticks + 12_345_678
        ticks = round(self._stamped_s(shown_s, quirks) * quirks.clock_hz)
        heads = [[unit] for unit in film.head] if picture.key and not quirks.no_sets else []
        units = [*heads, *units_of(film.codec, picture.payloads)]
        if quirks.cut and self._pictures % quirks.cut == 0:
            units = _cut(units, len(heads))
        for number, unit in enumerate(units):
            apart = quirks.sets_apart and number < len(heads)
            for place, payload in enumerate(unit):
                whole = place == len(unit) - 1
                ends = {"last": whole and number == len(units) - 1, "unit": whole, "every": True, "none": False}
                marked = ends.get(quirks.marker, number == place == 0)
                if quirks.jpeg_width_0:
                    payload = payload[:6] + b"\0" + payload[7:]
                stamp = (self._ticks_before if apart else ticks) + self._start(quirks)
                yield self._packet(film.codec, payload, stamp, marked or (apart and not number))
        self._ticks_before = ticks

    def report(self, shown_s: float, quirks: Quirks) -> bytes | None:
        """Returns the sender report that is due before a picture with this time; None where none is."""
        now_s = shown_s * quirks.slow
        if not quirks.reports_s or now_s - self._reported_s < quirks.reports_s:
            return None
        self._reported_s = now_s
        wall_s = {"stamps": shown_s, "fast": 1.1 * now_s}.get(quirks.reports, now_s)
        stamped_s = now_s * CLOCK_HZ / quirks.clock_hz if quirks.reports == "stated" else shown_s
        ticks = round(stamped_s * quirks.clock_hz) + self._start(quirks)
        whole, part = divmod(NTP_START_S + wall_s, 1)
        words = (self._source & 0xFFFFFFFF, int(whole), int(part * (1 << 32)), ticks & 0xFFFFFFFF, 0, 0)
        return struct.pack("!BBHIIIIII", 0x80, 200, 6, *words)

    def _start(self, quirks: Quirks) -> int:
        return self._start_ticks if quirks.start_ticks is None else quirks.start_ticks

    def _packet(self, codec: str, payload: bytes, stamp: int, marked: bool) -> bytes:
        self.sequence = (self.sequence + 1) & 0xFFFF
        kind = PAYLOAD_TYPES[codec] | (0x80 if marked else 0)
        return _HEADER.pack(0x80, kind, self.sequence, stamp & 0xFFFFFFFF, self._source & 0xFFFFFFFF) + payload

    def _stamped_s(self, shown_s: float, quirks: Quirks) -> float:
        if quirks.constant:
            return 0.0
        stamped_s = shown_s
        if quirks.outlier_s and self._pictures % 50 == 49:
            stamped_s += quirks.outlier_s
        if quirks.back_s:
            stamped_s -= quirks.back_s * int(shown_s / 5)
        return stamped_s + self._pictures * 7919 % 100 / 100 * quirks.jitter_s


def _cut(units: list[list[bytes]], heads: int) -> list[list[bytes]]:
    """The units without the last one; where it is the only one of its picture, without its second half."""
    if len(units) > heads + 1:
        return units[:-1]
    last = units[-1]
    return [*units[:-1], last[: len(last) // 2] if len(last) > 1 else [last[0][: max(16, len(last[0]) // 2)]]]


def quirks_of(words: str) -> Quirks:
    """Returns the quirks that a text names, such as `marker=none,slow=1.19`; a word alone switches one on."""
    named: dict[str, Any] = {}
    for word in filter(None, words.split(",")):
        name, _, value = word.partition("=")
        kind = int if name == "start_ticks" else type(getattr(Quirks(), name))
        named[name] = True if kind is bool else kind(value)
    return Quirks(**named)
