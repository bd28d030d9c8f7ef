"""States begin and end after their holds, the most urgent is shown, and counting is doubted at once."""

import json
from dataclasses import asdict, replace

import pytest

from passerby.domain.health import CameraHealth, CameraState, Displacement, FrameCounts, ImageQuality, SourceCondition
from passerby.pipeline.health.camera_health import CameraHealthWatch, sentence
from passerby.pipeline.health.health_thresholds import HealthThresholds, described

NS_PER_S = 1_000_000_000
START_NS = 1_700_000_000 * NS_PER_S
ONLINE = SourceCondition(CameraState.ONLINE, START_NS, "Pictures arrive.")
LIMITS = HealthThresholds()


def signs(
    *,
    brightness: float = 150.0,
    blank: float | None = 0.0,
    sharpness: float | None = 1.0,
    moved: float | None = 0.0,
    recognised: float | None = 1.0,
) -> ImageQuality:
    displacement = None if moved is None else Displacement(moved, moved)
    return ImageQuality(0, brightness, blank, sharpness, recognised, displacement)


WELL = signs()
MOVED = signs(moved=0.04)
LOST = signs(moved=None, recognised=0.02)
DARK = ImageQuality(0, 12.0)
COVERED = signs(blank=0.9, sharpness=None, moved=None, recognised=0.0)
BLURRED = signs(sharpness=0.4)
UNKNOWN = ImageQuality(0, 150.0)


class Shift:
    """A watch on duty: shows it a look a second."""

    def __init__(self) -> None:
        self.watch = CameraHealthWatch("square")
        self.now_s = 0
        self.reports: list[CameraHealth] = []

    def show(
        self,
        look: ImageQuality | None,
        seconds: int = 1,
        condition: SourceCondition = ONLINE,
        unexplained: float | None = None,
    ) -> CameraState:
        for _ in range(seconds):
            now_ns = START_NS + self.now_s * NS_PER_S
            report = self.watch.update(now_ns, condition, look, unexplained_share=unexplained)
            self.reports += [report] if report else []
            self.now_s += 1
        return self.reports[-1].state

    @property
    def last(self) -> CameraHealth:
        return self.reports[-1]


@pytest.fixture
def shift() -> Shift:
    shift = Shift()
    shift.show(WELL, 5)
    return shift


@pytest.mark.parametrize(
    ("look", "state", "hold_s"),
    [
        (DARK, CameraState.DARK, LIMITS.dark_hold.enter_s),
        (COVERED, CameraState.COVERED, LIMITS.covered_hold.enter_s),
        (BLURRED, CameraState.DEFOCUSED, LIMITS.defocused_hold.enter_s),
        (MOVED, CameraState.MOVED, LIMITS.displaced_hold.enter_s),
        (LOST, CameraState.MOVED, LIMITS.unrecognised_hold.enter_s),
    ],
)
def test_a_state_begins_after_its_hold_and_counts_from_its_first_look(
    shift: Shift, look: ImageQuality, state: CameraState, hold_s: float
) -> None:
    assert shift.show(look, round(hold_s)) is CameraState.ONLINE
    assert shift.show(look) is state
    assert shift.last.since_ns == START_NS + 5 * NS_PER_S
    assert shift.last.measured is not None
    assert shift.last.threshold is not None


@pytest.mark.parametrize(
    ("look", "leave_s"),
    [
        (DARK, LIMITS.dark_hold.leave_s),
        (COVERED, LIMITS.covered_hold.leave_s),
        (BLURRED, LIMITS.defocused_hold.leave_s),
        (MOVED, LIMITS.displaced_hold.leave_s),
        (LOST, LIMITS.unrecognised_hold.leave_s),
    ],
)
def test_a_state_ends_after_its_hold(shift: Shift, look: ImageQuality, leave_s: float) -> None:
    state = shift.show(look, 40)
    assert state is not CameraState.ONLINE
    assert shift.show(WELL, round(leave_s)) is state
    assert shift.show(WELL) is CameraState.ONLINE


@pytest.mark.parametrize("look", [DARK, BLURRED, MOVED, LOST])
def test_what_passes_within_seconds_is_no_state(shift: Shift, look: ImageQuality) -> None:
    for _ in range(20):
        shift.show(look, 5)
        shift.show(WELL, 3)
    assert {each.state for each in shift.reports} == {CameraState.ONLINE}


def test_one_look_that_errs_does_not_end_what_lasts(shift: Shift) -> None:
    shift.show(MOVED, 5)
    shift.show(WELL)
    assert shift.show(MOVED, 6) is CameraState.MOVED


