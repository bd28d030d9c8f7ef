"""Publishing: a version a change, in a chain, and the comparison with what runs."""

import asyncio
import itertools
import json
from dataclasses import replace

import jsonschema
import pytest

from passerby.domain.configurations import ConfigurationVersion
from passerby.domain.register import Registration, Wording
from passerby.register.published.document import register_schema
from passerby.register.published.publication import document_of
from passerby.register.published.signing import digest
from testing.trial_service.site_register import camera_record
from testing.web.fakes import CANARY, FakeStore, publication, site_plan

PLAN = site_plan()
FIRST = ConfigurationVersion(1, 0, "ada", "cameras: {}")
SECOND = ConfigurationVersion(2, 0, "ada", "cameras: {} # more")


def paused() -> object:
    works = Registration(camera_record(), paused=Wording({"": "Works"}))
    return replace(PLAN, cameras=(replace(PLAN.cameras[0], registration=works), PLAN.cameras[1]))


def test_the_same_configuration_is_published_once_and_every_other_anew() -> None:
    store = FakeStore()
    register = publication(store)

    async def play() -> list[int]:
        numbers = [(await register.publish(PLAN, FIRST)).number, (await register.publish(PLAN, FIRST)).number]
        numbers.append((await register.publish(PLAN, SECOND)).number)
        numbers.append((await register.publish(paused(), SECOND)).number)  # type: ignore[arg-type]
        return numbers

    assert asyncio.run(play()) == [1, 1, 2, 3]
    documents = [json.loads(version.text) for version in store.registers]
    assert [document["cameras"][0]["state"] for document in documents] == ["active", "active", "paused"]
    for before, after in itertools.pairwise(documents):
        assert after["previous_sha256"] == digest(before)
    for document in documents:
        jsonschema.Draft202012Validator(register_schema()).validate(document)


def test_what_is_published_names_no_host_and_no_secret() -> None:
    store = FakeStore()
    text = asyncio.run(publication(store).publish(PLAN, FIRST)).text
    for word in ("10.0.0.7", "rtsp", CANARY, "viewer", "stream?"):
        assert word not in text


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda text: text.replace("City of Example", "City of Elsewhere", 1), "changed after it was published"),
        (lambda text: "{", "changed after it was published"),
        (lambda text: "[]", "changed after it was published"),
    ],
)
def test_a_published_register_that_was_changed_is_noticed(damage, said) -> None:
    store = FakeStore()
    register = publication(store)

    async def play() -> tuple[str, str]:
        version = await register.publish(PLAN, FIRST)
        whole = await register.check(PLAN, FIRST)
        store.registers[0] = replace(version, text=damage(version.text))
        return whole, await register.check(PLAN, FIRST)

    whole, broken = asyncio.run(play())
    assert whole == ""
    assert said in broken
    assert register.drift == broken


def test_a_register_that_was_signed_anew_with_another_key_is_noticed() -> None:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from passerby.register.published.signing import RegisterKey

    store = FakeStore()
    register = publication(store)

    async def play() -> str:
        version = await register.publish(PLAN, FIRST)
        document = document_of(version)
        assert document is not None
        del document["signature"]
        document["site"]["name"] = "Elsewhere"
        forged = RegisterKey(Ed25519PrivateKey.generate()).signed(document)
        store.registers[0] = replace(version, sha256=digest(forged), text=json.dumps(forged))
        return await register.check(PLAN, FIRST)

    assert "not signed with this service's key" in asyncio.run(play())


def test_another_configuration_than_the_published_one_is_noticed_until_it_is_published() -> None:
    register = publication(FakeStore())

    async def play() -> list[str]:
        found = [register.drift, await register.check(PLAN, FIRST)]
        await register.publish(PLAN, FIRST)
        found += [register.drift, await register.check(paused(), FIRST)]  # type: ignore[arg-type]
        found.append(await register.check(PLAN, SECOND))
        await register.publish(PLAN, SECOND)
        return [*found, register.drift]

    first, second, none, plan, configuration, last = asyncio.run(play())
    assert first == second == "nothing is published yet"
    assert none == last == ""
    assert "another configuration runs than version 1" in plan
    assert "another configuration runs than version 1" in configuration


def test_a_comparison_in_which_nothing_is_another_costs_no_digests(monkeypatch: pytest.MonkeyPatch) -> None:
    register = publication(FakeStore())
    digests: list[object] = []

    def counted(document: object) -> str:
        digests.append(document)
        return ""

    async def play() -> list[tuple[str, int]]:
        await register.publish(PLAN, FIRST)
        monkeypatch.setattr("passerby.register.published.publication.digest", counted)
        found = []
        for plan, configuration in ((PLAN, FIRST), (PLAN, FIRST), (PLAN, FIRST), (PLAN, SECOND)):
            digests.clear()
            found.append((await register.check(plan, configuration), len(digests)))
            register.drift = "said by another"  # a stray configuration is shown in the same place
        return found

    first, *again, other = asyncio.run(play())
    assert first[1] > 0
    assert again == [(first[0], 0)] * 2
    assert other[1] > 0
