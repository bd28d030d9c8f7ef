"""A passkey lets in by a signature over a challenge that is kept here, works once, and is of this place."""

import asyncio
import json
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from passerby.access import (
    AccessError,
    InputError,
    LogInRefusedError,
    NotAllowedError,
    Place,
    RecentLogInNeededError,
    TooManyAttemptsError,
    Visitor,
)
from passerby.domain.access import PrincipalKind, Role
from passerby.domain.accounts import Method
from testing.access.authenticator import USER_PRESENT, Authenticator
from testing.access.people import DESK, PASSWORD, People


async def with_passkey(people: People, *roles: Role, counts: bool = True) -> Authenticator:
    """Adds ana, who enrols by passkey alone."""
    account = await people.access.accounts.make("ana", "test")
    for role in roles:
        await people.grant(account.name, role)
    invitation = await people.access.enrolment._invitations.new(account.name, "test")
    key = Authenticator(counts=counts)
    question = await people.access.passkeys.begin_add(invitation)
    session = await people.access.passkeys.finish_add(
        invitation, question.question_id, key.create(question.options), "YubiKey", DESK
    )
    assert session is not None
    assert session.session.method is Method.PASSKEY
    with pytest.raises(LogInRefusedError):
        await people.access.passkeys.begin_add(invitation)
    return key


@pytest.mark.parametrize("counts", [True, False])
def test_a_passkey_lets_in_without_a_name(counts: bool) -> None:
    async def run() -> None:
        people = People()
        key = await with_passkey(people, Role.OPERATOR, counts=counts)
        for _ in range(2):
            question = await people.access.passkeys.begin_log_in(DESK)
            assert "ana" not in question.options
            session = await people.access.passkeys.finish_log_in(question.question_id, key.get(question.options), DESK)
            principal = await people.principal(session)
            assert (principal.name, principal.kind, principal.roles) == ("ana", PrincipalKind.ACCOUNT, {Role.OPERATOR})

    asyncio.run(run())


def test_an_answer_works_once_and_in_time() -> None:
    async def run() -> None:
        people = People()
        key = await with_passkey(people)
        passkeys = people.access.passkeys
        question = await passkeys.begin_log_in(DESK)
        answer = key.get(question.options)
        await passkeys.finish_log_in(question.question_id, answer, DESK)
        with pytest.raises(LogInRefusedError):
            await passkeys.finish_log_in(question.question_id, answer, DESK)
        late = await passkeys.begin_log_in(DESK)
        people.wait(301)
        with pytest.raises(LogInRefusedError):
            await passkeys.finish_log_in(late.question_id, key.get(late.options), DESK)
        other = await passkeys.begin_log_in(DESK)
        with pytest.raises(LogInRefusedError):  # an answer to another question
            await passkeys.finish_log_in(other.question_id, answer, DESK)
        assert [entry.actor for entry in people.entries if entry.action == "log_in.refused"][-1] == "ana"

    asyncio.run(run())


@pytest.mark.parametrize(
    "change",
    [
        {"origin": "https://evil.example"},
        {"origin": "http://localhost:9999"},
        {"type": "webauthn.create"},
        {"challenge": "AAAA"},
    ],
)
def test_an_answer_of_another_page_is_refused(change: dict[str, str]) -> None:
    async def run() -> None:
        people = People()
        key = await with_passkey(people)
        question = await people.access.passkeys.begin_log_in(DESK)
        with pytest.raises(LogInRefusedError):
            await people.access.passkeys.finish_log_in(question.question_id, key.get(question.options, **change), DESK)

    asyncio.run(run())


def test_a_copied_authenticator_shows_by_its_count() -> None:
    async def run() -> None:
        people = People()
        key = await with_passkey(people)
        for count, fine in ((5, True), (5, False), (3, False), (6, True)):
            question = await people.access.passkeys.begin_log_in(DESK)
            key.count = count - 1
            answer = key.get(question.options)
            if fine:
                await people.access.passkeys.finish_log_in(question.question_id, answer, DESK)
            else:
                with pytest.raises(LogInRefusedError):
                    await people.access.passkeys.finish_log_in(question.question_id, answer, DESK)

    asyncio.run(run())


@pytest.mark.asvs("6.3.4")
def test_a_key_without_pin_or_finger_is_not_enough() -> None:
    async def run() -> None:
        people = People()
        key = await with_passkey(people)
        key.flags = USER_PRESENT
        question = await people.access.passkeys.begin_log_in(DESK)
        with pytest.raises(LogInRefusedError):
            await people.access.passkeys.finish_log_in(question.question_id, key.get(question.options), DESK)

    asyncio.run(run())


def test_by_ip_address_there_are_none() -> None:
    async def run() -> None:
        people = People()
        people.place = Place("192.0.2.7", "https://192.0.2.7")
        with pytest.raises(NotAllowedError, match="public_url"):
            await people.access.passkeys.begin_log_in(DESK)
        people.place = Place("2001:db8::1", "https://[2001:db8::1]")
        with pytest.raises(NotAllowedError):
            await people.access.passkeys.begin_log_in(DESK)

    asyncio.run(run())