def test_between_the_limits_a_state_stays(shift: Shift) -> None:
    between = signs(moved=(LIMITS.displaced + LIMITS.displaced_ends) / 2)
    assert shift.show(between, 100) is CameraState.ONLINE
    shift.show(MOVED, 12)
    assert shift.show(between, 200) is CameraState.MOVED


@pytest.mark.parametrize("look", [MOVED, LOST, COVERED])
def test_counting_is_doubted_from_the_first_look(shift: Shift, look: ImageQuality) -> None:
    assert shift.watch.reliable
    shift.show(look)
    assert not shift.watch.reliable
    assert shift.last.state is CameraState.ONLINE


@pytest.mark.parametrize("look", [MOVED, LOST])
def test_a_doubt_that_passes_leaves_no_trace(shift: Shift, look: ImageQuality) -> None:
    shift.show(look, 4)
    shift.show(WELL, 2)
    assert shift.watch.reliable


@pytest.mark.parametrize("look", [MOVED, LOST])
def test_a_moved_camera_is_doubted_until_its_view_was_back_for_a_while(shift: Shift, look: ImageQuality) -> None:
    shift.show(look, 40)
    shift.show(WELL, 60)
    assert not shift.watch.reliable
    shift.show(WELL)
    assert shift.watch.reliable
    assert shift.last.why.startswith("The view is back where it was")


@pytest.mark.parametrize("look", [MOVED, LOST])
def test_a_moved_camera_is_trusted_when_a_person_confirms(shift: Shift, look: ImageQuality) -> None:
    shift.show(look, 40)
    shift.watch.confirm(START_NS + shift.now_s * NS_PER_S)
    assert shift.watch.reliable
    assert shift.show(UNKNOWN) is CameraState.ONLINE
    assert "confirmed" in shift.last.why
    assert shift.last.since_ns == START_NS + 45 * NS_PER_S


def test_dark_and_well_cameras_are_not_doubted(shift: Shift) -> None:
    shift.show(DARK, 30)
    assert shift.watch.reliable
    shift.show(BLURRED, 60)
    assert shift.watch.reliable


def test_a_moved_camera_stays_moved_at_night_and_while_nothing_can_be_compared(shift: Shift) -> None:
    shift.show(MOVED, 15)
    assert shift.show(DARK, 100) is CameraState.MOVED
    assert shift.show(UNKNOWN, 100) is CameraState.MOVED
    assert not shift.watch.reliable


def test_a_covered_camera_is_not_called_moved(shift: Shift) -> None:
    shift.show(COVERED, 200)
    assert {each.state for each in shift.reports} == {CameraState.ONLINE, CameraState.COVERED}


@pytest.mark.parametrize("state", [CameraState.CONNECTING, CameraState.OFFLINE, CameraState.FROZEN])
def test_what_the_source_says_comes_first(shift: Shift, state: CameraState) -> None:
    shift.show(MOVED, 15)
    condition = SourceCondition(state, START_NS + 7, "No picture for 12 s, limit 10 s.", 12.0, 10.0)
    assert shift.show(None, 1, condition) is state
    last = shift.last
    assert (last.since_ns, last.why, last.measured, last.threshold) == (START_NS + 7, condition.why, 12.0, 10.0)
    assert shift.show(MOVED) is CameraState.MOVED
    assert shift.last.since_ns == START_NS + 5 * NS_PER_S


def test_what_lasted_before_a_gap_does_not_count(shift: Shift) -> None:
    shift.show(MOVED, 5)
    shift.show(None, 30)
    assert shift.show(MOVED, 5) is CameraState.ONLINE


def test_a_stream_that_came_back_is_online_since_then(shift: Shift) -> None:
    again = SourceCondition(CameraState.ONLINE, START_NS + 9 * NS_PER_S, "Pictures arrive again.")
    shift.show(WELL, 1, again)
    assert shift.last.since_ns == again.since_ns
    assert shift.last.why.startswith("Pictures arrive again.")


