"""A token may no more than its account, its scopes and its groups, and is recognised before it is looked up."""

import asyncio
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerby.access import InputError, NewSession, NotAllowedError
from passerby.access.context import machine_principal
from passerby.access.tokens import SCOPES, token_id_of
from passerby.access.values import NewToken
from passerby.domain.access import Permission, Principal, PrincipalKind, Purpose, Role
from passerby.domain.audit import AuditEntry
from passerby.units import DAY_S, NS_PER_S
from testing.access.people import People


async def made(people: People, by: Principal, **changes: Any) -> NewToken:
    given: dict[str, Any] = {
        "account": "ana",
        "label": "Grafana",
        "scopes": {Permission.SEE_COUNTS, Permission.SEE_STATE},
        "groups": ["centre"],
        "end_ns": people.clock() + 30 * DAY_S * NS_PER_S,
        "purpose": Purpose.TRAFFIC_PLANNING,
        "case": "dashboard of the traffic office",
    }
    return await people.access.tokens.create(by, **{**given, **changes})


async def ana(people: People, *roles: Role, group: str = "*") -> Principal:
    session: NewSession = await people.add("ana", *(roles or (Role.ANALYST,)), group=group)
    return await people.principal(session)


def test_a_token_lets_in_as_its_account_within_its_scopes_and_groups() -> None:
    async def run() -> None:
        people = People()
        new = await made(people, await ana(people))
        assert re.fullmatch(r"passerby_[0-9a-z]{8}_[0-9A-Za-z]{38}", new.text)
        principal = await people.access.principal_of(bearer=new.text)
        assert principal is not None
        assert (principal.kind, principal.name) == (PrincipalKind.TOKEN, f"ana by token {new.token.token_id}")
        assert principal.may(Permission.SEE_COUNTS, ["centre"])
        assert not principal.may(Permission.SEE_COUNTS, ["harbour"])
        assert not principal.may(Permission.EXPORT_COUNTS, ["centre"])
        assert not principal.may(Permission.SEE_OWN)
        assert not people.access.is_recent(principal)
        assert new.text not in repr(new) + str(people.memory.__dict__)
        (entry,) = [each for each in people.entries if each.action == "token.made"]
        assert entry.subject == new.token.token_id

    asyncio.run(run())


@pytest.mark.parametrize(
    ("granted", "asked", "may"),
    [
        ("*", ["centre"], {"centre"}),
        ("*", ["*"], {"centre", "harbour"}),
        ("centre", ["*"], {"centre"}),
        ("centre", ["centre", "harbour"], {"centre"}),
        ("centre", ["harbour"], set()),
    ],
)
def test_groups_are_those_of_both(granted: str, asked: list[str], may: set[str]) -> None:
    async def run() -> None:
        people = People()
        new = await made(people, await ana(people, group=granted), groups=asked)
        principal = await people.access.principal_of(bearer=new.text)
        assert principal is not None
        assert {group for group in ("centre", "harbour") if principal.may(Permission.SEE_COUNTS, [group])} == may

    asyncio.run(run())


def test_it_ends_with_its_time_its_account_its_grants_and_by_hand() -> None:
    async def run() -> None:
        people = People()
        by = await ana(people)
        new = await made(people, by)
        entry = AuditEntry(0, "ida", "x", "ana")
        await people.store.set_enabled("ana", False, entry)
        assert await people.access.principal_of(bearer=new.text) is None
        await people.store.set_enabled("ana", True, entry)
        principal = await people.access.principal_of(bearer=new.text)
        assert principal is not None
        await people.store.revoke_grant(by.grants[0].grant_id, people.clock(), entry)
        now = await people.access.again(principal)
        assert now is not None
        assert not now.may(Permission.SEE_COUNTS)
        await people.access.tokens.revoke(by, new.token.token_id)
        assert await people.access.principal_of(bearer=new.text) is None
        assert await people.access.again(principal) is None
        with pytest.raises(InputError):
            await people.access.tokens.revoke(by, new.token.token_id)
        late = await made(people, by)
        people.wait(30 * DAY_S)
        assert await people.access.principal_of(bearer=late.text) is None
        people.wait(-31 * DAY_S)
        assert await people.access.principal_of(bearer=late.text) is None, "made in the future"

    asyncio.run(run())


@pytest.mark.parametrize("place", range(50))
def test_one_letter_that_is_wrong_is_no_token(place: int) -> None:
    async def run() -> None:
        people = People()
        text = (await made(people, await ana(people))).text
        at = place % len(text)
        wrong = text[:at] + ("A" if text[at] != "A" else "B") + text[at + 1 :]
        assert token_id_of(wrong) is None
        assert await people.access.principal_of(bearer=wrong) is None

    asyncio.run(run())


