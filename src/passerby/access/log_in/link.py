"""The one-time link: it opens a machine without accounts, and recovers an administrator where there are some."""

from typing import Final

from passerby.access.accounts import Accounts
from passerby.access.context import Context
from passerby.access.credentials.secret_words import hash_of_ours, hashed, new_secret
from passerby.access.errors import NotAllowedError, RecentLogInNeededError
from passerby.access.grants import worded
from passerby.access.invitations import Invitations
from passerby.access.sessions import Sessions, holding_now
from passerby.access.values import NewSession, Visitor
from passerby.domain.access import EVERY_CAMERA, LINK_NAME, Grant, Principal, PrincipalKind, Role
from passerby.domain.accounts import Challenge, ChallengeKind, Method
from passerby.units import DAY_S, MINUTE_S, NS_PER_S

LINK_S: Final = 15 * MINUTE_S
"""Long enough to carry a link to a browser, short enough that an old terminal gives nothing away."""

FIRST_GRANT_DAYS: Final = 365


class Link:
    """The one-time link of a service.

    Args:
        context: the surroundings.
        sessions: where they begin.
        accounts: the accounts.
        invitations: how an administrator comes to credentials.
    """

    def __init__(self, context: Context, sessions: Sessions, accounts: Accounts, invitations: Invitations) -> None:
        self._context, self._sessions = context, sessions
        self._accounts, self._invitations = accounts, invitations

    async def new(self) -> str:
        """Returns the secret of a new link; the one before works no more."""
        context, secret = self._context, new_secret()
        now_ns = context.clock()
        challenge = Challenge(hashed(secret), ChallengeKind.LINK, "", "", now_ns + LINK_S * NS_PER_S)
        entry = context.entry("passerby", "link.made", "the one-time link")
        await context.store.add_challenge(challenge, now_ns, entry, alone=True)
        return secret

    async def works(self, secret: str) -> bool:
        """Returns whether a link of this secret still opens the service; it is not used up."""
        context, secret_hash = self._context, hash_of_ours(secret)
        found = None if secret_hash is None else await context.store.challenge(secret_hash, ChallengeKind.LINK)
        return found is not None and found.end_ns > context.clock()

    async def open(self, secret: str, visitor: Visitor) -> NewSession | None:
        """Begins a session for the secret of a link that still works, and uses the link up; None for any other.

        Raises:
            TooManyAttemptsError: it was tried too often.
        """
        context, secret_hash = self._context, hash_of_ours(secret)
        await context.count_visitor(visitor)
        found = None if secret_hash is None else await context.store.take_challenge(secret_hash, ChallengeKind.LINK)
        if found is None or found.end_ns <= context.clock():
            return None
        return await self._sessions.begin("", Method.LINK, visitor)

    async def first_administrator(self, principal: Principal, name: str) -> str:
        """Adds the first account, with the role of administrator, and returns the secret of its invitation.

        Raises:
            InputError: the name cannot be taken.
            NotAllowedError: there are accounts, or this is not the one-time link.
        """
        self._check(principal)
        if await self._context.store.any_account():
            raise NotAllowedError("there are accounts already: an administrator adds others")
        account = await self._accounts.make(name, LINK_NAME)
        await self._grant(account.name)
        return await self._invitations.new(account.name, LINK_NAME)

    async def recover(self, principal: Principal, name: str) -> str:
        """Returns the secret of an invitation to an administrator's account.

        The account's credentials and sessions go, and it is enabled. Where no grant of the role holds any more, on any
        account, the one that is named gets one.

        Raises:
            InputError: there is no such account.
            NotAllowedError: the account is no administrator's, or this is not the one-time link.
        """
        context = self._context
        self._check(principal)
        account = await self._accounts.found(name)
        held = [
            grant.account
            for grant in holding_now(context, await context.store.grants(), strong=True)
            if grant.role is Role.ADMINISTRATOR
        ]
        if held and account.name not in held:
            raise NotAllowedError(f"the link recovers an administrator, and {account.name} is none")
        await context.store.take_credentials(account.name, context.entry(LINK_NAME, "account.recovered", account.name))
        if not account.enabled:
            entry = context.entry(LINK_NAME, "account.enabled", account.name)
            await context.store.set_enabled(account.name, True, entry)
        await self._grant(account.name)
        return await self._invitations.new(account.name, LINK_NAME)

    async def administrators(self, principal: Principal) -> tuple[str, ...]:
        """Returns the accounts that the link may recover, by name."""
        self._check(principal)
        context = self._context
        held = holding_now(context, await context.store.grants(), strong=True)
        found = {grant.account for grant in held if grant.role is Role.ADMINISTRATOR}
        return tuple(sorted(found or {account.name for account in await context.store.accounts()}))

    def _check(self, principal: Principal) -> None:
        if principal.kind is not PrincipalKind.LINK:
            raise NotAllowedError("only the one-time link does this: `passerby link SITE.yaml` prints a new one")
        if not self._context.is_recent(principal):
            raise RecentLogInNeededError

    async def _grant(self, account: str) -> None:
        """Gives the role of administrator at once: who has the link has the machine."""
        now_ns = self._context.clock()
        end_ns = now_ns + FIRST_GRANT_DAYS * DAY_S * NS_PER_S
        grant = Grant(0, account, Role.ADMINISTRATOR, EVERY_CAMERA, now_ns, end_ns, LINK_NAME, LINK_NAME)
        await self._context.store.propose_grant(
            grant, self._context.entry(LINK_NAME, "grant.confirmed", account, worded(grant))
        )
