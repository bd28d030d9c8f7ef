"""Name, password and code let in together; what was wrong is not said, and a code works once."""

import asyncio
import time

import pyotp
import pytest

from passerby.access import LogInRefusedError, TooManyAttemptsError, Visitor
from passerby.access.credentials.passwords import Hasher
from passerby.access.log_in.password import _DECOY_SECRET
from passerby.domain.access import PrincipalKind, Role
from passerby.domain.audit import UNKNOWN_NAME, AuditEntry
from testing.access.people import DESK, ELSEWHERE, PASSWORD, People, cheap_access


@pytest.mark.asvs("6.3.3")
def test_all_three_let_in_and_the_session_is_theirs() -> None:
    async def run() -> None:
        people = People()
        await people.add("ana", Role.ANALYST)
        session = await people.log_in("ana", typed="ANA ")
        principal = await people.principal(session)
        assert (principal.name, principal.kind, principal.roles) == ("ana", PrincipalKind.ACCOUNT, {Role.ANALYST})
        assert people.access.is_recent(principal)
        assert people.entries[-1].action == "log_in"
        assert session.cookie not in repr(session) + repr(people.entries)

    asyncio.run(run())


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "ann"},
        {"name": "аna"},
        {"name": ""},
        {"name": "x" * 100_000},
        {"name": "a\0b\ud800"},
        {"password": "violet kettle under seven bridge"},
        {"password": ""},
        {"password": PASSWORD + "\0"},
        {"password": "y" * 1_000_000},
        {"code": "000000"},
        {"code": ""},
        {"code": "１２３４５６"},
        {"code": "abcd-efgh-ijkl-mnop"},
        {"code": "9" * 10_000},
    ],
)
@pytest.mark.asvs("16.3.1")
def test_every_refusal_reads_the_same_and_records_no_unknown_name(wrong: dict[str, str]) -> None:
    async def run() -> None:
        people = People()
        await people.add("ana", Role.ANALYST)
        given = {"name": "ana", "password": PASSWORD, "code": people.code("ana")} | wrong
        with pytest.raises(LogInRefusedError) as refused:
            await people.access.passwords.log_in(given["name"], given["password"], given["code"], DESK)
        with pytest.raises(LogInRefusedError) as other:
            await people.access.passwords.log_in("S3cret-typed-here", "x", "y", DESK)
        assert str(refused.value) == str(other.value)
        assert [entry.actor for entry in people.entries[-2:]] == [
            "ana" if "name" not in wrong else UNKNOWN_NAME,
            UNKNOWN_NAME,
        ]
        assert "S3cret" not in repr(people.entries)

    asyncio.run(run())


@pytest.mark.asvs("6.5.1")
def test_a_code_works_once_whatever_the_clock_does() -> None:
    async def run() -> None:
        people = People()
        await people.add("ana")
        code = people.code("ana")
        await people.access.passwords.log_in("ana", PASSWORD, code, DESK)
        for back in (0, 30, -3600, 3600):
            people.wait(back)
            with pytest.raises(LogInRefusedError):
                await people.access.passwords.log_in("ana", PASSWORD, code, DESK)
        # A clock that was an hour ahead, and is set right, keeps nobody out.
        people.wait(3600)
        await people.log_in("ana")
        people.wait(-3600 - 30)
        await people.log_in("ana")

    asyncio.run(run())


@pytest.mark.asvs("6.5.5")
def test_a_clock_an_hour_off_refuses_and_says_its_time() -> None:
    async def run() -> None:
        people = People()
        await people.add("ana")
        code = people.code("ana")
        people.wait(3600)
        with pytest.raises(LogInRefusedError, match=r"the service's shows \d\d:\d\d UTC"):
            await people.access.passwords.log_in("ana", PASSWORD, code, DESK)

    asyncio.run(run())


@pytest.mark.asvs("6.5.1")
def test_a_recovery_code_lets_in_once_with_the_password_alone() -> None:
    async def run() -> None:
        people = People()
        await people.add("ana")
        code = people.recovery["ana"][3]
        with pytest.raises(LogInRefusedError):
            await people.access.passwords.log_in("ana", "wrong", code, DESK)
        await people.access.passwords.log_in("ana", PASSWORD, code.upper().replace("-", " "), DESK)
        with pytest.raises(LogInRefusedError):
            await people.access.passwords.log_in("ana", PASSWORD, code, DESK)
        assert [e.action for e in people.entries if e.action == "recovery_code.used"] == ["recovery_code.used"]

    asyncio.run(run())


