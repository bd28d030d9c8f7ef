"""The one-time link opens a machine without accounts, enrols its first administrator, and recovers one later."""

import asyncio

import pytest

from passerby.access import InputError, LogInRefusedError, NotAllowedError, RecentLogInNeededError
from passerby.access.log_in.link import LINK_S
from passerby.domain.access import LINK_NAME, Permission, Principal, PrincipalKind, Role
from passerby.units import DAY_S
from testing.access.people import DESK, People


async def opened(people: People) -> Principal:
    session = await people.access.link.open(await people.access.link.new(), DESK)
    assert session is not None
    return await people.principal(session)


def test_a_link_works_once_for_a_quarter_of_an_hour_and_the_newest_alone() -> None:
    async def run() -> None:
        people = People()
        link = people.access.link
        old, new = await link.new(), await link.new()
        assert await link.open(old, DESK) is None
        assert await link.open("x", DESK) is None
        session = await link.open(new, DESK)
        assert session is not None
        assert await link.open(new, DESK) is None
        late = await link.new()
        people.wait(LINK_S)
        assert await link.open(late, DESK) is None
        assert [entry.action for entry in people.entries] == ["link.made", "link.made", "link.opened", "link.made"]
        assert new not in str(people.memory.__dict__)

    asyncio.run(run())


def test_whether_a_link_still_works_is_asked_without_using_it_up() -> None:
    async def run() -> None:
        people = People()
        link = people.access.link
        secret = await link.new()
        assert [await link.works(secret), await link.works(secret), await link.works("x")] == [True, True, False]
        assert await link.open(secret, DESK) is not None
        assert not await link.works(secret)
        late = await link.new()
        people.wait(LINK_S)
        assert not await link.works(late)

    asyncio.run(run())


@pytest.mark.asvs("6.3.2")
def test_it_may_everything_until_there_is_an_account_and_nothing_after() -> None:
    async def run() -> None:
        people = People()
        holder = await opened(people)
        assert (holder.kind, holder.name) == (PrincipalKind.LINK, LINK_NAME)
        assert all(holder.may(permission, ["any"]) for permission in Permission)
        invitation = await people.access.link.first_administrator(holder, "ida")
        now = await people.access.again(holder)
        assert now is not None
        assert not now.may(Permission.SEE_STATE)
        ida = await people.principal(await people.enrol("ida", invitation))
        assert ida.roles == {Role.ADMINISTRATOR}
        with pytest.raises(NotAllowedError):
            await people.access.link.first_administrator(now, "eve")
        assert (await people.store.grants("ida"))[0].confirmed_by == LINK_NAME

    asyncio.run(run())


def test_it_recovers_an_administrator_and_no_other() -> None:
    async def run() -> None:
        people = People()
        first = await people.add("ida", Role.ADMINISTRATOR)
        await people.add("ana", Role.OPERATOR)
        holder = await opened(people)
        assert await people.access.link.administrators(holder) == ("ida",)
        with pytest.raises(NotAllowedError, match="is none"):
            await people.access.link.recover(holder, "ana")
        with pytest.raises(InputError):
            await people.access.link.recover(holder, "eve")
        invitation = await people.access.link.recover(holder, "ida")
        assert await people.access.principal_of(cookie=first.cookie) is None
        with pytest.raises(LogInRefusedError):
            await people.log_in("ida")
        ida = await people.principal(await people.enrol("ida", invitation))
        assert ida.roles == {Role.ADMINISTRATOR}
        assert "account.recovered" in [entry.action for entry in people.entries]

    asyncio.run(run())


def test_where_no_administrator_is_left_it_makes_one() -> None:
    async def run() -> None:
        people = People()
        await people.add("ida", Role.ADMINISTRATOR)
        people.wait(31 * DAY_S)
        invitation = await people.access.link.recover(await opened(people), "ida")
        ida = await people.principal(await people.enrol("ida", invitation))
        assert ida.roles == {Role.ADMINISTRATOR}

    asyncio.run(run())


def test_an_old_session_of_the_link_recovers_nobody() -> None:
    async def run() -> None:
        people = People()
        await people.add("ida", Role.ADMINISTRATOR)
        holder = await opened(people)
        people.wait(601)
        with pytest.raises(RecentLogInNeededError):
            await people.access.link.recover(holder, "ida")
        ida = await people.principal(await people.log_in("ida"))
        with pytest.raises(NotAllowedError):
            await people.access.link.recover(ida, "ida")

    asyncio.run(run())
