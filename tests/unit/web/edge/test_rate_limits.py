"""What the public may ask for is limited for one sender and for all together, for a time."""

import pytest
from limits import RateLimitItemPerMinute

from passerby.web.edge.rate_limits import PUBLIC, RateLimits
from testing.waiting import Clock

EACH = RateLimitItemPerMinute(2, 1, namespace="each")
TOGETHER = RateLimitItemPerMinute(3, 1, namespace="together")


@pytest.mark.asvs("2.4.1")
def test_one_and_all_together_are_limited_for_a_time() -> None:
    clock = Clock()
    limits = RateLimits(clock)
    assert [limits.allows(EACH, TOGETHER, "10.0.0.1") for _ in range(3)] == [True, True, False]
    assert [limits.allows(EACH, TOGETHER, "10.0.0.2") for _ in range(2)] == [True, False]
    clock.now_s += 61
    assert limits.allows(EACH, TOGETHER, "10.0.0.1")


def test_one_subscriber_s_many_addresses_are_one_sender() -> None:
    limits = RateLimits(Clock())
    assert [limits.allows(EACH, TOGETHER, f"2001:db8:1:2::{number}") for number in (1, 2, 3)] == [True, True, False]
    assert limits.allows(EACH, TOGETHER, "2001:db8:1:3::1")


def test_a_refusal_says_when_to_ask_again() -> None:
    clock = Clock()
    limits = RateLimits(clock)
    for _ in range(PUBLIC.amount):
        assert limits.refusal(PUBLIC, "a") is None
    refused = limits.refusal(PUBLIC, "a")
    assert refused is not None
    assert refused.problem.status == 429
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
