"""How often what is public may be asked for from one address, and how often one account or token may export."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Final

from limits import RateLimitItem, RateLimitItemPerHour, RateLimitItemPerMinute
from limits.strategies import FixedWindowRateLimiter

from passerby.access.attempts import Counts, network_of
from passerby.units import NS_PER_S
from passerby.web.problems import ProblemError

PUBLIC: Final = RateLimitItemPerMinute(600, 1, namespace="public")
"""A page takes some ten requests; a school class behind one address may read it at once."""

EXPORTS: Final = RateLimitItemPerMinute(60, 10, namespace="exports")
"""A program that asks every quarter of an hour for each of ten cameras stays below it."""


LETTERS: Final = RateLimitItemPerHour(5, 1, namespace="letters")
ALL_LETTERS: Final = RateLimitItemPerHour(200, 1, namespace="all letters")
"""Objections and questions of the public: more are no letters, and each waits for a person to read it."""

ANSWERS: Final = RateLimitItemPerMinute(20, 1, namespace="answers")
ALL_ANSWERS: Final = RateLimitItemPerMinute(1000, 1, namespace="all answers")
"""Looks for an answer: a reference cannot be found by trying."""


class RateLimits:
    """Counts requests, in memory.

    Args:
        clock: UTC nanoseconds now.
    """

    def __init__(self, clock: Callable[[], int]) -> None:
        self._clock = clock
        self._counts = Counts(clock)
        self._limiter = FixedWindowRateLimiter(self._counts)

    def refusal(self, limit: RateLimitItem, key: str) -> ProblemError | None:
        """Counts one; returns the problem where there were too many."""
        if self._limiter.hit(limit, key):
            return None
        wait_s = max(1, round(self._counts.get_expiry(limit.key_for(key)) - self._clock() / NS_PER_S))
        return ProblemError(
            HTTPStatus.TOO_MANY_REQUESTS,
            "too-many-requests",
            f"There were more than {limit.amount} within {limit.get_expiry() // 60} min.",
            f"Ask again in {wait_s} s.",
            headers={"Retry-After": str(wait_s)},
        )

    def allows(self, each: RateLimitItem, together: RateLimitItem, address: str) -> bool:
        """Counts one from an address; returns whether it is within its own limit and that of all together."""
        return self._limiter.hit(each, network_of(address)) and self._limiter.hit(together, "")

    def count_export(self, name: str) -> None:
        """Counts an export.

        Raises:
            ProblemError: there were too many.
        """
        refused = self.refusal(EXPORTS, name)
        if refused is not None:
            raise refused
