"""The records of the register, made from a site file: its defaults, and what a camera says otherwise."""

from collections.abc import Iterator, Mapping
from typing import TypeVar

from pydantic import BaseModel

from passerby.config.register.keys import (
    AssessmentKeys,
    CameraRegisterKeys,
    ContactKeys,
    LegalBasisKeys,
    PlaceKeys,
    RecordKeys,
    SiteRegisterKeys,
    StatementKeys,
)
from passerby.domain.register import (
    Assessment,
    CameraRecord,
    Contact,
    LegalBasis,
    LegalGround,
    MeasuringPurpose,
    OpenField,
    Place,
    Registration,
    SiteRecord,
    Statement,
    Tier,
    Wording,
)

Value = TypeVar("Value")

_NEEDED: Mapping[str, tuple[str, ...]] = {
    "controller": ("name", "address", "contact"),
    "privacy_officer": ("contact",),
    "authority": ("name", "contact"),
    "legal_basis": ("ground", "law"),
    "impact_assessment": ("reference",),
}
"""What each camera needs, of its own or of the site's."""
_NEEDED_OF_PLACE = ("address", "position", "field_of_view")


def registration_of(site: SiteRegisterKeys, camera: CameraRegisterKeys) -> Registration:
    """Returns the record of a camera where it is complete, and otherwise what is missing."""
    merged = _merged(site, camera)
    gaps = tuple(_gaps(merged))
    paused = site.paused or camera.paused
    return Registration(
        record=None if gaps else _record(merged), gaps=gaps, paused=None if paused is None else Wording(paused)
    )


def site_record(keys: SiteRegisterKeys) -> SiteRecord:
    """Returns what the register says of the site as a whole."""
    return SiteRecord(
        controller=_contact(keys.controller),
        privacy_officer=_contact(keys.privacy_officer),
        authority=_contact(keys.authority),
        page=keys.page or "",
        case_key=keys.questions.public_key or "",
        answer_days=keys.questions.answered_within_days,
        languages=keys.languages,
    )


def _merged(site: SiteRegisterKeys, camera: CameraRegisterKeys) -> CameraRegisterKeys:
    """A camera's keys, each one that it lacks taken from the site's."""
    common = {name: getattr(site, name) for name in RecordKeys.model_fields if getattr(site, name) is not None}
    own = {name: getattr(camera, name) for name in camera.model_fields_set}
    for name in common.keys() & own.keys():
        own[name] = _over(common[name], own[name])
    return CameraRegisterKeys.model_construct(None, **{**common, **own})


def _over(below: object, above: object) -> object:
    """One group of keys over another: single keys are replaced, lists and texts as a whole."""
    if above is None:
        return below
    if not isinstance(below, BaseModel) or not isinstance(above, BaseModel):
        return above
    given = {name: getattr(above, name) for name in above.model_fields_set}
    return below.model_copy(update={name: _over(getattr(below, name), value) for name, value in given.items()})


def _gaps(keys: CameraRegisterKeys) -> Iterator[str]:
    if keys.title is None:
        yield "title"
    for group, names in _NEEDED.items():
        found = getattr(keys, group)
        yield from (f"{group}.{name}" for name in names if found is None or getattr(found, name) is None)
    if keys.purposes is None:
        yield "purposes"
    if keys.recipients is None:
        yield "recipients"
    for name in _NEEDED_OF_PLACE:
        if keys.place is None or getattr(keys.place, name) is None:
            yield f"place.{name}"


def _record(keys: CameraRegisterKeys) -> CameraRecord:
    """The record of keys without gaps."""
    events = keys.operational_events
    tiers = {Tier.STATISTICS} if keys.statistics else set()
    tiers |= {Tier.OPERATIONAL_EVENTS} if events is not None and events.enabled else set()
    return CameraRecord(
        title=Wording(keys.title or {}),
        controller=_contact(keys.controller) or _NO_CONTACT,
        privacy_officer=_contact(keys.privacy_officer) or _NO_CONTACT,
        authority=_contact(keys.authority) or _NO_CONTACT,
        purposes=tuple(MeasuringPurpose(each) for each in dict.fromkeys(keys.purposes or ())),
        legal_basis=_present(_legal_basis(keys.legal_basis)),
        place=_place(_present(keys.place)),
        recipients=tuple(Wording(each) for each in keys.recipients or ()),
        assessment=_assessment(_present(keys.impact_assessment)),
        tiers=frozenset(tiers),
        events_basis=_legal_basis(events.legal_basis) if events is not None else None,
        installed=keys.installed or "",
        event_replays=events is not None and events.replays,
    )


_NO_CONTACT = Contact("", "", "")


def _present(value: Value | None) -> Value:
    if value is None:
        raise ValueError("a record was made of keys with gaps")
    return value


def _contact(keys: ContactKeys | None) -> Contact | None:
    return None if keys is None else Contact(keys.name or "", keys.address or "", keys.contact or "")


def _legal_basis(keys: LegalBasisKeys | None) -> LegalBasis | None:
    if keys is None or keys.ground is None or keys.law is None:
        return None
    return LegalBasis(LegalGround(keys.ground), Wording(keys.law))


def _place(keys: PlaceKeys) -> Place:
    return Place(Wording(keys.address or {}), keys.position or (0.0, 0.0), keys.field_of_view or ())


def _assessment(keys: AssessmentKeys) -> Assessment:
    filled = ((each, getattr(keys, each.value)) for each in OpenField)
    statements = {each: _statement(found) for each, found in filled if found is not None}
    return Assessment(keys.reference or "", keys.opinion or "", statements)


def _statement(keys: StatementKeys) -> Statement:
    return Statement(Wording(keys.text), keys.by, keys.date)
