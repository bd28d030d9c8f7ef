"""Log-in by name, password and one-time code, in one step: what of them was wrong is not said."""

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
        account = await self._proved(name, password, code, visitor, "log_in.refused")
        return await self._sessions.begin(account.name, Method.PASSWORD, visitor)

    async def confirm(self, principal: Principal, password: str, code: str, visitor: Visitor) -> NewSession:
        """Proves anew who the owner of a session is; the session gets a new cookie.

        Raises:
            LogInRefusedError: something of it is wrong.
            TooManyAttemptsError: it was tried too often.
        """
        if principal.kind is not PrincipalKind.ACCOUNT:
            raise NotAllowedError("only an account that has logged in can do so again")
        # Counted by the session: who storms the name from elsewhere would keep its owner from dangerous changes.
        key = f"session {principal.session_id}"
        await self._proved(principal.name, password, code, visitor, "log_in.not_confirmed", key)
        return await self._sessions.renew(principal, Method.PASSWORD)

    async def _proved(
        self, name: str, password: str, code: str, visitor: Visitor, refused: str, key: str | None = None
    ) -> Account:
        context = self._context
        spelled = looked_up(name)
        await self._count(key or spelled or name, visitor, spelled, refused)
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
        context.attempts.succeeded(account.name, visitor.address)
        await self._renew_hash(account, password)
        return account

    async def _renew_hash(self, account: Account, password: str) -> None:
        """Hashes a password anew by today's costs, now that it is here."""
        was = account.password_hash or ""
        with suppress(TooManyAttemptsError):  # in a storm; the next log-in does it
            renewed = await self._hasher.renewed(was, password)
            if renewed is not None:
                await self._context.store.renew_password_hash(account.name, was, renewed)

    async def _count(self, key: str, visitor: Visitor, spelled: str | None, refused: str) -> None:
        context = self._context
        try:
            context.attempts.count(key, visitor.address)
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
