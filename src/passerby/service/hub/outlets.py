"""The outlets of a running service; web push also needs its key, and the browsers of accounts."""

from collections.abc import Callable, Collection, Sequence

from passerby.access import Access
from passerby.domain.notices import Channel, PushPlan
from passerby.domain.push import PushSubscription
from passerby.domain.service import SitePlan
from passerby.publish.outlets.factory import outlet_of
from passerby.publish.outlets.outlet import Outlet
from passerby.publish.outlets.push import PushOutlet
from passerby.publish.push_key import PushKey


class AccountBrowsers:
    """The browsers that accounts have switched notices on in, as `PushOutlet` asks for them.

    Args:
        access: the accounts and their grants.
        plan: what runs now.
    """

    def __init__(self, access: Access, plan: Callable[[], SitePlan]) -> None:
        self._browsers, self._plan = access.push_browsers, plan

    async def subscriptions(self) -> Sequence[PushSubscription]:
        """See `Subscribers`."""
        return await self._browsers.all()

    async def visible(self, account: str, cameras: Collection[str]) -> Collection[str]:
        """See `Subscribers`; a camera that the site does not have any more is in no group."""
        plans = {camera.name: camera.groups for camera in self._plan().cameras}
        return [each for each in cameras if await self._browsers.sees(account, plans.get(each, ()))]

    async def sees_any(self, account: str) -> bool:
        """See `Subscribers`."""
        return await self._browsers.sees(account, None)

    async def remove(self, subscription: PushSubscription) -> None:
        """See `Subscribers`."""
        await self._browsers.ended(subscription)


def service_outlets(access: Access, key: PushKey, plan: Callable[[], SitePlan]) -> Callable[[Channel], Outlet]:
    """Returns what makes the outlet of a channel.

    Args:
        access: the accounts and their grants.
        key: the service's own for web push.
        plan: what runs now.
    """
    browsers = AccountBrowsers(access, plan)

    def made(channel: Channel) -> Outlet:
        if isinstance(channel, PushPlan):
            return PushOutlet(channel, key.private, browsers)
        return outlet_of(channel)

    return made
