"""Sessions end by disuse, by age, by hand and by what is done to their account; the store holds no cookie."""

import asyncio
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerby.access import NotAllowedError
from passerby.access.sessions import NEEDS_STRONG, holding, is_live
from passerby.domain.access import Grant, Permission, PrincipalKind, Purpose, Role
from passerby.domain.access_plan import AccessPlan
from passerby.domain.accounts import Method, Session
from passerby.units import NS_PER_S
from testing.access.people import DESK, ELSEWHERE, People

PLAN = AccessPlan()
HOUR = 3600


def session_at(created_s: int = 0, used_s: int = 0) -> Session:
    end_ns = (created_s + PLAN.absolute_s) * NS_PER_S
    return Session("s", "h", "ana", Method.PASSWORD, True, created_s * NS_PER_S, used_s * NS_PER_S, end_ns, 0)


@pytest.mark.parametrize(
    ("created_s", "used_s", "now_s", "live"),
    [
        (0, 0, 0, True),
        (0, 0, PLAN.idle_s - 1, True),
        (0, 0, PLAN.idle_s, False),
        (0, 12 * HOUR - 5, 12 * HOUR - 1, True),
        (0, 12 * HOUR - 5, 12 * HOUR, False),
        (0, 12 * HOUR, 12 * HOUR - 1801, False),
        (0, HOUR, HOUR - 300, True),
        (0, HOUR, HOUR - 301, False),
        (0, 3 * HOUR, 2 * HOUR, False),
        (300, 300, 0, True),
        (301, 301, 0, False),
        (HOUR, HOUR, 0, False),
    ],
    ids=[
        "new",
        "nearly idle",
        "idle",
        "nearly over",
        "over",
        "over, and set back",
        "a little back while in use",
        "further back while in use",
        "an hour back while in use",
        "clock set back",
        "further back",
        "an hour back",
    ],
)
@pytest.mark.asvs("7.3.2")
def test_limits(created_s: int, used_s: int, now_s: int, live: bool) -> None:
    assert is_live(session_at(created_s, used_s), now_s * NS_PER_S, PLAN) is live


def test_a_lowered_limit_holds_for_sessions_that_are_there() -> None:
    assert not is_live(session_at(), 600 * NS_PER_S, AccessPlan(absolute_s=600))
    assert is_live(session_at(), 600 * NS_PER_S, AccessPlan(absolute_s=601))


@pytest.mark.asvs("7.3.1")
def test_use_keeps_a_session_and_disuse_ends_it() -> None:
    async def run() -> None:
        people = People()
        session = await people.add("ana")
        for _ in range(10):
            people.wait(PLAN.idle_s - 60)
            assert await people.access.principal_of(cookie=session.cookie)
        people.wait(PLAN.idle_s)
        assert await people.access.principal_of(cookie=session.cookie) is None
        await people.access.maintain()
        assert await people.store.sessions("ana") == ()

    asyncio.run(run())


@pytest.mark.parametrize(
    "cookie", ["", "x", "A" * 43, "é" * 43, "a" * 1_000_000, "\0", "../../etc/passwd", "' OR 1=1 --", "\ud800"]
)
@pytest.mark.asvs("7.2.1")
def test_no_other_cookie_is_one(cookie: str) -> None:
    async def run() -> None:
        people = People()
        await people.add("ana")
        assert await people.access.principal_of(cookie=cookie) is None

    asyncio.run(run())


@pytest.mark.asvs("7.2.2")
def test_the_store_s_hash_is_no_cookie() -> None:
    async def run() -> None:
        people = People()
        session = await people.add("ana")
        assert session.cookie not in str(people.memory.__dict__)
        assert await people.access.principal_of(cookie=session.session.secret_hash) is None
        assert await people.access.principal_of(cookie=session.session.session_id) is None

    asyncio.run(run())


