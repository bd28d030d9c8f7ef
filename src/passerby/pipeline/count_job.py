"""Counts one recording: takes a video with its lines, zones and rules, and returns a report."""

from collections.abc import Callable
from dataclasses import replace

from passerby.domain.crossings import CrossingList
from passerby.domain.place_events import PlaceEvent
from passerby.domain.progress import Progress
from passerby.domain.report import CountReport, CountResult
from passerby.domain.standing_things import StandingThings
from passerby.events.event_rules import EventRules, EventSettings
from passerby.events.profiles import ProfileCalendar
from passerby.ingest.anonymise.empty_scene import EmptyScene
from passerby.ingest.anonymise.masks import StaticMasks
from passerby.ingest.attention.frame_detector import FrameDetector, use_one_thread
from passerby.ingest.crops import CropPlan
from passerby.ingest.detectors.centerface import open_face_finder
from passerby.ingest.detectors.detector import Detector
from passerby.ingest.sources.file.joined_files import FilePart, JoinedFiles
from passerby.ingest.sources.file.opening import Hints
from passerby.ingest.sources.file.video_file import VideoFile
from passerby.ingest.stage import FileStage
from passerby.ingest.views.review_view import ReviewView, ahead_fps
from passerby.measure.camera_measures import CameraMeasures, MeasureSettings
from passerby.measure.totals import Totals
from passerby.messages.sandbox_orders import CountPlan
from passerby.pipeline.camera_loop import CameraLoop, Step, event_frame
from passerby.pipeline.detector_setup import ready_detector, thing_finder
from passerby.pipeline.health.health_thresholds import HealthThresholds
from passerby.pipeline.recorded.crossing_list import crossing_list
from passerby.pipeline.recorded.losses import MIN_GAP_S, Film, count_losses
from passerby.pipeline.recorded.review import KNOWN_AFTER_S, FilmRecorder, OnFilm, check_span
from passerby.telemetry.stages import StageTimes
from passerby.track.tracker import Tracker

GAP_FRAMES = 3.0
"""So many frames' time without a frame is time not watched, where that is longer than `MIN_GAP_S`; but no road user is
followed over more than the tracker's `hidden_s`."""

Report = Callable[[tuple[PlaceEvent, ...]], None]


def count_video(
    plan: CountPlan,
    on_progress: Callable[[Progress], None],
    on_events: Report | None = None,
    on_film: OnFilm | None = None,
) -> CountResult:
    """Counts a recording from its start to its end, or to the user's Ctrl-C.

    Args:
        plan: what to count.
        on_progress: called after every analysed frame.
        on_events: called with the events of the plan's rules as they are raised, changed and closed; no rule is watched
            without it.
        on_film: called with the moments of the plan's film and its end; no film is made without it.

    Raises:
        SourceError: the video cannot be read at all.
        OutputError: the film would begin after the recording's end.
        ModelError: the detector, or the face finder where a picture is wanted, cannot be used.
    """
    use_one_thread()
    times = StageTimes()
    ready = ready_detector(plan.detector, plan.layout)
    max_gap_s = min(max(MIN_GAP_S, GAP_FRAMES / plan.analysed_fps), ready.tracker.hidden_s)
    settings = MeasureSettings(
        report_interval_s=plan.report_s, max_gap_s=max_gap_s, clock=plan.clock, lists_crossings=plan.lists_crossings,
        keep_confidence=ready.tracker.keep_confidence,
    )  # fmt: skip
    layout = plan.layout

    def measures() -> CameraMeasures:
        return CameraMeasures.of_layout(plan.camera_id, layout, settings)

    with _opened(plan, ready.tracker.hidden_s) as video:
        scene = _empty_scene(video, ready.detector) if plan.with_picture else None
        detector = FrameDetector(ready.detector, CropPlan(plan.closer_areas), times)
        finder = thing_finder(plan.rules, layout, ready.detector)
        view = _review_view(plan, video, ready.detector) if on_film else None
        stage = FileStage(video, detector, times, StaticMasks(plan.masks), scene, finder, view)
        film = FilmRecorder(plan.film, plan.start_ns, on_film, stage.film_picture) if plan.film and on_film else None
        loop = CameraLoop(stage, Tracker(ready.tracker), measures, times)
        rules = _rule_watch(plan, EventSettings(hidden_s=ready.tracker.hidden_s), on_events)
        frames, end_s, size_px, stopped = 0, 0.0, None, False
        try:
            if view is not None:
                _look_ahead(view, plan, video, ready.detector, on_progress, times)
            for step in loop:
                if step.tracks is not None:
                    frames, end_s, size_px = frames + 1, step.tracks.stamp.stream_s, step.tracks.stamp.size_px
                if rules is not None:
                    things = None if step.tracks is None else stage.standing_things(step.tracks)
                    times.start("events")
                    rules.watch(step, things)
                    times.start("other")
                if film is not None:
                    if step.tracks is not None and film.learns(step.tracks.stamp.time_ns):
                        stage.learn_place()
                    film.take(step)
                on_progress(Progress(end_s, video.duration_s, frames))
        except KeyboardInterrupt:
            stopped = True
        last = loop.measures.finish()
        if film is not None:
            film.finish(last)
        if rules is not None:
            rules.finish()
        totals = loop.measures.totals
        longest_s = ready.tracker.hidden_s
        losses = count_losses(
            video, end_s, 1 / plan.analysed_fps, totals.watched_s, stopped=stopped, longest_s=longest_s
        )
        report = replace(_report(plan, video, totals, frames, losses, ready.title), size_px=size_px)
        report = replace(report, notes=_seen_badly(report.unexplained))
        if plan.lists_crossings:
            report = replace(report, crossings=_crossings(plan, video, totals))
        empty_scene = stage.empty_scene()
    times.start("other")
    return CountResult(report, times.cpu_s, not losses, empty_scene)


