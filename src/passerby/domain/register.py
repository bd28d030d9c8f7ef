"""What the public register says of a camera: who answers for it, why it measures, by what right, and where it looks."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

ANY_LANGUAGE: Final = ""
"""The key of a text that the site has written in one language only; it is shown as it is in all of them."""


class Tier(StrEnum):
    """What a camera may be used for: two switches, apart from each other."""

    STATISTICS = "statistics"
    """Counts and durations of many; the default."""
    OPERATIONAL_EVENTS = "operational_events"
    """Alerts about single happenings, which people act on; needs a legal basis of its own."""


class MeasuringPurpose(StrEnum):
    """Why a camera measures: a closed list."""

    MOBILITY_PLANNING = "mobility_planning"
    PUBLIC_SPACE_PLANNING = "public_space_planning"
    TRAFFIC_STATISTICS = "traffic_statistics"
    ROAD_SAFETY_STUDY = "road_safety_study"
    CROWD_SAFETY = "crowd_safety"
    TRAFFIC_HAZARDS = "traffic_hazards"


class LegalGround(StrEnum):
    """The grounds of GDPR Art. 6(1) that a camera of a public place can have; consent is none of them."""

    LEGAL_OBLIGATION = "legal_obligation"
    PUBLIC_TASK = "public_task"
    LEGITIMATE_INTERESTS = "legitimate_interests"


class OpenField(StrEnum):
    """What of an impact assessment no program can state, and a named person has to."""

    NECESSITY = "necessity"
    RISKS = "risks"
    OFFICER_ADVICE = "officer_advice"
    VIEWS = "views"


@dataclass(frozen=True, slots=True)
class Wording:
    """A text that the site has written, in one or more languages.

    Attributes:
        texts: language tag (BCP 47) -> text; `ANY_LANGUAGE` where it is the same in all.
    """

    texts: Mapping[str, str]

    @property
    def first(self) -> str:
        """The text of the first language that it was written in."""
        return next(iter(self.texts.values()), "")


@dataclass(frozen=True, slots=True)
class Contact:
    """An authority, an office or a person, and how to reach it.

    Attributes:
        name: as it is to be shown; empty where the office says enough.
        address: postal address; may be empty.
        contact: an e-mail address, a telephone number or a page.
    """

    name: str
    address: str
    contact: str


@dataclass(frozen=True, slots=True)
class LegalBasis:
    """By what right data are processed: the ground, and the law that gives it."""

    ground: LegalGround
    law: Wording


@dataclass(frozen=True, slots=True)
class Place:
    """Where a camera stands, and what it sees.

    Attributes:
        address: the place in words.
        position: latitude and longitude in degrees (WGS 84).
        field_of_view: 3 or more corners of the ground that it sees, latitude and longitude, in order round the edge.
    """

    address: Wording
    position: tuple[float, float]
    field_of_view: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Statement:
    """What a named person wrote into an open field of the impact assessment."""

    text: Wording
    by: str
    date: str


@dataclass(frozen=True, slots=True)
class Assessment:
    """The impact assessment (GDPR Art. 35; Serbian law Art. 54).

    Attributes:
        reference: number or address of the document.
        opinion: number of the supervisory authority's opinion; empty where there is none.
        statements: the open fields that are filled.
    """

    reference: str
    opinion: str = ""
    statements: Mapping[OpenField, Statement] = field(default_factory=dict)

    @property
    def open_fields(self) -> tuple[OpenField, ...]:
        """Those that are not filled yet."""
        return tuple(each for each in OpenField if each not in self.statements)


@dataclass(frozen=True, slots=True)
class CameraRecord:
    """The complete record of one camera: everything that only people know of it.

    What is measured, how long it is kept and by which models is not here: the register takes it from what runs.

    Attributes:
        title: what the place is called.
        controller: who answers for the camera.
        privacy_officer: whom questions go to.
        authority: where people may lodge an objection against the controller.
        purposes: why it measures; one or more.
        legal_basis: by what right it makes statistics.
        place: where it stands and what it sees.
        recipients: who gets what it measures; empty where it goes to the controller alone.
        assessment: the impact assessment.
        tiers: what is switched on.
        events_basis: by what right it reports operational events; None without.
        installed: date (ISO 8601) on which the camera was put up; empty where it is not known.
        event_replays: a short replay of each operational event may be kept for a while, and looked at.
    """

    title: Wording
    controller: Contact
    privacy_officer: Contact
    authority: Contact
    purposes: tuple[MeasuringPurpose, ...]
    legal_basis: LegalBasis
    place: Place
    recipients: tuple[Wording, ...]
    assessment: Assessment
    tiers: frozenset[Tier] = frozenset({Tier.STATISTICS})
    events_basis: LegalBasis | None = None
    installed: str = ""
    event_replays: bool = False

    @property
    def replays_allowed(self) -> bool:
        """Replays may be kept: they are switched on, and so are the events that they are of, with nothing missing."""
        return self.event_replays and Tier.OPERATIONAL_EVENTS in self.active_tiers

    @property
    def waits_for(self) -> tuple[str, ...]:
        """What operational events wait for, a site file's key each; empty where they may run or are off."""
        if Tier.OPERATIONAL_EVENTS not in self.tiers:
            return ()
        missing = [] if self.events_basis is not None else ["operational_events.legal_basis"]
        missing += [] if self.assessment.opinion else ["impact_assessment.opinion"]
        return (*missing, *(f"impact_assessment.{each.value}" for each in self.assessment.open_fields))

    @property
    def active_tiers(self) -> frozenset[Tier]:
        """What runs: statistics where they are switched on, and events where nothing is missing for them."""
        return self.tiers - {Tier.OPERATIONAL_EVENTS} if self.waits_for else self.tiers


