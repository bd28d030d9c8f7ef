"""Passwords that are guessed first are refused, and sentences are not."""

import time

import pytest
from zxcvbn.frequency_lists import FREQUENCY_LISTS

from passerby.access.credentials.guessing import is_common
from passerby.access.credentials.passwords import MIN_LETTERS

COMMON = [
    "password1234", "Password1234!", "P@ssw0rd2026", "123456789012", "qwertyuiop12", "qwertzuiop123", "aaaaaaaaaaaa",
    "abcabcabcabc", "abcdefghijkl", "iloveyou2026", "letmeinletmein", "Welcome20262026", "administrator",
    "lozinka12345", "Beograd2026!!", "passerby2026", "trustno1trustno1", "zxcvbnm,./123", "987654321098",
    "monkeydragon1", "йцукенгшщзхъ", "ana.petrovic1", "anapetrovic2026", "marketsquare12", "DragonDragonDragon",
]  # fmt: skip
FINE = [
    "violet kettle under seven bridges", "x7Gk29mQpLw4", "correct horse battery staple", "седам мостова и чајник",
    "tr0ut-pencil-Quarry", "mjP3$vv9!kQz", "the moon is not a lamp",
]  # fmt: skip


@pytest.mark.parametrize("password", COMMON)
@pytest.mark.asvs("6.2.4")
def test_common(password: str) -> None:
    assert is_common(password, "ana.petrovic", "Market square")


@pytest.mark.parametrize("password", FINE)
def test_fine(password: str) -> None:
    assert not is_common(password, "ana.petrovic", "Market square")


@pytest.mark.asvs("6.2.12")
def test_every_password_of_the_list_of_breaches_is_refused() -> None:
    """The list holds the 30,000 most frequent passwords of published breaches."""
    listed = [each for each in FREQUENCY_LISTS["passwords"] if len(each) >= MIN_LETTERS]
    assert len(FREQUENCY_LISTS["passwords"]) >= 30_000
    assert len(listed) > 20
    assert [password for password in listed if not is_common(password)] == []
    varied = [each for word in listed[::8] for each in (word.capitalize(), f"{word}1", f"{word}2026", word[::-1])]
    assert [password for password in varied if not is_common(password)] == []


@pytest.mark.asvs("6.2.11")
def test_a_name_makes_a_password_common_only_for_itself() -> None:
    assert is_common("zvonimirzvonimir1", "zvonimir")
    assert is_common("Zvonimir-2026", "zvonimir")
    assert not is_common("Zvonimir-Kxq7", "ana")


def test_the_longest_is_judged_quickly() -> None:
    begun = time.process_time()
    is_common("ab" * 128)
    is_common("".join(chr(0x4E00 + number) for number in range(256)))
    assert time.process_time() - begun < 2.0
