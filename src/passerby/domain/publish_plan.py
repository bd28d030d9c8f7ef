"""What a site publishes: which lines and zones, for whom, under which licence."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

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

    @property
    def secret(self) -> str:
        """What no log may show; may be empty."""
        return self.broker.password

    @property
    def words(self) -> str:
        """The way there, in words."""
        found = ", and Home Assistant finds them" if self.home_assistant else ""
        return f"over MQTT below the topic {self.broker.topic} on {self.broker.host} port {self.broker.port}{found}"


@dataclass(frozen=True, slots=True)
class HttpsServer:
    """A server that published numbers are posted to.

    Attributes:
        url: `https://`; logs and errors name its host alone.
        secret: token or password; empty where it asks for none.
        inside: its host may lie in this network, by the site file's own word; otherwise such addresses are refused.
        ca_file: certificates that it is checked against; empty for the system's.
    """

    url: str = field(repr=False)
    secret: str = field(default="", repr=False)
    inside: bool = False
    ca_file: str = ""

    @property
    def host(self) -> str:
        """Its name or address."""
        return urlsplit(self.url).hostname or ""


@dataclass(frozen=True, slots=True)
class ContextBrokerPlan:
    """An NGSI-LD context broker.

    Attributes:
        server: how it is reached; the address below which `/ngsi-ld/v1` is.
        tenant: the tenant; empty for the broker's own.
        bearer: whether the token is a bearer token, and not in a header `X-Auth-Token`.
        key_values: whether entities are simplified, and not normalised.
    """

    server: HttpsServer
    tenant: str = ""
    bearer: bool = True
    key_values: bool = False

    @property
    def secret(self) -> str:
        """See `BrokerPlan`."""
        return self.server.secret

    @property
    def words(self) -> str:
        """See `BrokerPlan`."""
        tenant = f", tenant {self.tenant}" if self.tenant else ""
        return f"as NGSI-LD entities ({_form(self.key_values)}) to the context broker {self.server.host}{tenant}"


@dataclass(frozen=True, slots=True)
class EventReceiverPlan:
    """A receiver of CloudEvents over HTTPS.

    Attributes:
        server: how it is reached.
        batched: whether many events are one request (the batched mode), and not each its own (the structured mode).
    """

    server: HttpsServer
    batched: bool = True

    @property
    def secret(self) -> str:
        """See `BrokerPlan`."""
        return self.server.secret

    @property
    def words(self) -> str:
        """See `BrokerPlan`."""
        mode = "in batches" if self.batched else "one by one"
        return f"as CloudEvents, {mode}, to {self.server.host}"


@dataclass(frozen=True, slots=True)
class InfluxPlan:
    """A database that takes InfluxDB's line protocol.

    Attributes:
        server: how it is reached; the address below which the write interface is.
        org, bucket: where it writes to by version 2 of the interface; empty for version 1.
        database, user: the same of version 1, whose password is the server's secret; empty for version 2.
    """

    server: HttpsServer
    org: str = ""
    bucket: str = ""
    database: str = ""
    user: str = ""

    @property
    def secret(self) -> str:
        """See `BrokerPlan`."""
        return self.server.secret

    @property
    def words(self) -> str:
        """See `BrokerPlan`."""
        where = f"the database {self.database}" if self.database else f"the bucket {self.bucket} of {self.org}"
        return f"in InfluxDB's line protocol to {where} on {self.server.host}"


OutletPlan = BrokerPlan | ContextBrokerPlan | EventReceiverPlan | InfluxPlan


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
    channel: OutletPlan

    @property
    def broker(self) -> BrokerPlan:
        """The MQTT broker.

        Raises:
            TypeError: it is none.
        """
        if not isinstance(self.channel, BrokerPlan):
            raise TypeError(f"{self.name}: {type(self.channel).__name__} is no MQTT broker")
        return self.channel

    @property
    def secrets(self) -> tuple[str, ...]:
        """What no log may show."""
        return (self.channel.secret,)

    @property
    def sentence(self) -> str:
        """What is sent where, in words."""
        return (
            f"the numbers for {self.audience.value} are sent to {self.recipient} under {self.licence}, "
            f"{self.channel.words}"
        )


def _form(key_values: bool) -> str:
    return "key-values" if key_values else "normalised"


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
