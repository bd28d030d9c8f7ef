"""Browsers that have logged in before: a cookie that lets nothing in, and by which their attempts are counted.

After OWASP, "Slow down online guessing attacks with device cookies": who guesses from an office's address slows all who
are new there, and none who has logged in from this browser. The cookie is encrypted and signed (AES-GCM) by the key
beside the database, so it holds after a restart; in it are the account's handle, which is random, a number and a day.
"""

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from passerby.access.attempts import Attempts
from passerby.access.credentials.secret_words import Cipher
from passerby.access.values import Visitor
from passerby.domain.accounts import Account
from passerby.ports import AccessStore
from passerby.units import DAY_S, NS_PER_S

DEVICE_S: Final = 90 * DAY_S
"""Each log-in gives a new one."""

MAX_ACCOUNTS: Final = 4
"""Accounts of one browser, as where shifts share a desk; the one that logged in longest ago gives way."""

_FIELD: Final = "device"
_SEPARATOR: Final = "~"
_MAX_LETTERS: Final = 2048


@dataclass(frozen=True, slots=True)
class _Device:
    """What one part of a cookie says: the account's handle, and the random number that attempts are counted by."""

    handle: str
    number: str


class Devices:
    """Gives such cookies, and recognises them.

    Args:
        store: the accounts.
        cipher: signs the cookies.
        attempts: knows which of them were abused.
        clock: UTC nanoseconds now.
    """

    def __init__(self, store: AccessStore, cipher: Cipher, attempts: Attempts, clock: Callable[[], int]) -> None:
        self._store, self._cipher, self._attempts, self._clock = store, cipher, attempts, clock

    def cookie_for(self, account: Account, visitor: Visitor) -> str:
        """Returns the cookie of a browser that has just logged in; what it has of other accounts stays in it."""
        text = f"{account.handle} {secrets.token_hex(16)} {self._clock() // NS_PER_S}"
        others = [part for part, device in self._parts(visitor) if device.handle != account.handle]
        new = self._cipher.encrypted(text, "", _FIELD).rstrip("=")
        return _SEPARATOR.join([new, *others][:MAX_ACCOUNTS])

    async def number_of(self, visitor: Visitor, name: str | None = None) -> str:
        """Returns the number that a known browser's attempts are counted by; empty for a stranger.

        Args:
            visitor: who comes.
            name: the account that is tried; None where any will do, as for a passkey, which is asked without a name.

        A browser whose account was removed or disabled is a stranger, and so is one from which too much was tried.
        """
        for _, device in self._parts(visitor):
            if self._attempts.was_abused(device.number):
                continue
            account = await self._store.account_of_handle(device.handle)
            if account is not None and account.enabled and name in (None, account.name):
                return device.number
        return ""

    def _parts(self, visitor: Visitor) -> Iterator[tuple[str, _Device]]:
        """The parts of a cookie that were made here and are not too old, each with what is in it."""
        if len(visitor.device) > _MAX_LETTERS:
            return
        for part in visitor.device.split(_SEPARATOR)[:MAX_ACCOUNTS]:
            text = self._cipher.decrypted(part + "=" * (-(len(part) - 3) % 4), "", _FIELD)
            if text is None:
                continue
            handle, number, given_s = text.split(" ")
            age_s = self._clock() // NS_PER_S - int(given_s)
            # One from further in the future was given by a clock that was wrong, and would be known for longer.
            if -DAY_S <= age_s < DEVICE_S:
                yield part, _Device(handle, number)
