"""Complete records of the register, for sites of tests, benchmarks and the demo."""

from dataclasses import replace

from ruamel.yaml import YAML
from ruamel.yaml.nodes import MappingNode, Node

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

CITY = Contact("City of Example", "1 Town Hall Square, Example", "traffic@example.org")
OFFICER = Contact("", "", "privacy@example.org")
AUTHORITY = Contact("Data Protection Commissioner", "", "https://authority.example.org")

SITE_REGISTER = (
    "register: {controller: "
    '{name: City of Example, address: "1 Town Hall Square, Example", contact: traffic@example.org}, '
    "privacy_officer: {contact: privacy@example.org}, "
    "authority: {name: Data Protection Commissioner, contact: https://authority.example.org}, "
    "purposes: [mobility_planning], legal_basis: {ground: public_task, law: Roads Act s. 1}, recipients: [], "
    "impact_assessment: {reference: DPIA 1}}\n"
)
"""What a site says once for all its cameras, on one line."""

CAMERA_REGISTER = (
    "register: {title: Market square, place: {address: 2 Market square, position: [44.816, 20.46], "
    "field_of_view: [[44.816, 20.46], [44.8163, 20.46], [44.8163, 20.4604]]}}"
)
"""What one camera needs beside that, on one line."""


def registered(text: str) -> str:
    """Returns a site file with a complete record for each of its cameras, if any; all else stays letter for letter."""
    root = YAML(typ="safe", pure=True).compose(text)
    top = {key.value: value for key, value in root.value} if isinstance(root, MappingNode) else {}
    if "cameras" not in top:
        return text
    for _, camera in reversed(top["cameras"].value):
        text = _with_record(text, camera)
    if "register" in top:
        return text
    return text + ("" if text.endswith("\n") else "\n") + SITE_REGISTER


def _with_record(text: str, camera: Node) -> str:
    if not isinstance(camera, MappingNode) or any(key.value == "register" for key, _ in camera.value):
        return text
    mark = camera.start_mark
    if camera.flow_style:
        between = ", " if camera.value else ""
        return f"{text[: mark.index + 1]}{CAMERA_REGISTER}{between}{text[mark.index + 1 :]}"
    return f"{text[: mark.index]}{CAMERA_REGISTER}\n{' ' * mark.column}{text[mark.index :]}"


def camera_record(title: str = "Market square") -> CameraRecord:
    """Returns a complete record."""
    return CameraRecord(
        title=Wording({"": title}),
        controller=CITY,
        privacy_officer=OFFICER,
        authority=AUTHORITY,
        purposes=(MeasuringPurpose.MOBILITY_PLANNING,),
        legal_basis=LegalBasis(LegalGround.PUBLIC_TASK, Wording({"": "Roads Act s. 1"})),
        place=Place(
            Wording({"": "2 Market square"}),
            (44.816, 20.46),
            ((44.816, 20.46), (44.8163, 20.46), (44.8163, 20.4604)),
        ),
        recipients=(),
        assessment=Assessment("DPIA 1"),
    )


def registration(title: str = "Market square") -> Registration:
    """Returns the registration of a camera that runs."""
    return Registration(record=camera_record(title))


def registration_with_events(opinion: str = "07-1/26") -> Registration:
    """Returns the registration of a camera whose place-safety rules are watched; without the opinion they wait."""
    record = camera_record()
    filled = {each: Statement(Wording({"": "Considered."}), "Ana", "2026-09-01") for each in OpenField}
    assessment = replace(record.assessment, opinion=opinion, statements=filled)
    basis = LegalBasis(LegalGround.PUBLIC_TASK, Wording({"": "Public Assemblies Act s. 4"}))
    return Registration(replace(record, tiers=frozenset(Tier), events_basis=basis, assessment=assessment))


def site_record() -> SiteRecord:
    """Returns what the register says of the site of `SITE_REGISTER`."""
    return SiteRecord(CITY, OFFICER, AUTHORITY)
