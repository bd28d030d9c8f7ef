"""Published numbers posted over HTTPS: what the ways to servers that take requests have in common."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Final, Protocol

import httpx

from passerby.domain.publish_plan import HttpsServer, SentUntil
from passerby.domain.published import PublishedCounter
from passerby.publish.numbers.channel import CounterBin, RefusedBinsError
from passerby.publish.outlets.addresses import Resolve, resolved
from passerby.publish.outlets.outlet import DeliveryError
from passerby.publish.outlets.posting import DEFAULT_LIMITS, Limits, Posting, Receiver, waited_s
from passerby.units import MINUTE_S, NS_PER_S

READ_BYTES: Final = 64 * 1024
"""Of an answer: enough to say why a server refuses, whatever it sends."""

CLOCK_S: Final = 2 * MINUTE_S
"""A server's clock and ours that differ by more are named where a request fails."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request.

    Attributes:
        body: what is posted.
        headers: of the body and of this request alone.
    """

    body: bytes
    headers: Mapping[str, str]


class Form(Protocol):
    """What is posted to a kind of server, and what its answers mean."""

    @property
    def url(self) -> str:
        """Where all requests go, with the query."""
        ...

    @property
    def headers(self) -> Mapping[str, str]:
        """Of all requests; secrets are here."""
        ...

    def requests(self, bins: Sequence[CounterBin]) -> Iterator[Request]:
        """Yields the requests of bins, in order."""
        ...

    def refused(self, answer: httpx.Response) -> Mapping[str, str]:
        """Returns the counters that a server says it did not take, though it took the rest, and why.

        Raises:
            DeliveryError: it cannot be said which.
        """
        ...

    def why(self, answer: httpx.Response) -> str:
        """Returns what the body of an answer that is no success says, on one line; empty where it says nothing."""
        ...


class HttpsChannel:
    """Posts bins; nothing stays open between two looks for what is due. See `NumberChannel`.

    What a server has taken by a status of success counts as taken. One that loses it afterwards gets the next bins all
    the same; it keeps nothing for us that would have to be sent again or taken away.

    Args:
        what: the kind of server, in errors.
        server: how it is reached.
        form: what is posted.
        clock: UTC nanoseconds now.
        resolve: finds the addresses of the host.
        limits: how long each request may take.
    """

    def __init__(
        self,
        what: str,
        server: HttpsServer,
        form: Form,
        *,
        clock: Callable[[], int] = time.time_ns,
        resolve: Resolve = resolved,
        limits: Limits = DEFAULT_LIMITS,
    ) -> None:
        self._form, self._clock, self._resolve, self._limits = form, clock, resolve, limits
        self._receiver = Receiver(what, form.url, server.inside, server.ca_file)

    def topic(self, counter: PublishedCounter) -> str:  # noqa: ARG002
        """See `NumberChannel`."""
        return ""

    async def open(self, counters: Sequence[PublishedCounter]) -> bool:  # noqa: ARG002
        """See `NumberChannel`."""
        return False

    async def send(self, bins: Sequence[CounterBin]) -> None:
        """See `NumberChannel`."""
        refused: dict[str, str] = {}
        async with Posting(self._receiver, self._resolve, self._limits, READ_BYTES) as posting:
            for request in self._form.requests(bins):
                answer = await posting.post(request.body, {**self._form.headers, **request.headers})
                self._check(answer)
                refused |= self._form.refused(answer)
        if refused:
            first = next(iter(refused.values()))
            why = f"it refuses bins of {len(refused)} counters, the first because of: {first}"
            raise RefusedBinsError(f"{self._receiver.name}: {why}", frozenset(refused))

    async def end(self, ended: Sequence[SentUntil]) -> None:
        """See `NumberChannel`."""

    async def close(self) -> None:
        """See `NumberChannel`."""

    def _check(self, answer: httpx.Response) -> None:
        if answer.is_success:
            return
        status = answer.status_code
        if answer.is_redirect:
            why = f"it sends on to another address (status {status}), which is not followed"
        elif status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
            why = f"it does not let us in (status {status}): look at the token or the password"
        else:
            reason = self._form.why(answer)
            why = f"it answered with status {status}" + (f": {reason}" if reason else "")
        wait_s = waited_s(answer.headers.get("Retry-After", ""), self._clock())
        raise DeliveryError(f"{self._receiver.name}: {why}{self._clocks(answer)}", retry=True, wait_s=wait_s)

    def _clocks(self, answer: httpx.Response) -> str:
        """A sentence on clocks that differ: a server may refuse times that it takes for wrong."""
        try:
            theirs = parsedate_to_datetime(answer.headers.get("Date", ""))
        except (TypeError, ValueError, OverflowError):
            return ""
        theirs = theirs if theirs.tzinfo else theirs.replace(tzinfo=UTC)
        ahead_s = (theirs - datetime.fromtimestamp(self._clock() / NS_PER_S, UTC)).total_seconds()
        if abs(ahead_s) <= CLOCK_S:
            return ""
        way = "behind" if ahead_s > 0 else "ahead of"
        return f". This machine's clock is {abs(ahead_s) / MINUTE_S:.0f} min {way} the server's: set it right"
