"""The reports of cameras that do not run, as nothing of theirs reports: not registered, or paused."""

from passerby.domain.health import CameraHealth, CameraState
from passerby.domain.service import CameraPlan, SitePlan


def stopped_reports(plan: SitePlan, now_ns: int) -> tuple[CameraHealth, ...]:
    """Returns a report for each camera of a plan that does not run."""
    return tuple(
        CameraHealth(camera.name, now_ns, state, now_ns, why)
        for camera in plan.cameras
        if not camera.registration.runs
        for state, why in (_state(camera),)
    )


def _state(camera: CameraPlan) -> tuple[CameraState, str]:
    registration = camera.registration
    if registration.record is None:
        missing = ", ".join(registration.gaps) or "its record"
        return CameraState.NOT_REGISTERED, f"not registered, so it does not run: the register lacks {missing}"
    if registration.paused is not None:
        return CameraState.PAUSED, f"paused: {registration.paused.first}"
    if registration.record.waits_for:
        waits = ", ".join(registration.record.waits_for)
        return CameraState.PAUSED, f"statistics are switched off, and operational events wait for {waits}"
    return CameraState.PAUSED, "both tiers are switched off: statistics and operational events"
