"""Sessions: kept in the store, known by a secret of which only the hash is kept, and ended by time or by hand."""

from dataclasses import replace

from passerby.access.context import CLOCK_SLACK_NS, Context, every_camera
from passerby.access.credentials.secret_words import hash_of_ours, hashed, new_id, new_secret
from passerby.access.errors import NotAllowedError
from passerby.access.values import NewSession, Visitor
from passerby.domain.access import LINK_NAME, Grant, Principal, PrincipalKind, Role
from passerby.domain.access_plan import AccessPlan
from passerby.domain.accounts import Method, Session, SessionHolder
from passerby.units import MINUTE_S, NS_PER_S

TOUCH_NS = MINUTE_S * NS_PER_S
"""A session's last use is stored to the minute: a page asks several times a second."""

NEEDS_STRONG = frozenset(Role) - {Role.ANALYST, Role.ENGINEER}
"""Roles that look, decide, or see what others do: they hold in sessions begun with more than one factor only."""


class Sessions:
    """The sessions of all accounts.

    Args:
        context: the surroundings.
    """

    def __init__(self, context: Context) -> None:
        self._context = context

    async def principal_of(self, cookie: str) -> Principal | None:
        """Returns whose session a cookie is of; None where it is of none, or of one that has ended."""
        secret_hash = hash_of_ours(cookie)
        if secret_hash is None:
            return None
        await self._context.follow_clock()
        return await self._principal(await self._context.store.session_holder(secret_hash), used=True)

    async def again(self, principal: Principal) -> Principal | None:
        """Returns the principal of a session as it is now; None where the session has ended."""
        await self._context.follow_clock()
        return await self._principal(await self._context.store.session_holder_by_id(principal.session_id), used=False)

    async def begin(self, account: str, method: Method, visitor: Visitor, *, strong: bool = True) -> NewSession:
        """Begins a session of an account that has proved who it is; `account` is empty for the one-time link."""
        context = self._context
        await context.follow_clock()
        now_ns, secret = context.clock(), new_secret()
        end_ns = now_ns + context.plan().absolute_s * NS_PER_S
        session = Session(
            new_id(), hashed(secret), account, method, strong, now_ns, now_ns, end_ns, now_ns, visitor.shown_client
        )
        action = "link.opened" if method is Method.LINK else "log_in"
        entry = context.entry(account or LINK_NAME, action, f"session {session.session_id}", f"by {method.value}")
        await context.store.add_session(session, entry)
        owner = await context.store.account(account) if account else None
        return NewSession(secret, session, "" if owner is None else context.devices.cookie_for(owner, visitor))

    async def renew(self, principal: Principal, method: Method, visitor: Visitor, *, strong: bool = True) -> NewSession:
        """Gives a session a new secret after its owner has proved anew who they are; its end stays.

        Raises:
            LogInRefusedError: it has ended meanwhile.
        """
        context = self._context
        holder = await context.store.session_holder_by_id(principal.session_id)
        if holder is None or await self._principal(holder, used=False) is None:
            raise context.refusal()
        now_ns, secret = context.clock(), new_secret()
        renewed = replace(
            holder.session, secret_hash=hashed(secret), method=method, strong=holder.session.strong or strong,
            used_ns=now_ns, authenticated_ns=now_ns,
        )  # fmt: skip
        subject = f"session {renewed.session_id}"
        entry = context.entry(principal.name, "log_in.confirmed", subject, f"by {method.value}")
        if not await context.store.renew_session(renewed, entry):
            raise context.refusal()
        owner = holder.account
        return NewSession(secret, renewed, "" if owner is None else context.devices.cookie_for(owner, visitor))

    async def list(self, principal: Principal) -> tuple[Session, ...]:
        """Returns one's own sessions that have not ended, newest first."""
        now_ns, plan = self._context.clock(), self._context.plan()
        found = await self._context.store.sessions(_account(principal))
        return tuple(session for session in found if is_live(session, now_ns, plan))

    async def end(self, principal: Principal, session_id: str) -> bool:
        """Ends one of one's own sessions; False where there is no such one."""
        entry = self._context.entry(principal.name, "session.ended", f"session {session_id[:32]!a}")
        return await self._context.store.end_sessions(_account(principal), entry, only=session_id) == 1

    async def end_others(self, principal: Principal) -> int:
        """Ends all of one's own sessions but this one; returns how many."""
        entry = self._context.entry(principal.name, "session.ended", "all other sessions")
        kept = principal.session_id
        return await self._context.store.end_sessions(_account(principal), entry, all_but=kept)

    async def log_out(self, principal: Principal) -> None:
        """Ends this session."""
        account = principal.name if principal.kind is PrincipalKind.ACCOUNT else ""
        entry = self._context.entry(principal.name, "log_out", f"session {principal.session_id}")
        await self._context.store.end_sessions(account, entry, only=principal.session_id)

    async def _principal(self, holder: SessionHolder | None, *, used: bool) -> Principal | None:
        context = self._context
        now_ns, plan = context.clock(), context.plan()
        if holder is None or not is_live(holder.session, now_ns, plan):
            return None
        session, account = holder.session, holder.account
        if account is not None and not account.enabled:
            return None
        if used and abs(now_ns - session.used_ns) >= TOUCH_NS:
            await context.store.touch_session(session.session_id, now_ns)
        if account is None:
            roles = () if await context.store.any_account() else tuple(Role)
            grants = tuple(every_camera(LINK_NAME, role) for role in roles)
            return _made(LINK_NAME, PrincipalKind.LINK, grants, session)
        grants = holding_now(context, holder.grants, strong=session.strong)
        return _made(account.name, PrincipalKind.ACCOUNT, grants, session)


