"""An administrator proposes, the privacy officer confirms, and nobody gives to themselves."""

import asyncio
from typing import Any

import pytest

from passerby.access import InputError, NotAllowedError, RecentLogInNeededError
from passerby.access.context import machine_principal
from passerby.domain.access import EVERY_CAMERA, Permission, Principal, Role
from passerby.domain.access_plan import AccessPlan
from passerby.domain.audit import AuditEntry
from passerby.units import DAY_S, NS_PER_S
from testing.access.people import People

DAY_NS = DAY_S * NS_PER_S
ROOT = machine_principal("root")


class Town:
    """A site with its administrator, its privacy officer and ana."""

    def __init__(self) -> None:
        self.people = People()
        self.grants = self.people.access.grants

    async def settle(self) -> None:
        self.ida = await self.people.principal(await self.people.add("ida", Role.ADMINISTRATOR))
        self.pia = await self.people.principal(await self.people.add("pia", Role.PRIVACY_OFFICER))
        self.ana = await self.people.principal(await self.people.add("ana"))

    async def propose(self, by: Principal, **changes: Any) -> Any:
        now_ns = self.people.clock()
        given = {
            "account": "ana",
            "role": Role.OPERATOR,
            "group": "centre",
            "start_ns": now_ns,
            "end_ns": now_ns + DAY_NS,
        }
        return await self.grants.propose(by, **{**given, **changes})

    async def roles(self, name: str) -> set[Role]:
        holder = {each.account for each in await self.people.store.sessions(name)}
        assert holder
        session = (await self.people.store.sessions(name))[0]
        again = await self.people.access.again(Principal(name, self.ana.kind, (), session.session_id))
        assert again is not None
        return set(again.roles)


def in_town(act: Any) -> None:
    async def run() -> None:
        town = Town()
        await town.settle()
        await act(town)

    asyncio.run(run())


@pytest.mark.asvs("2.3.1")
def test_it_takes_two() -> None:
    async def act(town: Town) -> None:
        grant = await town.propose(town.ida)
        assert await town.roles("ana") == set()
        await town.grants.confirm(town.pia, grant.grant_id)
        assert await town.roles("ana") == {Role.OPERATOR}
        entries = [(each.actor, each.action, each.subject) for each in town.people.entries if "grant." in each.action]
        assert entries[-2:] == [("ida", "grant.proposed", "ana"), ("pia", "grant.confirmed", "ana")]
        with pytest.raises(InputError):
            await town.grants.confirm(town.pia, grant.grant_id)

    in_town(act)


def test_nobody_gives_to_themselves() -> None:
    async def act(town: Town) -> None:
        with pytest.raises(NotAllowedError):
            await town.propose(town.ida, account="ida")
        with pytest.raises(NotAllowedError):
            await town.propose(town.pia)
        with pytest.raises(NotAllowedError):
            await town.propose(town.ana)
        mine = await town.propose(town.ida, account="pia", role=Role.PRIVACY_OFFICER)
        with pytest.raises(NotAllowedError, match="themselves"):
            await town.grants.confirm(town.pia, mine.grant_id)
        other = await town.propose(town.ida)
        for who in (town.ida, town.ana):
            with pytest.raises(NotAllowedError):
                await town.grants.confirm(who, other.grant_id)

    in_town(act)


def test_the_command_line_confirms_the_first_privacy_officer_alone() -> None:
    async def act(town: Town) -> None:
        grant = await town.propose(ROOT)
        with pytest.raises(NotAllowedError, match="on the page"):
            await town.grants.confirm(ROOT, grant.grant_id)
        await town.grants.revoke(town.ida, town.pia.grants[0].grant_id)
        with pytest.raises(NotAllowedError):  # ana is to be an operator
            await town.propose(ROOT, account="ana", role=Role.PRIVACY_OFFICER)
        await town.grants.revoke(ROOT, grant.grant_id)
        officer = await town.propose(ROOT, account="ana", role=Role.PRIVACY_OFFICER)
        await town.grants.confirm(ROOT, officer.grant_id)
        assert await town.roles("ana") == {Role.PRIVACY_OFFICER}
        second = await town.propose(ROOT, account="pia", role=Role.PRIVACY_OFFICER)
        with pytest.raises(NotAllowedError):
            await town.grants.confirm(ROOT, second.grant_id)

    in_town(act)


