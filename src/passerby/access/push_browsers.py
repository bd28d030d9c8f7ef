"""Browsers of operators in which notices are switched on: each person's own, as long as the account is there."""

from collections.abc import Collection
from typing import Final

from passerby.access.context import Context
from passerby.access.errors import InputError, NotAllowedError
from passerby.access.grants import Grants
from passerby.domain.access import Permission, Principal, PrincipalKind
from passerby.domain.push import PushSubscription

MAX_BROWSERS: Final = 10
"""Of one account; a further one takes the place of the oldest."""


class PushBrowsers:
    """The browsers of all accounts.

    Args:
        context: the surroundings.
        grants: what accounts may.
    """

    def __init__(self, context: Context, grants: Grants) -> None:
        self._context, self._grants = context, grants

    async def list(self, principal: Principal) -> tuple[PushSubscription, ...]:
        """Returns one's own.

        Raises:
            NotAllowedError: it is no account that has logged in.
        """
        return await self._context.store.push_subscriptions(_owner(principal))

    async def add(self, principal: Principal, endpoint: str, public_key: bytes, secret: bytes) -> None:
        """Switches notices on in a browser.

        Args:
            principal: whose browser it is.
            endpoint: its address at its push service, which has been checked.
            public_key: see `PushSubscription`.
            secret: see `PushSubscription`.

        Raises:
            InputError: the account was removed meanwhile.
            NotAllowedError: it is no account that has logged in, or sees no events.
        """
        context, owner = self._context, _owner(principal)
        context.require(principal, Permission.SEE_EVENTS, recent=False)
        made = PushSubscription(endpoint, owner, public_key, secret, context.clock())
        entry = context.entry(owner, "push.on", owner, made.service)
        if not await context.store.add_push_subscription(made, MAX_BROWSERS, entry):
            raise InputError("push: the account was removed meanwhile")

    async def remove(self, principal: Principal, endpoint: str | None = None) -> int:
        """Switches notices off in one's own browsers, or in the one of an address; returns in how many.

        Raises:
            NotAllowedError: it is no account that has logged in.
        """
        owner = _owner(principal)
        entry = self._context.entry(owner, "push.off", owner)
        return await self._context.store.remove_push_subscriptions(owner, entry, endpoint)

    async def all(self) -> tuple[PushSubscription, ...]:
        """Returns those of all accounts, to send to."""
        return await self._context.store.push_subscriptions()

    async def ended(self, subscription: PushSubscription) -> None:
        """Removes one of which its push service says that it is over, or which is not sent to any more."""
        entry = self._context.entry("passerby", "push.off", subscription.account, f"{subscription.service}: it is over")
        await self._context.store.remove_push_subscriptions(subscription.account, entry, subscription.endpoint)

    async def sees(self, account: str, groups: Collection[str] | None) -> bool:
        """Returns whether an account may see events of a camera in these groups now; for None, of any camera."""
        return await self._grants.gives(account, Permission.SEE_EVENTS, groups)


def _owner(principal: Principal) -> str:
    if principal.kind is not PrincipalKind.ACCOUNT:
        raise NotAllowedError("only an account that has logged in has browsers for notices")
    return principal.name
