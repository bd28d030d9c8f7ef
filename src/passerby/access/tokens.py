"""API tokens for programs: narrow, ending, tied to an account, and recognised where they have leaked."""

import hmac
import re
import secrets
import string
import zlib
from collections.abc import Collection
from dataclasses import replace
from typing import Final

from passerby.access.accounts import Accounts
from passerby.access.context import Context, checked_text
from passerby.access.credentials.secret_words import hashed
from passerby.access.errors import InputError, NotAllowedError
from passerby.access.grants import check_span
from passerby.access.sessions import TOUCH_NS, holding_now, require_full
from passerby.access.values import NewToken
from passerby.domain.access import EVERY_CAMERA, Grant, Permission, Principal, PrincipalKind, Purpose
from passerby.domain.accounts import ApiToken, TokenHolder
from passerby.text import utc_time

MAX_TOKEN_DAYS: Final = 366
PREFIX: Final = "passerby_"
"""With the check at its end, scanners recognise a leaked token: `passerby_[0-9a-z]{8}_[0-9A-Za-z]{38}`."""

SCOPES: Final = frozenset(
    {
        Permission.SEE_STATE, Permission.SEE_COUNTS, Permission.EXPORT_COUNTS, Permission.SEE_PLACE,
        Permission.SEE_EVENTS, Permission.SEE_LIVE, Permission.READ_AUDIT, Permission.SEE_METRICS,
    }
)  # fmt: skip
"""What a program may be let do; changes need a person who has logged in of late."""

_WATCHING = frozenset({Permission.SEE_LIVE, Permission.SEE_EVENTS})

_TOKEN = re.compile(r"^passerby_([0-9a-z]{8})_([0-9A-Za-z]{32})([0-9A-Za-z]{6})$")
_LETTERS = string.digits + string.ascii_uppercase + string.ascii_lowercase
_ID_LETTERS = string.digits + string.ascii_lowercase


