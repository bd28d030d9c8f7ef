"""Accounts: added, invited, disabled and enabled by an administrator."""

import secrets

from webauthn.helpers import bytes_to_base64url

from passerby.access.context import Context, checked_text
from passerby.access.credentials.names import looked_up, skeleton, spelled
from passerby.access.errors import InputError, NotAllowedError
from passerby.access.invitations import Invitations
from passerby.domain.access import Permission, Principal, PrincipalKind
from passerby.domain.accounts import Account, Identity, Method

_PROPOSE = Permission.PROPOSE_GRANTS


class Accounts:
    """The accounts of a site.

    Args:
        context: the surroundings.
        invitations: how people come to their credentials.
    """

    def __init__(self, context: Context, invitations: Invitations) -> None:
        self._context, self._invitations = context, invitations

    async def list(self, principal: Principal) -> tuple[Account, ...]:
        """Returns all accounts by name."""
        self._context.require(principal, _PROPOSE, Permission.CONFIRM_GRANTS, Permission.READ_AUDIT, recent=False)
        return await self._context.store.accounts()

    async def add(self, principal: Principal, name: str) -> str:
        """Adds an account without any credential and returns the secret of its invitation.

        Raises:
            InputError: the name cannot be taken, or another account looks like it.
            NotAllowedError: the principal adds no accounts.
        """
        self._context.require(principal, _PROPOSE)
        account = await self.make(name, principal.name)
        return await self._invitations.new(account.name, principal.name)

    async def make(self, name: str, by: str) -> Account:
        """Adds an account without any credential.

        Raises:
            InputError: the name cannot be taken, or another account looks like it.
        """
        context, plain = self._context, spelled(name)
        handle = bytes_to_base64url(secrets.token_bytes(32))
        account = Account(plain, skeleton(plain), handle, context.clock())
        if not await context.store.add_account(account, context.entry(by, "account.added", plain)):
            raise InputError("account name: there is one with this name, or one that looks like it. Take another")
        return account

    async def invite(self, principal: Principal, name: str) -> str:
        """Returns the secret of a new invitation.

        Credentials that the account has, and its sessions, go, and its grants hold only once they are confirmed anew:
        otherwise an administrator could take over an account that sees what administrators do not.

        Raises:
            InputError: there is no such account.
            NotAllowedError: the principal invites no one, or invites itself.
        """
        context = self._context
        context.require(principal, _PROPOSE)
        account = await self.found(name)
        if account.name == principal.name:
            raise NotAllowedError("no account invites itself: change your own password and passkeys instead")
        grants = await context.store.grants(account.name)
        confirmed = [each for each in grants if each.confirmed_by and not each.over(context.clock())]
        if confirmed or await self.has_credentials(account):
            entry = context.entry(principal.name, "account.reset", account.name)
            await context.store.take_credentials(account.name, entry)
        return await self._invitations.new(account.name, principal.name)

    async def tie(self, principal: Principal, name: str, issuer: str, subject: str) -> None:
        """Ties an identity at a provider to an account; the command line alone does, others need an invitation.

        Raises:
            InputError: there is no such account or provider, or the identity is tied to an account.
            NotAllowedError: it is not the command line.
        """
        context = self._context
        if principal.kind is not PrincipalKind.MACHINE:
            raise NotAllowedError("who logs in by a provider ties it by an invitation; the command line may, too")
        account = await self.found(name)
        if issuer not in {provider.issuer for provider in context.plan().providers}:
            raise InputError("provider: the site file names none with this issuer, under access.providers")
        identity = Identity(issuer, checked_text("subject", subject, 255), account.name)
        entry = context.entry(principal.name, "identity.tied", account.name, f"at {issuer}")
        if not await context.store.add_identity(identity, entry):
            raise InputError("identity: it is tied to an account already")

    async def untie(self, principal: Principal, name: str, issuer: str, subject: str) -> None:
        """Unties an identity: one's own, or any by the command line; nothing logs in by it any more.

        Raises:
            InputError: there is no such identity, or it is the account's only way to log in.
            NotAllowedError: it is another's.
        """
        context = self._context
        account = await self.found(name)
        if principal.kind is not PrincipalKind.MACHINE:
            context.require(principal, Permission.SEE_OWN)
            if principal.kind is not PrincipalKind.ACCOUNT or account.name != principal.name:
                raise NotAllowedError("each account unties its own identities; the command line may untie any")
            if await self.ways(account) == (Method.SIGN_ON.value,) and len(await self.identities(principal)) == 1:
                raise InputError("identity: it is the only way to log in. Add a passkey, or a password, first")
        entry = context.entry(principal.name, "identity.untied", account.name, f"at {issuer[:255]}")
        if not await context.store.remove_identity(Identity(issuer, subject, account.name), entry):
            raise InputError("identity: this account has no such one")

    async def identities(self, principal: Principal) -> tuple[Identity, ...]:
        """Returns one's own identities at providers."""
        return await self._context.store.identities(principal.name)

    async def disable(self, principal: Principal, name: str) -> None:
        """Disables an account: its sessions end, and its tokens let nothing in.

        Raises:
            InputError: there is no such account.
            NotAllowedError: the principal disables no accounts, or disables itself.
        """
        await self._set(principal, name, enabled=False)

    async def enable(self, principal: Principal, name: str) -> None:
        """Enables an account again."""
        await self._set(principal, name, enabled=True)

    async def remove(self, principal: Principal, name: str) -> str:
        """Removes an account that is disabled, with its credentials, tokens and grants, for good; returns its name.

        Raises:
            InputError: there is no such account, it is enabled, or it is the last one.
            NotAllowedError: it is not the command line.
        """
        context = self._context
        if principal.kind is not PrincipalKind.MACHINE:
            raise NotAllowedError(
                "here accounts are disabled; on the machine `passerby users remove SITE.yaml NAME` removes them"
            )
        account = await self.found(name)
        if account.enabled:
            raise InputError("account: it is enabled. Disable it first, so that its owner can be missed")
        entry = context.entry(principal.name, "account.removed", account.name)
        if not await context.store.remove_account(account.name, entry):
            raise InputError("account: it is the last one. Without any, the one-time link would open everything")
        return account.name

    async def found(self, name: str) -> Account:
        """Returns an account by its name as it was typed.

        Raises:
            InputError: there is no such account.
        """
        plain = looked_up(name)
        account = None if plain is None else await self._context.store.account(plain)
        if account is None:
            raise InputError("account: there is none of this name. `passerby users list SITE.yaml` shows all of them")
        return account

    async def has_credentials(self, account: Account) -> bool:
        """Returns whether a person can log in to it."""
        return bool(await self.ways(account))

    async def ways(self, account: Account) -> tuple[str, ...]:
        """Returns what an account can log in by: some of `password`, `passkey` and `sign_on`."""
        store = self._context.store
        held = {
            Method.PASSWORD: account.password_hash is not None,
            Method.PASSKEY: bool(await store.passkeys(account.name)),
            Method.SIGN_ON: bool(await store.identities(account.name)),
        }
        return tuple(method.value for method, there in held.items() if there)

    async def _set(self, principal: Principal, name: str, *, enabled: bool) -> None:
        context = self._context
        context.require(principal, _PROPOSE)
        account = await self.found(name)
        if account.name == principal.name and principal.kind is PrincipalKind.ACCOUNT:
            raise NotAllowedError("this is your own account: another administrator, or the command line, does it")
        entry = context.entry(principal.name, "account.enabled" if enabled else "account.disabled", account.name)
        await context.store.set_enabled(account.name, enabled, entry)
