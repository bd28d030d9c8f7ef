"""MQTT 5: a notice as a CloudEvent on a topic of a broker, with acknowledgement (QoS 1)."""

import selectors
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from passerby.domain.notices import MqttPlan, Notice
from passerby.publish.cloud_events import MEDIA_TYPE, cloud_event_bytes
from passerby.publish.outlets.addressees import is_topic
from passerby.publish.outlets.outlet import DeliveryError, in_thread
from passerby.publish.outlets.trust import cleaned, trust, why_failed
from passerby.text import is_loopback, quoted
from passerby.units import DAY_S

CONNECT_S: Final = 5.0
"""For the connection, and once more for TLS."""

ATTEMPT_S: Final = 10.0
"""For all that follows: the log-in, the notice, and its acknowledgement."""

EXPIRY_S: Final = DAY_S
"""For so long a broker keeps a notice for subscribers that are away: later it is no alarm any more."""

KEEPALIVE_S: Final = 60

_LOG_IN: Final = 0
"""Stands for the log-in among the numbers of messages, which begin with 1."""

_WRONG_LOG_IN: Final = frozenset({0x86, 0x87, 0x8C})
_WRONG_MESSAGE: Final = frozenset({0x90, 0x99})
"""Topic name or payload format invalid: no later attempt changes that."""


class MqttOutlet:
    """Publishes notices on a broker; nothing stays open between two notices.

    Nothing is retained: a retained notice would reach whoever subscribes later as if it were new, and a retained state
    would say "open" for as long as the closing is not delivered. What is open now is `GET /api/v1/events`'s to say.

    paho-mqtt is used without a loop of its own, of which each waits by select(), which fails once the service has a
    thousand files open; and without aiomqtt, which takes a notice that the broker has refused for delivered.

    Args:
        plan: the broker and the topic.

    Raises:
        ValueError: the topic is none, or it would go in clear over a network.
    """

    def __init__(self, plan: MqttPlan) -> None:
        if not is_topic(plan.topic):
            raise ValueError(f"a topic such as city/passerby is needed, without + and #, got {quoted(plan.topic)}")
        if not plan.tls and not is_loopback(plan.host):
            raise ValueError(f"{plan.host}: notices leave this machine over TLS alone, got tls: false")
        self._plan = plan

    async def deliver(self, notice: Notice) -> None:
        """Makes one attempt.

        Raises:
            DeliveryError: the broker could not be reached, or did not acknowledge it.
        """
        await in_thread(_publish, self._plan, notice)

    async def close(self) -> None:
        """Nothing stays open between two notices."""


def topic_of(notice: Notice, below: str) -> str:
    """Returns the topic of a notice: below it the camera that all its events are of, and the rule.

    Names can neither begin a level nor be a wildcard: all but letters, digits, spaces, `-`, `_` and `.` becomes `%XX`.
    """
    cameras = {event.camera for event in notice.events}
    rules = {event.rule for event in notice.events}
    levels = [*cameras, *(rules if len(rules) == 1 else ())] if len(cameras) == 1 else []
    return "/".join((below, *map(topic_level, levels)))


def topic_level(name: str) -> str:
    """Returns a name as one level of a topic.

    >>> topic_level("quay/#1 +"), topic_level("$SYS")
    ('quay%2F%231 %2B', '%24SYS')
    """
    return "".join(letter if letter.isalnum() or letter in " -_." else quote(letter, safe="") for letter in name)


def _publish(plan: MqttPlan, notice: Notice) -> None:
    """Makes one attempt, in a thread of its own; ends by itself in time."""
    connection = BrokerConnection(plan, f"passerby-{notice.notice_id}")
    try:
        connection.connect()
        connection.publish([Message(topic_of(notice, plan.topic), cloud_event_bytes(notice), MEDIA_TYPE, EXPIRY_S)])
    finally:
        connection.close()


@dataclass(frozen=True, slots=True)
class Message:
    """What is published on a topic, at QoS 1.

    Attributes:
        topic: where.
        payload: UTF-8; an empty one takes away what is retained there.
        media_type: of the payload.
        expiry_s: for so long the broker keeps it; None for as long as it can.
        retain: who subscribes later gets it, too.
    """

    topic: str
    payload: bytes
    media_type: str = "application/json"
    expiry_s: int | None = None
    retain: bool = False


