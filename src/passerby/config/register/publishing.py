"""The keys of what is published: `publish`; and the plan that they make."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Final

from pydantic import AfterValidator, Field

from passerby.config.events.recipient_plans import Secret
from passerby.config.register.number_outlets import MAX_OUTLETS, LicenceId, OutletKeys, outlets_of
from passerby.config.validation import shown
from passerby.config.values import Keys, Line, Name, NamedBefore, Texts, fault
from passerby.domain.publish_plan import PublishedPlace, PublishPlan
from passerby.domain.published import Audience, PlaceKind
from passerby.domain.register import Wording

MAX_COUNTERS: Final = 20_000


def _country(text: str) -> str:
    if not (len(text) == 3 and text.isascii() and text.isalpha() and text.isupper()):
        raise fault(f"the three letters of ISO 3166-1 are needed, such as SRB, got {shown(text)}")
    return text


class AudienceKeys(Keys):
    """Those who get published numbers, as the register names them."""

    recipient: Line


class AudiencesKeys(Keys):
    """For whom numbers are published; each is switched on by its own key."""

    public: AudienceKeys | None = None
    partner: AudienceKeys | None = None


class CounterKeys(Keys):
    """A line or a zone whose numbers are published."""

    camera: NamedBefore
    line: NamedBefore | None = None
    zone: NamedBefore | None = None
    sensitive: bool = False


class PublishKeys(Keys):
    """What is published, and for whom."""

    title: Texts
    description: Texts | None = None
    publisher: Line
    contact: Line
    licence: LicenceId
    country: Annotated[str, AfterValidator(_country)] | None = None
    audiences: AudiencesKeys
    counters: Annotated[tuple[CounterKeys, ...], Field(min_length=1, max_length=MAX_COUNTERS)]
    outlets: Annotated[Mapping[Name, OutletKeys], Field(max_length=MAX_OUTLETS)] = Field(default_factory=dict)

    def plan(self, secret: Secret, folder: Path) -> PublishPlan:
        """Returns what is published.

        Args:
            secret: the value of a variable.
            folder: what relative paths count from.
        """
        audiences: Mapping[Audience, AudienceKeys | None] = {
            Audience.PARTNER: self.audiences.partner,
            Audience.PUBLIC: self.audiences.public,
        }
        return PublishPlan(
            Wording(self.title),
            self.licence,
            self.contact,
            {audience: keys.recipient for audience, keys in audiences.items() if keys is not None},
            tuple(
                PublishedPlace(one.camera, one.line or one.zone or "",
                               PlaceKind.ZONE if one.line is None else PlaceKind.LINE, one.sensitive)
                for one in self.counters
            ),
            Wording(self.description or {}),
            self.publisher,
            self.country or "",
            outlets_of(self.outlets, self.licence, secret, folder),
        )  # fmt: skip
