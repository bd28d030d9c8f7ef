"""Whether people stay countable in anonymous pictures: our own counter on what is drawn, beside the live count.

Usage: python -m benchmarks.anonymise.drawn_counts

`live` counts the tracks. `drawn` counts what the silhouettes hold, box, class and whether confirmed, with the tracks'
order put back to them: it must be the same. It is what both modes show, `redrawn` as figures and `mosaic` as frames.
`boxes alone` has nothing but the drawn boxes on the canvas, as whoever sees only the picture, and must find out anew
who is who. It is compared by line and way: a box is of no class, and a cyclist whom the picture's edge cuts is drawn as
a walker at first.
"""

import sys
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from benchmarks.counting.our_tracks import look, read_lines
from benchmarks.footage import BOTH, find_footage
from passerby.domain.detections import Detections
from passerby.domain.layout import Line
from passerby.domain.tracks import Tracks
from passerby.ingest.anonymise.canvas import Canvas
from passerby.ingest.anonymise.silhouettes import Silhouettes
from passerby.measure.camera_measures import CameraMeasures
from passerby.track.tracker import Tracker

Counts = dict[tuple[str, str, str], int]
"""Line, class, direction -> crossings, of those that there were."""

DRAWN_CONFIDENCE = 0.9
"""A figure leaves no doubt that somebody is there."""


def counted(tracks: Iterable[Tracks], lines: tuple[Line, ...]) -> Counts:
    """What passes the lines."""
    measures = CameraMeasures("drawn", lines)
    for one in tracks:
        measures.update(one)
    measures.finish()
    return {
        (total.line.name, kind.label, direction.value): count
        for total in measures.totals.lines
        for kind, ways in total.counts.items()
        for direction, count in ways.items()
        if count
    }


def redrawn_tracks(tracks: Sequence[Tracks]) -> list[Tracks]:
    """The tracks with everything in them that a silhouette holds taken from the silhouettes."""
    drawn = [(one, Silhouettes.of(one)) for one in tracks]
    return [
        replace(one, xyxy_px=figures.xyxy_px, road_user=figures.road_user, confirmed=figures.confirmed)
        for one, figures in drawn
    ]


def tracked_anew(tracks: Sequence[Tracks]) -> list[Tracks]:
    """Tracks made of the drawn boxes alone, in whole pixels of the canvas."""
    tracker = Tracker()
    return [tracker.update(_seen(one)) for one in tracks]


def _seen(tracks: Tracks) -> Detections:
    canvas, figures = Canvas.for_source(tracks.stamp.size_px), Silhouettes.of(tracks)
    boxes = np.rint(canvas.boxes(figures.xyxy_px))
    stamp = replace(tracks.stamp, size_px=canvas.size_px)
    return Detections(stamp, boxes, np.full(len(boxes), DRAWN_CONFIDENCE, np.float32), figures.road_user)


def off(counts: Counts, live: Counts) -> int:
    """Crossings too many and too few."""
    return sum(abs(counts.get(key, 0) - live.get(key, 0)) for key in counts.keys() | live.keys())


def without_class(counts: Counts) -> Counts:
    """The same of all classes together."""
    together: Counts = {}
    for (line, _, way), count in counts.items():
        together[line, "all", way] = together.get((line, "all", way), 0) + count
    return together


def compared(video: Path, lines: tuple[Line, ...], fps: float) -> tuple[Counts, Counts, Counts]:
    """The live count of a video, the count of what is drawn, and that of the boxes alone."""
    tracks = [looked.tracks for looked in look(video, fps)]
    return counted(tracks, lines), counted(redrawn_tracks(tracks), lines), counted(tracked_anew(tracks), lines)


def main() -> int:
    """Counts both recordings three ways."""
    footage = find_footage()
    print(f"{'scene':14} live drawn (off) boxes alone (off)")
    for recording in BOTH:
        lines = read_lines(footage.grid_lines)
        live, drawn, alone = compared(footage.video(recording), lines, recording.analysed_fps)
        print(
            f"{recording.name:14} {sum(live.values()):4} {sum(drawn.values()):5} {off(drawn, live):5} "
            f"{sum(alone.values()):11} {off(without_class(alone), without_class(live)):5}"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