def test_one_of_many_who_bring_the_same_code_at_once_gets_in() -> None:
    async def run() -> None:
        people = People()
        await people.add("ana")
        code = people.code("ana")
        tried = [people.access.passwords.log_in("ana", PASSWORD, code, DESK) for _ in range(5)]
        came = await asyncio.gather(*tried, return_exceptions=True)
        assert sum(not isinstance(each, BaseException) for each in came) == 1

    asyncio.run(run())


def test_a_disabled_account_is_refused_with_everything_right() -> None:
    async def run() -> None:
        people = People()
        session = await people.add("ana")
        await people.store.set_enabled("ana", False, AuditEntry(0, "ida", "account.disabled", "ana"))
        with pytest.raises(LogInRefusedError):
            await people.log_in("ana")
        assert await people.access.principal_of(cookie=session.cookie) is None

    asyncio.run(run())


def test_codes_that_another_key_has_encrypted_let_nobody_in() -> None:
    """Least of all by the code of the secret that is compared with in their place."""

    async def run() -> None:
        people = People()
        await people.add("ana")
        other = cheap_access(people.store, people.clock, lambda: people.place, lambda: people.plan, b"z" * 32)
        for code in (people.code("ana"), pyotp.TOTP(_DECOY_SECRET).at(people.clock.now_s)):
            with pytest.raises(LogInRefusedError):
                await other.passwords.log_in("ana", PASSWORD, code, DESK)

    asyncio.run(run())


@pytest.mark.asvs("6.3.1")
def test_a_storm_is_slowed_and_ends() -> None:
    async def run() -> None:
        people = People()
        await people.add("ana")
        for _ in range(10):
            with pytest.raises(LogInRefusedError):
                await people.log_in("ana", ELSEWHERE, password="guess")
        with pytest.raises(TooManyAttemptsError) as refused:
            await people.log_in("ana", ELSEWHERE)
        assert 0 < refused.value.retry_after_s <= 900
        await people.log_in("ana", DESK)
        people.wait(refused.value.retry_after_s + 1)
        await people.log_in("ana", ELSEWHERE)

    asyncio.run(run())


@pytest.mark.asvs("6.3.1", "16.3.3")
def test_a_storm_from_everywhere_leaves_in_who_was_here_before_and_fills_no_log() -> None:
    async def run() -> None:
        people = People()
        await people.add("ana")
        await people.log_in("ana", DESK)
        refused = 0
        for number in range(300):
            try:
                await people.access.passwords.log_in("ana", "guess", "000000", Visitor(f"198.51.100.{number % 250}"))
            except TooManyAttemptsError:
                refused += 1
            except LogInRefusedError:
                pass
        assert refused == 251  # the log-in before was counted, too
        assert len([entry for entry in people.entries if entry.action == "log_in.refused"]) == 50
        with pytest.raises(TooManyAttemptsError):
            await people.log_in("ana", ELSEWHERE)
        await people.log_in("ana", DESK)
        people.wait(901)
        await people.log_in("ana", ELSEWHERE)

    asyncio.run(run())


@pytest.mark.slow
def test_a_name_that_nobody_has_takes_as_long_as_one_that_somebody_has() -> None:
    async def run() -> None:
        people = People()
        people.access.passwords._hasher = hasher = Hasher(memory_kib=8 * 1024, time_cost=2)
        people.access.enrolment._hasher = hasher
        await people.add("ana")

        async def seconds(name: str, number: int) -> float:
            begun = time.process_time()  # of all threads, and of no other process
            with pytest.raises(LogInRefusedError):
                await people.access.passwords.log_in(name, "guess", "000000", Visitor(f"10.1.0.{number}"))
            return time.process_time() - begun

        known = sorted([await seconds("ana", number) for number in range(20)])
        unknown = sorted([await seconds(f"eve{number}", number) for number in range(20)])
        assert 0.6 < known[10] / unknown[10] < 1.7

    asyncio.run(run())


def test_a_log_in_renews_a_hash_that_was_made_by_other_costs() -> None:
    async def run() -> None:
        people = People()
        await people.add("ana")
        was = (await people.access.accounts.found("ana")).password_hash
        await people.log_in("ana")
        assert (await people.access.accounts.found("ana")).password_hash == was
        people.access.passwords._hasher = Hasher(memory_kib=128, time_cost=1)
        await people.log_in("ana")
        renewed = (await people.access.accounts.found("ana")).password_hash or ""
        assert renewed != was and "m=128," in renewed
        await people.log_in("ana")

    asyncio.run(run())
