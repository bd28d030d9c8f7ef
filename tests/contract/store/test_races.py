"""Two who use the same secret at the same moment: one wins, in both databases and in memory."""

import asyncio
from typing import Any

import pyotp
import pytest

from passerby.access import AccessError, LogInRefusedError
from passerby.access.values import NewToken
from passerby.domain.access import Permission, Purpose, Role
from passerby.domain.accounts import Challenge, ChallengeKind
from passerby.units import NS_PER_S
from testing.access.people import DESK, PASSWORD, People
from tests.contract.store.test_access import Kept, act, kept

__all__ = ["kept"]

AT_ONCE = 6


async def outcomes(*asked: Any) -> tuple[list[Any], list[BaseException]]:
    """What came of all that were begun at the same time: results, and refusals."""
    found = await asyncio.gather(*asked, return_exceptions=True)
    refused = [each for each in found if isinstance(each, BaseException)]
    return [each for each in found if not isinstance(each, BaseException)], refused


@pytest.mark.asvs("2.3.4")
def test_an_invitation_sets_one_password(kept: Kept) -> None:
    async def scene() -> None:
        people = People(kept.store)
        await people.access.accounts.make("bea", "test")
        invitation = await people.access.enrolment._invitations.new("bea", "test")
        set_ups = [await people.access.enrolment.begin_password(invitation) for _ in range(AT_ONCE)]
        passwords = [f"{PASSWORD} number {number}" for number in range(AT_ONCE)]
        won, refused = await outcomes(
            *(
                people.access.enrolment.finish_password(
                    invitation, each.set_up_id, password, pyotp.TOTP(each.secret).at(people.clock.now_s), DESK
                )
                for each, password in zip(set_ups, passwords, strict=True)
            )
        )
        assert len(won) == 1
        assert all(isinstance(each, LogInRefusedError) for each in refused)
        assert len(await kept.store.sessions("bea")) == 1
        people.wait(60)
        logged_in = 0
        for each, password in zip(set_ups, passwords, strict=True):
            people.access._context.attempts._counts.reset()
            people.code_secrets["bea"] = each.secret
            try:
                await people.log_in("bea", password=password)
                logged_in += 1
            except LogInRefusedError:
                pass
        assert logged_in == 1

    kept.run(scene())


def test_the_link_opens_one_session(kept: Kept) -> None:
    async def scene() -> None:
        people = People(kept.store)
        link = await people.access.link.new()
        opened = await asyncio.gather(*(people.access.link.open(link, DESK) for _ in range(AT_ONCE)))
        assert sum(each is not None for each in opened) == 1
        assert len(await kept.store.sessions("")) == 1

    kept.run(scene())


def test_of_invitations_that_are_made_at_once_one_works(kept: Kept) -> None:
    async def scene() -> None:
        people = People(kept.store)
        await people.access.accounts.make("bea", "test")
        invitations = people.access.enrolment._invitations
        secrets = await asyncio.gather(*(invitations.new("bea", "test") for _ in range(AT_ONCE)))
        works = 0
        for secret in secrets:
            try:
                await people.access.enrolment.invitation(secret)
                works += 1
            except LogInRefusedError:
                pass
        assert works == 1

    kept.run(scene())


def test_what_stands_alone_takes_the_place_of_its_own_kind_and_account_only(kept: Kept) -> None:
    async def scene() -> None:
        end_ns = 10**18
        rows = [("a", ChallengeKind.INVITATION, "bea"), ("b", ChallengeKind.INVITATION, "bob"),
                ("c", ChallengeKind.CODE_SET_UP, "bea"), ("d", ChallengeKind.INVITATION, "bea")]  # fmt: skip
        for name, kind, account in rows:
            await kept.store.add_challenge(Challenge(name, kind, account, "", end_ns), 0, act("x"), alone=True)
        there = [name for name, kind, _ in rows if await kept.store.challenge(name, kind) is not None]
        assert there == ["b", "c", "d"]

    kept.run(scene())


def test_a_token_made_while_a_person_joins_lets_nothing_in(kept: Kept) -> None:
    async def scene() -> None:
        people = People(kept.store)
        administrator = await people.principal(await people.add("adam", Role.ADMINISTRATOR))
        await people.access.accounts.make("bea", "test")
        invitation = await people.access.enrolment._invitations.new("bea", "test")
        set_up = await people.access.enrolment.begin_password(invitation)
        people.code_secrets["bea"] = set_up.secret

        async def make(number: int) -> NewToken:
            await asyncio.sleep(0.002 * number)
            return await people.access.tokens.create(
                administrator, account="bea", label=f"n{number}", scopes={Permission.SEE_STATE}, groups=["*"],
                end_ns=people.clock() + 3600 * NS_PER_S, purpose=Purpose.MAINTENANCE, case="a case",
            )  # fmt: skip

        code = people.code("bea")
        join = people.access.enrolment.finish_password(invitation, set_up.set_up_id, PASSWORD, code, DESK)
        _, refused = await outcomes(join, *(make(number) for number in range(AT_ONCE)))
        assert all(isinstance(each, AccessError) for each in refused)
        assert [token for token in await kept.store.tokens("bea") if token.revoked_ns is None] == []

    kept.run(scene())


def test_used_codes_are_remembered_whatever_the_clock_shows_and_not_without_end(kept: Kept) -> None:
    async def scene() -> None:
        assert await kept.store.use_code("bea", 7, 7)
        for step in (100, 5000):
            assert await kept.store.use_code("bea", step, step)
            assert not await kept.store.use_code("bea", 7, 7)
        for step in range(6000, 6220):
            assert await kept.store.use_code("bea", step, step)
        assert not await kept.store.use_code("bea", 6100, 6100)
        # By then nobody has the code of the first step at hand, and it is not kept for good.
        assert await kept.store.use_code("bea", 7, 7)

    kept.run(scene())


def test_all_sessions_and_questions_end_with_one_entry(kept: Kept) -> None:
    async def scene() -> None:
        people = People(kept.store)
        sessions = [await people.add(name) for name in ("bea", "bob")]
        link = await people.access.link.new()
        await kept.store.end_all(act("session.ended"))
        for session in sessions:
            assert await people.access.principal_of(cookie=session.cookie) is None
        assert await people.access.link.open(link, DESK) is None

    kept.run(scene())
