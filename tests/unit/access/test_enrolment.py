"""A password is set together with its codes, by an invitation or by who has logged in of late."""

import asyncio

import pyotp
import pytest

from passerby.access import InputError, LogInRefusedError, RecentLogInNeededError
from passerby.access.enrolment import SET_UP_S
from passerby.domain.access import Role
from testing.access.people import DESK, PASSWORD, People


def test_a_weak_password_or_a_wrong_code_may_be_tried_again() -> None:
    async def run() -> None:
        people = People()
        await people.access.accounts.make("ana", "test")
        invitation = await people.access.enrolment._invitations.new("ana", "test")
        enrolment = people.access.enrolment
        set_up = await enrolment.begin_password(invitation)
        assert set_up.uri.startswith("otpauth://totp/Market%20square:ana?secret=")
        assert set_up.secret not in repr(set_up) + str(people.memory.__dict__)
        right = pyotp.TOTP(set_up.secret).at(people.clock.now_s)
        with pytest.raises(InputError, match="password"):
            await enrolment.finish_password(invitation, set_up.set_up_id, "Password1234", right, DESK)
        with pytest.raises(InputError, match="code"):
            await enrolment.finish_password(invitation, set_up.set_up_id, PASSWORD, "000000", DESK)
        done = await enrolment.finish_password(invitation, set_up.set_up_id, PASSWORD, right, DESK)
        assert done.session is not None
        assert len(set(done.recovery_codes)) == 10
        assert done.recovery_codes[0] not in repr(done) + str(people.memory.__dict__)
        with pytest.raises(LogInRefusedError):  # the set-up's code is used up
            await people.access.passwords.log_in("ana", PASSWORD, right, DESK)

    asyncio.run(run())


def test_a_set_up_is_of_one_account_and_ends() -> None:
    async def run() -> None:
        people = People()
        for name in ("ana", "bob"):
            await people.access.accounts.make(name, "test")
        invite = people.access.enrolment._invitations
        ana, bob = await invite.new("ana", "test"), await invite.new("bob", "test")
        enrolment = people.access.enrolment
        theirs = await enrolment.begin_password(bob)
        code = pyotp.TOTP(theirs.secret).at(people.clock.now_s)
        with pytest.raises(LogInRefusedError):
            await enrolment.finish_password(ana, theirs.set_up_id, PASSWORD, code, DESK)
        people.wait(SET_UP_S)
        code = pyotp.TOTP(theirs.secret).at(people.clock.now_s)
        with pytest.raises(LogInRefusedError):
            await enrolment.finish_password(bob, theirs.set_up_id, PASSWORD, code, DESK)
        for nothing in ("", "x", "A" * 43, "\0"):
            with pytest.raises(LogInRefusedError):
                await enrolment.begin_password(nothing)

    asyncio.run(run())


@pytest.mark.asvs("2.3.4")
def test_of_two_who_use_an_invitation_at_once_one_gets_the_account() -> None:
    async def run() -> None:
        people = People()
        await people.access.accounts.make("ana", "test")
        invitation = await people.access.enrolment._invitations.new("ana", "test")
        enrolment = people.access.enrolment
        set_ups = [await enrolment.begin_password(invitation) for _ in range(3)]
        done = await asyncio.gather(
            *(
                enrolment.finish_password(
                    invitation, each.set_up_id, PASSWORD, pyotp.TOTP(each.secret).at(people.clock.now_s), DESK
                )
                for each in set_ups
            ),
            return_exceptions=True,
        )
        assert sum(not isinstance(each, BaseException) for each in done) == 1

    asyncio.run(run())


@pytest.mark.asvs("6.2.2", "6.2.3", "7.4.3")
def test_who_has_logged_in_changes_their_own_and_other_sessions_end() -> None:
    async def run() -> None:
        people = People()
        other = await people.add("ana", Role.ANALYST)
        session = await people.log_in("ana")
        ana = await people.principal(session)
        enrolment = people.access.enrolment
        set_up = await enrolment.begin_password(ana)
        code = pyotp.TOTP(set_up.secret).at(people.clock.now_s)
        done = await enrolment.finish_password(ana, set_up.set_up_id, "seven bridges over a violet kettle", code, DESK)
        assert done.session is None
        assert await people.access.principal_of(cookie=other.cookie) is None
        assert await people.access.principal_of(cookie=session.cookie) is not None
        with pytest.raises(LogInRefusedError):
            await people.log_in("ana")
        people.wait(601)
        with pytest.raises(RecentLogInNeededError):
            await enrolment.begin_password(ana)

    asyncio.run(run())
