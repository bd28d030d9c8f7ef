"""Passwords have a length, one spelling, and a hash that says nothing; a storm of them waits."""

import asyncio

import pytest

from passerby.access import InputError, TooManyAttemptsError
from passerby.access.credentials.passwords import Hasher, checked_password

GOOD = "violet kettle under seven bridges"


@pytest.mark.parametrize(
    "password", ["", "short", "elevenchars", "x" * 257, "a\0b violet kettle", "half \ud800 letter here"]
)
@pytest.mark.asvs("6.2.1")
def test_lengths_and_letters(password: str) -> None:
    with pytest.raises(InputError) as refused:
        checked_password(password, "ana")
    assert not password or password not in str(refused.value)


@pytest.mark.asvs("6.2.5")
def test_any_letters_and_spaces_are_fine() -> None:
    assert checked_password("седам мостова, један чајник", "ana")
    assert checked_password("  leading and trailing spaces stay  ", "ana").startswith("  ")
    assert checked_password("\u0065\u0301t\u00e9 violet kettle 🫖", "ana").startswith("\u00e9t")


@pytest.mark.asvs("11.4.2")
def test_both_spellings_of_a_letter_fit() -> None:
    async def run() -> None:
        hasher = Hasher(64, 1)
        made = await hasher.hash(checked_password("caf\u00e9 violet kettle", "ana"))
        assert made.startswith("$argon2id$")
        assert await hasher.fits(made, "cafe\u0301 violet kettle")
        assert not await hasher.fits(made, "cafe violet kettle")

    asyncio.run(run())


@pytest.mark.asvs("6.2.8", "6.2.9")
def test_without_a_hash_nothing_fits() -> None:
    async def run() -> None:
        hasher = Hasher(64, 1)
        for password in ("", "the password of no account", GOOD, "x" * 1_000_000, "\ud800"):
            assert not await hasher.fits(None, password)
        assert not await hasher.fits("no hash", GOOD)
        made = await hasher.hash("y" * 256)
        assert not await hasher.fits(made, "y" * 257)

    asyncio.run(run())


def test_equal_passwords_have_different_hashes() -> None:
    async def run() -> None:
        hasher = Hasher(64, 1)
        assert await hasher.hash(GOOD) != await hasher.hash(GOOD)

    asyncio.run(run())


@pytest.mark.asvs("11.2.2")
def test_a_hash_of_other_costs_is_made_anew_and_no_other() -> None:
    async def run() -> None:
        old, now = Hasher(64, 1), Hasher(128, 1)
        made = await old.hash(checked_password("caf\u00e9 violet kettle", "ana"))
        assert await old.renewed(made, GOOD) is None
        renewed = await now.renewed(made, "cafe\u0301 violet kettle")
        assert renewed is not None and "m=128," in renewed
        assert await now.fits(renewed, "caf\u00e9 violet kettle")

    asyncio.run(run())


@pytest.mark.asvs("15.2.2")
def test_a_storm_of_passwords_is_turned_away_rather_than_hashed() -> None:
    async def run() -> None:
        hasher = Hasher(64, 1)
        came = await asyncio.gather(*(hasher.fits(None, GOOD) for _ in range(100)), return_exceptions=True)
        refused = [each for each in came if isinstance(each, TooManyAttemptsError)]
        assert len(refused) == 84
        assert not await hasher.fits(None, GOOD)

    asyncio.run(run())
