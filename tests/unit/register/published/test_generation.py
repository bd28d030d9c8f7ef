"""The register's body says what runs, and nothing else."""

from dataclasses import replace

import numpy as np

from passerby.domain.access_plan import AccessPlan
from passerby.domain.event_rules import EventRule, RuleKind, Severity, WeeklyHours
from passerby.domain.film import Mode
from passerby.domain.layout import GroundPlane
from passerby.domain.notices import WebhookPlan
from passerby.domain.publish_plan import PublishedPlace
from passerby.domain.published import PlaceKind
from passerby.domain.register import LegalBasis, LegalGround, Registration, Tier, Wording
from passerby.domain.retention import Kind, Retention
from passerby.domain.service import SitePlan
from passerby.register.catalogue import catalogue
from passerby.register.published.document import RegisterBody
from passerby.register.published.generation import MEASURED, QUALITY, ModelFacts, RunningConfiguration, register_body
from passerby.register.recipient_texts import event_recipient_line, published_lines
from testing.source_tree import ROOT
from testing.trial_service.publishing import PUBLISH
from testing.trial_service.site_register import camera_record, registration_with_events
from testing.web.deliveries import recipient
from testing.web.fakes import site_plan

PLAN = site_plan()


def body(plan: SitePlan = PLAN) -> RegisterBody:
    return register_body(RunningConfiguration(plan, 7, "text", (ModelFacts("m", "finds road users", ""),)))


def test_what_is_measured_follows_from_the_lines_zones_and_ground() -> None:
    line, zone, movement = body().cameras[0].measured
    assert (line.kind, line.name, line.quantities, line.road_users) == (
        "line", "west gate", ("flow", "headway_mean"), ("pedestrian", "bicycle"),
    )  # fmt: skip
    assert "dwell_p50" in zone.quantities
    assert (movement.quantities, movement.road_users) == (("movement",), ("pedestrian", "bicycle"))
    ground = GroundPlane(np.eye(3), 0.1, np.zeros((3, 2), np.float32))
    camera = replace(PLAN.cameras[0], layout=replace(PLAN.cameras[0].layout, ground=ground))
    line, zone, _ = body(replace(PLAN, cameras=(camera,))).cameras[0].measured
    assert line.quantities == ("flow", "speed_mean", "speed_p85", "headway_mean")
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


FULL = EventRule(
    "full", RuleKind.DENSEST_AREA, "square", 3.5, "m-2", severity=Severity.CRITICAL,
    hours=(WeeklyHours(frozenset({5, 4}), 64_800, 7_200),), profiles=frozenset({"market", "fair"}),
)  # fmt: skip


def with_rules(*rules: EventRule, opinion: str = "12/26", paused: Wording | None = None) -> SitePlan:
    """A camera with operational events, which run only with the authority's opinion."""
    registration = replace(registration_with_events(opinion), paused=paused)
    camera = replace(PLAN.cameras[0], registration=registration, rules=rules)
    return replace(PLAN, cameras=(camera,))


def test_each_rule_is_there_with_its_threshold_and_when_it_is_watched() -> None:
    (rule,) = body(with_rules(FULL)).cameras[0].rules
    assert rule.model_dump(mode="json") == {
        "name": "full", "kind": "densest_area", "place": "square", "threshold": 3.5, "unit": "m-2", "hold_s": 10.0,
        "severity": "critical", "road_users": [], "profiles": ["fair", "market"], "running": True,
        "hours": [{"days": ["fri", "sat"], "start": "18:00", "end": "02:00"}],
    }  # fmt: skip


def test_a_kind_without_threshold_has_none() -> None:
    (rule,) = body(with_rules(EventRule("way", RuleKind.WRONG_WAY, "gate", 1, "1"))).cameras[0].rules
    assert rule.threshold is None