@pytest.mark.asvs("7.4.1")
def test_one_lists_and_ends_one_s_own() -> None:
    async def run() -> None:
        people = People()
        first = await people.add("ana")
        second = await people.log_in("ana", ELSEWHERE)
        theirs = await people.add("bob")
        ana = await people.principal(second)
        listed = await people.access.sessions.list(ana)
        assert [each.session_id for each in listed] == [second.session.session_id, first.session.session_id]
        assert listed[0].client == "curl"
        assert not await people.access.sessions.end(ana, theirs.session.session_id)
        assert await people.access.principal_of(cookie=theirs.cookie)
        assert await people.access.sessions.end_others(ana) == 1
        assert await people.access.principal_of(cookie=first.cookie) is None
        await people.access.sessions.log_out(ana)
        assert await people.access.principal_of(cookie=second.cookie) is None
        assert await people.access.again(ana) is None
        assert [entry.action for entry in people.entries[-2:]] == ["session.ended", "log_out"]

    asyncio.run(run())


def test_what_lasts_sees_the_end_of_a_grant() -> None:
    async def run() -> None:
        people = People()
        session = await people.add("ana", Role.OPERATOR)
        ana = await people.principal(session)
        now = await people.access.again(ana)
        assert now is not None
        assert now.roles == {Role.OPERATOR}
        await people.store.revoke_grant(ana.grants[0].grant_id, people.clock(), people.entries[0])
        now = await people.access.again(ana)
        assert now is not None
        assert now.roles == set()

    asyncio.run(run())


@pytest.mark.asvs("6.3.3")
def test_a_weak_session_gives_no_role_that_looks_or_decides() -> None:
    async def run() -> None:
        people = People()
        await people.add("ana", *Role)
        weak = await people.access.sessions.begin("ana", Method.SIGN_ON, DESK, strong=False)
        assert (await people.principal(weak)).roles == {Role.ANALYST, Role.ENGINEER}
        assert frozenset(Role) - {Role.ANALYST, Role.ENGINEER} == NEEDS_STRONG

    asyncio.run(run())


def test_the_link_has_no_sessions_of_its_own() -> None:
    async def run() -> None:
        people = People()
        session = await people.access.sessions.begin("", Method.LINK, DESK)
        link = await people.principal(session)
        assert (link.kind, link.roles) == (PrincipalKind.LINK, frozenset(Role))
        with pytest.raises(NotAllowedError):
            await people.access.sessions.list(link)
        await people.access.sessions.log_out(link)
        assert await people.access.principal_of(cookie=session.cookie) is None

    asyncio.run(run())


GRANT = Grant(1, "ana", Role.OPERATOR, "*", 100, 200, "ida", "pia")


@given(
    now_ns=st.integers(0, 300),
    start_ns=st.integers(0, 300),
    end_ns=st.integers(0, 300),
    revoked_ns=st.none() | st.integers(0, 300),
    proposed=st.sampled_from(["ida", "ana"]),
    confirmed=st.sampled_from([None, "pia", "ana", "ida"]),
    one_person=st.booleans(),
)
def test_a_grant_gives_something_only_while_all_of_it_is_right(
    now_ns: int,
    start_ns: int,
    end_ns: int,
    revoked_ns: int | None,
    proposed: str,
    confirmed: str | None,
    one_person: bool,
) -> None:
    grant = replace(
        GRANT, start_ns=start_ns, end_ns=end_ns, revoked_ns=revoked_ns, proposed_by=proposed, confirmed_by=confirmed
    )
    right = (
        confirmed is not None
        and start_ns <= now_ns < end_ns
        and revoked_ns is None
        and (one_person or (confirmed == "pia" and proposed != "ana"))
    )
    assert (holding((grant,), now_ns, AccessPlan(one_person=one_person), strong=True) == (grant,)) is right


def test_a_session_that_proves_less_makes_no_token_and_adds_no_way_to_log_in() -> None:
    async def run() -> None:
        people = People()
        await people.add("ana", Role.OPERATOR)
        weak = await people.principal(await people.access.sessions.begin("ana", Method.SIGN_ON, DESK, strong=False))
        with pytest.raises(NotAllowedError, match="passkey"):
            await people.access.passkeys.begin_add(weak)
        with pytest.raises(NotAllowedError, match="passkey"):
            await people.access.tokens.create(
                weak, account="ana", label="x", scopes={Permission.SEE_COUNTS}, groups=["*"],
                end_ns=people.clock() + 10**15, purpose=Purpose.MAINTENANCE, case="a case",
            )  # fmt: skip

    asyncio.run(run())
