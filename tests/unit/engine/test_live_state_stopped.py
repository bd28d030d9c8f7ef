"""What is reported of cameras that do not run."""

from dataclasses import replace

import pytest

from passerby.domain.health import CameraState
from passerby.domain.register import LegalBasis, LegalGround, Registration, Tier, Wording
from passerby.domain.service import SitePlan
from passerby.engine.live_state import stopped_reports
from testing.trial_service.site_register import camera_record, registration
from testing.web.fakes import camera_plan

BASIS = LegalBasis(LegalGround.LEGAL_OBLIGATION, Wording({"": "Safety Act"}))
EVENTS = replace(camera_record(), tiers=frozenset({Tier.OPERATIONAL_EVENTS}), events_basis=BASIS)


@pytest.mark.parametrize(
    ("registered", "state", "said"),
    [
        (Registration(gaps=("title", "place.address")), CameraState.NOT_REGISTERED, "lacks title, place.address"),
        (Registration(), CameraState.NOT_REGISTERED, "its record"),
        (Registration(camera_record(), paused=Wording({"en": "Works"})), CameraState.PAUSED, "paused: Works"),
        (Registration(replace(camera_record(), tiers=frozenset())), CameraState.PAUSED, "both tiers"),
        (Registration(EVENTS), CameraState.PAUSED, "wait for impact_assessment.opinion"),
    ],
)
def test_each_camera_that_does_not_run_says_why(registered: Registration, state: CameraState, said: str) -> None:
    stopped = replace(camera_plan("gate"), registration=registered)
    (report,) = stopped_reports(SitePlan("site", "UTC", (camera_plan("square"), stopped)), 5)
    assert (report.camera, report.time_ns, report.state) == ("gate", 5, state)
    assert said in report.why


def test_a_camera_that_runs_is_not_reported() -> None:
    assert registration().runs
    assert stopped_reports(SitePlan("site", "UTC", (camera_plan("square"),)), 5) == ()


def test_a_camera_with_a_fault_says_that_and_not_what_its_events_wait_for() -> None:
    both = replace(camera_record(), tiers=frozenset({Tier.STATISTICS, Tier.OPERATIONAL_EVENTS}))
    stopped = replace(camera_plan("gate"), registration=Registration(both), fault="its password cannot be read")
    (report,) = stopped_reports(SitePlan("site", "UTC", (stopped,)), 5)
    assert (report.state, report.why) == (CameraState.OFFLINE, "its password cannot be read")