def test_rules_run_only_where_operational_events_are_active() -> None:
    active, waiting = with_rules(FULL), with_rules(FULL, opinion="")
    paused = with_rules(FULL, paused=Wording({"": "Works"}))
    off = replace(PLAN, cameras=(replace(PLAN.cameras[0], rules=(FULL,)),))
    for plan, runs in ((active, True), (waiting, False), (paused, False), (off, False)):
        assert [rule.running for rule in body(plan).cameras[0].rules] == [runs]
        assert plan.cameras[0].running_rules == ((FULL,) if runs else ())


def test_recipients_of_events_are_named_without_an_address() -> None:
    channel = WebhookPlan("https://x.example/s3cret", "whsec_AAAA", inside=True)
    room = recipient(
        "room", "square", channel=channel, public=Wording({"en": "Control room"}), severity=Severity.CRITICAL
    )
    square, gate = body(replace(PLAN, recipients=(room, recipient("other", "none")))).cameras
    (named,) = square.event_recipients
    assert (named.name, named.channel, named.inside, named.lowest_severity) == (
        {"en": "Control room"}, "webhook", True, "critical",
    )  # fmt: skip
    assert gate.event_recipients == ()
    assert "x.example" not in square.model_dump_json()
    assert event_recipient_line(named, catalogue("en")) == (
        "Control room: by signed messages over HTTPS (a webhook), from the severity “Critical” on. The receiver is in "
        "the network of the site."
    )
    assert "Control room: преко потписаних порука" in event_recipient_line(named, catalogue("sr-Cyrl"))


def test_who_gets_numbers_is_said_with_what_is_done_to_them() -> None:
    places = (
        PublishedPlace("square", "west gate", PlaceKind.LINE),
        PublishedPlace("square", "chapel", PlaceKind.ZONE, sensitive=True),
    )
    assert body().publishing is None
    made = body(replace(PLAN, publish=replace(PUBLISH, places=places)))
    assert made.publishing is not None
    partner, public = made.publishing.audiences
    assert (partner.audience, partner.recipient) == ("partner", "The university")
    assert (public.places.bin_s, public.places.delay_s, public.places.epsilon, public.places.threshold) == (
        900, 3600, 0.5, 10,
    )  # fmt: skip
    assert public.sensitive_places.delay_s == 86_400
    square, gate = made.cameras
    assert [(one.name, one.sensitive) for one in square.published] == [("west gate", False), ("chapel", True)]
    assert gate.published == ()
    lines = list(published_lines(made.publishing, square, catalogue("en")))
    assert len(lines) == 4
    assert lines[1] == (
        "west gate: for Everybody, as open data (everyone); of every 15 minutes, 60 minutes later at the earliest, "
        "with noise of epsilon 0.5; numbers below 10 are withheld."
    )
    assert (
        "chapel: за The university (партнер); за сваких 60 минута"
        in list(published_lines(made.publishing, square, catalogue("sr-Cyrl")))[2]
    )


def with_replays(plan: SitePlan) -> SitePlan:
    """The same with replays switched on."""
    registration = plan.cameras[0].registration
    assert registration.record is not None
    on = replace(registration, record=replace(registration.record, event_replays=True))
    return replace(plan, cameras=(replace(plan.cameras[0], registration=on),))


def test_replays_are_said_to_be_kept_where_they_are() -> None:
    plans = (with_rules(FULL), with_replays(with_rules(FULL)), with_replays(with_rules(FULL, opinion="")))
    states = [body(plan).cameras[0].record.tiers.event_replays for plan in plans]  # type: ignore[union-attr]
    assert states == ["off", "active", "waiting"]
    assert body(plans[1]).retention_days["replays"] == 3


def test_what_an_earlier_passerby_has_published_can_still_be_read() -> None:
    written = body().model_dump(mode="json")
    for camera in written["cameras"]:
        del camera["rules"], camera["record"]["tiers"]["event_replays"]
    assert RegisterBody.model_validate(written).cameras[0].rules == ()
