"""Administrators add accounts, invite, disable and enable; none takes over what it may not see."""

import asyncio

import pytest

from passerby.access import InputError, LogInRefusedError, NotAllowedError, RecentLogInNeededError
from passerby.access.context import machine_principal
from passerby.access.invitations import INVITATION_S
from passerby.domain.access import Principal, Role
from passerby.domain.access_plan import AccessPlan, Provider
from passerby.domain.accounts import Method
from testing.access.people import DESK, People


async def administrator(people: People) -> Principal:
    return await people.principal(await people.add("ida", Role.ADMINISTRATOR))


def test_an_account_has_no_credential_until_its_invitation_is_used() -> None:
    async def run() -> None:
        people = People()
        ida = await administrator(people)
        invitation = await people.access.accounts.add(ida, "Ána.Marić")
        (account,) = [each for each in await people.access.accounts.list(ida) if each.name != "ida"]
        assert account.name == "ána.marić"
        assert account.password_hash is None
        with pytest.raises(LogInRefusedError):
            await people.access.passwords.log_in("ána.marić", "", "", DESK)
        assert (await people.access.enrolment.invitation(invitation)).account == "ána.marić"
        await people.enrol("ána.marić", invitation)
        with pytest.raises(LogInRefusedError):
            await people.access.enrolment.invitation(invitation)
        assert invitation not in str(people.memory.__dict__)

    asyncio.run(run())


@pytest.mark.parametrize("alike", ["ana", "ANA", "аna", "аnа", "ａｎａ", "án a", "ána"])
def test_no_two_accounts_look_alike(alike: str) -> None:
    async def run() -> None:
        people = People()
        ida = await administrator(people)
        await people.access.accounts.add(ida, "ana")
        with pytest.raises(InputError) as refused:
            await people.access.accounts.add(ida, alike)
        assert alike not in str(refused.value).split()

    asyncio.run(run())


@pytest.mark.asvs("6.4.1")
def test_an_invitation_ends_and_a_new_one_replaces_it() -> None:
    async def run() -> None:
        people = People()
        ida = await administrator(people)
        old = await people.access.accounts.add(ida, "ana")
        new = await people.access.accounts.invite(ida, "ana")
        with pytest.raises(LogInRefusedError):
            await people.access.enrolment.begin_password(old)
        people.wait(INVITATION_S)
        with pytest.raises(LogInRefusedError):
            await people.access.enrolment.begin_password(new)

    asyncio.run(run())


@pytest.mark.asvs("6.4.3", "6.4.4")
def test_who_is_invited_anew_loses_credentials_and_needs_their_grants_confirmed_anew() -> None:
    async def run() -> None:
        people = People()
        ida = await administrator(people)
        session = await people.add("ana", Role.OPERATOR)
        invitation = await people.access.accounts.invite(ida, "ana")
        assert await people.access.principal_of(cookie=session.cookie) is None
        taken_over = await people.principal(await people.enrol("ana", invitation))
        assert taken_over.roles == set()

    asyncio.run(run())


def test_an_account_of_a_program_is_not_come_in_by_with_its_grants() -> None:
    async def run() -> None:
        people = People()
        ida = await administrator(people)
        await people.access.accounts.add(ida, "grafana")
        await people.grant("grafana", Role.ANALYST)
        invitation = await people.access.accounts.invite(ida, "grafana")
        assert (await people.principal(await people.enrol("grafana", invitation))).roles == set()

    asyncio.run(run())


@pytest.mark.asvs("7.4.2", "7.4.5")
def test_disabling_works_at_once_and_not_on_oneself() -> None:
    async def run() -> None:
        people = People()
        ida = await administrator(people)
        session = await people.add("ana", Role.OPERATOR)
        invitation = await people.access.accounts.add(ida, "bob")
        for name in ("ana", "bob"):
            await people.access.accounts.disable(ida, name)
        assert await people.access.principal_of(cookie=session.cookie) is None
        with pytest.raises(LogInRefusedError):
            await people.access.enrolment.begin_password(invitation)
        await people.access.accounts.enable(ida, "ana")
        await people.log_in("ana")
        with pytest.raises(NotAllowedError):
            await people.access.accounts.disable(ida, "ida")
        with pytest.raises(NotAllowedError):
            await people.access.accounts.invite(ida, "ida")
        with pytest.raises(InputError):
            await people.access.accounts.disable(ida, "eve")
        await people.access.accounts.disable(machine_principal("root"), "ida")

    asyncio.run(run())


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_no_other_role_changes_accounts(role: Role) -> None:
    async def run() -> None:
        people = People()
        who = await people.principal(await people.add("ana", role))
        await people.add("bob")
        acts = people.access.accounts
        for act in (acts.add(who, "eve"), acts.invite(who, "bob"), acts.disable(who, "bob"), acts.enable(who, "bob")):
            with pytest.raises(NotAllowedError):
                await act

    asyncio.run(run())


def test_an_identity_is_untied_by_its_owner_unless_it_is_the_only_way_in() -> None:
    issuer = "https://id.example.org"

    async def run() -> None:
        people = People()
        accounts = people.access.accounts
        people.plan = AccessPlan(providers=(Provider("city", issuer, "passerby"),))
        ana = await people.principal(await people.add("ana"))
        eve = await people.principal(await people.add("eve"))
        root = machine_principal("root")
        await accounts.tie(root, "ana", issuer, "42")
        await accounts.tie(root, "eve", issuer, "43")
        with pytest.raises(NotAllowedError):
            await accounts.untie(eve, "ana", issuer, "42")
        with pytest.raises(InputError):
            await accounts.untie(eve, "eve", issuer, "42")
        await accounts.untie(ana, "ana", issuer, "42")
        assert await accounts.identities(ana) == ()
        assert (people.entries[-1].action, people.entries[-1].subject) == ("identity.untied", "ana")
        await accounts.make("bob", "test")
        await accounts.tie(root, "bob", issuer, "44")
        bob = await people.principal(await people.access.sessions.begin("bob", Method.SIGN_ON, DESK))
        with pytest.raises(InputError, match="only way"):
            await accounts.untie(bob, "bob", issuer, "44")
        people.wait(601)
        with pytest.raises(RecentLogInNeededError):
            await accounts.untie(eve, "eve", issuer, "43")
        await accounts.untie(root, "bob", issuer, "44")

    asyncio.run(run())
