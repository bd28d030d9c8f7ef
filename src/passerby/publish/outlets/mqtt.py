"""MQTT 5: a notice as a CloudEvent on a topic of a broker, with acknowledgement (QoS 1)."""

import selectors
import time
from collections.abc import Callable
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
    return "/".join((below, *map(_level, levels)))


def _level(name: str) -> str:
    return "".join(letter if letter.isalnum() or letter in " -_." else quote(letter, safe="") for letter in name)


def _publish(plan: MqttPlan, notice: Notice) -> None:
    """Makes one attempt, in a thread of its own; ends by itself in time."""
    exchange = _Exchange(plan, f"passerby-{notice.notice_id}")
    try:
        exchange.connect()
        exchange.publish(topic_of(notice, plan.topic), cloud_event_bytes(notice))
    finally:
        exchange.close()


class _Exchange:
    """One connection to a broker.

    Args:
        plan: the broker.
        client_id: the same in each attempt of a notice, so that a connection that hangs is taken over.
    """

    def __init__(self, plan: MqttPlan, client_id: str) -> None:
        self._plan, self._where = plan, f"{plan.host}:{plan.port}"
        self._answer: ReasonCode | None = None
        self._lost: ReasonCode | None = None
        self._deadline_s = 0.0
        self._client = client = Client(
            CallbackAPIVersion.VERSION2, client_id, protocol=MQTTProtocolVersion.MQTTv5, reconnect_on_failure=False
        )
        client.connect_timeout = CONNECT_S
        client.on_connect = lambda _client, _data, _flags, reason, _properties: self._answered(reason)
        client.on_publish = lambda _client, _data, _number, reason, _properties: self._answered(reason)
        client.on_disconnect = lambda _client, _data, _flags, reason, _properties: self._disconnected(reason)
        if plan.user:
            client.username_pw_set(plan.user, plan.password)
        if plan.tls:
            client.tls_set_context(trust(plan.ca_file))

    def connect(self) -> None:
        """Connects and logs in.

        Raises:
            DeliveryError: it cannot.
        """
        why = ""
        try:
            self._client.connect(self._plan.host, self._plan.port, keepalive=60, clean_start=True)
        except (OSError, ValueError) as error:
            why = why_failed(error)
        if why:  # raised out here, so that nothing of paho's error, its open socket above all, is kept with it
            raise DeliveryError(f"{self._where}: {why}", retry=True)
        self._deadline_s = time.monotonic() + ATTEMPT_S
        answer = self._wait()
        if answer.value in _WRONG_LOG_IN:
            raise DeliveryError(f"{self._where}: it refuses the user and the password ({answer.value:#x})", retry=True)
        if answer.is_failure:
            raise DeliveryError(f"{self._where}: it refuses the connection: {_named(answer)}", retry=True)

    def publish(self, topic: str, payload: bytes) -> None:
        """Publishes a message and waits for its acknowledgement.

        Raises:
            DeliveryError: it did not come, or says that the broker does not take the message.
        """
        properties = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call] # of paho
        properties.ContentType = MEDIA_TYPE
        properties.PayloadFormatIndicator = 1  # UTF-8
        properties.MessageExpiryInterval = EXPIRY_S
        self._client.publish(topic, payload, qos=1, retain=False, properties=properties)
        answer = self._wait()
        if answer.is_failure:
            what = f"{self._where}: it does not take the notice on {quoted(topic)}: {_named(answer)}"
            raise DeliveryError(what, retry=answer.value not in _WRONG_MESSAGE)

    def close(self) -> None:
        """Says goodbye where there is a connection, and closes it."""
        self._client.disconnect()
        if self._client.socket() is not None:
            self._client.loop_write()
        if (left := self._client.socket()) is not None:
            left.close()

    def _wait(self) -> ReasonCode:
        """Returns the broker's next answer.

        Raises:
            DeliveryError: none came in time, or the connection was lost.
        """
        while self._answer is None:
            socket, left_s = self._client.socket(), self._deadline_s - time.monotonic()
            if socket is None or self._lost is not None:
                why = "" if self._lost is None else f": {_named(self._lost)}"
                raise DeliveryError(f"{self._where}: the connection was lost{why}", retry=True)
            if left_s <= 0:
                raise DeliveryError(f"{self._where}: it did not answer in time", retry=True)
            self._exchange(socket, left_s)
        answer, self._answer = self._answer, None
        return answer

    def _exchange(self, socket: Any, wait_s: float) -> None:
        """Sends what waits, and reads what has come, within a time."""
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

    def _answered(self, reason: ReasonCode) -> None:
        self._answer = reason

    def _disconnected(self, reason: ReasonCode) -> None:
        self._lost = reason


def _named(reason: ReasonCode) -> str:
    """Returns what a reason says (MQTT 5, 2.4), with its number."""
    return f"{cleaned(reason.getName())} ({reason.value:#x})"
