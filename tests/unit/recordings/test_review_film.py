"""A review film on its way to the disk: whole or not there, with gaps shortened, and never in the way of the count."""

from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import av
import numpy as np
import pytest

from passerby.domain.errors import OutputError
from passerby.domain.events import Direction
from passerby.domain.frames import AnonymousFrame
from passerby.domain.layout import Layout
from passerby.domain.review import CountedCrossing, FilmEnd, FilmSpan
from passerby.domain.road_user import RoadUser
from passerby.ingest.anonymise.film_writer import FilmWriter
from passerby.messages.sandbox_orders import CountPlan, RecordingPart
from passerby.recordings.review_film import ReviewFilm
from testing.pictures.film_moments import START_NS, film_moment
from testing.reports import line, market_square

BERLIN = ZoneInfo("Europe/Berlin")
GATE = line("gate", [[0.5, 0.05], [0.5, 0.95]], "to the station", "to the square")
PLAN = CountPlan(
    Path("a.mp4"), "north", Layout((GATE,), (), (), None), start_ns=START_NS, film=FilmSpan(),
    then=(RecordingPart(Path("b.mp4"), START_NS + 3_600_000_000_000),),
)  # fmt: skip
CAR = CountedCrossing("gate", Direction.FORWARD, RoadUser.CAR)
REPORT = replace(market_square(), losses=("Something was lost.",), notes=("think about it",))


def made(path: Path, plan: CountPlan = PLAN) -> ReviewFilm:
    return ReviewFilm(path, plan, site="Market square", zone=BERLIN)


def times_s(path: Path) -> list[float]:
    with av.open(str(path)) as container:
        (stream,) = container.streams.video
        assert len(container.streams) == 1
        assert (stream.codec_context.name, stream.width, stream.height) == ("vp9", 1280, 720)
        assert not container.metadata.keys() & {"title", "comment", "creation_time", "artist"}
        return [float(frame.time or 0) for frame in container.decode(video=0)]


def test_a_film_grows_with_its_moments_and_ends_with_the_table(tmp_path: Path) -> None:
    path = tmp_path / "film.webm"
    with made(path) as film:
        for number in range(4):
            film.take(film_moment(number / 10, *([CAR] if number == 2 else [])))
        assert not path.exists()
        film.take(FilmEnd((CAR,)))
        film.finish(REPORT)
    assert film.fault == ""
    assert list(tmp_path.iterdir()) == [path]
    assert times_s(path) == pytest.approx([0.0, 0.1, 0.2, 0.3, 0.4, 1.4, 2.4], abs=0.002)
    assert film.counts.count(GATE, Direction.FORWARD, RoadUser.CAR) == 2


def test_a_gap_of_an_hour_takes_two_seconds(tmp_path: Path) -> None:
    path = tmp_path / "film.mkv"
    with made(path) as film:
        for second in (0.0, 0.1, 3600.0, 3600.1):
            film.take(film_moment(second))
        film.take(FilmEnd(()))
        film.finish(REPORT)
    assert times_s(path)[:6] == pytest.approx([0.0, 0.1, 0.2, 2.1, 2.2, 2.3], abs=0.002)


def test_the_clock_is_the_site_s_and_names_the_recording() -> None:
    film = made(Path("film.mp4"))
    clock = film._clock(film_moment(3661.26).frame.stamp)
    assert (clock.time, clock.day, clock.within) == ("11:01:01.2", "2026-06-01 CEST", "b.mp4, 1:01.3")
    unknown = made(Path("film.mp4"), replace(PLAN, start_ns=0, then=()))
    assert unknown._clock(film_moment(3661.26, start_ns=0).frame.stamp).within == "a.mp4, 1:01:01.3"
    assert unknown._clock(film_moment(1.0, start_ns=0).frame.stamp).time == ""


@pytest.mark.parametrize(
    ("span", "said"),
    [
        (FilmSpan(), ["Watched 98.3 % of the time (9000 pictures looked at, 10 a second).", "Something was lost."]),
        (
            FilmSpan(0.0, 4000.0),
            ["These are the counts of the filmed time alone.", "Not watched: 10:00:00 to 11:00:00."],
        ),
    ],
)
def test_the_end_says_how_much_was_watched(tmp_path: Path, span: FilmSpan, said: list[str]) -> None:
    with made(tmp_path / "film.webm", replace(PLAN, film=span)) as film:
        film.take(film_moment(0.0))
        film.take(film_moment(3600.0))
        film.take(FilmEnd((CAR, CAR)))
        told = film._sentences(REPORT)
    assert told[:2] == [
        "Filmed: 10:00:00 to 11:00:00 (1 h 00 min).",
        "Certain only after the last picture: 2 cars at gate.",
    ]
    assert told[2 : 2 + len(said)] == said
    assert (told[-1] == "Note: think about it.") is (span == FilmSpan())


def test_a_film_that_is_broken_off_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="on purpose"), made(tmp_path / "film.mp4") as film:
        film.take(film_moment(0.0))
        raise RuntimeError("on purpose")
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_ends_the_film_and_not_the_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "film.mp4").write_bytes(b"older")

    def full(self: FilmWriter, frame: AnonymousFrame) -> None:
        raise OutputError("film.mp4: the film could not be written whole: No space left on device. Is the disk full?")

    with made(tmp_path / "film.mp4") as film:
        film.take(film_moment(0.0))
        monkeypatch.setattr(FilmWriter, "write", full)
        for number in range(1, 4):
            film.take(film_moment(number / 10, CAR))
        film.finish(REPORT)
    assert "No space left on device" in film.fault
    assert [path.name for path in tmp_path.iterdir()] == ["film.mp4"]
    assert (tmp_path / "film.mp4").read_bytes() == b"older"


def test_a_folder_that_is_gone_is_said_at_the_end(tmp_path: Path) -> None:
    with made(tmp_path / "gone" / "film.mp4") as film:
        film.take(film_moment(0.0))
        film.finish(REPORT)
    assert "cannot be written" in film.fault


def test_a_time_without_a_picture_makes_no_film(tmp_path: Path) -> None:
    with made(tmp_path / "film.mp4") as film:
        film.take(FilmEnd(()))
        film.finish(REPORT)
    assert "no film was written" in film.fault
    assert list(tmp_path.iterdir()) == []


def test_no_recording_is_written_over(tmp_path: Path) -> None:
    for name in ("a.mp4", "b.mp4"):
        plan = replace(PLAN, video=tmp_path / "a.mp4", then=(RecordingPart(tmp_path / "x" / ".." / "b.mp4", START_NS),))
        with pytest.raises(OutputError, match="this is the recording itself"):
            made(tmp_path / name, plan)


def test_a_film_needs_an_ending_and_a_line(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"ends in \.mp4"):
        made(tmp_path / "film.avi")
    with pytest.raises(OutputError, match="Draw a line first"):
        made(tmp_path / "film.mp4", replace(PLAN, layout=Layout((), (), (), None)))


def test_what_is_written_are_pages_made_of_anonymous_frames(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[AnonymousFrame] = []
    monkeypatch.setattr(FilmWriter, "write", lambda self, frame: written.append(frame))
    with made(tmp_path / "film.mp4") as film:
        film.take(film_moment(0.0))
        film.take(film_moment(0.1))
    assert [type(frame) for frame in written] == [AnonymousFrame] * 2
    assert [frame.image.shape for frame in written] == [(720, 1280, 3)] * 2
    assert {frame.image.dtype for frame in written} == {np.dtype(np.uint8)}