class Tokens:
    """The API tokens of all accounts.

    Args:
        context: the surroundings.
        accounts: whose they are.
    """

    def __init__(self, context: Context, accounts: Accounts) -> None:
        self._context, self._accounts = context, accounts

    async def principal_of(self, text: str) -> Principal | None:
        """Returns what a token is of; None for what is no token, and for one that has ended."""
        token_id = token_id_of(text)
        holder = None if token_id is None else await self._context.store.token_holder(token_id)
        if holder is None or not hmac.compare_digest(holder.token.secret_hash, hashed(text)):
            return None
        principal = self._principal(holder)
        now_ns = self._context.clock()
        if principal is not None and abs(now_ns - holder.token.used_ns) >= TOUCH_NS:
            await self._context.store.touch_token(holder.token.token_id, now_ns)
        return principal

    async def again(self, principal: Principal) -> Principal | None:
        """Returns the principal of a token as it is now; None where it has ended."""
        holder = await self._context.store.token_holder(principal.session_id)
        return None if holder is None else self._principal(holder)

    async def create(
        self,
        principal: Principal,
        *,
        account: str,
        label: str,
        scopes: Collection[Permission],
        groups: Collection[str],
        end_ns: int,
        purpose: Purpose,
        case: str,
    ) -> NewToken:
        """Makes a token, which may no more than its account may at any moment.

        Args:
            principal: who makes it: its account itself, or an administrator for an account that no person logs in to.
            account: whose grants bound it.
            label: what it is for, 1 to 60 letters.
            scopes: some of `SCOPES`.
            groups: camera groups, or `EVERY_CAMERA`.
            end_ns: UTC nanoseconds; at most `MAX_TOKEN_DAYS` from now.
            purpose: why, from the closed list.
            case: why, in 3 to 200 letters.

        Raises:
            InputError: a part of it cannot be taken.
            NotAllowedError: the principal may not make one for this account.
        """
        context, now_ns = self._context, self._context.clock()
        owner = await self._owner(principal, account)
        check_span("token", now_ns, end_ns, now_ns, MAX_TOKEN_DAYS)
        if not scopes or not set(scopes) <= SCOPES:
            raise InputError(f"token: its scopes are some of {', '.join(sorted(SCOPES))}")
        if principal.name != owner and principal.kind is not PrincipalKind.MACHINE and _WATCHING & set(scopes):
            raise NotAllowedError("who makes a token holds it, and administrators see no video and no events")
        if not groups:
            raise InputError(f"token: name its camera groups, or {EVERY_CAMERA} for every camera of its account")
        text = _new_token()
        token = ApiToken(
            token_id_of(text) or "", hashed(text), owner, checked_text("label", label, 60), frozenset(scopes),
            tuple(dict.fromkeys(context.checked_group(group) for group in groups)), now_ns, end_ns, purpose,
            checked_text("case", case, 200, 3), principal.name,
        )  # fmt: skip
        terms = f"for {owner}, {' '.join(sorted(token.scopes))} on {' '.join(token.groups)} until {utc_time(end_ns)}"
        if not await context.store.add_token(token, context.entry(principal.name, "token.made", token.token_id, terms)):
            raise InputError("token: its name is taken by chance. Try again")
        try:
            await self._owner(principal, account)  # a person may have joined meanwhile, whose token it would be
        except NotAllowedError:
            entry = context.entry(principal.name, "token.revoked", token.token_id, "a person joined")
            await context.store.revoke_token(token.token_id, context.clock(), entry)
            raise
        return NewToken(text, token)

    async def list(self, principal: Principal) -> tuple[ApiToken, ...]:
        """Returns one's own tokens; for an administrator and an auditor, all of them."""
        if principal.may(Permission.PROPOSE_GRANTS) or principal.may(Permission.READ_AUDIT):
            return await self._context.store.tokens()
        if principal.kind is not PrincipalKind.ACCOUNT:
            raise NotAllowedError("only an account that has logged in has tokens")
        return await self._context.store.tokens(principal.name)

    async def revoke(self, principal: Principal, token_id: str) -> None:
        """Takes a token back at once.

        Raises:
            InputError: there is no such token, or it was taken back.
            NotAllowedError: it is another account's.
        """
        context = self._context
        holder = await context.store.token_holder(token_id[:64])
        own = holder is not None and principal.kind is PrincipalKind.ACCOUNT and holder.account.name == principal.name
        if not own:
            context.require(principal, Permission.PROPOSE_GRANTS, recent=False)
        entry = context.entry(principal.name, "token.revoked", "" if holder is None else holder.token.token_id)
        if holder is None or not await context.store.revoke_token(holder.token.token_id, context.clock(), entry):
            raise InputError(
                "token: there is none of this name, or it was taken back. `passerby tokens list SITE.yaml`"
            )

    async def _owner(self, principal: Principal, name: str) -> str:
        account = await self._accounts.found(name)
        if principal.kind is PrincipalKind.ACCOUNT and account.name == principal.name:
            self._context.require(principal, Permission.SEE_OWN)
            await require_full(self._context, principal)
            return account.name
        self._context.require(principal, Permission.PROPOSE_GRANTS)
        if principal.kind is not PrincipalKind.MACHINE and await self._accounts.has_credentials(account):
            raise NotAllowedError(
                f"{account.name} makes its own tokens. Administrators make them for accounts that no person logs in to"
            )
        return account.name

    def _principal(self, holder: TokenHolder) -> Principal | None:
        context, token = self._context, holder.token
        if not token.holds(context.clock()) or token.end_ns <= context.clock.latest() or not holder.account.enabled:
            return None
        held = holding_now(context, holder.grants, strong=True)
        grants = tuple(narrowed for grant in held for narrowed in _narrowed(grant, holder.token.groups))
        name = f"{holder.account.name} by token {holder.token.token_id}"
        return Principal(
            name, PrincipalKind.TOKEN, grants, token.token_id, token.scopes, purpose=token.purpose, case=token.case,
            account=holder.account.name,
        )  # fmt: skip


def token_id_of(text: str) -> str | None:
    """Returns the id in a token's text; None for what cannot be a token: its check is compared before any look-up."""
    found = _TOKEN.match(text)
    if found is None or _check(text[:-6]) != found[3]:
        return None
    return found[1]


def _narrowed(grant: Grant, groups: tuple[str, ...]) -> tuple[Grant, ...]:
    """The grant on what both it and the token cover."""
    if grant.group == EVERY_CAMERA:
        return tuple(replace(grant, group=group) for group in groups)
    return (grant,) if grant.group in groups or EVERY_CAMERA in groups else ()


def _new_token() -> str:
    token_id = "".join(secrets.choice(_ID_LETTERS) for _ in range(8))
    secret = "".join(secrets.choice(_LETTERS) for _ in range(32))
    text = f"{PREFIX}{token_id}_{secret}"
    return text + _check(text)


def _check(text: str) -> str:
    """CRC-32 in six letters: no secret, it only makes what looks like a token be one."""
    number, letters = zlib.crc32(text.encode()), ""
    for _ in range(6):
        number, place = divmod(number, len(_LETTERS))
        letters = _LETTERS[place] + letters
    return letters
