"""What is said of a site's open data beside the numbers: who publishes it, under which licence, and how to cite it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final


@dataclass(frozen=True, slots=True)
class Licence:
    """A licence that data can be under.

    Attributes:
        identifier: its SPDX identifier.
        title: its name.
        url: where its text is.
    """

    identifier: str
    title: str
    url: str


_KNOWN: Final = (
    Licence("CC-BY-4.0", "Creative Commons Attribution 4.0", "https://creativecommons.org/licenses/by/4.0/"),
    Licence("CC0-1.0", "Creative Commons Zero 1.0", "https://creativecommons.org/publicdomain/zero/1.0/"),
    Licence("ODbL-1.0", "Open Database License 1.0", "https://opendatacommons.org/licenses/odbl/1-0/"),
    Licence("etalab-2.0", "Licence Ouverte 2.0", "https://spdx.org/licenses/etalab-2.0.html"),
    Licence("DL-DE-BY-2.0", "Datenlizenz Deutschland Namensnennung 2.0", "https://www.govdata.de/dl-de/by-2-0"),
    Licence("OGL-UK-3.0", "Open Government Licence 3.0",
            "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/"),
)  # fmt: skip
LICENCES: Final[Mapping[str, Licence]] = {each.identifier: each for each in _KNOWN}
"""By SPDX identifier; licences that forbid commerce or changes are none of open data (opendefinition.org)."""


@dataclass(frozen=True, slots=True)
class Publisher:
    """Who publishes.

    Attributes:
        name: as it is to be shown.
        email: where questions are answered; may be empty.
        page: its web page; may be empty.
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
        country: where it is kept, ISO 3166-1 alpha-3.
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
            f"{self.licence.title} ({self.licence.url}). Random noise was added to each number before it was published."
        )
