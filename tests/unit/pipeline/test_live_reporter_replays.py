"""The replays of a live camera's events: each after its event, on one picture of the empty place, if allowed."""

from passerby.domain.place_events import EventState
from passerby.domain.replays import EmptyPlace, EventReplay
from passerby.events.replay_recorder import ReplayRecorder
from passerby.messages.sandbox_messages import EventReports
from testing.web.replays import empty_place
from tests.unit.pipeline.test_live_reporter import Scene, Stage
from tests.unit.pipeline.test_live_reporter_events import FULL, reports, scene_of


class LearningStage(Stage):
    learned = 0
    pictures = 0

    def learn_place(self, *, quietly: bool = False) -> None:
        self.learned += 1

    def empty_place(self, size_px: tuple[int, int]) -> EmptyPlace:
        self.pictures += 1
        assert size_px == (640, 480)
        return empty_place()


def replayed(known: tuple[str, ...] = ()) -> tuple[Scene, LearningStage]:
    scene, stage = scene_of(FULL), LearningStage()
    scene.camera._stage = stage  # type: ignore[assignment]
    scene.camera._replays = ReplayRecorder(known)
    return scene, stage


def replays(scene: Scene) -> list[EventReplay]:
    return [message for message in scene.sent if isinstance(message, EventReplay)]


def test_a_replay_comes_once_ten_seconds_after_its_event_with_one_picture() -> None:
    scene, stage = replayed()
    scene.walk(12)
    (raised,) = [event for event in reports(scene) if event.state is EventState.OPEN][:1]
    assert replays(scene) == []
    assert (stage.learned, stage.pictures) == (60, 0)
    scene.wait(3)
    (replay,) = replays(scene)
    assert (replay.event_id, replay.raised_ns) == (raised.event_id, raised.raised_ns)
    assert stage.pictures == 1
    assert len(replay.boxes) > 20
    first = next(number for number, one in enumerate(scene.sent) if isinstance(one, EventReports))
    assert first < scene.sent.index(replay)
    scene.wait(20)
    assert len(replays(scene)) == 1


def test_what_breaks_off_is_sent_as_far_as_it_goes() -> None:
    scene, _ = replayed()
    scene.walk(4)
    scene.wait(3)
    assert replays(scene) == []
    scene.camera.finish()
    (replay,) = replays(scene)
    assert 0 < replay.time_ms[-1] < 2000


def test_a_camera_that_sends_no_more_pictures_has_its_replay_all_the_same() -> None:
    scene, _ = replayed()
    scene.walk(4)
    scene.wait(12)
    assert len(replays(scene)) == 1


def test_without_the_register_s_word_nothing_is_learned_held_or_sent() -> None:
    scene = scene_of(FULL)  # whose stage has no place to be learned
    scene.walk(20)
    scene.camera.finish()
    assert len(reports(scene)) > 0
    assert replays(scene) == []
