"""Published numbers on an MQTT 5 broker: the newest bin of each counter is retained, and so is whether we are there."""

import hashlib
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

from passerby.domain.publish_plan import NumberOutlet, SentUntil
from passerby.domain.published import PublishedCounter
from passerby.publish.numbers.channel import CounterBin
from passerby.publish.numbers.home_assistant import discovery_message, discovery_topic
from passerby.publish.numbers.state import state_message, state_topic, status_topic
from passerby.publish.outlets.mqtt import BrokerConnection, Message
from passerby.publish.outlets.outlet import DeliveryError, in_thread
from passerby.units import DAY_S

ANNOUNCE_S: Final = DAY_S
"""What Home Assistant finds counters by is sent again so often."""


class BrokerChannel:
    """A connection that stays open, so that the broker says when we are gone; see `NumberChannel`.

    A broker that began anew may have lost what it was to keep: with each new connection all of it is sent again.

    Args:
        outlet: the broker.
        site: the site's name.
        origin: where the site's pages are.
    """

    def __init__(self, outlet: NumberOutlet, site: str, origin: str) -> None:
        self._outlet, self._site, self._origin = outlet, site, origin
        named = hashlib.sha256(f"{site}/{outlet.name}".encode()).hexdigest()
        # The same on each hub of a site, so that the one that takes over ends the connection of the one before.
        self._client_id = f"passerby-{named[:14]}"
        self._connection: BrokerConnection | None = None
        self._new = False
        # A hub that stops closes it while a thread may still wait for the broker.
        self._turn = threading.Lock()
        self._announced: dict[str, Message] = {}
        self._announced_s = 0.0

    def topic(self, counter: PublishedCounter) -> str:
        """See `NumberChannel`."""
        return state_topic(self._outlet, self._site, counter)

    async def open(self, counters: Sequence[PublishedCounter]) -> bool:
        """See `NumberChannel`."""
        return await in_thread(self._open, counters)

    async def send(self, bins: Sequence[CounterBin]) -> None:
        """See `NumberChannel`."""
        await in_thread(self._publish, [state_message(self._outlet, self._site, one) for one in bins])

    async def end(self, ended: Sequence[SentUntil]) -> None:
        """See `NumberChannel`."""
        await in_thread(self._end, ended)

    async def close(self) -> None:
        """See `NumberChannel`."""
        await in_thread(self._close)

    def _open(self, counters: Sequence[PublishedCounter]) -> bool:
        wanted = {}
        if self._outlet.broker.home_assistant:
            wanted = {one.id: discovery_message(self._outlet, self._site, self._origin, one) for one in counters}
        with self._turn:
            self._connect()
            if time.monotonic() >= self._announced_s + ANNOUNCE_S:
                self._announced, self._announced_s = {}, time.monotonic()
            self._say([message for key, message in wanted.items() if self._announced.get(key) != message])
            self._announced = wanted
            new, self._new = self._new, False
        return new

    def _publish(self, messages: Sequence[Message]) -> None:
        with self._turn:
            self._connect()
            self._say(messages)

    def _end(self, ended: Sequence[SentUntil]) -> None:
        topics = [one.topic for one in ended if one.topic]
        if self._outlet.broker.home_assistant:
            topics += [discovery_topic(self._outlet, one.counter) for one in ended]
        self._publish([Message(topic, b"", retain=True) for topic in topics])
        for one in ended:
            self._announced.pop(one.counter, None)

    def _close(self) -> None:
        with self._turn, suppress(DeliveryError):
            if self._connection is not None:
                self._connection.keep()
                self._say([self._status(b"offline")])
        self._drop()

    def _connect(self) -> None:
        """Connects where there is no connection, or where it was lost."""
        if self._connection is not None:
            try:
                self._connection.keep()
            except DeliveryError:
                self._drop()
            else:
                return
        connection = BrokerConnection(self._outlet.broker.broker, self._client_id, self._status(b"offline"))
        try:
            connection.connect()
            connection.publish([self._status(b"online")])
        except DeliveryError:
            connection.close()
            raise
        self._connection, self._new, self._announced = connection, True, {}

    def _say(self, messages: Sequence[Message]) -> None:
        if self._connection is not None:
            try:
                self._connection.publish(messages)
            except DeliveryError:
                self._drop()  # what it has taken and what not is not known any more
                raise

    def _status(self, word: bytes) -> Message:
        return Message(status_topic(self._outlet, self._site), word, "text/plain", retain=True)

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()