def _seen_badly(share: float) -> tuple[str, ...]:
    """What to think about where much of what moved was not recognised."""
    if share <= HealthThresholds().unexplained:
        return ()
    return (
        f"{share:.0%} of what moves steadily was not recognised and was counted by its motion alone: this view is seen "
        "badly, more is missed than elsewhere, and classes are unsure; count a part by hand",
    )


def _opened(plan: CountPlan, followed_s: float) -> Film:
    hints = Hints(plan.like, plan.recorded_fps)
    if not plan.then:
        return VideoFile(
            plan.video, plan.camera_id, analysed_fps=plan.analysed_fps, start_ns=plan.start_ns, hints=hints
        )
    parts = [FilePart(plan.video, plan.start_ns), *(FilePart(part.video, part.start_ns) for part in plan.then)]
    return JoinedFiles(parts, plan.camera_id, analysed_fps=plan.analysed_fps, hints=hints, followed_s=followed_s)


def _source(plan: CountPlan) -> str:
    """The name of what is counted."""
    if not plan.then:
        return plan.video.name
    return f"{plan.video.name} to {plan.then[-1].video.name} ({1 + len(plan.then)} recordings)"


def _crossings(plan: CountPlan, video: Film, totals: Totals) -> CrossingList | None:
    starts_ns = (plan.start_ns, *(part.start_ns for part in plan.then))
    used_from_ns = video.used_from_ns if isinstance(video, JoinedFiles) else starts_ns
    return crossing_list(totals.crossings, plan.layout.lines, starts_ns, used_from_ns)


class _RuleWatch:
    """The rules of a recording, with the profiles that its calendar, or a hand, has switched on."""

    def __init__(self, plan: CountPlan, settings: EventSettings, report: Report) -> None:
        self._report, by_hand = report, plan.switched_on
        self._rules = EventRules(
            plan.camera_id,
            plan.rules,
            plan.layout,
            clock=plan.clock,
            profiles=by_hand or frozenset(),
            settings=settings,
        )
        self._calendar = ProfileCalendar(self._rules, plan.profiles, plan.clock) if by_hand is None else None

    def watch(self, step: Step, things: StandingThings | None) -> None:
        """Takes one step of the loop, and what stands in the way; reports the events that come of it."""
        if step.tracks is None or step.measured is None:
            return
        if self._calendar is not None:
            self._calendar.follow(step.tracks.stamp.time_ns)
        frame = event_frame(step.tracks, step.measured, things=things)
        self._send(self._rules.update(frame))

    def finish(self) -> None:
        """Reports the events that are still open at the recording's end."""
        self._send(self._rules.finish())

    def _send(self, events: tuple[PlaceEvent, ...]) -> None:
        if events:
            self._report(events)


def _rule_watch(plan: CountPlan, settings: EventSettings, report: Report | None) -> _RuleWatch | None:
    return _RuleWatch(plan, settings, report) if plan.rules and report is not None else None


def _empty_scene(video: Film, detector: Detector) -> EmptyScene:
    return EmptyScene([detector.find], video.duration_s, [open_face_finder().find])


def _review_view(plan: CountPlan, video: Film, detector: Detector) -> ReviewView | None:
    """What draws the film's pictures, where one is wanted."""
    if plan.film is None:
        return None
    check_span(plan.film, video.duration_s)
    return ReviewView([detector.find], [open_face_finder().find])


def _look_ahead(
    view: ReviewView,
    plan: CountPlan,
    video: Film,
    detector: Detector,
    on_progress: Callable[[Progress], None],
    times: StageTimes,
) -> None:
    """Learns the place before its first picture is drawn, where the film begins before it would be known."""
    if plan.film is None or plan.film.from_s >= KNOWN_AFTER_S:
        return

    def still_at_the_start() -> None:
        on_progress(Progress(0.0, video.duration_s, 0))

    times.start("film")
    find = FrameDetector(detector, CropPlan(plan.closer_areas), StageTimes()).find
    with _opened(replace(plan, analysed_fps=ahead_fps(video.duration_s)), 0.0) as frames:
        view.look_ahead(frames, find, video.duration_s, StaticMasks(plan.masks), still_at_the_start)
    times.start("other")


def _coverage(watched_s: float, duration_s: float, losses: tuple[str, ...]) -> float:
    """The share that was watched; all of it where nothing was lost, as a header's length is rounded."""
    if duration_s <= 0:
        return 0.0
    return 1.0 if watched_s > 0 and not losses else min(1.0, watched_s / duration_s)


def _report(
    plan: CountPlan, video: Film, totals: Totals, frames: int, losses: tuple[str, ...], model: str
) -> CountReport:
    duration_s = video.duration_s
    return CountReport(
        camera_id=plan.camera_id,
        source=_source(plan),
        start_ns=plan.start_ns,
        duration_s=duration_s,
        analysed_fps=min(plan.analysed_fps, video.rate_fps or plan.analysed_fps),
        frames_read=video.frames_read,
        frames_analysed=frames,
        frames_lost=video.frames_lost,
        coverage=_coverage(totals.watched_s, duration_s, losses),
        losses=losses,
        lines=totals.lines,
        movements=totals.movements,
        zones=totals.zones,
        observations=totals.observations,
        flow_map=totals.flow_map,
        encounters=totals.encounters,
        ground=plan.layout.ground,
        model=model,
    )
