"""What a site publishes: which lines and zones, for whom, under which licence."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from passerby.domain.notices import MqttPlan
from passerby.domain.published import Audience, PlaceKind
from passerby.domain.register import Wording

LICENCES: Final[Mapping[str, str]] = {
    "CC0-1.0": "https://creativecommons.org/publicdomain/zero/1.0/",
    "CC-BY-4.0": "https://creativecommons.org/licenses/by/4.0/",
    "CC-BY-SA-4.0": "https://creativecommons.org/licenses/by-sa/4.0/",
    "PDDL-1.0": "https://opendatacommons.org/licenses/pddl/1-0/",
    "ODC-By-1.0": "https://opendatacommons.org/licenses/by/1-0/",
    "ODbL-1.0": "https://opendatacommons.org/licenses/odbl/1-0/",
    "DL-DE-BY-2.0": "https://www.govdata.de/dl-de/by-2-0",
    "DL-DE-ZERO-2.0": "https://www.govdata.de/dl-de/zero-2-0",
    "etalab-2.0": "https://www.etalab.gouv.fr/licence-ouverte-open-licence",
    "OGL-UK-3.0": "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/",
}
"""Licences for data by their SPDX identifiers, and where each can be read."""


@dataclass(frozen=True, slots=True)
class PublishedPlace:
    """A line or zone whose numbers are published.

    Attributes:
        camera: the camera's name.
        place: the line's or zone's name.
        kind: which of both it is.
        sensitive: it matters there who is there at all: longer bins, published a day later.
    """

    camera: str
    place: str
    kind: PlaceKind
    sensitive: bool = False


@dataclass(frozen=True, slots=True)
class BrokerPlan:
    """An MQTT 5 broker that published numbers are sent to.

    Attributes:
        broker: how it is reached, and the topic that all others lie below.
        home_assistant: whether it gets the documents that Home Assistant finds counters by.
    """

    broker: MqttPlan
    home_assistant: bool = False


@dataclass(frozen=True, slots=True)
class NumberOutlet:
    """A server that published numbers are sent to.

    Attributes:
        name: of the site's outlets; its position in the store goes by it.
        audience: whose numbers it gets.
        recipient: whose server it is, in words that the register of each camera has.
        licence: SPDX identifier of the licence that the numbers are under there, one of `LICENCES`.
        channel: how it is reached.
    """

    name: str
    audience: Audience
    recipient: str
    licence: str
    channel: BrokerPlan

    @property
    def secrets(self) -> tuple[str, ...]:
        """What no log may show."""
        return (self.channel.broker.password,)

    @property
    def sentence(self) -> str:
        """What is sent where, in words."""
        broker = self.channel.broker
        found = ", and Home Assistant finds them" if self.channel.home_assistant else ""
        return (
            f"the numbers for {self.audience.value} are sent to {self.recipient} under {self.licence}, over MQTT below "
            f"the topic {broker.topic} on {broker.host} port {broker.port}{found}"
        )


@dataclass(frozen=True, slots=True)
class SentUntil:
    """How far an outlet has been sent a counter's bins.

    Attributes:
        counter: the counter's id.
        until_ns: bins that end by then have been sent, UTC nanoseconds.
        topic: where a broker keeps the newest of them; empty where none does.
    """

    counter: str
    until_ns: int
    topic: str = ""


@dataclass(frozen=True, slots=True)
class PublishPlan:
    """What is published, and for whom.

    Attributes:
        title: what the published numbers are called.
        licence: SPDX identifier of the licence that they are under, one of `LICENCES`.
        contact: an e-mail address or a page for those who use them.
        audiences: each that is switched on, with the recipient in words that the register of each camera has.
        places: in the order of the site file.
        description: what they are, in some sentences; may be empty.
        publisher: who publishes them.
        country: ISO 3166-1 alpha-3; may be empty.
        outlets: servers that numbers are sent to, each of an audience that is switched on.
    """

    title: Wording
    licence: str
    contact: str
    audiences: Mapping[Audience, str]
    places: tuple[PublishedPlace, ...]
    description: Wording
    publisher: str
    country: str = ""
    outlets: tuple[NumberOutlet, ...] = ()

    @property
    def licence_url(self) -> str:
        """Where the licence can be read."""
        return LICENCES[self.licence]