class BrokerConnection:
    """One connection to a broker; each method waits for it, in the thread that it is called in.

    Args:
        plan: the broker.
        client_id: the same in each attempt, so that a connection that hangs is taken over.
        will: what the broker publishes when the connection is lost; None for nothing.
        keepalive_s: after one and a half times as long without a word the broker takes it for lost.
    """

    def __init__(
        self, plan: MqttPlan, client_id: str, will: Message | None = None, keepalive_s: int = KEEPALIVE_S
    ) -> None:
        self._plan, self._where, self._keepalive_s = plan, f"{plan.host}:{plan.port}", keepalive_s
        self._answers: dict[int, ReasonCode] = {}
        self._lost: ReasonCode | None = None
        self._deadline_s = 0.0
        self._client = client = Client(
            CallbackAPIVersion.VERSION2, client_id, protocol=MQTTProtocolVersion.MQTTv5, reconnect_on_failure=False
        )
        client.connect_timeout = CONNECT_S
        client.on_connect = lambda _client, _data, _flags, reason, _properties: self._answered(_LOG_IN, reason)
        client.on_publish = lambda _client, _data, number, reason, _properties: self._answered(number, reason)
        client.on_disconnect = lambda _client, _data, _flags, reason, _properties: self._disconnected(reason)
        if plan.user:
            client.username_pw_set(plan.user, plan.password)
        if plan.tls:
            client.tls_set_context(trust(plan.ca_file))
        if will is not None:
            client.will_set(will.topic, will.payload, qos=1, retain=will.retain)

    def connect(self) -> None:
        """Connects and logs in.

        Raises:
            DeliveryError: it cannot.
        """
        why = ""
        try:
            self._client.connect(self._plan.host, self._plan.port, keepalive=self._keepalive_s, clean_start=True)
        except (OSError, ValueError) as error:
            why = why_failed(error)
        if why:  # raised out here, so that nothing of paho's error, its open socket above all, is kept with it
            raise DeliveryError(f"{self._where}: {why}", retry=True)
        self._deadline_s = time.monotonic() + ATTEMPT_S
        answer = self._wait(_LOG_IN)
        if answer.value in _WRONG_LOG_IN:
            raise DeliveryError(f"{self._where}: it refuses the user and the password ({answer.value:#x})", retry=True)
        if answer.is_failure:
            raise DeliveryError(f"{self._where}: it refuses the connection: {_named(answer)}", retry=True)

    def publish(self, messages: Sequence[Message]) -> None:
        """Publishes messages in their order and waits for all acknowledgements.

        Raises:
            DeliveryError: one did not come, or says that the broker does not take the message.
        """
        sent = [(message, self._client.publish(
                    message.topic, message.payload, qos=1, retain=message.retain, properties=_properties(message)
                ).mid) for message in messages]  # fmt: skip
        for message, number in sent:
            answer = self._wait(number)
            if answer.is_failure:
                what = f"{self._where}: it does not take the message on {quoted(message.topic)}: {_named(answer)}"
                raise DeliveryError(what, retry=answer.value not in _WRONG_MESSAGE)
            self._deadline_s = time.monotonic() + ATTEMPT_S  # it goes on

    def keep(self) -> None:
        """Takes in what the broker has said meanwhile, and says that the connection is still wanted.

        To be called more often than every half of the keepalive's time, and before anything is published after a wait.

        Raises:
            DeliveryError: the connection was lost.
        """
        self._deadline_s = time.monotonic() + ATTEMPT_S
        while (open_socket := self._client.socket()) is not None and self._exchange(open_socket, 0.0):
            pass
        self._client.loop_misc()
        self._check()

    def close(self) -> None:
        """Says goodbye where there is a connection, and closes it."""
        self._client.disconnect()
        if self._client.socket() is not None:
            self._client.loop_write()
        if (left := self._client.socket()) is not None:
            left.close()

    def _wait(self, number: int) -> ReasonCode:
        """Returns the broker's answer to a message, or to the log-in.

        Raises:
            DeliveryError: none came in time, or the connection was lost.
        """
        while number not in self._answers:
            open_socket, left_s = self._check(), self._deadline_s - time.monotonic()
            if left_s <= 0:
                raise DeliveryError(f"{self._where}: it did not answer in time", retry=True)
            self._exchange(open_socket, left_s)
        return self._answers.pop(number)

    def _check(self) -> Any:
        """Returns the open socket."""
        open_socket = self._client.socket()
        if open_socket is None or self._lost is not None:
            why = "" if self._lost is None else f": {_named(self._lost)}"
            raise DeliveryError(f"{self._where}: the connection was lost{why}", retry=True)
        return open_socket

    def _exchange(self, socket: Any, wait_s: float) -> bool:
        """Sends what waits, and reads what has come, within a time; returns whether anything had come."""
        writing = selectors.EVENT_WRITE if self._client.want_write() else 0
        with selectors.DefaultSelector() as selector:
            selector.register(socket, selectors.EVENT_READ | writing)
            pending = getattr(socket, "pending", lambda: 0)()  # what TLS has read already
            ready = selectors.EVENT_READ if pending else sum(events for _, events in selector.select(wait_s))
        calls: list[tuple[int, Callable[[], MQTTErrorCode]]] = [
            (selectors.EVENT_READ, self._client.loop_read), (selectors.EVENT_WRITE, self._client.loop_write),
        ]  # fmt: skip
        for event, call in calls:
            if ready & event and self._client.socket() is not None:
                call()
        return bool(ready & selectors.EVENT_READ)

    def _answered(self, number: int, reason: ReasonCode) -> None:
        self._answers[number] = reason

    def _disconnected(self, reason: ReasonCode) -> None:
        self._lost = reason


def _properties(message: Message) -> Properties:
    properties = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call] # of paho
    if message.payload:
        properties.ContentType = message.media_type
        properties.PayloadFormatIndicator = 1  # UTF-8
    if message.expiry_s is not None:
        properties.MessageExpiryInterval = message.expiry_s
    return properties


def _named(reason: ReasonCode) -> str:
    """Returns what a reason says (MQTT 5, 2.4), with its number."""
    return f"{cleaned(reason.getName())} ({reason.value:#x})"
