"""Passwords: which are good enough, and their hashes by argon2id."""

import asyncio
import unicodedata
from collections.abc import Callable
from typing import TypeVar, TypeVarTuple

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

from passerby.access.credentials.guessing import is_common
from passerby.access.errors import InputError, TooManyAttemptsError
from passerby.text import is_storable

MIN_LETTERS = 12
MAX_LETTERS = 256
"""Longer ones cost time to hash and are no harder to guess."""

MEMORY_KIB = 46 * 1024
TIME_COST = 2
"""OWASP's password storage cheat sheet asks for 46 MiB and one pass, or less memory and more; ours is above that."""

_AT_ONCE = 2
_MAX_WAITING = 16
"""Hashes that are computed and that wait: a storm must not take the machine's memory from its cameras."""

_WAIT_S = 5

Result = TypeVar("Result")
Texts = TypeVarTuple("Texts")


def checked_password(password: str, account: str, *words: str) -> str:
    """Returns a new password in its one spelling (NFC).

    Args:
        password: as it was typed.
        account: its account's name, which it must not be made of.
        words: more that are easily guessed here, such as the site's name.

    Raises:
        InputError: it is too short, too long, common or made of the name; the text does not repeat it.
    """
    plain = _spelled(password)
    if not is_storable(password) or not MIN_LETTERS <= len(plain) <= MAX_LETTERS:
        raise InputError(f"password: {MIN_LETTERS} to {MAX_LETTERS} letters are needed; a sentence is good")
    if is_common(plain, account, *words):
        raise InputError(
            "password: it is one of the first that are guessed, or made of such a word, of the name, of a repetition "
            "or of neighbouring keys. Take several words that have nothing to do with each other"
        )
    return plain


class Hasher:
    """Hashes passwords and compares them, a few at a time, in threads.

    Args:
        memory_kib: memory of one hash in KiB.
        time_cost: passes.
    """

    def __init__(self, memory_kib: int = MEMORY_KIB, time_cost: int = TIME_COST) -> None:
        self._hasher = PasswordHasher(time_cost=time_cost, memory_cost=memory_kib, parallelism=1, type=Type.ID)
        # An account that does not exist is compared with this one: its refusal takes as long as any other's.
        self._decoy = self._hasher.hash("the password of no account")
        self._turn = asyncio.Semaphore(_AT_ONCE)
        self._waiting = 0

    async def hash(self, password: str) -> str:
        """Returns the hash of a password that was checked."""
        return await self._in_turn(self._hasher.hash, password)

    async def fits(self, password_hash: str | None, password: str) -> bool:
        """Returns whether it is the password; takes as long where there is none.

        Raises:
            TooManyAttemptsError: too many are being compared already.
        """
        plain = _spelled(password[:MAX_LETTERS])
        same = await self._in_turn(self._compare, password_hash or self._decoy, plain)
        return same and password_hash is not None and len(password) <= MAX_LETTERS

    async def renewed(self, password_hash: str, password: str) -> str | None:
        """Returns today's hash of a password that fits one by other costs; None where its costs are today's."""
        if not self._hasher.check_needs_rehash(password_hash):
            return None
        return await self._in_turn(self._hasher.hash, _spelled(password))

    def _compare(self, password_hash: str, password: str) -> bool:
        try:
            return self._hasher.verify(password_hash, password)
        except (VerificationError, InvalidHashError):
            return False

    async def _in_turn(self, work: Callable[[*Texts], Result], *arguments: *Texts) -> Result:
        if self._waiting >= _MAX_WAITING:
            raise TooManyAttemptsError(_WAIT_S)
        self._waiting += 1
        try:
            async with self._turn:
                return await asyncio.to_thread(work, *arguments)
        finally:
            self._waiting -= 1


def _spelled(password: str) -> str:
    return unicodedata.normalize("NFC", password.encode("utf-8", "replace").decode())
