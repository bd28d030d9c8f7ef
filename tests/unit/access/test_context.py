"""What has ended stays ended when the clock is set back, and a clock that was an hour off does no harm either way."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from passerby.access import LogInRefusedError
from passerby.access.context import SeenClock
from passerby.domain.access import Permission, Purpose, Role
from passerby.domain.access_plan import AccessPlan
from passerby.ports import StoreUnavailableError
from passerby.units import NS_PER_S
from testing.access.people import DESK, People
from testing.waiting import Clock

HOUR = 3600
IDLE_S = AccessPlan().idle_s


def run(scene: Callable[[], Awaitable[None]]) -> None:
    async def whole() -> None:
        await scene()

    asyncio.run(whole())


def test_time_that_passes_after_the_clock_was_set_back_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    passed_ns = 0
    monkeypatch.setattr("passerby.access.context.time.monotonic_ns", lambda: passed_ns)
    clock = Clock(10_000)
    seen = SeenClock(clock)
    assert seen() == seen.latest() == 10_000 * NS_PER_S
    passed_ns = 60 * NS_PER_S
    clock.now_s = 10_000 + 60 - 299
    assert (seen(), seen.latest(), seen.was_set_back) == (9761 * NS_PER_S, 10_060 * NS_PER_S, False)
    passed_ns = 120 * NS_PER_S
    clock.now_s = 9761 + 60 - HOUR
    assert (seen.latest(), seen.was_set_back) == (10_120 * NS_PER_S, True)
    clock.now_s = 10_200
    assert seen() == seen.latest() == 10_200 * NS_PER_S


def test_a_clock_set_back_between_two_looks_is_noticed_although_it_is_past_the_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    passed_ns = 0
    monkeypatch.setattr("passerby.access.context.time.monotonic_ns", lambda: passed_ns)
    clock = Clock(10_000)
    seen = SeenClock(clock)
    seen()
    passed_ns, clock.now_s = 1500 * NS_PER_S, 10_300
    assert seen() == 10_300 * NS_PER_S
    assert seen.was_set_back


@pytest.mark.parametrize("idle_s", [0, 600, IDLE_S - 1])
@pytest.mark.parametrize("back_s", [301, 1200, HOUR, 12 * HOUR])
@pytest.mark.asvs("7.3.1", "7.3.2")
def test_a_clock_set_back_ends_what_its_old_times_limit(back_s: int, idle_s: int) -> None:
    async def scene() -> None:
        people = People()
        session = await people.add("ana")
        people.wait(idle_s - 30)
        people.access._context.clock()
        people.wait(-back_s)
        assert await people.access.principal_of(cookie=session.cookie) is None
        assert await people.store.sessions("ana") == ()
        last = people.entries[-1]
        assert (last.action, last.detail) == ("session.ended", "the clock was set back")
        people.wait(back_s)
        assert await people.access.principal_of(cookie=session.cookie) is None
        again = await people.log_in("ana", code=people.recovery["ana"][0])
        assert await people.access.principal_of(cookie=again.cookie)

    run(scene)


@pytest.mark.parametrize("back_s", [1, 60, 299])
def test_a_clock_that_a_time_server_corrects_ends_nothing(back_s: int) -> None:
    async def scene() -> None:
        people = People()
        session = await people.add("ana")
        people.wait(IDLE_S - 60)
        assert await people.access.principal_of(cookie=session.cookie)
        people.wait(-back_s)
        assert await people.access.principal_of(cookie=session.cookie)

    run(scene)


def test_where_the_store_is_away_the_sessions_end_when_it_is_back(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scene() -> None:
        people = People()
        session = await people.add("ana")

        async def away(_: object) -> None:
            raise StoreUnavailableError("away")

        people.wait(-HOUR)
        with monkeypatch.context() as patched:
            patched.setattr(people.memory, "end_all", away)
            for _ in range(2):
                with pytest.raises(StoreUnavailableError):
                    await people.access.principal_of(cookie=session.cookie)
        assert await people.access.principal_of(cookie=session.cookie) is None

    run(scene)


def test_after_a_clock_was_an_hour_ahead_and_is_set_right_people_log_in_and_work() -> None:
    async def scene() -> None:
        people = People()
        await people.add("ana", Role.OPERATOR)
        people.wait(HOUR)
        ahead = await people.log_in("ana")
        people.wait(-HOUR)
        assert await people.access.principal_of(cookie=ahead.cookie) is None
        right = await people.log_in("ana")
        assert (await people.principal(right)).roles == {Role.OPERATOR}
        people.wait(HOUR)
        assert await people.access.principal_of(cookie=right.cookie) is None, "an hour is longer than the idle limit"

    run(scene)


def test_no_used_code_works_again_after_the_clock_was_set_back() -> None:
    async def scene() -> None:
        people = People()
        await people.add("ana")
        for _ in range(3):
            code = people.code("ana")
            await people.log_in("ana", code=code)
            people.wait(1200)
            await people.log_in("ana")
            people.wait(-1260)
            with pytest.raises(LogInRefusedError):
                await people.log_in("ana", code=code)
            people.wait(1260)

    run(scene)


def test_a_grant_and_a_token_that_have_ended_do_not_come_back() -> None:
    async def scene() -> None:
        people = People()
        session = await people.add("ana")
        end_ns = people.clock() + 1200 * NS_PER_S
        await people.grant("ana", Role.ANALYST, end_ns=end_ns)
        ana = await people.principal(session)
        made = await people.access.tokens.create(
            ana, account="ana", label="x", scopes={Permission.SEE_COUNTS}, groups=["*"], end_ns=end_ns,
            purpose=Purpose.MAINTENANCE, case="a case",
        )  # fmt: skip
        people.wait(1199)
        assert (await people.principal(session)).roles == {Role.ANALYST}
        token = await people.access.principal_of(bearer=made.text)
        assert token is not None
        assert token.roles == {Role.ANALYST}
        people.wait(1)
        assert await people.access.principal_of(bearer=made.text) is None
        for back_s in (240, 1800):
            people.wait(-back_s)
            assert await people.access.principal_of(bearer=made.text) is None
            assert await people.access.again(token) is None
        again = await people.log_in("ana", code=people.recovery["ana"][0])
        assert (await people.principal(again)).roles == frozenset()

    run(scene)


def test_a_grant_that_was_taken_back_stays_so_and_one_of_the_future_waits() -> None:
    async def scene() -> None:
        people = People()
        await people.add("ana")
        given = await people.grant("ana", Role.OPERATOR)
        await people.grant("ana", Role.ANALYST, start_ns=people.clock() + 2 * HOUR * NS_PER_S)
        await people.store.revoke_grant(given.grant_id, people.clock(), people.entries[0])
        people.wait(HOUR)
        people.access._context.clock()
        people.wait(-3 * HOUR // 2)
        assert (await people.principal(await people.log_in("ana"))).roles == frozenset()
        people.wait(3 * HOUR)
        assert (await people.principal(await people.log_in("ana"))).roles == {Role.ANALYST}

    run(scene)


def test_a_link_an_invitation_and_a_question_end_with_the_clock_that_limits_them() -> None:
    async def scene() -> None:
        people = People()
        link = await people.access.link.new()
        account = await people.access.accounts.make("ana", "test")
        invitation = await people.access.enrolment._invitations.new(account.name, "test")
        people.wait(600)
        await people.access.enrolment.invitation(invitation)
        people.wait(-301)
        assert await people.access.link.open(link, DESK) is None
        with pytest.raises(LogInRefusedError):
            await people.access.enrolment.invitation(invitation)
        assert await people.access.link.open(await people.access.link.new(), DESK)

    run(scene)