class RegisterState(StrEnum):
    """How a camera stands in the register; the words are those of the document."""

    ACTIVE = "active"
    PAUSED = "paused"
    NOT_REGISTERED = "not_registered"


@dataclass(frozen=True, slots=True)
class Registration:
    """How far a camera is registered.

    Attributes:
        record: its complete record; None while something is missing.
        gaps: what is missing, a site file's key each, as `controller.name`.
        paused: why it is paused; None where it is not.
    """

    record: CameraRecord | None = None
    gaps: tuple[str, ...] = ()
    paused: Wording | None = None

    @property
    def state(self) -> RegisterState:
        """Whether the camera may run: its record is complete, it is not paused, and some tier is on."""
        if self.record is None:
            return RegisterState.NOT_REGISTERED
        if self.paused is not None or not self.record.active_tiers:
            return RegisterState.PAUSED
        return RegisterState.ACTIVE

    @property
    def runs(self) -> bool:
        """The camera may run."""
        return self.state is RegisterState.ACTIVE

    @property
    def why(self) -> str:
        """Why it may not run; empty where it may."""
        if self.runs:
            return ""
        if self.record is None:
            missing = ", ".join(self.gaps) or "its record"
            return f"not registered, so it does not run: the register lacks {missing}"
        if self.paused is not None:
            return f"paused: {self.paused.first}"
        if self.record.waits_for:
            waits = ", ".join(self.record.waits_for)
            return f"statistics are switched off, and operational events wait for {waits}"
        return "both tiers are switched off: statistics and operational events"

    @property
    def replays_allowed(self) -> bool:
        """Replays of the camera's events may be kept; a pause of the camera changes nothing about those that are."""
        return self.record is not None and self.record.replays_allowed

    @property
    def why_no_events(self) -> str:
        """Why no rule of the camera is watched; empty where its rules run."""
        if self.record is None or self.paused is not None:
            return self.why
        if Tier.OPERATIONAL_EVENTS not in self.record.tiers:
            return "the register lacks operational_events.enabled, with a legal basis of its own"
        return f"the register lacks {', '.join(self.record.waits_for)}" if self.record.waits_for else ""


NOT_REGISTERED: Final = Registration()


@dataclass(frozen=True, slots=True)
class SiteRecord:
    """What the register says of the site as a whole.

    Attributes:
        controller, privacy_officer, authority: those of the site; None where only its cameras name them.
        page: address under which the city publishes the register, for signs; empty where it publishes none.
        case_key: X25519 public key that objections and questions are encrypted with (base64); empty without a form.
        answer_days: days within which a case is answered.
        languages: language tags of the public pages, in the order in which they are offered.
    """

    controller: Contact | None = None
    privacy_officer: Contact | None = None
    authority: Contact | None = None
    page: str = ""
    case_key: str = ""
    answer_days: int = 30
    languages: tuple[str, ...] = ("en", "sr-Latn", "sr-Cyrl")


@dataclass(frozen=True, slots=True)
class RegisterVersion:
    """One published version of the register.

    Attributes:
        number: 1 for the first; each new version is one higher.
        time_ns: UTC nanoseconds at which it was published.
        sha256: of its canonical form, 64 hexadecimal digits.
        text: the signed document as JSON.
    """

    number: int
    time_ns: int
    sha256: str
    text: str


NO_SITE_RECORD: Final = SiteRecord()
