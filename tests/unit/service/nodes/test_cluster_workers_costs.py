"""Cameras move between workers only where what they were measured to take does not fit, and as few as can be."""

from passerby.messages.cluster_messages import (
    CameraCost,
    ClusterReport,
    LargestMachine,
    WantedWorker,
    WantedWorkers,
)
from passerby.messages.hub_messages import ToWorker
from passerby.service.nodes.camera_costs import KNOWN_AFTER
from testing.waiting import TUESDAY_S
from tests.unit.service.nodes.test_cluster_workers import Scene, Start, played


def told(scene: Scene, cpus: float) -> list[WantedWorker]:
    """The workers that are wanted of a cluster whose largest machine has so many processors."""
    answered: list[ToWorker] = []
    scene.workers.reported(ClusterReport((), "", (LargestMachine("", cpus, 8000.0),)), answered.append)
    (wanted,) = answered
    assert isinstance(wanted, WantedWorkers)
    return list(wanted.workers)


def measured(scene: Scene, **cpu_ms_s: float) -> None:
    for _ in range(KNOWN_AFTER):
        scene.workers.costs.report(CameraCost(camera, cost, 200.0) for camera, cost in cpu_ms_s.items())


def test_a_worker_that_no_machine_could_take_is_divided_before_it_was_ever_started() -> None:
    async def play(scene: Scene) -> None:
        assert [(one.worker, one.cpus) for one in told(scene, 0.5)] == [("worker-1", 0.6)]
        await scene.workers.catch_up()
        assert [one.cpus for one in told(scene, 0.5)] == [0.3, 0.3]

    played(["bridge", "quay"], play)


def test_cameras_move_only_where_what_was_measured_does_not_fit_and_as_few_as_can_be() -> None:
    async def play(scene: Scene) -> None:
        one = Start("a", "1" * 16, TUESDAY_S)
        await scene.connect(one)
        (wanted,) = told(scene, 0.5)
        scene.clock.now_s += 61
        await scene.workers.catch_up()
        assert (wanted.takes_cpus, len(told(scene, 0.5))) == (0.0, 1), "it runs, and nothing was measured yet"
        measured(scene, bridge=300.0, quay=150.0)
        scene.clock.now_s += 61
        await scene.workers.catch_up()
        (wanted,) = told(scene, 0.5)
        assert (wanted.cpus, wanted.takes_cpus, wanted.takes_mb) == (0.6, 0.45, 400.0)
        measured(scene, bridge=480.0)
        await scene.workers.catch_up()
        assert len(told(scene, 0.5)) == 1, "they are grouped once a minute"
        # The largest machine is away for a moment, and another one is too small.
        told(scene, 0.1)
        scene.clock.now_s += 61
        await scene.workers.catch_up()
        assert [group.cameras for group in scene.workers.groups or ()] == [("quay",), ("bridge",)]
        assert [part.numbers for part in one.parts] == [{"bridge": 1, "quay": 1}, {"quay": 1}]

    played(["bridge", "quay"], play)


def test_a_hub_that_was_started_anew_moves_nothing_for_a_first_guess() -> None:
    async def play(scene: Scene) -> None:
        await scene.connect(Start("a", "1" * 16, TUESDAY_S))
        scene.workers = scene.hub()
        await scene.workers.changed()
        told(scene, 0.5)
        scene.clock.now_s += 61
        await scene.workers.catch_up()
        (wanted,) = told(scene, 0.5)
        assert (wanted.cpus, wanted.takes_cpus) == (0.6, 0.0)

    played(["bridge", "quay"], play)
