"""Published numbers in InfluxDB's line protocol, by its write interface of version 2 or 1."""

import base64
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Final
from urllib.parse import urlencode

import httpx

from passerby.domain.publish_plan import InfluxPlan
from passerby.domain.published import Audience
from passerby.publish.numbers.channel import CounterBin
from passerby.publish.numbers.https import Request
from passerby.publish.open_data.channels import channel_of
from passerby.publish.outlets.trust import cleaned
from passerby.publish.standards.influx_lines import influx_lines

BINS_AT_ONCE: Final = 500
"""Some 3,000 lines: the vendor advises 5,000 at most."""


class InfluxForm:
    """A point for each number at the beginning of its bin; written again it is the same point. See `Form`.

    Args:
        plan: the database.
        audience: for whom.
        licence: SPDX identifier of the licence that the numbers are under.
    """

    def __init__(self, plan: InfluxPlan, audience: Audience, licence: str) -> None:
        self._plan, self._audience, self._licence = plan, audience, licence

    @property
    def url(self) -> str:
        """See `Form`."""
        plan = self._plan
        if plan.database:
            path, named = "/write", {"db": plan.database}
        else:
            path, named = "/api/v2/write", {"org": plan.org, "bucket": plan.bucket}
        return f"{plan.server.url.rstrip('/')}{path}?{urlencode({**named, 'precision': 'ns'})}"

    @property
    def headers(self) -> Mapping[str, str]:
        """See `Form`."""
        found = {"Content-Type": "text/plain; charset=utf-8"}
        secret = self._plan.server.secret
        if self._plan.user:
            login = base64.b64encode(f"{self._plan.user}:{secret}".encode()).decode()
            found["Authorization"] = f"Basic {login}"
        elif secret:
            found["Authorization"] = f"Token {secret}"
        return found

    def requests(self, bins: Sequence[CounterBin]) -> Iterator[Request]:
        """See `Form`."""
        for first in range(0, len(bins), BINS_AT_ONCE):
            numbers = [(channel, number) for one in bins[first : first + BINS_AT_ONCE] for number in one.numbers
                       if (channel := channel_of(one.counter, number)) is not None]  # fmt: skip
            yield Request(influx_lines(numbers, self._audience, self._licence).encode(), {})

    def refused(self, answer: httpx.Response) -> Mapping[str, str]:  # noqa: ARG002
        """See `Form`: points that are refused make the whole request fail, and name no counter."""
        return {}

    def why(self, answer: httpx.Response) -> str:
        """See `Form`: version 1 calls it `error`, version 2 `message`."""
        try:
            found = json.loads(answer.content)
        except ValueError:
            return ""
        reason = (found.get("error") or found.get("message")) if isinstance(found, dict) else None
        return cleaned(reason) if isinstance(reason, str) else ""
