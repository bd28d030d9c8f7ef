"""What is delivered about events, and where to: a notice, and how each channel reaches its recipient."""

from dataclasses import dataclass, field
from enum import StrEnum

from passerby.domain.place_events import PlaceEvent


class NoticeKind(StrEnum):
    """What a notice says."""

    RAISED = "raised"
    """Events were raised."""
    CLOSED = "closed"
    """Events whose raising was delivered before are over."""
    SUMMARY = "summary"
    """Events that were raised and closed while nothing could be delivered, or more than may be delivered singly."""
    TEST = "test"
    """The daily test: no event."""


@dataclass(frozen=True, slots=True)
class Notice:
    """One message to one recipient, without a picture.

    Attributes:
        notice_id: 32 hexadecimal digits; the same in every attempt, so that a receiver can drop doubles.
        kind: what it says.
        time_ns: UTC nanoseconds at which it was made.
        site: the site's name.
        subject: one line without a line break.
        text: plain text, one line each paragraph.
        link: an HTTPS address where to look after a log-in; empty where the site has no address of its own.
        events: the events that it is about, as they stood; empty for a test.
    """

    notice_id: str
    kind: NoticeKind
    time_ns: int
    site: str
    subject: str
    text: str
    link: str
    events: tuple[PlaceEvent, ...] = ()


@dataclass(frozen=True, slots=True)
class WebhookPlan:
    """A webhook: signed CloudEvents over HTTPS.

    Attributes:
        url: where to; it may hold a secret of its own, so that logs and errors name its host alone.
        secret: the key of the signature, `whsec_` and 24 to 64 bytes in base64 (Standard Webhooks).
        inside: its host may lie in this network, by the site file's own word; otherwise such addresses are refused.
        ca_file: certificates that the receiver is checked against; empty for the system's.
    """

    url: str = field(repr=False)
    secret: str = field(repr=False)
    inside: bool = False
    ca_file: str = ""


@dataclass(frozen=True, slots=True)
class MailPlan:
    """An e-mail through the site's own mail server.

    Attributes:
        host, port: the server.
        tls: `implicit` from the first byte, `starttls`, or `none` for a server on this machine.
        user, password: empty for a server that asks for none.
        sender: the address that it comes from.
        to: the addresses that it goes to.
        ca_file: certificates that the server is checked against; empty for the system's.
    """

    host: str
    port: int
    tls: str
    user: str
    password: str = field(repr=False)
    sender: str
    to: tuple[str, ...]
    ca_file: str = ""


@dataclass(frozen=True, slots=True)
class MqttPlan:
    """A topic on an MQTT 5 broker.

    Attributes:
        host, port: the broker.
        tls: whether it is spoken to over TLS.
        user, password: empty for a broker that asks for none.
        topic: topic under which events are published.
        ca_file: certificates that the broker is checked against; empty for the system's.
    """

    host: str
    port: int
    tls: bool
    user: str
    password: str = field(repr=False)
    topic: str
    ca_file: str = ""


@dataclass(frozen=True, slots=True)
class PushPlan:
    """Web push to the browsers in which an operator has switched it on (RFC 8030, 8291, 8292).

    Attributes:
        contact: a `mailto:` or `https:` address that push services can write to.
        services: hosts of the push services that may be spoken to, with a port unless it is 443; `*.` before a domain
            stands for all hosts below it.
        inside: they may lie in this network, by the site file's own word; otherwise such addresses are refused.
        ca_file: certificates that they are checked against; empty for the system's.
    """

    contact: str
    services: tuple[str, ...]
    inside: bool = False
    ca_file: str = ""


Channel = WebhookPlan | MailPlan | MqttPlan | PushPlan


class NoticeState(StrEnum):
    """Where a notice stands."""

    WAITING = "waiting"
    """To be delivered, or delivered without an answer that says so."""
    DELIVERED = "delivered"
    """Its receiver has taken it."""
    FAILED = "failed"
    """Given up: refused for good, or not taken in all the time that there was."""
    REPLACED = "replaced"
    """Never delivered: what it had to say is in a later one, or was not to be said any more."""


@dataclass(frozen=True, slots=True)
class QueuedNotice:
    """A notice on its way to one recipient.

    Attributes:
        notice: what is delivered; the same in every attempt.
        recipient: the recipient's name.
        due_ns: UTC nanoseconds before which no attempt is made.
        give_up_ns: UTC nanoseconds from which none is made any more.
        state: where it stands.
        attempts: how many have failed.
        ended_ns: UTC nanoseconds at which it stopped waiting; None while it waits.
        fault: why the newest attempt failed; empty where none has.
    """

    notice: Notice
    recipient: str
    due_ns: int
    give_up_ns: int
    state: NoticeState = NoticeState.WAITING
    attempts: int = 0
    ended_ns: int | None = None
    fault: str = ""


class Stage(StrEnum):
    """What of an event a recipient is notified of."""

    RAISED = "raised"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Notification:
    """That a recipient is to be notified of an event.

    Attributes:
        recipient: the recipient's name.
        event: the event as it stands now, without its samples.
        what: what of its life.
    """

    recipient: str
    event: PlaceEvent
    what: Stage


@dataclass(frozen=True, slots=True)
class EventNews:
    """An event that recipients have not been notified of as it stands.

    Attributes:
        event: as it stands now, without its samples.
        known: that it was raised has been looked at before; it is closed now.
    """

    event: PlaceEvent
    known: bool


@dataclass(frozen=True, slots=True)
class RecipientStanding:
    """How delivery to one recipient goes.

    Attributes:
        recipient: the recipient's name.
        waiting, delivered, failed: how many notices are kept of each.
        oldest_waiting_ns: UTC nanoseconds at which the oldest that waits was made; None where none waits.
        delivered_ns: UTC nanoseconds of the newest delivery; None where there was none.
        failed_ns: UTC nanoseconds at which one was given up last; None where none was.
        fault: why the newest attempt at a notice that waits failed; empty where none did.
        test_ns: UTC nanoseconds at which the newest test was made; None where there was none.
        test_state: where that test stands.
    """

    recipient: str
    waiting: int = 0
    delivered: int = 0
    failed: int = 0
    oldest_waiting_ns: int | None = None
    delivered_ns: int | None = None
    failed_ns: int | None = None
    fault: str = ""
    test_ns: int | None = None
    test_state: NoticeState | None = None