@given(st.text(max_size=80) | st.from_regex(r"passerby_[0-9a-z]{8}_[0-9A-Za-z]{38}", fullmatch=True))
def test_what_is_no_token_is_none(text: str) -> None:
    async def run() -> None:
        people = People()
        assert await people.access.principal_of(bearer=text) is None

    asyncio.run(run())


def test_a_wrong_token_is_not_made_up_for_by_a_cookie() -> None:
    async def run() -> None:
        people = People()
        session = await people.add("ana", Role.ANALYST)
        assert await people.access.principal_of(cookie=session.cookie, bearer="x") is None

    asyncio.run(run())


@pytest.mark.parametrize(
    "changes",
    [
        {"scopes": set()},
        {"scopes": {Permission.CONFIRM_GRANTS}},
        {"scopes": {Permission.SEE_COUNTS, Permission.CONFIGURE}},
        {"groups": []},
        {"groups": ["a\0"]},
        {"label": ""},
        {"label": "a\nb"},
        {"label": "x" * 61},
        {"case": "x"},
        {"case": "y" * 10_000_000},
        {"case": "hidden \u200b letter"},
        {"end_ns": 0},
        {"end_ns": 2**62},
        {"account": "eve"},
    ],
)
def test_what_cannot_be_made(changes: dict[str, Any]) -> None:
    async def run() -> None:
        people = People()
        by = await ana(people)
        with pytest.raises(InputError):
            await made(people, by, **changes)
        assert await people.store.tokens() == ()

    asyncio.run(run())


def test_an_administrator_makes_them_for_programs_and_not_for_people() -> None:
    async def run() -> None:
        people = People()
        await ana(people)
        ida = await people.principal(await people.add("ida", Role.ADMINISTRATOR))
        await people.access.accounts.make("grafana", "ida")
        await people.grant("grafana", Role.ANALYST)
        new = await made(people, ida, account="grafana")
        principal = await people.access.principal_of(bearer=new.text)
        assert principal is not None
        assert principal.may(Permission.SEE_COUNTS, ["centre"])
        with pytest.raises(NotAllowedError, match="own tokens"):
            await made(people, ida, account="ana")
        await made(people, machine_principal("root"), account="ana")
        assert len(await people.access.tokens.list(ida)) == 2
        bob = await people.principal(await people.add("bob", Role.ANALYST))
        assert await people.access.tokens.list(bob) == ()
        with pytest.raises(NotAllowedError):
            await people.access.tokens.revoke(bob, new.token.token_id)
        with pytest.raises(NotAllowedError):
            await made(people, bob, account="grafana")
        await people.access.tokens.revoke(ida, new.token.token_id)
        with pytest.raises(NotAllowedError):
            await made(people, principal, account="grafana")

    asyncio.run(run())


def test_no_scope_changes_anything() -> None:
    changing = {Permission.CONFIGURE, Permission.DRAW, Permission.DECIDE_EVENTS, Permission.KEEP_REGISTER,
                Permission.PROPOSE_GRANTS, Permission.CONFIRM_GRANTS, Permission.READ_CASES,
                Permission.SEE_OWN}  # fmt: skip
    assert not SCOPES & changing
    assert changing | SCOPES | {Permission.SEE_PUBLIC} == frozenset(Permission)


def test_a_token_made_for_a_machine_s_account_ends_when_a_person_joins() -> None:
    async def run() -> None:
        people = People()
        root = await people.principal(await people.add("ida", Role.ADMINISTRATOR))
        secret = await people.access.accounts.add(root, "ana")
        new = await made(people, root)
        assert await people.access.principal_of(bearer=new.text) is not None
        await people.enrol("ana", secret)
        assert await people.access.principal_of(bearer=new.text) is None

    asyncio.run(run())


def test_looks_and_exports_of_all_tokens_count_for_their_account() -> None:
    async def run() -> None:
        people = People()
        by = await ana(people)
        tokens = [await people.access.principal_of(bearer=(await made(people, by)).text) for _ in range(2)]
        assert {each.responsible for each in tokens if each is not None} == {by.responsible} == {"ana"}
        assert len({each.name for each in tokens if each is not None}) == 2

    asyncio.run(run())


@pytest.mark.parametrize("scope", [Permission.SEE_LIVE, Permission.SEE_EVENTS])
def test_an_administrator_does_not_come_to_see_by_a_program_s_token(scope: Permission) -> None:
    async def run() -> None:
        people = People()
        ida = await people.principal(await people.add("ida", Role.ADMINISTRATOR))
        await people.access.accounts.make("wall", "ida")
        await people.grant("wall", Role.OPERATOR)
        with pytest.raises(NotAllowedError, match="no video"):
            await made(people, ida, account="wall", scopes={scope, Permission.SEE_STATE})
        assert await people.store.tokens() == ()

    asyncio.run(run())
