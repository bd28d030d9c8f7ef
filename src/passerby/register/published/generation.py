"""The register's body, made from the configuration that runs: nothing in it can say otherwise than what runs."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from passerby.domain.event_rules import WEEK, EventRule, RuleKind, WeeklyHours
from passerby.domain.film import Mode
from passerby.domain.layout import Line, Zone
from passerby.domain.observations import Quantity
from passerby.domain.publish_plan import PublishPlan
from passerby.domain.published import OUTSIDE, PUBLISHED_GROUPS, Audience, rules_of
from passerby.domain.recipients import Recipient
from passerby.domain.register import Assessment, CameraRecord, Contact, LegalBasis, Place, SiteRecord, Tier, Wording
from passerby.domain.retention import Kind
from passerby.domain.road_user import RoadUser
from passerby.domain.service import CameraPlan, SitePlan
from passerby.register.published.document import (
    AnonymisationPart,
    AssessmentPart,
    CameraPart,
    ConfigurationPart,
    ContactPart,
    EventRecipientPart,
    HoursPart,
    LegalBasisPart,
    MeasuredPart,
    ModelPart,
    PlacePart,
    PointPart,
    PolygonPart,
    PublishedAudiencePart,
    PublishedPlacePart,
    PublishedRulesPart,
    PublishingPart,
    RecordPart,
    RegisterBody,
    RulePart,
    SitePart,
    StatementPart,
    Texts,
    TiersPart,
    TierState,
)
from passerby.units import HOUR_S, MINUTE_S

NEVER: Final = (
    "no-face-recognition",
    "no-plate-reading",
    "no-re-identification",
    "no-linking-across-cameras",
    "no-suspicion-scores",
    "no-sound",
    "no-clear-pictures-kept",
)

QUALITY: Final[Mapping[Mode, tuple[float, float]]] = MappingProxyType(
    {Mode.REDRAWN: (1.0, 0.9997), Mode.MOSAIC: (1.0, 0.9997)}
)
"""Heads and bodies that were at least 95 % covered; the row "PETS, live" of docs/explanation/anonymisation.md."""
TEST_SET: Final = "PETS 2009 S2.L1, as a live view"
MEASURED: Final = "2026-11-23"

_DIGITS = 6
_WITHOUT_THRESHOLD: Final = (RuleKind.WRONG_WAY, RuleKind.SATURATED)


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """A model that looks at the pictures; `sha256` is empty for a file that is not in passerby's own list."""

    name: str
    purpose: str
    sha256: str


@dataclass(frozen=True, slots=True)
class RunningConfiguration:
    """What runs.

    Attributes:
        plan: made from the site file.
        version: number of the site file's version.
        text: the site file, with a placeholder for each secret.
        models: the models that look at the pictures.
    """

    plan: SitePlan
    version: int
    text: str
    models: tuple[ModelFacts, ...] = ()


def register_body(running: RunningConfiguration) -> RegisterBody:
    """Returns what the register says of a configuration; holds no address of a camera and no version of software."""
    plan = running.plan
    return RegisterBody(
        site=_site(plan),
        configuration=ConfigurationPart(
            version=running.version, sha256=hashlib.sha256(running.text.encode("utf-8")).hexdigest()
        ),
        retention_days={kind.value: plan.retention.days(kind) for kind in Kind},
        models=tuple(ModelPart(name=each.name, purpose=each.purpose, sha256=each.sha256) for each in running.models),
        publishing=None if plan.publish is None else _publishing(plan.publish),
        cameras=tuple(_camera(each, plan.recipients, _published(each, plan)) for each in plan.cameras),
        never=NEVER,
    )


def _site(plan: SitePlan) -> SitePart:
    record: SiteRecord = plan.record
    return SitePart(
        name=plan.name,
        time_zone=plan.time_zone,
        languages=record.languages,
        page=record.page,
        case_key=record.case_key,
        answer_days=record.answer_days,
        one_person=plan.access.one_person,
    )


