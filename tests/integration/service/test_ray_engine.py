"""Ray, with three machines on this one: workers are placed, and are elsewhere when a machine dies."""

from pathlib import Path

import pytest

from testing.rtsp_camera.camera import RtspCamera
from testing.trial_service import ray_site
from testing.trial_service.ray_site import site_of

pytestmark = [
    pytest.mark.slow,
    pytest.mark.footage,
    pytest.mark.skipif(ray_site.missing() is not None, reason=ray_site.missing() or "there is one"),
]


def test_cameras_of_a_machine_that_dies_are_watched_elsewhere_and_no_minute_is_doubled(
    folder: Path, camera: RtspCamera
) -> None:
    site = site_of(camera.address, 3, pools={2: "harbour"})
    with ray_site.ray_site(folder, site, ["a", "b", "c"]) as trial:
        placed = {"camera-0", "camera-1"}
        trial.until(lambda: set(trial.online()) == placed, "all cameras that can be placed are watched")
        health = {row["name"]: row["health"] for row in trial.hub.ask("/api/v1/cameras").json()["rows"]}
        assert "No machine of the cluster reaches the pool harbour" in health["camera-2"]["why"]
        assert not [name for name in trial.hub.processes() if name.startswith("worker")], "the hub watches none itself"
        victim = trial.watched_on()["camera-0"]
        trial.die(victim)
        trial.until(lambda: victim not in trial.watched_on().values(), "its workers were started elsewhere")
        trial.until(lambda: set(trial.online()) == placed, "its cameras are watched elsewhere")
        assert all(share <= 1.001 for share in trial.minutes().values())
        # What it had measured is on its disk, and comes once it runs again.
        trial.start_machine(victim)
        left = trial.machines[victim] / "workers"
        trial.until(
            lambda: not any(map(ray_site.waits, left.glob("*/journal.sqlite"))), "it has delivered what was left"
        )
        assert all(share <= 1.001 for share in trial.minutes().values())
        assert all(not row["minutes_set_aside"] for row in trial.hub.ask("/api/v1/hand-overs").json()["rows"])
        # A machine that is drained is left by its workers, and delivers all; see `passerby fleet upgrade`.
        left_by = trial.watched_on()["camera-0"]
        trial.fleet("drain", left_by)
        trial.until(lambda: left_by not in trial.watched_on().values(), "its workers were moved")
        trial.until(lambda: set(trial.online()) == placed, "their cameras are watched elsewhere")
        trial.until(lambda: trial.machine(left_by)["empty"], "the hub has all that was measured there")
        assert "drained" in trial.fleet("explain", "camera-0")
        assert all(share <= 1.001 for share in trial.minutes().values())
