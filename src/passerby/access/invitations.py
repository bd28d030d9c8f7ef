"""Invitations: a secret that lets one person set the credentials of one account, once."""

from dataclasses import dataclass

from passerby.access.context import Context
from passerby.access.credentials.secret_words import hash_of_ours, hashed, new_secret
from passerby.access.sessions import Sessions, require_full
from passerby.access.values import Invitation, NewSession, Visitor
from passerby.domain.access import Permission, Principal, PrincipalKind
from passerby.domain.accounts import Challenge, ChallengeKind, Method
from passerby.units import DAY_S, NS_PER_S

INVITATION_S = DAY_S


@dataclass(frozen=True, slots=True)
class Owner:
    """Who sets credentials: an account, by an invitation's hash or by a principal that has logged in."""

    account: str
    invitation_hash: str | None
    principal: Principal | None

    @property
    def key(self) -> str:
        """What its attempts are counted by."""
        return self.invitation_hash or ("" if self.principal is None else self.principal.session_id)


class Invitations:
    """Makes invitations and uses them up.

    Args:
        context: the surroundings.
        sessions: where a session begins with the first credential.
    """

    def __init__(self, context: Context, sessions: Sessions) -> None:
        self._context, self._sessions = context, sessions

    async def new(self, account: str, by: str) -> str:
        """Returns the secret of a new invitation; the account's older ones work no more."""
        context, secret = self._context, new_secret()
        now_ns = context.clock()
        end_ns = now_ns + INVITATION_S * NS_PER_S
        challenge = Challenge(hashed(secret), ChallengeKind.INVITATION, account, "", end_ns)
        await context.store.add_challenge(challenge, now_ns, context.entry(by, "account.invited", account), alone=True)
        return secret

    async def look(self, secret: str) -> Invitation:
        """Returns whose invitation it is, and leaves it.

        Raises:
            LogInRefusedError: it is none, was used, or is too old.
        """
        challenge = await self._found(secret)
        return Invitation(challenge.account, challenge.end_ns)

    async def owner(self, who: Principal | str) -> Owner:
        """Returns whose credentials may be set.

        Args:
            who: an invitation's secret, or a principal that has logged in a short while ago.

        Raises:
            LogInRefusedError: the invitation is none, was used, or is too old.
            NotAllowedError: the principal has not logged in, or not of late.
        """
        if isinstance(who, str):
            challenge = await self._found(who)
            return Owner(challenge.account, challenge.challenge_hash, None)
        if who.kind is not PrincipalKind.ACCOUNT:
            raise self._context.refusal()
        self._context.require(who, Permission.SEE_OWN)
        await require_full(self._context, who)
        return Owner(who.name, None, who)

    async def use(self, owner: Owner) -> None:
        """Uses the invitation up, before anything is set by it.

        Raises:
            LogInRefusedError: it was used meanwhile.
        """
        if owner.invitation_hash is None:
            return
        context = self._context
        taken = await context.store.take_challenge(owner.invitation_hash, ChallengeKind.INVITATION)
        if taken is None or taken.end_ns <= context.clock():
            raise context.refusal()
        await self._revoke_tokens(owner)

    async def begin_session(self, owner: Owner, method: Method, visitor: Visitor) -> NewSession | None:
        """Begins a session where an invitation was used; otherwise there is one."""
        if owner.invitation_hash is None:
            return None
        return await self.begin_first(owner, method, visitor)

    async def begin_first(self, owner: Owner, method: Method, visitor: Visitor, *, strong: bool = True) -> NewSession:
        """Begins the session of an invitation that was used, with the credentials set."""
        # Once more: one may have been made between the invitation's use and now, when the account has a person.
        await self._revoke_tokens(owner)
        return await self._sessions.begin(owner.account, method, visitor, strong=strong)

    async def _revoke_tokens(self, owner: Owner) -> None:
        # Administrators make tokens for accounts without a person; what a person is granted is not for them.
        context = self._context
        for token in await context.store.tokens(owner.account):
            if token.revoked_ns is None:
                entry = context.entry(owner.account, "token.revoked", token.token_id, "a person joined")
                await context.store.revoke_token(token.token_id, context.clock(), entry)

    async def _found(self, secret: str) -> Challenge:
        context = self._context
        await context.follow_clock()
        secret_hash = hash_of_ours(secret)
        found = None if secret_hash is None else await context.store.challenge(secret_hash, ChallengeKind.INVITATION)
        if found is None or found.end_ns <= context.clock():
            raise context.refusal()
        account = await context.store.account(found.account)
        if account is None or not account.enabled:
            raise context.refusal()
        return found