def _camera(
    camera: CameraPlan, recipients: Sequence[Recipient], published: tuple[PublishedPlacePart, ...]
) -> CameraPart:
    registration = camera.registration
    record = registration.record
    paused = registration.paused
    heads, bodies = QUALITY[camera.mode]
    return CameraPart(
        camera=camera.name,
        state=registration.state.value,
        paused=None if paused is None else dict(paused.texts),
        record=None if record is None else _record(record),
        measured=tuple(_measured(camera)),
        rules=tuple(rule_part(rule, running=rule in camera.running_rules) for rule in camera.rules),
        event_recipients=tuple(_event_recipient(each) for each in recipients if camera.name in each.cameras),
        published=published,
        analysed_fps=round(camera.analysed_fps, 3),
        masked_areas=len(camera.masks),
        anonymisation=AnonymisationPart(
            mode=camera.mode.value,
            heads_covered=heads,
            bodies_covered=bodies,
            test_set=TEST_SET,
            measured=MEASURED,
        ),
        missing=registration.gaps,
    )


def _published(camera: CameraPlan, plan: SitePlan) -> tuple[PublishedPlacePart, ...]:
    return tuple(
        PublishedPlacePart(kind=each.kind.value, name=each.place, sensitive=each.sensitive)
        for each in (plan.publish.places if plan.publish is not None else ())
        if each.camera == camera.name
    )


def _publishing(publish: PublishPlan) -> PublishingPart:
    return PublishingPart(
        title=_texts(publish.title),
        publisher=publish.publisher,
        contact=publish.contact,
        licence=publish.licence,
        licence_url=publish.licence_url,
        road_users=tuple(group.value for group in PUBLISHED_GROUPS),
        audiences=tuple(
            PublishedAudiencePart.model_validate(
                {
                    "audience": each.value,
                    "recipient": publish.audiences[each],
                    "places": _rules(each, sensitive=False),
                    "sensitive_places": _rules(each, sensitive=True),
                }
            )
            for each in OUTSIDE
            if each in publish.audiences
        ),
    )


def _rules(audience: Audience, *, sensitive: bool) -> PublishedRulesPart:
    rules = rules_of(audience, sensitive=sensitive)
    return PublishedRulesPart(
        bin_s=rules.bin_s, delay_s=rules.delay_s, epsilon=rules.epsilon or 0.0, threshold=rules.threshold
    )


def _event_recipient(recipient: Recipient) -> EventRecipientPart:
    """Without its address: who it is matters to the public, and where its server is does to an attacker."""
    return EventRecipientPart.model_validate(
        {
            "name": _texts(recipient.public),
            "channel": recipient.channel_name,
            "inside": recipient.inside,
            "lowest_severity": recipient.severity.value,
        }
    )


def _record(record: CameraRecord) -> RecordPart:
    return RecordPart(
        title=_texts(record.title),
        controller=_contact(record.controller),
        privacy_officer=_contact(record.privacy_officer),
        authority=_contact(record.authority),
        purposes=tuple(each.value for each in record.purposes),
        legal_basis=_legal_basis(record.legal_basis),
        events_legal_basis=None if record.events_basis is None else _legal_basis(record.events_basis),
        place=_place(record.place),
        recipients=tuple(map(_texts, record.recipients)),
        impact_assessment=_assessment(record.assessment),
        tiers=_tiers(record),
        installed=record.installed,
    )


def _texts(wording: Wording) -> Texts:
    return dict(wording.texts)


def _contact(contact: Contact) -> ContactPart:
    return ContactPart(name=contact.name, address=contact.address, contact=contact.contact)


def _legal_basis(basis: LegalBasis) -> LegalBasisPart:
    return LegalBasisPart(ground=basis.ground.value, law=_texts(basis.law))


def _place(place: Place) -> PlacePart:
    ring = tuple(map(_longitude_first, place.field_of_view))
    return PlacePart(
        address=_texts(place.address),
        position=PointPart(coordinates=_longitude_first(place.position)),
        field_of_view=PolygonPart(coordinates=((*ring, ring[0]),)),
    )


def _longitude_first(degrees: tuple[float, float]) -> tuple[float, float]:
    latitude, longitude = (round(each, _DIGITS) for each in degrees)
    return longitude, latitude


