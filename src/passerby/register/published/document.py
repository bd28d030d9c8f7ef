"""The document of the register, `register.json`: its keys, and the JSON Schema that is published with it."""

from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

FORMAT: Final = 1
SCHEMA_PATH: Final = "/.well-known/passerby/register.schema.json"
REGISTER_PATH: Final = "/.well-known/passerby/register.json"

Texts = dict[str, str]
"""Language tag -> text; the empty tag where the site wrote one text for all languages."""
Degrees = tuple[float, float]

State = Literal["active", "paused", "not_registered"]
TierState = Literal["active", "waiting", "off"]


class Part(BaseModel):
    """A part of the document."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ContactPart(Part):
    """An authority, an office or a person, and how to reach it."""

    name: str
    address: str
    contact: str = Field(description="An e-mail address, a telephone number or a page.")


class LegalBasisPart(Part):
    """By what right data are processed."""

    ground: str = Field(description="Of GDPR Art. 6(1): `legal_obligation`, `public_task` or `legitimate_interests`.")
    law: Texts


class PointPart(Part):
    """A GeoJSON point (RFC 7946): longitude, then latitude."""

    type: Literal["Point"] = "Point"
    coordinates: Degrees


class PolygonPart(Part):
    """A GeoJSON polygon (RFC 7946)."""

    type: Literal["Polygon"] = "Polygon"
    coordinates: tuple[tuple[Degrees, ...], ...]


class PlacePart(Part):
    """Where a camera stands and what it sees."""

    address: Texts
    position: PointPart
    field_of_view: PolygonPart


class StatementPart(Part):
    """What a named person stated in the impact assessment."""

    text: Texts
    by: str
    date: str


class AssessmentPart(Part):
    """The impact assessment."""

    reference: str
    opinion: str = Field(description="Number of the authority's opinion; empty where there is none.")
    statements: dict[str, StatementPart]
    open_fields: tuple[str, ...] = Field(description="What no named person has filled in yet.")


class TiersPart(Part):
    """What the camera is used for."""

    statistics: TierState
    operational_events: TierState
    waits_for: tuple[str, ...] = Field(description="What operational events wait for.")
    event_replays: TierState = Field(
        default="off", description="A short replay of each operational event: figures without ids on the empty place."
    )


class MeasuredPart(Part):
    """One line, zone or movement, and what is measured at it; or near misses, which are measured in all of the view."""

    kind: Literal["line", "zone", "movement", "near_misses"]
    name: str
    quantities: tuple[str, ...]
    road_users: tuple[str, ...]


class HoursPart(Part):
    """Hours of the week in which a rule is watched."""

    days: tuple[str, ...] = Field(description="`mon` to `sun`: the days on which the hours begin.")
    start: str = Field(description="By the site's clock, as `18:00`.")
    end: str = Field(description="Of the next day where it is not after `start`.")


class RulePart(Part):
    """A rule that raises place-safety events: what is watched where, and past which threshold."""

    name: str
    kind: str
    place: str = Field(description="The line or zone; empty for the camera as a whole.")
    threshold: float | None = Field(description="In `unit`; null for a kind without one.")
    unit: str = Field(description="As in UCUM: `1`, `m-2`, `m`, `s`, `m/s`, `/min` or `/h`.")
    hold_s: float = Field(description="For how long the threshold has to be passed before an event is raised.")
    severity: Literal["notice", "warning", "critical"]
    road_users: tuple[str, ...] = Field(description="What is watched; empty for what the kind is about.")
    hours: tuple[HoursPart, ...] = Field(description="When it is watched; empty for always.")
    profiles: tuple[str, ...] = Field(description="The profiles in which it is watched; empty for all.")
    running: bool = Field(description="False where operational events are not active for this camera.")


class EventRecipientPart(Part):
    """Who gets notices of a camera's events: a text and a link, never a picture."""

    name: Texts
    channel: Literal["webhook", "mail", "mqtt", "push"]
    inside: bool = Field(description="The receiver is said to be inside the network of the site.")
    lowest_severity: Literal["notice", "warning", "critical"]


class PublishedRulesPart(Part):
    """What is done to the numbers of a line or zone before they leave the site."""

    bin_s: int = Field(description="Over how many seconds road users are counted together.")
    delay_s: int = Field(description="How many seconds after that the number is given at the earliest.")
    epsilon: float = Field(description="Of the noise: discrete Laplace, for each number, drawn once.")
    threshold: int = Field(description="Numbers below it, noise included, are withheld.")


class PublishedAudiencePart(Part):
    """A recipient of numbers."""

    audience: Literal["public", "partner"]
    recipient: str
    places: PublishedRulesPart
    sensitive_places: PublishedRulesPart