def test_reports_come_at_a_change_and_each_minute(shift: Shift) -> None:
    shift.show(WELL, 196)
    assert [(each.time_ns - START_NS) // NS_PER_S for each in shift.reports] == [0, 60, 120, 180]


def test_a_report_carries_the_frames_and_the_camera() -> None:
    counts = FrameCounts(600, 7, 2, 31.5, 60.25)
    report = CameraHealthWatch("square").update(START_NS, ONLINE, None, counts)
    assert report is not None
    assert report.camera == "square"
    assert asdict(counts).items() <= asdict(report).items()


def test_an_online_report_says_how_well_the_view_lies(shift: Shift) -> None:
    shift.show(signs(moved=0.002), 60)
    assert shift.last.why == (
        "Pictures arrive. The view lies within 0.2% of the picture's width of where it was learned."
    )
    assert (shift.last.measured, shift.last.threshold) == (0.002, LIMITS.displaced)


def test_a_view_that_did_not_move_lies_within_what_is_shown(shift: Shift) -> None:
    shift.show(signs(moved=0.00007), 60)
    assert "within 0.1% of the picture's width" in shift.last.why


def test_a_sentence_names_what_was_measured_and_the_limit(shift: Shift) -> None:
    shift.show(MOVED, 15)
    assert shift.last.why == (
        "The camera has moved: its view lies up to 4.0% of the picture's width from where it was (4.0% right), "
        "limit 0.8%. Check lines and zones, then confirm the view."
    )


def test_reports_are_numbers_that_json_can_hold(shift: Shift) -> None:
    for look in (DARK, COVERED, BLURRED, MOVED, LOST):
        shift.show(look, 40)
    assert json.dumps([asdict(each) for each in shift.reports], allow_nan=False)


@pytest.mark.parametrize(
    ("displacement", "words"),
    [
        (Displacement(0.05, -0.03, 0.04), "3.0% left, 4.0% down"),
        (Displacement(0.02, 0, 0, 2.04, -0.012), "turned by 2.0° clockwise, 1.2% smaller"),
        (Displacement(0.02, 0.001, -0.02, -1.0), "2.0% up, turned by 1.0° anticlockwise"),
        (Displacement(0.001), "a little"),
    ],
)
def test_a_movement_in_words(displacement: Displacement, words: str) -> None:
    assert described(displacement) == words


@pytest.mark.parametrize(("said", "shown"), [("pictures come", "Pictures come."), ("Well.", "Well.")])
def test_what_a_source_says_becomes_a_sentence(said: str, shown: str) -> None:
    assert sentence(said) == shown


def test_what_the_source_found_is_reported_at_once_and_with_its_value() -> None:
    watch = CameraHealthWatch("square")
    online = SourceCondition(CameraState.ONLINE, 0, "pictures come and change")
    assert watch.update(0, online, None) is not None
    assert watch.update(NS_PER_S, online, None) is None
    found = replace(online, why="pictures come and change; the clock is slow", measured=0.84, threshold=0.01)
    report = watch.update(2 * NS_PER_S, found, None)
    assert report is not None
    assert (report.measured, report.threshold) == (0.84, 0.01)
    assert "the clock is slow" in report.why
    assert report.since_ns == 0
    in_place = ImageQuality(3 * NS_PER_S, 120.0, displacement=Displacement(0.001), recognised=0.9)
    assert watch.update(3 * NS_PER_S, found, in_place) is None
    later = watch.update(70 * NS_PER_S, found, replace(in_place, time_ns=70 * NS_PER_S))
    assert later is not None
    assert (later.measured, later.threshold) == (0.84, 0.01)
    assert "The view lies within" in later.why


def test_a_camera_that_knows_little_of_what_moves_sees_badly(shift: Shift) -> None:
    assert shift.show(WELL, 20, unexplained=0.5) is CameraState.ONLINE
    assert shift.show(WELL, 20, unexplained=0.5) is CameraState.SEES_BADLY
    assert (shift.last.measured, shift.last.threshold) == (0.5, LIMITS.unexplained)
    assert "50% of what moves steadily is not recognised" in shift.last.why
    assert shift.watch.reliable


def test_it_sees_badly_until_it_has_known_most_for_a_while(shift: Shift) -> None:
    shift.show(WELL, 40, unexplained=0.5)
    assert shift.show(WELL, 300, unexplained=0.25) is CameraState.SEES_BADLY
    assert shift.show(WELL, 100, unexplained=0.1) is CameraState.SEES_BADLY
    assert shift.show(WELL, 300, unexplained=None) is CameraState.SEES_BADLY
    assert shift.show(WELL, 130, unexplained=0.1) is CameraState.ONLINE


def test_that_it_is_dark_matters_more_than_that_it_sees_badly(shift: Shift) -> None:
    shift.show(WELL, 40, unexplained=0.5)
    assert shift.show(DARK, 20, unexplained=0.5) is CameraState.DARK
