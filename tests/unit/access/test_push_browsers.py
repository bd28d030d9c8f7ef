"""Browsers for notices are each person's own, and an account gets what its grants give."""

import asyncio

import pytest

from passerby.access import NotAllowedError
from passerby.access.context import machine_principal
from passerby.domain.access import Role
from passerby.domain.push import PushSubscription
from testing.access.people import People

ENDPOINT = "https://push.example.org/secret-address"


def test_each_person_has_their_own() -> None:
    async def run() -> None:
        people = People()
        ann = await people.principal(await people.add("ann", Role.OPERATOR, group="centre"))
        ben = await people.principal(await people.add("ben", Role.OPERATOR))
        browsers = people.access.push_browsers
        await browsers.add(ann, ENDPOINT, b"k" * 65, b"s" * 16)
        assert await browsers.list(ann) == (PushSubscription(ENDPOINT, "ann", b"k" * 65, b"s" * 16, people.clock()),)
        assert await browsers.list(ben) == ()
        assert await browsers.remove(ben) == 0
        assert await browsers.remove(ben, ENDPOINT) == 0
        assert len(await browsers.all()) == 1
        assert await browsers.remove(ann) == 1
        acts = [(each.actor, each.action, each.detail) for each in people.entries if each.action.startswith("push")]
        assert acts == [("ann", "push.on", "push.example.org"), ("ann", "push.off", "")]
        assert "secret-address" not in str(people.entries)

    asyncio.run(run())


def test_an_account_sees_what_its_grants_give_now() -> None:
    async def run() -> None:
        people = People()
        await people.add("ann", Role.OPERATOR, group="centre")
        await people.add("eve", Role.ANALYST)
        browsers = people.access.push_browsers
        assert await browsers.sees("ann", ["centre"])
        assert not await browsers.sees("ann", ["harbour"])
        assert not await browsers.sees("eve", ["centre"])
        assert not await browsers.sees("none", ["centre"])

    asyncio.run(run())


def test_who_sees_no_events_or_is_no_person_switches_nothing_on() -> None:
    async def run() -> None:
        people = People()
        eve = await people.principal(await people.add("eve", Role.ANALYST))
        browsers = people.access.push_browsers
        for principal in (eve, machine_principal("root")):
            with pytest.raises(NotAllowedError):
                await browsers.add(principal, ENDPOINT, b"k" * 65, b"s" * 16)
        with pytest.raises(NotAllowedError):
            await browsers.list(machine_principal("root"))
        assert await browsers.all() == ()

    asyncio.run(run())


def test_one_that_is_over_is_removed_with_an_entry() -> None:
    async def run() -> None:
        people = People()
        ann = await people.principal(await people.add("ann", Role.OPERATOR))
        browsers = people.access.push_browsers
        await browsers.add(ann, ENDPOINT, b"k" * 65, b"s" * 16)
        (kept,) = await browsers.all()
        await browsers.ended(kept)
        assert await browsers.all() == ()
        last = people.entries[-1]
        assert (last.actor, last.action, last.subject) == ("passerby", "push.off", "ann")
        assert last.detail == "push.example.org: it is over"

    asyncio.run(run())
