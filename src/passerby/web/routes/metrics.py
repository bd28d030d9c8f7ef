"""Figures about the service itself for Prometheus; how many people were counted is none of them."""

from collections.abc import Iterable

from fastapi import APIRouter
from prometheus_client import generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_1_0_0
from prometheus_client.registry import Collector
from starlette.responses import Response

from passerby.domain.access import Permission
from passerby.domain.health import CameraState
from passerby.web.hub import Hub, HubHere
from passerby.web.permissions import needs

router = APIRouter(tags=["operation"])


@router.get(
    "/metrics",
    response_class=Response,
    dependencies=[needs(Permission.SEE_METRICS)],
    responses={200: {"description": "Prometheus text", "content": {"text/plain": {"schema": {"type": "string"}}}}},
    openapi_extra={"security": []},
)
async def get_metrics(hub: HubHere) -> Response:
    """Figures about the service for Prometheus; from this machine, or with a session."""
    return Response(generate_latest(hub.figures.registry), media_type=CONTENT_TYPE_PLAIN_1_0_0)


class HubFigures(Collector):
    """The metrics of the cameras, read at each request.

    Args:
        hub: the service.
    """

    def __init__(self, hub: Hub) -> None:
        self._hub = hub

    def describe(self) -> Iterable[Metric]:
        """Nothing ahead of time: registering must not ask the hub."""
        return ()

    def collect(self) -> Iterable[Metric]:
        """All of it as it is now."""
        yield GaugeMetricFamily("passerby_viewers", "Live views that are open.", self._hub.viewers.count)
        build = GaugeMetricFamily("passerby_build_info", "Always 1.", labels=["version"])
        build.add_metric([self._hub.version], 1)
        yield build
        drift = float(bool(self._hub.register.drift))
        yield GaugeMetricFamily("passerby_register_drift", "1 while the register differs from what runs.", value=drift)
        yield self._states()
        yield from self._reports()
        seals = GaugeMetricFamily("passerby_camera_isolation_level", "Isolation, 0 to 3.", labels=["camera"])
        for camera, isolation in sorted(self._hub.live.isolations().items()):
            seals.add_metric([camera], isolation.level)
        yield seals

    def _states(self) -> Metric:
        states = {report.camera: report.state.value for report in self._hub.live.health()}
        found = [states.get(plan.name, "unknown") for plan in self._hub.plan.cameras]
        metric = GaugeMetricFamily("passerby_cameras", "Cameras by state.", labels=["state"])
        for state in (*(each.value for each in CameraState), "unknown"):
            metric.add_metric([state], found.count(state))
        return metric

    def _reports(self) -> Iterable[Metric]:
        frames = GaugeMetricFamily(
            "passerby_camera_report_frames", "Frames of the camera's newest report.", labels=["camera", "kind"]
        )
        age = GaugeMetricFamily("passerby_camera_report_age_seconds", "Age of that report.", labels=["camera"])
        detect = GaugeMetricFamily(
            "passerby_camera_detect_seconds", "Time to detect in one frame.", labels=["camera", "quantile"]
        )
        for report in self._hub.live.health():
            age.add_metric([report.camera], max(0.0, (self._hub.clock() - report.time_ns) / 1e9))
            frames.add_metric([report.camera, "in"], report.frames_in)
            frames.add_metric([report.camera, "dropped"], report.frames_dropped)
            frames.add_metric([report.camera, "undecodable"], report.frames_undecodable)
            for quantile, taken_ms in (("0.5", report.detect_p50_ms), ("0.95", report.detect_p95_ms)):
                if taken_ms is not None:
                    detect.add_metric([report.camera, quantile], taken_ms / 1000)
        return frames, age, detect
