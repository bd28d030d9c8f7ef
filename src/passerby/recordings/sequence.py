"""Several recordings of one camera as one count: their order in time, and what does not go together."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from passerby.domain.errors import SourceError
from passerby.messages.sandbox_messages import RecordingHeader
from passerby.messages.sandbox_orders import RecordingPart
from passerby.recordings.headers import headers_in_sandbox
from passerby.recordings.start_times import RecordedStart, start_of
from passerby.text import duration, printable
from passerby.units import DAY_S, MINUTE_S, NS_PER_S

ENDINGS: Final = frozenset(
    {".mp4", ".m4v", ".mov", ".mkv", ".webm", ".avi", ".ts", ".mts", ".m2ts", ".mpg", ".mpeg", ".flv", ".asf", ".wmv"}
    | {".3gp", ".h264", ".h265", ".hevc", ".mjpeg"}
)
"""Which files of a folder are recordings."""

MAX_RECORDINGS: Final = 500
LONGEST_S: Final = 366 * DAY_S
MAX_OVERLAP_S: Final = MINUTE_S
"""Recorders begin a file a little before they end the last one; more is another camera, or a wrong time."""

MIN_OVERLAP_S: Final = 1.0
"""A shorter one is rounding in names, and not worth a note."""


@dataclass(frozen=True, slots=True)
class RecordingSequence:
    """Recordings in order of time.

    Attributes:
        parts: two or more.
        notes: what to think about, one sentence each without its full stop.
    """

    parts: tuple[RecordingPart, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Dated:
    part: RecordingPart
    header: RecordingHeader

    @property
    def name(self) -> str:
        return printable(self.part.video.name)

    @property
    def duration_s(self) -> float:
        return self.header.duration_s


def recordings_in(paths: Sequence[Path], max_count: int = MAX_RECORDINGS) -> tuple[Path, ...]:
    """Returns the recordings that are named, with those that lie in named folders, not in folders within.

    Args:
        paths: recordings and folders.
        max_count: so many there may be.

    Raises:
        SourceError: a folder has none, a file or folder cannot be looked at, one is named twice, or there are too many.
    """
    found = [each for path in paths for each in _recordings_at(path)]
    known: dict[str, Path] = {}
    for each in found:
        # A link that leads to itself is reported where it is opened; `Path.resolve` raises for it.
        if known.setdefault(os.path.realpath(each), each) is not each:
            raise SourceError(f"{each}: this recording is named twice. It can be counted once: leave one out.")
    if len(found) > max_count:
        raise SourceError(f"{len(found)} recordings are too many for one count: {max_count} at most.")
    return tuple(found)


def _recordings_at(path: Path) -> list[Path]:
    try:
        if not path.is_dir():
            return [path]
        found = sorted(each for each in path.iterdir() if each.suffix.lower() in ENDINGS and each.is_file())
    except OSError as error:
        raise SourceError(f"{path}: this cannot be read: {error.strerror}. Check its name and permissions.") from None
    if not found:
        raise SourceError(f"{path}: there is no recording in this folder. Name the files, if they are there.")
    return found


def in_order(videos: Sequence[Path], zone: ZoneInfo | None) -> RecordingSequence:
    """Returns several recordings in order of time, by their metadata or names.

    Args:
        videos: two or more.
        zone: the site's time zone; None where there is no site.

    Raises:
        SourceError: one cannot be read or has no time, two overlap, or their pictures differ in size.
    """
    headers = headers_in_sandbox(videos)
    starts = [
        start_of(video.name, None, zone, header, several=True) for video, header in zip(videos, headers, strict=True)
    ]
    undated = [
        _undated(video, header)
        for video, header, start in zip(videos, headers, starts, strict=True)
        if start.start_ns is None
    ]
    if undated:
        raise SourceError(
            f"{', '.join(undated)}: when it began is in neither its metadata, with a time zone, nor its name, and "
            "several recordings are counted in order of time. Give it a name such as 20260501_080000.mp4, or count it "
            "alone."
        )
    dated = sorted(
        (
            _Dated(RecordingPart(video, start.start_ns or 0), header)
            for video, start, header in zip(videos, starts, headers, strict=True)
        ),
        key=lambda each: each.part.start_ns,
    )
    _check_sizes(dated)
    names = ", ".join(each.name for each in dated)
    notes = [f"{len(dated)} recordings were counted as one, in order of time: {names}", *_where_from(videos, starts)]
    notes += [note for before, after in pairwise(dated) if (note := _overlap(before, after))]
    if (dated[-1].part.start_ns - dated[0].part.start_ns) / NS_PER_S > LONGEST_S:
        raise SourceError(
            f"{dated[0].name} and {dated[-1].name} are more than a year apart. Count them each, or see whether their "
            "times are right."
        )
    return RecordingSequence(tuple(each.part for each in dated), tuple(notes))


def _undated(video: Path, header: RecordingHeader) -> str:
    """The name of a recording that has no time, with what its metadata say that was not used."""
    name = printable(video.name)
    if not header.created:
        return name
    if header.contradicted:
        return f"{name} (its metadata name two times)"
    return f"{name} (its metadata say {header.created.replace('T', ' ')} without a time zone)"


def _check_sizes(dated: Sequence[_Dated]) -> None:
    first = dated[0]
    for each in dated:
        if each.header.size_px != first.header.size_px:
            one, other = ("x".join(map(str, one.header.size_px)) for one in (first, each))
            raise SourceError(
                f"{first.name} is {one} px and {each.name} {other} px: one count is of one camera's view, in which "
                "lines lie where they were drawn. Count them each."
            )


def _overlap(before: _Dated, after: _Dated) -> str:
    """What to say where one begins before the other has ended; empty where it does not."""
    between_s = (after.part.start_ns - before.part.start_ns) / NS_PER_S
    overlap_s = before.duration_s - between_s
    if between_s <= 0 or overlap_s > MAX_OVERLAP_S or between_s + after.duration_s < before.duration_s:
        raise SourceError(
            f"{before.name} and {after.name} show the same time: the second begins {duration(between_s)} after the "
            f"first, which has {duration(before.duration_s)}. Are they of one camera, and their times right? Count "
            "them each."
        )
    if overlap_s < MIN_OVERLAP_S:
        return ""
    return f"{after.name} begins {duration(overlap_s)} before {before.name} ends: that time was counted once"


def _where_from(videos: Sequence[Path], starts: Sequence[RecordedStart]) -> list[str]:
    """Where the times are from: one sentence for all that have it in common, and one for each other."""
    common = dict.fromkeys(start.common for start in starts if start.common)
    notes = [f"{sum(start.common == each for start in starts)} of their times are {each}" for each in common]
    others = (pair for pair in zip(videos, starts, strict=True) if not pair[1].common)
    return notes + [f"{printable(video.name)}: {start.note}" for video, start in others]
