"""How often a log-in may be tried: for each address, name and both, or for each known browser."""

import hashlib
import ipaddress
from collections.abc import Callable

from limits import RateLimitItem, RateLimitItemPerMinute
from limits.storage import Storage
from limits.strategies import FixedWindowRateLimiter

from passerby.access.errors import TooManyAttemptsError
from passerby.units import DAY_S, NS_PER_S

PER_ADDRESS = RateLimitItemPerMinute(60, 5, namespace="address")
"""A whole office may come from one address."""
PER_NAME_AND_ADDRESS = RateLimitItemPerMinute(10, 15, namespace="pair")
PER_NAME = RateLimitItemPerMinute(50, 15, namespace="name")
"""Attempts on one name from everywhere, addresses left out from which it logged in lately: a storm from many machines
slows the guessing, and does not keep out who usually comes."""

PER_DEVICE = RateLimitItemPerMinute(10, 15, namespace="device")
PER_DEVICE_ASKED = RateLimitItemPerMinute(60, 5, namespace="device asked")
"""A browser that has logged in has as many attempts as a stranger, of its own; past them it is a stranger, too."""

PER_HOLDER = RateLimitItemPerMinute(10, 15, namespace="holder")
"""Attempts by who holds a session or an invitation: neither is guessed, so they are no stranger's."""

KNOWN_S = 30 * DAY_S
MAX_KEYS = 50_000


class Attempts:
    """Counts attempts in memory; a restart forgives.

    Args:
        clock: UTC nanoseconds now.
    """

    def __init__(self, clock: Callable[[], int]) -> None:
        self._clock = clock
        self._counts = Counts(clock)
        self._limiter = FixedWindowRateLimiter(self._counts)
        self._known: dict[str, float] = {}
        self._abused: dict[str, None] = {}

    def count_address(self, address: str, device: str = "") -> None:
        """Counts an attempt from an address, or from a known device instead.

        Args:
            address: where it comes from.
            device: the number of a device that is known; empty for a stranger.

        Raises:
            TooManyAttemptsError: there were too many.
        """
        if not self._counted_by_device(PER_DEVICE_ASKED, device):
            self._count(PER_ADDRESS, network_of(address))

    def count(self, name: str, address: str, device: str = "") -> None:
        """Counts an attempt to log in under a name, whether or not an account has it.

        Args:
            name: as it was typed.
            address: where it comes from.
            device: the number of a device from which the name's account has logged in; empty for a stranger.

        Raises:
            TooManyAttemptsError: there were too many.
        """
        if self._counted_by_device(PER_DEVICE, device):
            return
        self.count_address(address)
        pair = _pair(name, address)
        self._count(PER_NAME_AND_ADDRESS, pair)
        if self._known.get(pair, 0.0) <= self._now_s():
            self._count(PER_NAME, _key(name))

    def count_holder(self, key: str) -> None:
        """Counts an attempt by who holds a session or an invitation, whatever others try from the same address.

        Raises:
            TooManyAttemptsError: there were too many.
        """
        self._count(PER_HOLDER, key)

    def held_succeeded(self, key: str) -> None:
        """Records that an attempt of such a holder succeeded."""
        self._limiter.clear(PER_HOLDER, key)

    def was_abused(self, device: str) -> bool:
        """Returns whether too much was tried from a device; its next log-in as a stranger gives it another number."""
        return device in self._abused

    def succeeded(self, name: str, address: str, device: str = "") -> None:
        """Records that a log-in under the name succeeded from the address."""
        pair = _pair(name, address)
        if device:  # the attempts of strangers at the same address stay counted
            self._limiter.clear(PER_DEVICE, device)
        else:
            self._limiter.clear(PER_NAME_AND_ADDRESS, pair)
        if len(self._known) >= MAX_KEYS:
            self._known.clear()
        self._known[pair] = self._now_s() + KNOWN_S

    def _counted_by_device(self, limit: RateLimitItem, device: str) -> bool:
        """Counts an attempt of a known device; False for a stranger, and for a device that has tried too much."""
        if not device or self.was_abused(device):
            return False
        if self._limiter.hit(limit, device):
            return True
        if len(self._abused) >= MAX_KEYS:
            del self._abused[next(iter(self._abused))]
        self._abused[device] = None
        return False

    def _count(self, limit: RateLimitItem, key: str) -> None:
        if self._limiter.hit(limit, key):
            return
        counted = self._counts.get(limit.key_for(key))
        ends_s = self._counts.get_expiry(limit.key_for(key))
        raise TooManyAttemptsError(max(1, round(ends_s - self._now_s())), first=counted == limit.amount + 1)

    def _now_s(self) -> float:
        return self._clock() / NS_PER_S


class Counts(Storage):
    """Counters with an end, by our own clock and in bounded memory; the library's own grow, and run a thread."""

    STORAGE_SCHEME: list[str] | None = ["passerby+memory"]  # noqa: RUF012 - as the library declares it
    base_exceptions = ValueError

    def __init__(self, clock: Callable[[], int]) -> None:
        super().__init__()
        self._clock = clock
        self._held: dict[str, tuple[int, float]] = {}

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Counts more of a key, whose window ends after `expiry` seconds; returns how many there are in it."""
        now_s = self._clock() / NS_PER_S
        count, end_s = self._held.get(key, (0, 0.0))
        # A window that ends later than it can was counted by a clock that has been set back since.
        if not now_s < end_s <= now_s + expiry:
            count, end_s = 0, now_s + expiry
        if key not in self._held and len(self._held) >= MAX_KEYS:
            self._make_room(now_s)
        self._held[key] = (count + amount, end_s)
        return count + amount

    def get(self, key: str) -> int:
        """Returns how many of a key there are in its window."""
        count, end_s = self._held.get(key, (0, 0.0))
        return count if self._clock() / NS_PER_S < end_s else 0

    def get_expiry(self, key: str) -> float:
        """Returns the Unix time at which the window of a key ends."""
        return self._held.get(key, (0, self._clock() / NS_PER_S))[1]

    def check(self) -> bool:
        """Returns that it works."""
        return True

    def reset(self) -> int:
        """Drops everything; returns how many keys there were."""
        held = len(self._held)
        self._held.clear()
        return held

    def clear(self, key: str) -> None:
        """Drops a key."""
        self._held.pop(key, None)

    def _make_room(self, now_s: float) -> None:
        self._held = {key: held for key, held in self._held.items() if held[1] > now_s}
        while len(self._held) >= MAX_KEYS:
            # The oldest go first: dictionaries keep the order in which keys came.
            del self._held[next(iter(self._held))]


def network_of(address: str) -> str:
    """Returns what counts as one sender: an IPv4 address, or the /64 of an IPv6 one, which one subscriber has."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return _key(address)
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)


def _pair(name: str, address: str) -> str:
    return f"{_key(name)} {network_of(address)}"


def _key(text: str) -> str:
    # A typed name may be a password; memory dumps should not hold it.
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:32]
