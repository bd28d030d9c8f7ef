"""What every way to send numbers offers: one attempt to send some bins."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from passerby.domain.publish_plan import SentUntil
from passerby.domain.published import PublishedBin, PublishedCounter
from passerby.publish.outlets.outlet import DeliveryError


@dataclass(frozen=True, slots=True)
class CounterBin:
    """All numbers of one bin of a counter, as they were published.

    Attributes:
        counter: the counter.
        numbers: one for each class group and way, withheld ones and gaps included; at least one.
    """

    counter: PublishedCounter
    numbers: tuple[PublishedBin, ...]

    @property
    def from_ns(self) -> int:
        """When it begins, UTC nanoseconds."""
        return self.numbers[0].from_ns

    @property
    def to_ns(self) -> int:
        """When it ends, UTC nanoseconds."""
        return self.numbers[0].to_ns


class RefusedBinsError(DeliveryError):
    """A server took some counters' bins and refused those of others.

    Attributes:
        counters: ids of the counters whose bins it did not take, or not all.
    """

    def __init__(self, message: str, counters: frozenset[str]) -> None:
        """Takes what went wrong, in one sentence, and of which counters."""
        super().__init__(message, retry=True)
        self.counters = counters


class NumberChannel(Protocol):
    """The way to one server. Each method has a time limit of its own, and raises DeliveryError where it fails."""

    def topic(self, counter: PublishedCounter) -> str:
        """Returns where the server keeps the newest bin of a counter; empty where it keeps none."""
        ...

    async def open(self, counters: Sequence[PublishedCounter]) -> bool:
        """Makes ready to send; returns whether what the server was to keep may be gone, so that it is sent again.

        Args:
            counters: all that it is sent bins of.
        """
        ...

    async def send(self, bins: Sequence[CounterBin]) -> None:
        """Makes one attempt to send bins, in their order; returns when the server has taken all of them.

        Raises:
            RefusedBinsError: it has taken all but those of some counters.
        """
        ...

    async def end(self, ended: Sequence[SentUntil]) -> None:
        """Takes away what the server keeps of counters that it is sent no more bins of."""
        ...

    async def close(self) -> None:
        """Closes what is open."""
        ...
