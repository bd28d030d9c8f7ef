"""The times in pictures of MPEG-4 Part 2 (ISO/IEC 14496-2, 6.2.3 and 6.2.5), which show that one was left out.

Its pictures have no numbers. Where a camera has long kept one even pace, a step that is twice as long or more is a
picture that it dropped after coding, and the next ones build on it.
"""

from typing import Final

from passerby.ingest.sources.coded_pictures import Bits

START: Final = b"\0\0\1"
PICTURE: Final = START + b"\xb6"
GROUP: Final = b"\xb3"
LAYERS: Final = range(0x20, 0x30)
HEADER_BYTES: Final = 64
EVEN_PICTURES: Final = 5
"""So many steps of the same length make an even pace."""

MAX_SECONDS: Final = 64
_BIDIRECTIONAL: Final = 2


class PictureTimes:
    """Compares each picture's time with the one before."""

    def __init__(self, settings: bytes = b"") -> None:
        """Args: settings: the stream's headers, where they were given beforehand."""
        self._resolution = 0
        self._last: int | None = None
        self._second = 0
        self._step, self._even = 0, 0
        self.learn(settings)

    def learn(self, content: bytes) -> None:
        """Takes in the headers of a layer and of a group of pictures, where the content has them."""
        at = content.find(START)
        while at >= 0:
            header = content[at + 3 : at + 3 + HEADER_BYTES]
            try:
                if header[:1] == GROUP:
                    self._second = _group_second(header)
                elif header and header[0] in LAYERS:
                    self._resolution = _resolution(header)
            except ValueError:
                self._resolution = 0
            at = content.find(START, at + 3)

    def skipped(self, picture: bytes) -> bool:
        """Returns whether a picture is missing before the one that begins here, with its start code."""
        try:
            time = self._time(picture[3 : 3 + HEADER_BYTES])
        except ValueError:
            time = None
        last, self._last = self._last, time
        if time is None or last is None or time <= last:
            self._even = 0
            return False
        step = time - last
        missing = self._even >= EVEN_PICTURES and step >= 2 * self._step
        if not missing:
            self._even = self._even + 1 if step == self._step else 0
            self._step = step
        return missing

    def _time(self, picture: bytes) -> int | None:
        """Returns a picture's time, in ticks of the layer; None where pictures come in another order than shown."""
        if not self._resolution:
            return None
        bits = Bits(picture)
        kind = bits.read(2)
        seconds = 0
        while bits.read(1):
            seconds += 1
            if seconds > MAX_SECONDS:
                raise ValueError("no such time")
        bits.read(1)
        ticks = bits.read(max(1, (self._resolution - 1).bit_length()))
        self._second += seconds
        return None if kind == _BIDIRECTIONAL else self._second * self._resolution + ticks


def _group_second(group: bytes) -> int:
    """Returns the second that times of a group of pictures are counted from (`time_code`)."""
    bits = Bits(group)
    hours, minutes = bits.read(5), bits.read(6)
    bits.read(1)
    return hours * 3600 + minutes * 60 + bits.read(6)


def _resolution(layer: bytes) -> int:
    """Returns the ticks a second of a layer's times (`vop_time_increment_resolution`)."""
    bits = Bits(layer)
    bits.read(9)
    if bits.read(1):
        bits.read(7)
    if bits.read(4) == 0xF:
        bits.read(16)
    if bits.read(1):
        bits.read(3)
        if bits.read(1):
            bits.read(79)
    if bits.read(2):
        raise ValueError("only rectangles are pictures")
    bits.read(1)
    return bits.read(16)
