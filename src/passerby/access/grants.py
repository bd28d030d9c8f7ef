"""Grants: an administrator proposes, the privacy officer confirms; none is given by a person to themselves."""

from collections.abc import Collection
from typing import Final

from passerby.access.accounts import Accounts
from passerby.access.context import Context
from passerby.access.errors import InputError, NotAllowedError
from passerby.access.sessions import holding_now
from passerby.domain.access import Grant, Permission, Principal, PrincipalKind, Role
from passerby.text import utc_time
from passerby.units import DAY_S, NS_PER_S

MAX_GRANT_DAYS: Final = 366

ALONE: Final = frozenset({Role.ADMINISTRATOR, Role.PRIVACY_OFFICER, Role.AUDITOR})
"""Roles that are held without any other: who runs the machine, who confirms, and who checks both."""


class Grants:
    """The grants of all accounts.

    Args:
        context: the surroundings.
        accounts: whom they are for.
    """

    def __init__(self, context: Context, accounts: Accounts) -> None:
        self._context, self._accounts = context, accounts

    async def list(self, principal: Principal, account: str | None = None) -> tuple[Grant, ...]:
        """Returns all grants, or those of an account, also those that wait or have ended; one's own may be seen."""
        if account is None or account != principal.name:
            see = (Permission.PROPOSE_GRANTS, Permission.CONFIRM_GRANTS, Permission.READ_AUDIT)
            self._context.require(principal, *see, recent=False)
        return await self._context.store.grants(account)

    async def gives(self, account: str, permission: Permission, groups: Collection[str] | None) -> bool:
        """Returns whether an account that is enabled may do something now, logged in as strongly as its roles need.

        Args:
            account: its name.
            permission: what.
            groups: the groups of the camera that it is done to; None for what concerns no single camera.
        """
        context = self._context
        found = await context.store.account(account)
        if found is None or not found.enabled:
            return False
        held = holding_now(context, await context.store.grants(account), strong=True)
        return Principal(account, PrincipalKind.ACCOUNT, held, "").may(permission, groups)

    async def propose(
        self, principal: Principal, account: str, role: Role, group: str, start_ns: int, end_ns: int
    ) -> Grant:
        """Proposes a grant; it gives nothing until it is confirmed.

        Args:
            principal: who proposes it.
            account: whom it is for.
            role: what it gives.
            group: a camera group, or `EVERY_CAMERA`.
            start_ns, end_ns: UTC nanoseconds from and until when.

        Raises:
            InputError: there is no such account, the group is none, or the times do not fit.
            NotAllowedError: the principal proposes none, proposes one to itself, or the roles may not be combined.
        """
        context = self._context
        context.require(principal, Permission.PROPOSE_GRANTS)
        found = await self._accounts.found(account)
        name = context.checked_group(group)
        context.require(principal, Permission.PROPOSE_GRANTS, groups=(name,))
        check_span("grant", start_ns, end_ns, context.clock(), MAX_GRANT_DAYS)
        if not context.plan().one_person:
            if found.name == principal.name:
                raise NotAllowedError("no one proposes a grant to themselves: another administrator does")
            await self._check_roles(found.name, role)
        grant = Grant(0, found.name, role, name, start_ns, end_ns, principal.name)
        entry = context.entry(principal.name, "grant.proposed", found.name, worded(grant))
        return await context.store.propose_grant(grant, entry)

    async def confirm(self, principal: Principal, grant_id: int) -> None:
        """Confirms a grant.

        Raises:
            InputError: there is no such grant, or it was confirmed, has ended or was taken back.
            NotAllowedError: the principal confirms none, has proposed it, or would get it.
        """
        context = self._context
        grant = await self._grant(grant_id)
        await self._check_confirmer(principal, grant)
        if not context.plan().one_person:
            await self._check_roles(grant.account, grant.role, apart_from=grant.grant_id)
        entry = context.entry(principal.name, "grant.confirmed", grant.account, worded(grant))
        if grant.end_ns <= context.clock.latest() or not await context.store.confirm_grant(
            grant_id, principal.name, entry
        ):
            raise InputError(
                f"grant {grant_id}: it was confirmed, taken back, or has ended. `passerby users list SITE.yaml`"
            )

    async def revoke(self, principal: Principal, grant_id: int) -> None:
        """Takes a grant back at once; each account may give back its own.

        Raises:
            InputError: there is no such grant, or it was taken back.
            NotAllowedError: the principal takes none back.
        """
        context = self._context
        grant = await self._grant(grant_id)
        if principal.kind is not PrincipalKind.ACCOUNT or grant.account != principal.name:
            both = (Permission.PROPOSE_GRANTS, Permission.CONFIRM_GRANTS)
            context.require(principal, *both, groups=(grant.group,))
        entry = context.entry(principal.name, "grant.revoked", grant.account, worded(grant))
        if not await context.store.revoke_grant(grant_id, context.clock(), entry):
            raise InputError(f"grant {grant_id}: it was taken back already")

    async def _grant(self, grant_id: int) -> Grant:
        found = [grant for grant in await self._context.store.grants() if grant.grant_id == grant_id]
        if not found:
            raise InputError(
                f"grant {grant_id}: there is none of this number. `passerby users list SITE.yaml` shows all"
            )
        return found[0]

    async def _check_confirmer(self, principal: Principal, grant: Grant) -> None:
        context, one_person = self._context, self._context.plan().one_person
        if principal.kind is PrincipalKind.MACHINE:
            first = grant.role is Role.PRIVACY_OFFICER and not await self._any(Role.PRIVACY_OFFICER)
            if not (first or one_person):
                raise NotAllowedError(
                    "the privacy officer confirms grants, on the page. The command line confirms the first privacy "
                    "officer, and any grant of a site with `access.one_person: true`"
                )
            return
        also = (Permission.PROPOSE_GRANTS,) if one_person else ()
        context.require(principal, Permission.CONFIRM_GRANTS, *also, groups=(grant.group,))
        if not one_person and principal.name in (grant.account, grant.proposed_by):
            raise NotAllowedError("no one confirms a grant to themselves, or one that they have proposed")

    async def _any(self, role: Role) -> bool:
        context = self._context
        held = holding_now(context, await context.store.grants(), strong=True)
        enabled = {account.name for account in await context.store.accounts() if account.enabled}
        return any(grant.role is role and grant.account in enabled for grant in held)

    async def _check_roles(self, account: str, role: Role, apart_from: int | None = None) -> None:
        """Refuses roles that one person may not combine, counting those that wait or begin later."""
        now_ns = self._context.clock()
        others = {
            grant.role
            for grant in await self._context.store.grants(account)
            if grant.revoked_ns is None and grant.end_ns > now_ns and grant.grant_id != apart_from
        } - {role}
        if others and (role in ALONE or others & ALONE):
            raise NotAllowedError(
                f"{account} has the role {', '.join(sorted(others))} already, and {role.value} may not be combined "
                "with it. Take the other grant back first, or set `access.one_person: true`, which the register shows"
            )


def check_span(what: str, start_ns: int, end_ns: int, now_ns: int, max_days: int) -> None:
    """Raises an InputError where something would begin after its end, be over already, or last too long."""
    longest_ns = max_days * DAY_S * NS_PER_S
    if end_ns <= now_ns or end_ns <= start_ns:
        raise InputError(f"{what}: its end must be in the future, and after its beginning")
    if end_ns - start_ns > longest_ns or start_ns > now_ns + longest_ns:
        raise InputError(f"{what}: it may last {max_days} days, and begin within as many. Give an earlier end")


def worded(grant: Grant) -> str:
    """Returns a grant in words for the audit log."""
    return f"{grant.role.value} on {grant.group} from {utc_time(grant.start_ns)} until {utc_time(grant.end_ns)}"
