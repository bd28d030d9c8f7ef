"""Whether a stream's pictures would show, undecoded, that something moves: what has to hold for a sleep."""

from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from passerby.ingest.raw import Plane
from passerby.ingest.sources.coded_pictures import Codec, CodedPicture, Track
from passerby.ingest.sources.sleep.h264_quantiser import QuantiserReader
from passerby.ingest.sources.sleep.key_differences import KeyDifferences
from passerby.ingest.sources.sleep.resting_sizes import (
    ENOUGH_SHARE,
    LONGEST_GROUP_S,
    RestingSizes,
    Size,
    needed_share,
)

MAX_GROUP_S: Final = LONGEST_GROUP_S
GROUP_SLACK_S: Final = 0.1
"""Stamps are rounded, and some cameras' pictures come a little late."""

SOUND_GROUPS: Final = 2
"""So many groups in a row have to be whole, in order and decoded at once before one sleeps."""


CHANGING_GROUPS: Final = 15
"""So many key pictures in a row that differ, while no one is followed, are rain, snow or leaves."""

LEARNS_EVERY: Final = 3
"""Of groups at rest, once enough are known: each costs 2 ms, and what is usual changes over minutes."""


class Seen(Enum):
    """What a picture shows undecoded.

    Attributes:
        REST: nothing new.
        MOVED: it is larger than at rest.
        UNKNOWN: it cannot be judged: damaged, out of order, or later than it may be.
    """

    REST = auto()
    MOVED = auto()
    UNKNOWN = auto()


@dataclass(slots=True)
class _Group:
    """The pictures since the newest key picture, the key picture left out."""

    key_bytes: int
    key_ticks: int
    sizes: list[Size]
    ticks: int
    quiet: bool
    sound: bool = True


class Readiness:
    """Follows one connection's pictures, decoded or not.

    Attributes:
        quiet: no one is followed now, as whoever analyses the frames says.
    """

    def __init__(self, track: Track) -> None:
        """Args: track: the camera's description of its pictures."""
        self._track = track
        self._reader = QuantiserReader(track.settings)
        self._sizes, self._keys = RestingSizes(), KeyDifferences()
        self._group: _Group | None = None
        self._sound = 0
        self._changed, self._changing = True, 0
        self._shape: tuple[int, ...] = ()
        self._group_s = 0.0
        self.quiet = False

    @property
    def why_not(self) -> str:
        """Why this stream does not let its decoder sleep, as far as that is for good; empty where nothing is known."""
        if self._track.codec is not Codec.H264:
            return f"it sends {_NAMES[self._track.codec]}; of H.264 alone the sizes of pictures are compared"
        if self._group_s > MAX_GROUP_S + GROUP_SLACK_S:
            return f"its key pictures come {self._group_s:.1f} s apart, and {MAX_GROUP_S:g} s at most are needed"
        if self._sizes.equal:
            return "it makes all pictures of one size, which so do not show what moves"
        share, needed = self._sizes.smallest_share, needed_share(self._group_s)
        if self._sizes.known and share > needed:
            return f"its pictures' sizes would show what fills {share:.1%} of the view, and {needed:.1%} is needed"
        if self._keys.restless and self._sound:
            return "too much of its view changes all the time"
        if self._changing >= CHANGING_GROUPS:
            return "something in its view changes all the time, as in rain, in snow, or where leaves move"
        return ""

    @property
    def known(self) -> bool:
        """Enough groups were seen at rest."""
        return self._sizes.known

    @property
    def smallest_share(self) -> float:
        """The smallest part of the picture, 0-1, that shows undecoded when it is in view between two key pictures."""
        return max(self._sizes.smallest_share, ENOUGH_SHARE)

    @property
    def may_sleep(self) -> bool:
        """It may with the key picture that was shown last."""
        ready = self.quiet and self._sizes.known and self._sound >= SOUND_GROUPS
        return ready and not self._changed and not self.why_not

    def take(self, coded: CodedPicture) -> Seen:
        """Adds the next picture, in the order in which they come; for a key picture, what ends with it.

        Args:
            coded: the picture.
        """
        if self._track.codec is not Codec.H264:
            return Seen.UNKNOWN
        header = None if coded.damaged else self._reader.read(coded.content)
        if header is None or coded.ticks is None or not header.forward or header.quantiser is None:
            self._unsound()
            return Seen.UNKNOWN
        if header.key:
            return self._begin(coded, coded.ticks)
        group = self._group
        if group is None or coded.key or coded.ticks <= group.ticks:
            self._unsound()
            return Seen.UNKNOWN
        place = len(group.sizes)
        group.ticks = coded.ticks
        group.sizes.append(Size(len(coded.content), header.quantiser))
        moved = self._sizes.moved(place, group.sizes[-1])
        if self._length_s(group, coded.ticks) > MAX_GROUP_S + GROUP_SLACK_S:
            self._group_s = max(self._group_s, self._length_s(group, coded.ticks))
            return Seen.UNKNOWN
        return Seen.MOVED if moved else Seen.REST

    def show_key(self, luma: Plane) -> bool:
        """Takes in what the newest key picture shows; returns whether anything differs from those before it.

        Args:
            luma: uint8 (H, W).
        """
        if luma.shape != self._shape:  # what is known of sizes is of other pictures
            self._shape, self._sizes, self._sound = luma.shape, RestingSizes(), 0
        self._changed = self._keys.update(luma)
        self._changing = self._changing + 1 if self._changed and self.quiet else 0
        if self._group is not None and self._changed:
            self._group.quiet = False
        return self._changed

    def decoded(self, *, at_once: bool) -> None:
        """Notes whether the picture that was taken last was decoded alone and at once."""
        if not at_once:
            self._unsound()

    def _begin(self, coded: CodedPicture, ticks: int) -> Seen:
        """Ends one group and begins the next."""
        group, self._group = self._group, _Group(len(coded.content), ticks, [], ticks, self.quiet)
        if group is None:
            return Seen.UNKNOWN
        self._group_s = self._length_s(group, ticks)
        ordered = group.sound and ticks > group.ticks and self._group_s <= MAX_GROUP_S + GROUP_SLACK_S
        if not ordered:
            self._sound = 0
            self._sizes.reset_recent()
            return Seen.UNKNOWN
        self._sound += 1
        if group.quiet and self.quiet and (not self._sizes.full or self._sound % LEARNS_EVERY == 0):
            self._sizes.learn(group.key_bytes, group.sizes)
        return Seen.REST

    def _length_s(self, group: _Group, ticks: int) -> float:
        return (ticks - group.key_ticks) / self._track.clock_hz

    def _unsound(self) -> None:
        self._sound = 0
        self._sizes.reset_recent()
        if self._group is not None:
            self._group.sound = False


_NAMES: Final = {Codec.H264: "H.264", Codec.H265: "H.265", Codec.MPEG4: "MPEG-4", Codec.MJPEG: "MJPEG"}