def test_who_has_logged_in_proves_it_again_by_their_own_key_alone() -> None:
    async def run() -> None:
        people = People()
        key = await with_passkey(people, Role.ADMINISTRATOR)
        question = await people.access.passkeys.begin_log_in(DESK)
        session = await people.access.passkeys.finish_log_in(question.question_id, key.get(question.options), DESK)
        principal = await people.principal(session)
        people.wait(601)
        assert not people.access.is_recent(principal)
        with pytest.raises(RecentLogInNeededError):
            await people.access.passkeys.begin_add(principal)
        stranger = await people.principal(await people.add("bob"))
        with pytest.raises(NotAllowedError, match="no passkey"):
            await people.access.passkeys.begin_confirm(stranger)
        again = await people.access.passkeys.begin_confirm(principal)
        answer = key.get(again.options)
        with pytest.raises(LogInRefusedError):
            await people.access.passkeys.finish_confirm(stranger, again.question_id, answer, DESK)
        again = await people.access.passkeys.begin_confirm(principal)
        renewed = await people.access.passkeys.finish_confirm(
            principal, again.question_id, key.get(again.options), DESK
        )
        assert await people.access.principal_of(cookie=session.cookie) is None
        now = await people.principal(renewed)
        assert people.access.is_recent(now)
        assert renewed.session.end_ns == session.session.end_ns
        with pytest.raises(InputError, match="only way"):
            await people.access.passkeys.remove(now, (await people.access.passkeys.list(now))[0].credential_id)

    asyncio.run(run())


def test_a_key_of_one_account_is_not_added_to_another() -> None:
    async def run() -> None:
        people = People()
        key = await with_passkey(people)
        bob = await people.principal(await people.add("bob"))
        question = await people.access.passkeys.begin_add(bob)
        with pytest.raises(LogInRefusedError):
            await people.access.passkeys.finish_add(
                bob, question.question_id, key.create(question.options), "stolen", DESK
            )
        assert await people.access.passkeys.list(bob) == ()

    asyncio.run(run())


FIELDS = st.sampled_from(["id", "rawId", "type", "response", "clientDataJSON", "signature", "authenticatorData"])
LEAVES = st.none() | st.booleans() | st.integers() | st.text(max_size=20)
FLAT = LEAVES | st.lists(LEAVES, max_size=3) | st.dictionaries(FIELDS, LEAVES, max_size=5)
ANSWERS = FLAT | st.lists(FLAT, max_size=3) | st.dictionaries(FIELDS, FLAT, max_size=5)


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(ANSWERS)
def test_no_answer_at_all_breaks_anything(answer: object) -> None:
    async def run() -> None:
        people = People()
        question = await people.access.passkeys.begin_log_in(DESK)
        with pytest.raises(LogInRefusedError):
            await people.access.passkeys.finish_log_in(question.question_id, json.dumps(answer), DESK)

    asyncio.run(run())


def test_a_known_key_with_a_broken_answer_is_refused() -> None:
    async def run() -> None:
        people = People()
        key = await with_passkey(people)
        right = None
        for part in ("clientDataJSON", "authenticatorData", "signature"):
            for broken in ("", "!!", "AAAA", 7, None):
                people.access._context.attempts._counts.reset()
                question = await people.access.passkeys.begin_log_in(DESK)
                right = json.loads(key.get(question.options))
                right["response"][part] = broken
                with pytest.raises(LogInRefusedError):
                    await people.access.passkeys.finish_log_in(question.question_id, json.dumps(right), DESK)
        for text in ("", "[]", "{", "[" * 100_000, "x" * 20_000):
            people.access._context.attempts._counts.reset()
            question = await people.access.passkeys.begin_log_in(DESK)
            with pytest.raises(LogInRefusedError):
                await people.access.passkeys.finish_log_in(question.question_id, text, DESK)

    asyncio.run(run())


def test_a_disabled_account_s_key_lets_nobody_in() -> None:
    async def run() -> None:
        people = People()
        key = await with_passkey(people)
        people.memory._accounts["ana"] = replace(people.memory._accounts["ana"], enabled=False)
        question = await people.access.passkeys.begin_log_in(DESK)
        with pytest.raises(LogInRefusedError):
            await people.access.passkeys.finish_log_in(question.question_id, key.get(question.options), DESK)

    asyncio.run(run())


@pytest.mark.parametrize("way", ["passkey", "password"])
def test_a_storm_on_a_name_keeps_no_one_from_proving_it_again(way: str) -> None:
    async def run() -> None:
        people = People()
        if way == "passkey":
            key = await with_passkey(people, Role.ADMINISTRATOR)
            question = await people.access.passkeys.begin_log_in(DESK)
            answer = key.get(question.options)
            session = await people.access.passkeys.finish_log_in(question.question_id, answer, DESK)
        else:
            session = await people.add("ana", Role.ADMINISTRATOR)
        principal = await people.principal(session)
        for number in range(60):
            with pytest.raises(AccessError):
                await people.access.passwords.log_in("ana", "wrong", "000000", Visitor(f"203.0.113.{number}", "curl"))
        if way == "passkey":
            again = await people.access.passkeys.begin_confirm(principal)
            await people.access.passkeys.finish_confirm(principal, again.question_id, key.get(again.options), DESK)
        else:
            await people.access.passwords.confirm(principal, PASSWORD, people.code("ana"), DESK)

    asyncio.run(run())


def test_who_has_a_session_does_not_guess_on() -> None:
    async def run() -> None:
        people = People()
        principal = await people.principal(await people.add("ana", Role.ADMINISTRATOR))
        for _ in range(10):
            with pytest.raises(LogInRefusedError):
                await people.access.passwords.confirm(principal, "wrong", "000000", DESK)
        with pytest.raises(TooManyAttemptsError):
            await people.access.passwords.confirm(principal, PASSWORD, people.code("ana"), DESK)

    asyncio.run(run())
