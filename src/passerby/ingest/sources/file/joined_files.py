"""Several recordings of one camera as one source of frames, in order of time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Self

from passerby.domain.errors import SourceError
from passerby.ingest.raw import RawFrame
from passerby.ingest.sources.file.opening import NO_HINTS, Hints
from passerby.ingest.sources.file.video_file import SHORT_END_S, VideoFile
from passerby.text import duration
from passerby.units import NS_PER_S

MIN_GAP_S: Final = 1.0
"""A shorter time between two recordings is rounding in their names, and no gap that is worth a sentence."""


@dataclass(frozen=True, slots=True)
class FilePart:
    """One of the recordings.

    Attributes:
        path: the file.
        start_ns: UTC nanoseconds of its first frame.
    """

    path: Path
    start_ns: int


class JoinedFiles:
    """Frames of several files, each at its own time; no moment comes twice.

    Files that follow each other without a gap are one stretch of time, so that who crosses a line at their joint is
    followed over it. Behind a gap a new stretch begins.

    Where a file begins before the one before it has ended, its frames up to that end are left out.

    Attributes:
        frames_read, frames_lost: good and damaged pictures so far, all files together.
        end_s: stream time of the newest picture, in seconds since the first file began.
        between_s: seconds between the files, in which nothing was recorded.
        used_from_ns: UTC nanoseconds from which on each file was read so far: its start, or the end of the one before.
        losses: what is missing, one sentence each.
    """

    def __init__(
        self,
        parts: Sequence[FilePart],
        camera_id: str,
        *,
        analysed_fps: float | None = None,
        hints: Hints = NO_HINTS,
        followed_s: float = MIN_GAP_S,
    ) -> None:
        """Opens the last file, to know where they all end, and the first.

        Args:
            parts: the files, in order of time.
            camera_id: whose frames these are.
            analysed_fps: how many frames a second to return, None for all.
            hints: what the user knows of recordings that do not say it themselves.
            followed_s: for how long road users are followed unseen: a stretch ends at a longer gap.

        Raises:
            SourceError: the first or the last cannot be opened.
        """
        self._parts, self._camera_id = parts, camera_id
        self._analysed_fps, self._hints = analysed_fps, hints
        self._followed_s = followed_s
        self.frames_read = self.frames_lost = 0
        self.end_s = self.between_s = self._last_end_s = 0.0
        self.losses: list[str] = []
        self.used_from_ns: list[int] = []
        self.has_time_stamps = True
        with self._opened(parts[0]) as first:
            self.rate_fps = first.rate_fps
        with self._opened(parts[-1]) as last:
            self._claimed_s = self._offset_s(parts[-1]) + last.duration_s

    def _opened(self, part: FilePart) -> VideoFile:
        return VideoFile(
            part.path, self._camera_id, analysed_fps=self._analysed_fps, start_ns=part.start_ns, hints=self._hints
        )

    def _offset_s(self, part: FilePart) -> float:
        return (part.start_ns - self._parts[0].start_ns) / NS_PER_S

    @property
    def duration_s(self) -> float:
        """From the first file's beginning to the last one's end, as it claims; gaps between them included."""
        return max(self._claimed_s, self._last_end_s)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Does nothing: each file is closed when it has been read."""

    def __iter__(self) -> Iterator[RawFrame]:
        """Yields the frames to analyse, in order of time.

        Raises:
            SourceError: not one picture of any file could be decoded.
        """
        stretch = 0
        for number, part in enumerate(self._parts):
            gap_s = self._note_gap(number)
            stretch += gap_s > self._followed_s
            used_from_s = max(self._offset_s(part), self._last_end_s)
            self.used_from_ns.append(self._parts[0].start_ns + round(used_from_s * NS_PER_S))
            read, lost = self.frames_read, self.frames_lost
            try:
                with self._opened(part) as video:
                    for frame in self._later(video, part, read + lost, stretch):
                        self.frames_read, self.frames_lost = read + video.frames_read, lost + video.frames_lost
                        stretch_now = frame.stamp.stretch
                        yield frame
                        stretch = stretch_now
                    self.frames_read, self.frames_lost = read + video.frames_read, lost + video.frames_lost
                    self._note_end(video, part)
            except SourceError:
                self.losses.append(f"{part.path.name}: not one picture of it could be read.")
        if self.frames_read == 0:
            raise SourceError(f"{self._parts[0].path}: not one picture of these recordings could be decoded.")

    def _later(self, video: VideoFile, part: FilePart, index: int, stretch: int) -> Iterator[RawFrame]:
        """The frames of one file that lie behind all that were read before, on the clock of all files."""
        offset_s, after_s = self._offset_s(part), self._last_end_s
        for frame in video:
            stream_s = offset_s + frame.stamp.stream_s
            if stream_s < after_s:
                continue
            self.end_s = stream_s
            stamp = replace(
                frame.stamp,
                index=index + frame.stamp.index,
                stream_s=stream_s,
                stretch=stretch + frame.stamp.stretch,
            )
            yield replace(frame, stamp=stamp)

    def _note_gap(self, number: int) -> float:
        """Notes the time before a file in which nothing was recorded; returns it in seconds, 0 before the first."""
        if number == 0:
            return 0.0
        before, part = self._parts[number - 1], self._parts[number]
        gap_s = self._offset_s(part) - self._last_end_s
        if gap_s >= MIN_GAP_S:
            self.between_s += gap_s
            self.losses.append(
                f"Between {before.path.name} and {part.path.name} are {duration(gap_s)} that were not recorded."
            )
        return gap_s

    def _note_end(self, video: VideoFile, part: FilePart) -> None:
        """Notes what a file lacks; of the last one the end is looked at where that of a single file is."""
        end_s = video.end_s + 1 / (video.rate_fps or 10.0)
        self._last_end_s = max(self._last_end_s, self._offset_s(part) + end_s)
        self.has_time_stamps &= video.has_time_stamps
        if video.loss:
            self.losses.append(f"{part.path.name}: {video.loss}")
        if part is not self._parts[-1] and video.duration_s - end_s > SHORT_END_S:
            self.losses.append(
                f"{part.path.name} ends at {end_s:.1f} s of the {video.duration_s:.1f} s that it promises: "
                "its end is damaged."
            )
