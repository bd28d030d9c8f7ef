"""Published numbers as CloudEvents over HTTPS, structured or batched (CloudEvents 1.0.2, HTTP binding)."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import httpx

from passerby.domain.publish_plan import EventReceiverPlan
from passerby.domain.published import Audience
from passerby.publish.numbers.channel import CounterBin
from passerby.publish.numbers.https import Request
from passerby.publish.open_data.channels import channel_of
from passerby.publish.open_data.description import OpenDataDescription
from passerby.publish.standards.published_event import MEDIA_TYPE, event_bytes, published_event

BATCH_MEDIA_TYPE: Final = "application/cloudevents-batch+json"
EVENTS_AT_ONCE: Final = 200
"""Some 100 kB."""


class EventReceiverForm:
    """An event for each number, withheld ones and gaps included; see `Form`.

    Args:
        plan: the receiver.
        description: who publishes under which licence.
        audience: for whom.
    """

    def __init__(self, plan: EventReceiverPlan, description: OpenDataDescription, audience: Audience) -> None:
        self._plan, self._description, self._audience = plan, description, audience

    @property
    def url(self) -> str:
        """See `Form`."""
        return self._plan.server.url

    @property
    def headers(self) -> Mapping[str, str]:
        """See `Form`."""
        found = {"Content-Type": BATCH_MEDIA_TYPE if self._plan.batched else MEDIA_TYPE}
        if self._plan.server.secret:
            found["Authorization"] = f"Bearer {self._plan.server.secret}"
        return found

    def requests(self, bins: Sequence[CounterBin]) -> Iterator[Request]:
        """See `Form`."""
        events = list(self._events(bins))
        if not self._plan.batched:
            yield from (Request(event, {}) for event in events)
            return
        for first in range(0, len(events), EVENTS_AT_ONCE):
            yield Request(b"[" + b",".join(events[first : first + EVENTS_AT_ONCE]) + b"]", {})

    def refused(self, answer: httpx.Response) -> Mapping[str, str]:  # noqa: ARG002
        """See `Form`: a receiver takes a request as a whole."""
        return {}

    def why(self, answer: httpx.Response) -> str:  # noqa: ARG002
        """See `Form`: what a receiver says has no form."""
        return ""

    def _events(self, bins: Sequence[CounterBin]) -> Iterator[bytes]:
        for one in bins:
            for number in one.numbers:
                channel = channel_of(one.counter, number)
                if channel is not None:
                    yield event_bytes(published_event(self._description, channel, number, self._audience))
