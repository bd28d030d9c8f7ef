"""Who may do what, as the rest of passerby asks it: the parts of access, put together."""

import time
from collections.abc import Callable, Collection

from passerby.access.accounts import Accounts
from passerby.access.attempts import Attempts
from passerby.access.context import Context, SeenClock
from passerby.access.credentials.devices import Devices
from passerby.access.credentials.passwords import Hasher
from passerby.access.credentials.secret_words import Cipher
from passerby.access.enrolment import Enrolment
from passerby.access.grants import Grants
from passerby.access.invitations import Invitations
from passerby.access.log_in.link import Link
from passerby.access.log_in.passkeys import Passkeys
from passerby.access.log_in.password import PasswordLogIn
from passerby.access.log_in.sign_on import SignOn
from passerby.access.push_browsers import PushBrowsers
from passerby.access.sessions import Sessions
from passerby.access.tokens import Tokens
from passerby.access.values import Place, Visitor
from passerby.domain.access import Principal, PrincipalKind
from passerby.domain.access_plan import AccessPlan
from passerby.ports import AccessStore
from passerby.units import NS_PER_S


class Access:
    """Accounts, log-ins, sessions, grants and tokens of a service.

    Args:
        store: where they are kept.
        key: 32 secret bytes beside the database, never in it: the secrets of one-time codes are encrypted with them.
        plan: the site's settings now.
        place: where browsers reach the service.
        site: the site's name, as authenticators show it.
        groups: the camera groups that there are, which grants and tokens may name; None to take any.
        clock: UTC nanoseconds now.
        hasher: hashes passwords.

    Attributes:
        sessions, passwords, passkeys, sign_on, enrolment, link, accounts, grants, tokens, push_browsers: the parts.
    """

    def __init__(
        self,
        store: AccessStore,
        key: bytes,
        plan: Callable[[], AccessPlan],
        place: Callable[[], Place],
        site: Callable[[], str],
        *,
        groups: Callable[[], Collection[str]] | None = None,
        clock: Callable[[], int] = time.time_ns,
        hasher: Hasher | None = None,
    ) -> None:
        cipher, attempts, seen = Cipher(key), Attempts(clock), SeenClock(clock)
        devices = Devices(store, cipher, attempts, clock)
        self._context = context = Context(store, plan, place, site, groups, cipher, attempts, devices, seen)
        hasher = hasher or Hasher()
        self.sessions = Sessions(context)
        invitations = Invitations(context, self.sessions)
        self.passwords = PasswordLogIn(context, self.sessions, hasher)
        self.passkeys = Passkeys(context, self.sessions, invitations)
        self.sign_on = SignOn(context, self.sessions, invitations)
        self.enrolment = Enrolment(context, invitations, hasher)
        self.accounts = Accounts(context, invitations)
        self.grants = Grants(context, self.accounts)
        self.tokens = Tokens(context, self.accounts)
        self.push_browsers = PushBrowsers(context, self.grants)
        self.link = Link(context, self.sessions, self.accounts, invitations)

    async def principal_of(self, *, cookie: str | None = None, bearer: str | None = None) -> Principal | None:
        """Returns what a request is made by: a token where it has one, or else a session; None for neither.

        A token that is none is not made up for by a cookie: the request of a program is what its token may.
        """
        if bearer is not None:
            return await self.tokens.principal_of(bearer)
        return None if cookie is None else await self.sessions.principal_of(cookie)

    async def device_of(self, visitor: Visitor) -> str:
        """Returns the number by which a browser that has logged in before is known; empty for a stranger."""
        return await self._context.devices.number_of(visitor)

    async def again(self, principal: Principal) -> Principal | None:
        """Returns the principal as it is now, for what lasts longer than a request; None where it has ended."""
        if principal.kind is PrincipalKind.TOKEN:
            return await self.tokens.again(principal)
        return principal if principal.kind is PrincipalKind.MACHINE else await self.sessions.again(principal)

    @property
    def one_person(self) -> bool:
        """Whether the site says that one person runs it."""
        return self._context.plan().one_person

    def is_recent(self, principal: Principal) -> bool:
        """Returns whether the last log-in is recent enough for dangerous changes."""
        return self._context.is_recent(principal)

    async def any_account(self) -> bool:
        """Returns whether there is any account; until then the one-time link opens everything."""
        return await self._context.store.any_account()

    async def maintain(self) -> None:
        """Deletes questions and sessions that have ended."""
        await self._context.store.delete_ended(self._context.clock(), self._context.plan().idle_s * NS_PER_S)
