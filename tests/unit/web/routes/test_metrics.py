"""Figures for Prometheus: each is documented, none is of people, and no address stands in them."""

import asyncio
import re
from pathlib import Path

import pytest
from prometheus_client.core import CounterMetricFamily
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.registry import Collector

from passerby.domain.health import CameraState
from passerby.domain.isolation import Isolation
from passerby.web.app import create_app
from passerby.web.hub import Hub
from testing.web.fakes import NOW_S, Service, health_report, observation

PAGE = Path(__file__).resolve().parents[4] / "docs" / "reference" / "metrics.md"


def figures(service: Service) -> dict[str, dict[tuple[str, ...], float]]:
    """Name -> the values of its labels -> value."""
    found: dict[str, dict[tuple[str, ...], float]] = {}
    for family in text_string_to_metric_families(service.get("/metrics").text):
        for sample in family.samples:
            found.setdefault(sample.name, {})[tuple(sample.labels.values())] = sample.value
    return found


def busy() -> Service:
    service = Service()
    service.live.reports = {
        "square": health_report(
            frames_in=300, frames_dropped=20, frames_undecodable=1, detect_p50_ms=40.0, detect_p95_ms=90.0,
            time_ns=(NOW_S - 5) * 10**9,
        )
    }  # fmt: skip
    service.live.open["square"] = (observation(value=4711.0),)
    service.store.rows = [observation(value=4711.0)]
    for path in ("/api/v1/cameras/square", "/api/v1/observations", "/nowhere", f"/open/{service.token()}"):
        service.get(path)
    return service


def test_cameras_and_requests() -> None:
    service = busy()
    found = figures(service)
    assert found["passerby_build_info"] == {("1.2.3",): 1}
    assert {state: count for (state,), count in found["passerby_cameras"].items() if count} == {
        "online": 1,
        "unknown": 1,
    }
    assert {state for (state,) in found["passerby_cameras"]} == {*(each.value for each in CameraState), "unknown"}
    assert found["passerby_camera_report_frames"] == {
        ("square", "in"): 300,
        ("square", "dropped"): 20,
        ("square", "undecodable"): 1,
    }
    assert found["passerby_camera_report_age_seconds"] == {("square",): 5}
    assert found["passerby_camera_detect_seconds"] == {("square", "0.5"): 0.04, ("square", "0.95"): 0.09}
    assert found["passerby_camera_isolation_level"] == {("square",): 2}
    assert found["passerby_viewers"] == {(): 0}
    requests = found["passerby_http_requests_total"]
    assert requests["GET", "/api/v1/cameras/{camera}", "200"] == 1
    assert requests["GET", "other", "404"] == 1
    assert requests["GET", "/open/{token}", "403"] == 1


def test_no_address_and_no_count_of_people() -> None:
    service = busy()
    text = service.get("/metrics").text
    assert service.token() not in text
    assert not re.search(r"(?<!\d)4711(?!\d)", text)  # times have any digits within them
    assert "nowhere" not in text
    assert not re.search(r"pedestrian|bicycle|occupancy|density|crossing", text)


@pytest.mark.asvs("13.4.4")
def test_strange_methods_make_no_series() -> None:
    service = Service()
    for method in ("PROPFIND", "BREW", "X1", "X2"):
        asyncio.run(service.ask(method, "/api/v1/version"))
    assert {key[0] for key in figures(service)["passerby_http_requests_total"]} == {"other"}


def test_other_parts_may_add_their_figures() -> None:
    class Outbox(Collector):
        def collect(self) -> list[CounterMetricFamily]:
            return [CounterMetricFamily("passerby_ingested_rows", "Rows.", 12)]

    service = Service()
    service.app = create_app(
        service.store,
        service.live,
        service.configurations,
        service.app.state.hub.drawings,
        service.access,
        service.cookie,
        service.register,
        clock=service.clock,
        collectors=[Outbox()],
    )
    assert figures(service)["passerby_ingested_rows_total"] == {(): 12}


def test_camera_that_is_gone_is_gone_from_the_figures() -> None:
    service = busy()
    service.live.isolations = lambda: {"gate": Isolation(3, ())}  # type: ignore[method-assign]
    service.live.reports = {}
    found = figures(service)
    assert found["passerby_camera_isolation_level"] == {("gate",): 3}
    assert "passerby_camera_report_frames" not in found


def test_every_figure_is_documented_and_no_other() -> None:
    service = busy()
    names = {
        family.name
        for family in text_string_to_metric_families(service.get("/metrics").text)
        if not family.name.endswith("_created")
    }
    assert len(names) > 10
    reported = set(re.findall(r"^\| `(\w+)` \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE))
    assert names - reported == set()
    # Figures of other parts of the process are told on the same page; those of this one must be there.
    hub: Hub = service.app.state.hub
    assert {name for name in reported if name.startswith("passerby_http")} == {
        name.removesuffix("_total") for name in names if name.startswith("passerby_http")
    }
    assert hub.figures.registry is not None