class PublishingPart(Part):
    """What the site publishes: crossings of lines, entries and exits of zones."""

    title: Texts
    publisher: str
    contact: str = Field(description="An e-mail address or a page for those who use the numbers.")
    licence: str = Field(description="SPDX identifier.")
    licence_url: str
    road_users: tuple[str, ...] = Field(description="The groups that are counted, where a line or zone counts them.")
    audiences: tuple[PublishedAudiencePart, ...]


class PublishedPlacePart(Part):
    """A line or zone whose numbers are published, by the rules of `publishing`."""

    kind: Literal["line", "zone"]
    name: str
    sensitive: bool = Field(description="It matters there who is there at all, and `sensitive_places` holds.")


class ModelPart(Part):
    """A model that looks at the pictures."""

    name: str
    purpose: str
    sha256: str = Field(description="Of its file; empty for a file that is not in passerby's own list.")


class AnonymisationPart(Part):
    """How pictures are made that may be shown, and how well that was measured to hide people."""

    mode: str
    heads_covered: float = Field(description="Share of labelled heads that were at least 95 % covered.")
    bodies_covered: float = Field(description="Share of labelled bodies that were at least 95 % covered.")
    test_set: str
    measured: str = Field(description="Date of the measurement.")


class RecordPart(Part):
    """The complete record of a camera."""

    title: Texts
    controller: ContactPart
    privacy_officer: ContactPart
    authority: ContactPart
    purposes: tuple[str, ...]
    legal_basis: LegalBasisPart
    events_legal_basis: LegalBasisPart | None
    place: PlacePart
    recipients: tuple[Texts, ...]
    impact_assessment: AssessmentPart
    tiers: TiersPart
    installed: str


class CameraPart(Part):
    """One camera."""

    camera: str
    state: State
    paused: Texts | None = Field(description="Why it is paused; null where it is not.")
    record: RecordPart | None = Field(description="Null while it is not registered, and it then does not run.")
    measured: tuple[MeasuredPart, ...]
    rules: tuple[RulePart, ...] = Field(default=(), description="The rules that raise place-safety events.")
    event_recipients: tuple[EventRecipientPart, ...] = Field(default=(), description="Who gets notices of its events.")
    published: tuple[PublishedPlacePart, ...] = Field(default=(), description="Whose numbers leave the site.")
    analysed_fps: float
    masked_areas: int = Field(description="Parts of the picture that are blacked out before anything sees them.")
    anonymisation: AnonymisationPart
    missing: tuple[str, ...] = Field(description="What the record lacks.")


class SitePart(Part):
    """The site as a whole."""

    name: str
    time_zone: str
    languages: tuple[str, ...]
    page: str
    case_key: str = Field(description="X25519 public key that questions are encrypted with; empty without a form.")
    answer_days: int
    one_person: bool = Field(
        default=False, description="One person may hold several roles here, and confirm their own grants."
    )


class ConfigurationPart(Part):
    """The configuration that the document was made from."""

    version: int
    sha256: str = Field(description="Of the site file's text, with `********` for each secret.")


class RegisterBody(Part):
    """What the register says: the same as long as the same configuration runs."""

    site: SitePart
    configuration: ConfigurationPart
    retention_days: dict[str, int] = Field(description="How long each kind of result is kept.")
    models: tuple[ModelPart, ...]
    publishing: PublishingPart | None = Field(default=None, description="Null where no numbers leave the site.")
    cameras: tuple[CameraPart, ...]
    never: tuple[str, ...] = Field(description="What passerby never does.")


class SignaturePart(Part):
    """Ed25519 (RFC 8032) over the document without `signature.value`, as canonical JSON (RFC 8785)."""

    algorithm: Literal["Ed25519"] = "Ed25519"
    public_key: str = Field(description="32 bytes, base64.")
    value: str = Field(description="64 bytes, base64.")


class RegisterDocument(RegisterBody):
    """The published register."""

    schema_: str = Field(alias="$schema", description="Where the schema of this document is.")
    format: int = Field(description="Of the document; raised when a reader has to change.")
    number: int = Field(description="Of this version; each new one is one higher.")
    published: str = Field(description="When this version was published (RFC 3339, UTC).")
    previous_sha256: str = Field(description="Of the version before, as canonical JSON; empty for the first.")
    signature: SignaturePart


def register_schema() -> dict[str, Any]:
    """Returns the JSON Schema (draft 2020-12) of `register.json`."""
    schema = RegisterDocument.model_json_schema(by_alias=True, mode="serialization")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA_PATH,
        **schema,
        "title": "passerby register",
    }
