"""A browser that has logged in is not locked out by who guesses from its address; its cookie lets nothing in."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from passerby.access import LogInRefusedError, NewSession, TooManyAttemptsError, Visitor
from passerby.access.attempts import PER_ADDRESS, PER_DEVICE, PER_DEVICE_ASKED
from passerby.access.credentials.devices import DEVICE_S, MAX_ACCOUNTS
from passerby.domain.access import Role
from passerby.domain.audit import AuditEntry
from testing.access.people import ELSEWHERE, KEY, PASSWORD, People, cheap_access

OFFICE = Visitor("198.51.100.7", "Firefox")


def of(session: NewSession) -> Visitor:
    """A browser in the office that sends what the last log-in has given it."""
    return replace(OFFICE, device=session.device)


async def guess(people: People, visitor: Visitor, name: str = "ana") -> str:
    try:
        await people.access.passwords.log_in(name, "a wrong guess", "000000", visitor)
    except TooManyAttemptsError:
        return "too many"
    except LogInRefusedError:
        return "refused"
    return "in"


async def storm(people: People, name: str = "ana") -> None:
    """Somebody in the office guesses until nobody new may log in from there."""
    while await guess(people, OFFICE, name) != "too many":
        pass


def run(scene: Callable[[], Awaitable[None]]) -> None:
    async def whole() -> None:
        await scene()

    asyncio.run(whole())


@pytest.mark.asvs("6.3.1")
def test_a_storm_from_the_office_keeps_no_known_browser_out() -> None:
    async def scene() -> None:
        people = People()
        session = await people.add("ana")
        await storm(people)
        with pytest.raises(TooManyAttemptsError):
            await people.log_in("ana", OFFICE)
        again = await people.log_in("ana", of(session))
        assert again.device
        assert again.device != session.device
        # The stranger has not got a new allowance by it.
        assert await guess(people, OFFICE) == "too many"
        await people.log_in("ana", of(again))

    run(scene)


def test_a_flood_of_passkey_questions_keeps_no_known_browser_out() -> None:
    async def scene() -> None:
        people = People()
        session = await people.add("ana")
        for _ in range(PER_ADDRESS.amount):
            await people.access.passkeys.begin_log_in(OFFICE)
        with pytest.raises(TooManyAttemptsError):
            await people.access.passkeys.begin_log_in(OFFICE)
        await people.access.passkeys.begin_log_in(of(session))
        with pytest.raises(TooManyAttemptsError):
            await people.log_in("ana", OFFICE)
        await people.log_in("ana", of(session))

    run(scene)


@pytest.mark.asvs("6.3.1")
def test_a_known_browser_has_no_more_guesses_than_a_stranger_and_then_is_one() -> None:
    async def scene() -> None:
        people = People()
        session = await people.add("ana")
        await storm(people)
        answers = [await guess(people, of(session)) for _ in range(PER_DEVICE.amount + 1)]
        assert answers == ["refused"] * PER_DEVICE.amount + ["too many"]
        people.wait(901)
        # Its own count has ended, and it is a stranger still, whose attempts are those of its address.
        await storm(people)
        assert await guess(people, of(session)) == "too many"
        people.wait(901)
        again = await people.log_in("ana", of(session))
        await storm(people)
        await people.log_in("ana", of(again))

    run(scene)


def test_a_known_browser_that_asks_without_end_is_a_stranger() -> None:
    async def scene() -> None:
        people = People()
        session = await people.add("ana")
        for _ in range(PER_DEVICE_ASKED.amount + PER_ADDRESS.amount):
            await people.access.passkeys.begin_log_in(of(session))
        with pytest.raises(TooManyAttemptsError):
            await people.access.passkeys.begin_log_in(of(session))

    run(scene)


def test_it_counts_for_its_own_account_alone() -> None:
    async def scene() -> None:
        people = People()
        ana = await people.add("ana")
        await people.add("bob")
        await storm(people, "bob")
        assert await guess(people, of(ana), "bob") == "too many"
        assert await guess(people, of(ana), "ana") == "refused"

    run(scene)


def test_a_desk_that_shifts_share_knows_each_of_them() -> None:
    async def scene() -> None:
        people = People()
        browser = OFFICE
        names = [f"shift{number}" for number in range(MAX_ACCOUNTS + 1)]
        for name in names:
            await people.add(name)
            people.wait(901)
            browser = of(await people.log_in(name, browser))
        browser = of(await people.log_in(names[-1], browser))
        assert len(browser.device) < 1000
        known = [bool(await people.access._context.devices.number_of(browser, name)) for name in names]
        assert known == [False, *[True] * MAX_ACCOUNTS]

    run(scene)


def test_it_holds_after_a_restart_and_not_with_another_key() -> None:
    async def scene() -> None:
        people = People()
        session = await people.add("ana")
        for key, known in ((KEY, True), (b"o" * 32, False)):
            restarted = cheap_access(people.store, people.clock, lambda: people.place, key=key)
            assert bool(await restarted.device_of(of(session))) is known

    run(scene)


def test_nothing_of_a_person_is_in_it() -> None:
    async def scene() -> None:
        people = People()
        await people.add("ana.petrovic")
        first, second = [await people.log_in("ana.petrovic") for _ in range(2)]
        account = await people.access.accounts.found("ana.petrovic")
        for cookie in (first.device, second.device):
            assert account.handle not in cookie
            assert "petrovic" not in cookie
        assert len({first.device, second.device}) == 2
        assert first.device not in repr(first) + repr(of(first))

    run(scene)


@pytest.mark.parametrize("how", ["removed", "disabled", "removed and added again"])
def test_it_is_worthless_without_its_account(how: str) -> None:
    async def scene() -> None:
        people = People()
        session = await people.add("ana")
        await people.add("bob", Role.ADMINISTRATOR)
        entry = AuditEntry(people.clock(), "test", "account.disabled", "ana")
        await people.store.set_enabled("ana", False, entry)
        if how != "disabled":
            await people.store.remove_account("ana", entry)
        if how == "removed and added again":
            await people.add("ana")
        assert await people.access.device_of(of(session)) == ""
        await storm(people)
        assert await guess(people, of(session)) == "too many"

    run(scene)


def test_it_ends_and_a_clock_that_was_far_ahead_gives_none_for_longer() -> None:
    async def scene() -> None:
        people = People()
        session = await people.add("ana")
        people.wait(DEVICE_S - 60)
        assert await people.access.device_of(of(session))
        people.wait(60)
        assert not await people.access.device_of(of(session))
        people.wait(-2 * DEVICE_S)
        assert not await people.access.device_of(of(session))

    run(scene)


@pytest.mark.parametrize(
    "device", ["", "~~~", "v1.", "v1.AAAA", "v1." + "A" * 200, "\udce9", "ć" * 50, "v1.=~v1.====", "x" * 100_000]
)
def test_no_other_cookie_is_one(device: str) -> None:
    async def scene() -> None:
        people = People()
        await people.add("ana")
        assert await people.access.device_of(replace(OFFICE, device=device)) == ""

    run(scene)


def test_a_changed_cookie_and_one_written_otherwise_give_no_further_guesses() -> None:
    async def scene() -> None:
        people = People()
        session = await people.add("ana")
        number = await people.access.device_of(of(session))
        for at in (4, 30, len(session.device) - 4):
            letter = "A" if session.device[at] != "A" else "B"
            changed = session.device[:at] + letter + session.device[at + 1 :]
            assert await people.access.device_of(replace(OFFICE, device=changed)) == ""
        for written in (session.device + "==", session.device + "~" + session.device):
            assert await people.access.device_of(replace(OFFICE, device=written)) in (number, "")

    run(scene)


def test_who_holds_a_session_or_an_invitation_is_not_kept_out_by_strangers_at_the_address() -> None:
    async def scene() -> None:
        people = People()
        ana = await people.principal(await people.add("ana", Role.ADMINISTRATOR))
        invitation = await people.access.accounts.add(ana, "bob")
        for _ in range(PER_ADDRESS.amount + 1):
            try:
                await people.access.passkeys.begin_log_in(OFFICE)
            except TooManyAttemptsError:
                break
        await people.access.passwords.confirm(ana, PASSWORD, people.code("ana"), OFFICE)
        set_up = await people.access.enrolment.begin_password(invitation)
        people.code_secrets["bob"] = set_up.secret
        done = await people.access.enrolment.finish_password(
            invitation, set_up.set_up_id, PASSWORD, people.code("bob"), OFFICE
        )
        assert done.session is not None
        assert done.session.device

    run(scene)


def test_strangers_elsewhere_are_counted_as_before() -> None:
    async def scene() -> None:
        people = People()
        session = await people.add("ana")
        answers = [await guess(people, replace(ELSEWHERE, device=session.device[:-1])) for _ in range(11)]
        assert answers == ["refused"] * 10 + ["too many"]

    run(scene)
