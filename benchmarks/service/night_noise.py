"""Whom a sleeping decoder notices in noise: `python -m benchmarks.service.night_noise` makes a street at each level.

People of several heights pass: some cross the view in 1.5 s between two key pictures, some walk far off for 8 s. Each
comes after the decoder has slept; who is noticed is taken to be followed until they are gone.
"""

import argparse
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import av
from rich.console import Console
from rich.table import Table

from benchmarks.footage import FootageMissingError, find_footage
from benchmarks.service.night_film import RATE_FPS, Walk, write_night
from passerby.ingest.sources.coded_pictures import Codec, CodedPicture, Track
from passerby.ingest.sources.decoder import PictureDecoder
from passerby.ingest.sources.sleep.resting_decoder import Phase, RestingDecoder

NOISES: Final = (2.0, 3.0, 4.5)
QUICK_PX: Final = (330.0, 200.0, 120.0, 80.0, 60.0)
FAR_PX: Final = (60.0, 40.0, 28.0, 20.0)
FIRST_S: Final = 40.3
"""Six groups are learned and some more; the first who crosses begins 0.3 s after a key picture."""

FOLLOWED_S: Final = 3.0


def walks() -> list[Walk]:
    """Returns who passes, in order of time."""
    quick = [Walk(FIRST_S + 8 * n, 1.5, (0.0, 0.7), (1.0, 0.72), px, int(px) % 7) for n, px in enumerate(QUICK_PX)]
    begin_s = FIRST_S + 8 * len(quick)
    return quick + [Walk(begin_s + 14 * n, 8.0, (0.3, 0.5), (0.5, 0.5), px, int(px) % 7) for n, px in enumerate(FAR_PX)]


@dataclass(frozen=True, slots=True)
class Noticed:
    """What became of one who passed.

    Attributes:
        asleep: the decoder slept when they came.
        after_s: when it woke, from their coming; None where it did not.
        missing: of their pictures so many were not shown.
    """

    asleep: bool
    after_s: float | None
    missing: int

    @property
    def said(self) -> str:
        """A table's cell."""
        if not self.asleep:
            return "awake"
        if self.after_s is None:
            return "missed"
        return f"{self.after_s:.1f} s" + (f", {self.missing / RATE_FPS:.1f} s not shown" if self.missing else "")


def coded(film: Path) -> tuple[Track, list[CodedPicture]]:
    """Returns a film's pictures as a camera gives them."""
    with av.open(str(film)) as opened:
        stream = opened.streams.video[0]
        pictures = [
            CodedPicture(bytes(packet), packet.pts, packet.is_keyframe)
            for packet in opened.demux(stream)
            if packet.pts is not None
        ]
        clock_hz = round(1 / stream.time_base) if stream.time_base else 90_000
        return Track(Codec.H264, bytes(stream.codec_context.extradata or b""), clock_hz), pictures


def noticed(film: Path) -> tuple[list[Noticed], str]:
    """Gives a film to a decoder that may sleep; returns what became of each, and what its health says."""
    track, pictures = coded(film)
    resting, people = RestingDecoder[int](PictureDecoder(track), track), walks()
    asleep, shown, woke, followed_s = set[int](), set[int](), list[float](), 0.0
    for number, one in enumerate(pictures):
        now_s, slept = number / RATE_FPS, resting.asleep
        for picture in resting.put(one, number, quiet=now_s >= followed_s):
            if picture.phase in (Phase.NOW, Phase.LATE):
                shown.add(picture.tag)
        if resting.asleep:
            asleep.add(number)
        elif slept and now_s >= followed_s:
            woke.append(now_s)
            there = [who.from_s + who.length_s for who in people if who.from_s < now_s < who.from_s + who.length_s + 4]
            followed_s = max([followed_s, *(end_s + FOLLOWED_S for end_s in there)])
    found = []
    for who in people:
        first, last = round(who.from_s * RATE_FPS), round((who.from_s + who.length_s) * RATE_FPS)
        after_s = next((at_s - who.from_s for at_s in woke if 0 <= at_s - who.from_s <= who.length_s + 4), None)
        missing = sum(number not in shown for number in range(first + 1, last - 1))
        found.append(Noticed(first - 1 in asleep, after_s, missing))
    return found, resting.notice


def main() -> int:
    """Prints the table; exit code 0."""
    arguments = argparse.ArgumentParser(prog="python -m benchmarks.service.night_noise", description=__doc__)
    arguments.add_argument("--noise", type=float, nargs="+", default=list(NOISES), help="of the sensor, grey levels")
    arguments.add_argument("--films", type=Path, help="a folder where the films are, or are written to be used again")
    wanted, console = arguments.parse_args(), Console()
    table = Table("noise", *(f"{who.height_px:.0f} px, {who.length_s:g} s" for who in walks()), title="Noticed after")
    with tempfile.TemporaryDirectory() as folder:
        for noise in wanted.noise:
            film = (wanted.films or Path(folder)) / f"noise-{noise:g}.mp4"
            if not film.exists():
                console.print(f"making the street with a noise of {noise:g}; this takes some minutes")
                try:
                    write_night(film, walks()[-1].from_s + 12.0, walks(), find_footage(), noise=noise)
                except FootageMissingError as missing:
                    console.print(f"[yellow]Skipped:[/] {missing}")
                    return 0
            found, notice = noticed(film)
            table.add_row(f"{noise:g}", *(one.said for one in found))
            console.print(f"noise {noise:g}: {notice}")
    console.print(table)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