def is_live(session: Session, now_ns: int, plan: AccessPlan) -> bool:
    """Returns whether a session lets in at that moment."""
    # Begun or used in the future: the clock has been set back, and all limits would be longer by as much.
    begun = max(session.created_ns, session.used_ns) <= now_ns + CLOCK_SLACK_NS
    in_use = now_ns - session.used_ns < plan.idle_s * NS_PER_S
    # A limit that was lowered since holds for sessions that are there, too.
    end_ns = min(session.end_ns, session.created_ns + plan.absolute_s * NS_PER_S)
    return begun and in_use and now_ns < end_ns


def holding(grants: tuple[Grant, ...], now_ns: int, plan: AccessPlan, *, strong: bool) -> tuple[Grant, ...]:
    """Returns the grants that give something: confirmed, begun, not over, and given by two people if need be."""
    return tuple(
        grant
        for grant in grants
        if grant.holds(now_ns) and (strong or grant.role not in NEEDS_STRONG) and (plan.one_person or grant.by_two)
    )


def holding_now(context: Context, grants: tuple[Grant, ...], *, strong: bool) -> tuple[Grant, ...]:
    """Returns the grants that give something now; none that has ended does again when the clock is set back."""
    held = holding(grants, context.clock(), context.plan(), strong=strong)
    return tuple(grant for grant in held if grant.end_ns > context.clock.latest())


async def require_full(context: Context, principal: Principal) -> None:
    """Refuses a session that has less than its account: what it made or added would have more than it has itself.

    Raises:
        NotAllowedError: the account has grants that this session's way of logging in does not give.
    """
    held = await context.store.grants(principal.name)
    if set(holding_now(context, tuple(held), strong=True)) - set(principal.grants):
        raise NotAllowedError(
            "your account may do more than this log-in proves you to be: log in with a passkey, or with a password and "
            "a code, or ask for an invitation"
        )


def _made(name: str, kind: PrincipalKind, grants: tuple[Grant, ...], session: Session) -> Principal:
    return Principal(name, kind, grants, session.session_id, authenticated_ns=session.authenticated_ns)


def _account(principal: Principal) -> str:
    """The account of a logged-in person.

    Raises:
        NotAllowedError: it is a token, the link or the command line.
    """
    if principal.kind is not PrincipalKind.ACCOUNT:
        raise NotAllowedError("only an account that has logged in has sessions of its own")
    return principal.name
