"""What every channel offers: one attempt to deliver a notice."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Final, ParamSpec, Protocol, TypeVar

from passerby.domain.errors import PasserbyError
from passerby.domain.notices import Notice

_Given = ParamSpec("_Given")
_Answer = TypeVar("_Answer")

THREADS: Final = ThreadPoolExecutor(8, "delivery")
"""For what waits for others. The few threads of asyncio's own are for the service's pages and log-ins: brokers and name
servers that hang would take all of them."""


async def in_thread(call: Callable[_Given, _Answer], *given: _Given.args, **named: _Given.kwargs) -> _Answer:
    """Calls a function that waits for a server, in one of the threads of delivery."""
    return await asyncio.get_running_loop().run_in_executor(THREADS, partial(call, *given, **named))


class DeliveryError(PasserbyError):
    """A notice was not delivered; the message has no secret in it.

    Attributes:
        retry: another attempt can succeed.
        wait_s: seconds that the receiver asked to wait for; None where it did not.
    """

    def __init__(self, message: str, *, retry: bool, wait_s: float | None = None) -> None:
        """Takes what went wrong, in one sentence.

        Args:
            message: what, where, got.
            retry: another attempt can succeed.
            wait_s: seconds that the receiver asked to wait for.
        """
        super().__init__(message)
        self.retry, self.wait_s = retry, wait_s


class Outlet(Protocol):
    """A channel to one recipient. Each attempt has a time limit of its own and holds no lock."""

    async def deliver(self, notice: Notice) -> None:
        """Makes one attempt.

        Raises:
            DeliveryError: it was not delivered, or that is not known.
        """
        ...

    async def close(self) -> None:
        """Closes what stays open between two notices."""
        ...
