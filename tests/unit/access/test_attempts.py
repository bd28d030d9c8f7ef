"""Attempts are counted by address, by name and by both; counts end, and hold little memory."""

import pytest

from passerby.access import TooManyAttemptsError
from passerby.access.attempts import PER_ADDRESS, Attempts
from testing.waiting import Clock


def refused(attempts: Attempts, name: str, address: str) -> bool:
    try:
        attempts.count(name, address)
    except TooManyAttemptsError:
        return True
    return False


def test_one_network_counts_as_one_address() -> None:
    attempts = Attempts(Clock())
    for number in range(PER_ADDRESS.amount):
        attempts.count_address(f"2001:db8:0:1::{number:x}")
    with pytest.raises(TooManyAttemptsError):
        attempts.count_address("2001:db8:0:1:ffff::1")
    attempts.count_address("2001:db8:0:2::1")
    attempts.count_address("192.0.2.1")
    attempts.count_address("::ffff:192.0.2.1")
    for odd in ("", "unix", "fe80::1%eth0", "\0", "x" * 10_000):
        attempts.count_address(odd)


def test_a_clock_set_back_an_hour_locks_nobody_out() -> None:
    clock = Clock()
    attempts = Attempts(clock)
    while not refused(attempts, "ana", "192.0.2.1"):
        pass
    clock.now_s -= 3600
    assert not refused(attempts, "ana", "192.0.2.1")


def test_a_success_clears_the_count_of_its_address_alone() -> None:
    attempts = Attempts(Clock())
    for address in ("192.0.2.1", "192.0.2.2"):
        for _ in range(9):
            attempts.count("ana", address)
    attempts.succeeded("ana", "192.0.2.1")
    assert [refused(attempts, "ana", "192.0.2.1") for _ in range(3)] == [False] * 3
    assert [refused(attempts, "ana", "192.0.2.2") for _ in range(3)] == [False, True, True]


def test_only_the_first_refusal_of_a_time_is_marked() -> None:
    attempts = Attempts(Clock())
    firsts = []
    for _ in range(14):
        try:
            attempts.count("ana", "192.0.2.1")
        except TooManyAttemptsError as error:
            firsts.append(error.first)
            assert 1 <= error.retry_after_s <= 900
            assert "ana" not in str(error)
    assert firsts == [True, False, False, False]


def test_a_flood_of_names_holds_little_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("passerby.access.attempts.MAX_KEYS", 100)
    attempts = Attempts(Clock())
    for number in range(1000):
        attempts.count(f"S3cret-{number}", f"192.0.2.{number % 250}")
        attempts.succeeded(f"n{number}", "192.0.2.1")
    assert len(attempts._counts._held) <= 100
    assert len(attempts._known) <= 100
    assert "S3cret" not in str(attempts._counts._held)
