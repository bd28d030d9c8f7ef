"""Ray, with machines on this one: workers are placed, are elsewhere when one dies, and survive the head's absence."""

import time
from pathlib import Path

import pytest

from testing.rtsp_camera.camera import RtspCamera
from testing.servers import redis_server
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


@pytest.mark.skipif(redis_server.missing() is not None, reason=redis_server.missing() or "there is one")
def test_a_head_that_returns_with_its_tables_moves_nothing_and_one_whose_redis_was_emptied_loses_nothing(
    folder: Path, camera: RtspCamera
) -> None:
    with redis_server.serving() as redis:
        head = (("--redis-password", redis.password), {"RAY_REDIS_ADDRESS": f"127.0.0.1:{redis.port}"})
        with ray_site.ray_site(folder, site_of(camera.address, 1), ["a"], head=head) as trial:
            trial.until(lambda: trial.online() == ["camera-0"], "the camera is watched")
            from_s, before = time.time(), trial.lease_numbers()
            trial.cluster.kill("head")
            trial.add_camera(camera.address, 1)
            trial.until(lambda: trial.why("camera-1"), "health says what keeps the added camera from being watched")
            assert trial.online() == ["camera-0"]
            trial.start_head()
            trial.until(lambda: set(trial.online()) == {"camera-0", "camera-1"}, "what was added is placed")
            after = trial.lease_numbers()
            assert after["camera-0"] == before["camera-0"], "the camera's worker went on"
            # A head that knows nothing: Ray itself ends on the machine, whose administrator has it started again.
            until_s = time.time()
            trial.cluster.kill("head")
            assert redis.asked("FLUSHALL") == "+OK"
            trial.start_head()
            trial.until(lambda: trial.cluster.machines["a"].poll() is not None, "Ray has ended on the machine")
            trial.until(lambda: "lost its tables" in trial.why("camera-0"), "health says what has happened")
            assert trial.keep() == ["a"]
            trial.until(lambda: set(trial.online()) == {"camera-0", "camera-1"}, "all cameras are watched again")
            assert trial.lease_numbers() == after, "workers that start again on their machine go on under their leases"
            again_s = trial.online_since()["camera-0"]
            end_s = (until_s // 60 + 1) * 60
            least_s = 0.95 * (until_s - from_s + max(0.0, end_s - again_s)) - 3

            def stored_s() -> float:
                minutes = trial.minutes().items()
                return 60 * sum(
                    share for (name, at), share in minutes if name == "camera-0" and ray_site.seconds(at) < end_s
                )

            trial.until(lambda: stored_s() >= least_s, "all that was watched before Ray ended is stored")
            assert all(share <= 1.001 for share in trial.minutes().values())
            assert all(not row["minutes_set_aside"] for row in trial.hub.ask("/api/v1/hand-overs").json()["rows"])
