"""What a service's plan says of its cameras together."""

from dataclasses import replace

from passerby.domain.layout import Layout
from passerby.domain.service import CameraPlan, SitePlan
from passerby.domain.sources import CameraSource, SourceKind
from testing.trial_service.site_register import registration

NOTHING = Layout((), (), (), None)


def camera(name: str) -> CameraPlan:
    return CameraPlan(name, CameraSource(SourceKind.FILE), NOTHING, registration=registration())


def test_each_running_camera_has_an_equal_share_of_the_outbox() -> None:
    stopped = CameraPlan("stopped", CameraSource(SourceKind.FILE), NOTHING)
    plan = SitePlan("site", "UTC", (camera("a"), camera("b"), camera("c"), camera("d"), stopped), outbox_bytes=1000)
    assert plan.outbox_share(["a"]) == 250
    assert plan.outbox_share(["a", "b", "c"]) == 750
    assert plan.outbox_share(["a", "b", "c", "d", "just gone"]) == 1000
    assert replace(plan, outbox_bytes=None).outbox_share(["a"]) is None


def test_cameras_are_found_by_name_and_by_machine() -> None:
    stopped = CameraPlan("stopped", CameraSource(SourceKind.FILE), NOTHING)
    far = replace(camera("b"), node="pole")
    plan = SitePlan("site", "UTC", (camera("a"), far, stopped))
    assert [plan.camera(name) for name in ("a", "b", "stopped", "c")] == [*plan.cameras, None]
    assert (plan.running_on(""), plan.running_on("pole"), plan.running_on("tower")) == ((plan.cameras[0],), (far,), ())
    moved = replace(plan, cameras=(replace(far, node="tower"),))
    assert (moved.camera("a"), moved.running_on("tower")) == (None, moved.cameras)