@pytest.mark.parametrize(
    ("held", "more", "fine"),
    [
        (Role.ADMINISTRATOR, Role.ANALYST, False),
        (Role.OPERATOR, Role.ADMINISTRATOR, False),
        (Role.OPERATOR, Role.PRIVACY_OFFICER, False),
        (Role.AUDITOR, Role.OPERATOR, False),
        (Role.PRIVACY_OFFICER, Role.AUDITOR, False),
        (Role.ANALYST, Role.ENGINEER, True),
        (Role.OPERATOR, Role.ANALYST, True),
        (Role.OPERATOR, Role.OPERATOR, True),
    ],
)
def test_which_roles_one_person_may_combine(held: Role, more: Role, fine: bool) -> None:
    async def act(town: Town) -> None:
        await town.propose(town.ida, role=held)
        if fine:
            await town.propose(town.ida, role=more)
            return
        with pytest.raises(NotAllowedError, match="one_person"):
            await town.propose(town.ida, role=more)
        town.people.plan = AccessPlan(one_person=True)
        await town.propose(town.ida, role=more)

    in_town(act)


def test_a_site_of_one_person_says_so_and_stops_when_it_no_longer_does() -> None:
    async def act(town: Town) -> None:
        town.people.plan = AccessPlan(one_person=True)
        grant = await town.propose(town.ida, account="ida", role=Role.OPERATOR, group=EVERY_CAMERA)
        await town.grants.confirm(town.ida, grant.grant_id)
        assert await town.roles("ida") == {Role.ADMINISTRATOR, Role.OPERATOR}
        town.people.plan = AccessPlan()
        assert await town.roles("ida") == {Role.ADMINISTRATOR}

    in_town(act)


def test_what_one_person_gave_to_another_gives_nothing_once_it_takes_two() -> None:
    async def act(town: Town) -> None:
        town.people.plan = AccessPlan(one_person=True)
        alone = await town.propose(town.ida, group=EVERY_CAMERA)
        await town.people.store.confirm_grant(alone.grant_id, "ida", AuditEntry(0, "ida", "grant.confirmed", "ana"))
        by_machine = await town.propose(town.ida, role=Role.ANALYST, group=EVERY_CAMERA)
        await town.grants.confirm(ROOT, by_machine.grant_id)
        assert await town.roles("ana") == {Role.OPERATOR, Role.ANALYST}
        town.people.plan = AccessPlan()
        assert await town.roles("ana") == set()
        both = await town.propose(town.ida, group=EVERY_CAMERA)
        await town.grants.confirm(town.pia, both.grant_id)
        assert await town.roles("ana") == {Role.OPERATOR}

    in_town(act)


@pytest.mark.parametrize(
    "changes",
    [
        {"start_ns": 0, "end_ns": 1},
        {"end_ns": 0},
        {"end_ns": 2**62},
        {"start_ns": 2**62, "end_ns": 2**62 + 1},
        {"group": ""},
        {"group": "a\nb"},
        {"group": "x" * 65},
        {"group": "../etc"},
        {"account": "nobody-there"},
        {"account": "an\0a"},
    ],
)
@pytest.mark.asvs("2.2.3")
def test_what_cannot_be_granted(changes: dict[str, Any]) -> None:
    async def act(town: Town) -> None:
        before = len(await town.people.store.grants())
        with pytest.raises(InputError):
            await town.propose(town.ida, **changes)
        assert len(await town.people.store.grants()) == before

    in_town(act)


