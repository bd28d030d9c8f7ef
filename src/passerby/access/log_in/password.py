"""Log-in by name, password and one-time code, in one step: what of them was wrong is not said."""

from collections.abc import Callable
from contextlib import suppress

from passerby.access.context import Context
from passerby.access.credentials.codes import fitting_step, recovery_code, step_of
from passerby.access.credentials.names import looked_up
from passerby.access.credentials.passwords import Hasher
from passerby.access.errors import NotAllowedError, TooManyAttemptsError
from passerby.access.sessions import Sessions
from passerby.access.values import NewSession, Visitor
from passerby.domain.access import Principal, PrincipalKind
from passerby.domain.accounts import Account, Method
from passerby.domain.audit import UNKNOWN_NAME

CODE_FIELD = "code_secret"
_DECOY_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"  # noqa: S105 - compared with where there is no account
_BROWSER = "a browser"


class PasswordLogIn:
    """Log-in and re-authentication by password and code.

    Args:
        context: the surroundings.
        sessions: where they begin.
        hasher: compares passwords.
    """

    def __init__(self, context: Context, sessions: Sessions, hasher: Hasher) -> None:
        self._context, self._sessions, self._hasher = context, sessions, hasher

    async def log_in(self, name: str, password: str, code: str, visitor: Visitor) -> NewSession:
        """Begins a session.

        Args:
            name: as it was typed.
            password: as it was typed.
            code: six digits of the authenticator app, or a recovery code.
            visitor: where it comes from.

        Raises:
            LogInRefusedError: something of it is wrong.
            TooManyAttemptsError: it was tried too often.
        """
        attempts, spelled, address = self._context.attempts, looked_up(name), visitor.address
        device = "" if spelled is None else await self._context.devices.number_of(visitor, spelled)
        await self._count(spelled, "log_in.refused", lambda: attempts.count(spelled or name, address, device))
        account = await self._proved(spelled, password, code, "log_in.refused")
        attempts.succeeded(account.name, address, device)
        return await self._sessions.begin(account.name, Method.PASSWORD, visitor)

    async def confirm(self, principal: Principal, password: str, code: str, visitor: Visitor) -> NewSession:
        """Proves anew who the owner of a session is; the session gets a new cookie.

        Raises:
            LogInRefusedError: something of it is wrong.
            TooManyAttemptsError: it was tried too often.
        """
        if principal.kind is not PrincipalKind.ACCOUNT:
            raise NotAllowedError("only an account that has logged in can do so again")
        context, session = self._context, principal.session_id
        # Not by the name or the address: who storms either would keep its owner from dangerous changes.
        await self._count(principal.name, "log_in.not_confirmed", lambda: context.attempts.count_holder(session))
        await self._proved(principal.name, password, code, "log_in.not_confirmed")
        context.attempts.held_succeeded(session)
        return await self._sessions.renew(principal, Method.PASSWORD, visitor)

    async def _proved(self, spelled: str | None, password: str, code: str, refused: str) -> Account:
        context = self._context
        account = None if spelled is None else await context.store.account(spelled)
        fits = await self._hasher.fits(None if account is None else account.password_hash, password)
        # Looked at even where the password is wrong: a refusal takes as long whatever was.
        secret = self._code_secret(account)
        step = fitting_step(secret or _DECOY_SECRET, code, context.clock())
        step = None if secret is None else step
        if account is None or not (fits and account.enabled and await self._use(account, step, code)):
            actor = UNKNOWN_NAME if account is None else account.name
            await context.store.append_audit(context.entry(actor, refused, _BROWSER, "by password"))
            raise context.refusal()
        await self._renew_hash(account, password)
        return account

    async def _renew_hash(self, account: Account, password: str) -> None:
        """Hashes a password anew by today's costs, now that it is here."""
        was = account.password_hash or ""
        with suppress(TooManyAttemptsError):  # in a storm; the next log-in does it
            renewed = await self._hasher.renewed(was, password)
            if renewed is not None:
                await self._context.store.renew_password_hash(account.name, was, renewed)

    async def _count(self, spelled: str | None, refused: str, count: Callable[[], None]) -> None:
        context = self._context
        try:
            count()
        except TooManyAttemptsError as error:
            if error.first:  # one entry for each time of too many, so that a storm does not fill the log
                account = None if spelled is None else await context.store.account(spelled)
                actor = UNKNOWN_NAME if account is None else account.name
                await context.store.append_audit(context.entry(actor, refused, _BROWSER, "too many attempts"))
            raise

    def _code_secret(self, account: Account | None) -> str | None:
        if account is None or account.code_secret is None:
            return None
        return self._context.cipher.decrypted(account.code_secret, account.name, CODE_FIELD)

    async def _use(self, account: Account, step: int | None, code: str) -> bool:
        """Uses the code up; False where it is wrong, or was used before."""
        store, clock = self._context.store, self._context.clock
        if step is not None:
            return await store.use_code(account.name, step, step_of(clock()))
        recovery = recovery_code(code)
        if recovery is None:
            return False
        entry = self._context.entry(account.name, "recovery_code.used", account.name)
        return await store.use_recovery_code(account.name, self._context.cipher.mark(recovery, account.name), entry)
