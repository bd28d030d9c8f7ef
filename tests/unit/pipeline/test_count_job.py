"""One recording from file to report."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from passerby.domain.errors import SourceError
from passerby.domain.event_rules import EventRule, Profile, RuleKind
from passerby.domain.events import Direction
from passerby.domain.layout import Layout, Line, Zone
from passerby.domain.place_events import EventState, PlaceEvent
from passerby.domain.progress import Progress
from passerby.domain.review import FilmEnd, FilmMoment, FilmSpan
from passerby.messages.sandbox_orders import CountPlan
from passerby.pipeline import count_job
from passerby.pipeline.count_job import count_video
from passerby.tables.counts_json import counts_document
from testing.films import film, turn

CORNERS = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float32)
PLACES = Layout((Line("middle", np.array([[0.5, 0], [0.5, 1]], np.float32)),), (Zone("picture", CORNERS),), (), None)


def plan(video: Path, **more: object) -> CountPlan:
    return CountPlan(video, "square", PLACES, **more)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def empty_street(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three seconds in which nobody comes."""
    folder = tmp_path_factory.mktemp("app")
    return film(folder / "street.mp4", size_px=(160, 128), times_s=[number / 10 for number in range(30)])


def test_an_empty_street_is_counted_as_watched_and_empty(empty_street: Path) -> None:
    steps: list[Progress] = []
    counted = count_video(plan(empty_street, start_ns=1_000_000_000), steps.append)
    report = counted.report
    assert counted.complete
    assert (report.frames_read, report.frames_analysed, report.frames_lost) == (30, 30, 0)
    assert report.coverage == pytest.approx(1.0, abs=0.02)
    assert report.duration_s == pytest.approx(3.0, abs=0.05)
    assert report.start_ns == 1_000_000_000
    assert report.source == "street.mp4"
    assert {report.lines[0].counts[one][way] for one in report.lines[0].counts for way in Direction} == {0}
    assert [step.frames for step in steps] == list(range(1, 31))
    assert steps[-1].done_s == pytest.approx(2.9)
    assert steps[-1].duration_s == pytest.approx(3.0, abs=0.05)


def test_fewer_frames_are_looked_at_than_read(empty_street: Path) -> None:
    report = count_video(plan(empty_street, analysed_fps=2.0), lambda step: None).report
    assert (report.frames_read, report.frames_analysed) == (30, 6)
    assert report.analysed_fps == 2.0
    assert report.coverage == pytest.approx(1.0, abs=0.02)


def test_ctrl_c_gives_what_was_counted_until_then(empty_street: Path) -> None:
    def stop(step: Progress) -> None:
        if step.frames == 10:
            raise KeyboardInterrupt

    counted = count_video(plan(empty_street), stop)
    assert not counted.complete
    assert counted.report.frames_analysed == 10
    assert counted.report.coverage == pytest.approx(1 / 3, abs=0.02)
    assert counted.report.losses == ("Stopped by the user at 0.9 s of 3.0 s.",)


def test_a_film_has_a_moment_for_every_picture_and_changes_no_number(empty_street: Path) -> None:
    made: list[FilmMoment | FilmEnd] = []
    filmed = count_video(plan(empty_street, film=FilmSpan(1.0, 1.0)), lambda step: None, None, made.append)
    *moments, end = made
    assert [round(moment.frame.stamp.stream_s, 1) for moment in moments if isinstance(moment, FilmMoment)] == [
        round(1 + number / 10, 1) for number in range(10)
    ]
    assert end == FilmEnd(())
    assert counts_document(filmed.report) == counts_document(count_video(plan(empty_street), lambda step: None).report)


def test_ctrl_c_while_a_film_looks_ahead_ends_the_count(empty_street: Path) -> None:
    def stop(step: Progress) -> None:
        raise KeyboardInterrupt

    made: list[FilmMoment | FilmEnd] = []
    counted = count_video(plan(empty_street, film=FilmSpan()), stop, None, made.append)
    assert made == [FilmEnd(())]
    assert (counted.report.frames_analysed, counted.report.coverage) == (0, 0.0)
    assert counted.report.losses == ("Stopped by the user at 0.0 s of 3.0 s.",)


def test_time_without_pictures_is_time_not_watched(tmp_path: Path) -> None:
    times_s = [number / 10 for number in (*range(20), *range(70, 90))]
    counted = count_video(plan(film(tmp_path / "gap.mp4", times_s=times_s, size_px=(160, 128))), lambda step: None)
    assert not counted.complete
    assert counted.report.coverage == pytest.approx(4 / 9, abs=0.03)
    assert any("no usable pictures" in loss for loss in counted.report.losses)