def _assessment(assessment: Assessment) -> AssessmentPart:
    return AssessmentPart(
        reference=assessment.reference,
        opinion=assessment.opinion,
        statements={
            field.value: StatementPart(text=_texts(each.text), by=each.by, date=each.date)
            for field, each in assessment.statements.items()
        },
        open_fields=tuple(each.value for each in assessment.open_fields),
    )


def _tiers(record: CameraRecord) -> TiersPart:
    def state(tier: Tier) -> TierState:
        return "active" if tier in record.active_tiers else "waiting" if tier in record.tiers else "off"

    return TiersPart(
        statistics=state(Tier.STATISTICS),
        operational_events=state(Tier.OPERATIONAL_EVENTS),
        waits_for=record.waits_for,
        event_replays="active" if record.replays_allowed else "waiting" if record.event_replays else "off",
    )


def _measured(camera: CameraPlan) -> Sequence[MeasuredPart]:
    layout, speeds = camera.layout, camera.layout.ground is not None
    at_line = [Quantity.FLOW, *((Quantity.SPEED_MEAN, Quantity.SPEED_P85) if speeds else ()), Quantity.HEADWAY_MEAN]
    in_zone = [
        Quantity.OCCUPANCY_MEAN, Quantity.OCCUPANCY_MAX, Quantity.ENTRIES, Quantity.EXITS, Quantity.DWELL_P50,
        Quantity.DWELL_P85, Quantity.SATURATED, *((Quantity.DENSITY_MEAN, Quantity.DENSITY_MAX) if speeds else ()),
    ]  # fmt: skip
    return [
        *(_part("line", line.name, at_line, _labels(line)) for line in layout.lines),
        *(_part("zone", zone.name, in_zone, _labels(zone)) for zone in layout.zones),
        *(_part("movement", each.name, [Quantity.MOVEMENT], _movement(camera, each.entry_line, each.exit_line))
          for each in layout.movements),
        *_near_misses(camera),
    ]  # fmt: skip


def _near_misses(camera: CameraPlan) -> Sequence[MeasuredPart]:
    measure = camera.layout.near_misses
    if measure is None:
        return ()
    users = tuple(each.label for each in sorted(measure.road_users))
    return (_part("near_misses", "", [Quantity.ENCOUNTERS, Quantity.NEAR_MISSES], users),)


def rule_part(rule: EventRule, *, running: bool) -> RulePart:
    """Returns what the register says of a rule.

    Args:
        rule: the rule.
        running: it is watched, as operational events are active for its camera.
    """
    return RulePart(
        name=rule.name,
        kind=rule.kind.value,
        place=rule.place,
        threshold=None if rule.kind in _WITHOUT_THRESHOLD else round(rule.threshold, _DIGITS),
        unit=rule.unit,
        hold_s=round(rule.hold_s, 3),
        severity=rule.severity.value,
        road_users=tuple(each.label for each in sorted(rule.road_users)),
        hours=tuple(map(_hours, rule.hours)),
        profiles=tuple(sorted(rule.profiles)),
        running=running,
    )


def _hours(hours: WeeklyHours) -> HoursPart:
    start, end = (f"{each // HOUR_S:02}:{each // MINUTE_S % 60:02}" for each in (hours.start_s, hours.end_s))
    return HoursPart(days=tuple(WEEK[day] for day in sorted(hours.days)), start=start, end=end)


def _part(kind: str, name: str, quantities: Sequence[Quantity], road_users: tuple[str, ...]) -> MeasuredPart:
    words = tuple(each.value for each in quantities)
    return MeasuredPart.model_validate({"kind": kind, "name": name, "quantities": words, "road_users": road_users})


def _labels(shape: Line | Zone) -> tuple[str, ...]:
    return tuple(each.label for each in sorted(shape.road_users))


def _movement(camera: CameraPlan, entry: str, leaving: str) -> tuple[str, ...]:
    """The classes that both lines of a movement count."""
    users = set(RoadUser)
    for line in camera.layout.lines:
        if line.name in (entry, leaving):
            users &= line.road_users
    return tuple(each.label for each in sorted(users))
