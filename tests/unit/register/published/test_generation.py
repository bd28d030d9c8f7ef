"""The register's body says what runs, and nothing else."""

from dataclasses import replace

import numpy as np

from passerby.domain.access_plan import AccessPlan
from passerby.domain.film import Mode
from passerby.domain.layout import GroundPlane
from passerby.domain.register import LegalBasis, LegalGround, Registration, Tier, Wording
from passerby.domain.retention import Kind, Retention
from passerby.domain.service import SitePlan
from passerby.register.published.document import RegisterBody
from passerby.register.published.generation import MEASURED, QUALITY, ModelFacts, RunningConfiguration, register_body
from testing.source_tree import ROOT
from testing.trial_service.site_register import camera_record
from testing.web.fakes import site_plan

PLAN = site_plan()


def body(plan: SitePlan = PLAN) -> RegisterBody:
    return register_body(RunningConfiguration(plan, 7, "text", (ModelFacts("m", "finds road users", ""),)))


def test_what_is_measured_follows_from_the_lines_zones_and_ground() -> None:
    line, zone, movement = body().cameras[0].measured
    assert (line.kind, line.name, line.quantities, line.road_users) == (
        "line", "west gate", ("flow",), ("pedestrian", "bicycle"),
    )  # fmt: skip
    assert "dwell_p50" in zone.quantities
    assert (movement.quantities, movement.road_users) == (("movement",), ("pedestrian", "bicycle"))
    ground = GroundPlane(np.eye(3), 0.1, np.zeros((3, 2), np.float32))
    camera = replace(PLAN.cameras[0], layout=replace(PLAN.cameras[0].layout, ground=ground))
    line, zone, _ = body(replace(PLAN, cameras=(camera,))).cameras[0].measured
    assert line.quantities == ("flow", "speed_mean", "speed_p85")
    assert "density_mean" in zone.quantities


def test_retention_is_that_of_the_plan() -> None:
    plan = replace(PLAN, retention=Retention({Kind.MINUTES: 3}))
    assert body(plan).retention_days["minutes"] == 3
    assert set(body().retention_days) == set(Kind)


def test_a_camera_without_a_record_is_there_without_one() -> None:
    camera = replace(PLAN.cameras[0], registration=Registration(gaps=("title",)))
    (part,) = body(replace(PLAN, cameras=(camera,))).cameras
    assert (part.state, part.record, part.missing) == ("not_registered", None, ("title",))


def test_places_have_longitude_first_and_a_ring_that_closes() -> None:
    place = body().cameras[0].record.place  # type: ignore[union-attr]
    assert place.position.coordinates == (20.46, 44.816)
    (ring,) = place.field_of_view.coordinates
    assert ring[0] == ring[-1]
    assert len(ring) == 4


def test_tiers_say_what_waits() -> None:
    basis = LegalBasis(LegalGround.PUBLIC_TASK, Wording({"": "Act"}))
    record = replace(camera_record(), tiers=frozenset(Tier), events_basis=basis)
    camera = replace(PLAN.cameras[0], registration=Registration(record))
    tiers = body(replace(PLAN, cameras=(camera,))).cameras[0].record.tiers  # type: ignore[union-attr]
    assert (tiers.statistics, tiers.operational_events) == ("active", "waiting")
    assert "impact_assessment.opinion" in tiers.waits_for


def test_how_well_people_are_hidden_is_what_the_documentation_measured() -> None:
    page = (ROOT / "docs" / "explanation" / "anonymisation.md").read_text(encoding="utf-8")
    row = next(line for line in page.splitlines() if line.startswith("| PETS, live |"))
    for mode, (heads, bodies) in QUALITY.items():
        assert f"{heads * 100:.0f} %" in row
        assert f"{bodies * 100:.2f} %" in row
        assert mode.value in row
    assert set(QUALITY) == set(Mode)
    assert MEASURED


def test_a_site_of_one_person_says_so() -> None:
    assert not body().site.one_person
    assert body(replace(PLAN, access=AccessPlan(one_person=True))).site.one_person
