"""What is said of a site's open data beside the numbers: who publishes it, under which licence, and how to cite it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from passerby.domain.publish_plan import PublishPlan
from passerby.domain.published import Audience
from passerby.domain.service import SitePlan


@dataclass(frozen=True, slots=True)
class Licence:
    """A licence that data are under.

    Attributes:
        identifier: its SPDX identifier.
        url: where its text is.
    """

    identifier: str
    url: str


@dataclass(frozen=True, slots=True)
class Publisher:
    """Who publishes.

    Attributes:
        name: as it is to be shown.
        email: where questions are answered; may be empty.
        page: a page for those who use the data; may be empty.
    """

    name: str
    email: str = ""
    page: str = ""


@dataclass(frozen=True, slots=True)
class CountingSite:
    """Where a camera counts, as the register says.

    Attributes:
        id: the camera's name.
        title: what the place is called.
        latitude, longitude: degrees, WGS 84.
    """

    id: str
    title: str
    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class OpenDataDescription:
    """What is said of a site's open data.

    Attributes:
        title: of the data set.
        text: what it is, in a few sentences.
        publisher: who publishes it.
        licence: under which it is.
        origin: scheme, host and port at which it is served, without a slash at the end.
        country: where it is kept, ISO 3166-1 alpha-3; may be empty.
        language: of the texts, a tag such as `en` or `sr-Latn`.
        sites: camera -> where it counts; counters of other cameras are in no list of places.
    """

    title: str
    text: str
    publisher: Publisher
    licence: Licence
    origin: str
    country: str
    language: str
    sites: Mapping[str, CountingSite]

    @property
    def page(self) -> str:
        """Address of the page that leads to everything."""
        return f"{self.origin}/open/"

    def citation(self, on: date) -> str:
        """Returns how the data are to be cited by who took them on a day."""
        return (
            f"{self.publisher.name} ({on.year}): {self.title}. {self.page}, taken on {on.isoformat()}. "
            f"{self.licence.identifier} ({self.licence.url}). Random noise was added to each number before it was "
            "published."
        )


def described(plan: SitePlan) -> OpenDataDescription | None:
    """Returns what is said of a site's open data; None where nothing is published for everyone.

    Args:
        plan: what runs.
    """
    publish = plan.publish
    return None if publish is None or Audience.PUBLIC not in publish.audiences else described_for(plan, publish)


def described_for(plan: SitePlan, publish: PublishPlan) -> OpenDataDescription:
    """Returns what is said of a site's published numbers to any audience.

    Args:
        plan: what runs.
        publish: what it publishes.
    """
    mail = "" if "://" in publish.contact else publish.contact
    return OpenDataDescription(
        publish.title.first,
        publish.description.first or publish.title.first,
        Publisher(publish.publisher, mail, "" if mail else publish.contact),
        Licence(publish.licence, publish.licence_url),
        plan.server.origin,
        publish.country,
        next(iter(publish.title.texts), "") or "en",
        _sites(plan),
    )


def _sites(plan: SitePlan) -> dict[str, CountingSite]:
    """The places of cameras that the register has a record of."""
    records = {camera.name: camera.registration.record for camera in plan.cameras}
    return {
        name: CountingSite(name, record.title.first or name, *record.place.position)
        for name, record in records.items()
        if record is not None
    }
