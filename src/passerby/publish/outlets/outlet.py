"""What every channel offers: one attempt to deliver a notice."""

from typing import Protocol

from passerby.domain.errors import PasserbyError
from passerby.domain.notices import Notice


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