def test_the_cpu_time_is_reported_by_stage(empty_street: Path) -> None:
    cpu_s = count_video(plan(empty_street), lambda step: None).stage_cpu_s
    assert {"decode", "scale", "detect", "track", "measure"} <= set(cpu_s)
    assert all(seconds >= 0 for seconds in cpu_s.values())


def test_the_empty_place_is_learned_only_when_asked(empty_street: Path) -> None:
    assert count_video(plan(empty_street), lambda step: None).empty_scene is None


def test_the_picture_of_a_turned_recording_is_of_the_shape_in_which_it_is_seen(tmp_path: Path) -> None:
    ground = np.random.default_rng(1).integers(60, 190, (8, 12, 3), np.uint8).repeat(16, 0).repeat(16, 1)
    with av.open(str(tmp_path / "street.mp4"), "w") as output:
        stream = output.add_stream("h264", rate=5)
        stream.width, stream.height, stream.pix_fmt = 192, 128, "yuv420p"
        stream.codec_context.sample_aspect_ratio = Fraction(4, 3)
        for _ in range(60):
            output.mux(stream.encode(av.VideoFrame.from_ndarray(ground, format="bgr24")))
        output.mux(stream.encode())
    counted = count_video(plan(turn(tmp_path / "street.mp4", 90), with_picture=True), lambda step: None)
    assert counted.report.size_px == (128, 256)
    assert counted.empty_scene is not None
    assert counted.empty_scene.image.shape == (256, 128, 3)
    seen = np.rot90(ground, -1).repeat(4, 0)[::3]
    assert np.corrcoef(counted.empty_scene.image.ravel(), seen.ravel())[0, 1] > 0.9


def test_a_missing_file_is_reported(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no such file"):
        count_video(plan(tmp_path / "nowhere.mp4"), lambda step: None)


GAP = EventRule("gap", RuleKind.CAMERA_STATE, "", 4, "s", cool_down_s=0.5)


@pytest.fixture(scope="module")
def street_with_a_gap(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two seconds of pictures, six without any, and two more."""
    times_s = [number / 10 for number in (*range(20), *range(80, 100))]
    return film(tmp_path_factory.mktemp("app") / "gap.mp4", size_px=(160, 128), times_s=times_s)


def events_of(video: Path, **more: object) -> list[PlaceEvent]:
    found: list[PlaceEvent] = []
    count_video(plan(video, **more), lambda _: None, found.extend)
    return found


def test_rules_are_watched_beside_counting(street_with_a_gap: Path) -> None:
    raised, closed = events_of(street_with_a_gap, rules=(GAP,), start_ns=1_000_000_000)
    assert (raised.rule, raised.state, raised.camera) == ("gap", EventState.OPEN, "square")
    assert raised.peak == pytest.approx(6.0, abs=0.2)
    assert closed.event_id == raised.event_id
    assert closed.state is EventState.CLOSED
    assert 7e9 < closed.updated_ns < 11e9


def test_without_rules_nothing_is_reported(street_with_a_gap: Path) -> None:
    assert events_of(street_with_a_gap) == []


def test_what_is_still_open_at_the_end_is_reported_as_it_stands(street_with_a_gap: Path) -> None:
    *_, last = events_of(street_with_a_gap, rules=(replace(GAP, cool_down_s=600),))
    assert last.state is EventState.OPEN
    assert last.value == 0


@pytest.mark.parametrize(
    ("switched_on", "dates", "watched"),
    [
        (None, {"1970-01-01"}, True),
        (None, {"1970-01-02"}, False),
        (frozenset({"market"}), set(), True),
        (frozenset({"fair"}), {"1970-01-01"}, False),
    ],
)
def test_a_rule_of_a_profile_is_watched_while_that_is_on_by_the_calendar_or_by_hand(
    street_with_a_gap: Path, switched_on: frozenset[str] | None, dates: set[str], *, watched: bool
) -> None:
    rule = replace(GAP, profiles=frozenset({"market"}))
    profiles = (Profile("market", dates=frozenset(dates)), Profile("fair"))
    found = events_of(street_with_a_gap, rules=(rule,), profiles=profiles, switched_on=switched_on)
    assert bool(found) is watched


def test_a_share_below_the_whole_has_its_loss_beside_it() -> None:
    assert count_job._coverage(79.84, 80.0, ()) == 1.0
    assert count_job._coverage(79.84, 80.0, ("2 of 800 pictures were damaged.",)) == pytest.approx(0.998)