def test_future_and_ended_grants_give_nothing() -> None:
    async def act(town: Town) -> None:
        now_ns = town.people.clock()
        grant = await town.propose(town.ida, start_ns=now_ns + 2 * DAY_NS, end_ns=now_ns + 3 * DAY_NS)
        await town.grants.confirm(town.pia, grant.grant_id)
        late = await town.propose(town.ida, end_ns=now_ns + 60 * NS_PER_S)
        assert await town.roles("ana") == set()
        town.people.wait(60)
        with pytest.raises(InputError, match="has ended"):
            await town.grants.confirm(town.pia, late.grant_id)
        found = (await town.people.store.grants("ana"))[0]
        assert not found.holds(town.people.clock())
        assert found.holds(now_ns + 2 * DAY_NS)
        assert not found.holds(now_ns + 3 * DAY_NS)

    in_town(act)


@pytest.mark.parametrize("change", ["unconfirmed", "another group", "another role", "ended", "disabled", "no account"])
def test_what_an_account_may_is_known_without_its_session(change: str) -> None:
    async def act(town: Town) -> None:
        role = Role.ANALYST if change == "another role" else Role.OPERATOR
        grant = await town.propose(town.ida, role=role)
        if change != "unconfirmed":
            await town.grants.confirm(town.pia, grant.grant_id)
            may = await town.grants.gives("ana", Permission.DECIDE_EVENTS, ("centre", "north"))
            assert may is (change != "another role")
        if change == "ended":
            town.people.wait(86_400)
        if change == "disabled":
            await town.people.access.accounts.disable(ROOT, "ana")
        account = "eve" if change == "no account" else "ana"
        groups = ("north",) if change == "another group" else ("centre",)
        assert not await town.grants.gives(account, Permission.DECIDE_EVENTS, groups)

    in_town(act)


@pytest.mark.asvs("7.5.1")
def test_changes_need_a_new_log_in_and_a_person() -> None:
    async def act(town: Town) -> None:
        town.people.wait(601)
        with pytest.raises(RecentLogInNeededError):
            await town.propose(town.ida)
        await town.propose(ROOT)

    in_town(act)


def test_one_sees_one_s_own_and_gives_it_back() -> None:
    async def act(town: Town) -> None:
        grant = await town.propose(town.ida)
        await town.grants.confirm(town.pia, grant.grant_id)
        assert [each.grant_id for each in await town.grants.list(town.ana, "ana")] == [grant.grant_id]
        with pytest.raises(NotAllowedError):
            await town.grants.list(town.ana)
        with pytest.raises(NotAllowedError):
            await town.grants.list(town.ana, "ida")
        with pytest.raises(NotAllowedError):
            await town.grants.revoke(town.ana, town.ida.grants[0].grant_id)
        await town.grants.revoke(town.ana, grant.grant_id)
        assert await town.roles("ana") == set()
        for number in (grant.grant_id, 999, -1):
            with pytest.raises(InputError):
                await town.grants.revoke(town.ida, number)

    in_town(act)


def test_who_proposes_or_confirms_on_one_group_does_so_for_no_other() -> None:
    async def act(town: Town) -> None:
        local = await town.people.principal(await town.people.add("vera", Role.PRIVACY_OFFICER, group="centre"))
        near, everywhere = await town.propose(town.ida), await town.propose(town.ida, group="*")
        with pytest.raises(NotAllowedError):
            await town.grants.confirm(local, everywhere.grant_id)
        await town.grants.confirm(local, near.grant_id)
        root = await town.people.principal(await town.people.add("milo", Role.ADMINISTRATOR, group="centre"))
        with pytest.raises(NotAllowedError):
            await town.propose(root, group="*")
        with pytest.raises(NotAllowedError):
            await town.grants.revoke(root, everywhere.grant_id)

    in_town(act)


def test_an_invitation_unconfirms_a_grant_that_begins_later() -> None:
    async def act(town: Town) -> None:
        await town.people.access.accounts.make("vera", "test")
        start_ns = town.people.clock() + DAY_NS
        later = await town.propose(town.ida, account="vera", start_ns=start_ns, end_ns=start_ns + DAY_NS)
        await town.grants.confirm(town.pia, later.grant_id)
        await town.people.access.accounts.invite(town.ida, "vera")
        (grant,) = await town.people.store.grants("vera")
        assert grant.confirmed_by is None

    in_town(act)
