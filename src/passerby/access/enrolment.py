"""Setting a password with its one-time codes, by an invitation or by who has logged in."""

import json

from passerby.access.context import Context
from passerby.access.credentials.codes import (
    code_uri,
    fitting_step,
    new_code_secret,
    new_recovery_codes,
    recovery_code,
    step_of,
)
from passerby.access.credentials.passwords import Hasher, checked_password
from passerby.access.credentials.secret_words import hash_of_ours, hashed, new_secret
from passerby.access.errors import InputError
from passerby.access.invitations import Invitations, Owner
from passerby.access.log_in.password import CODE_FIELD
from passerby.access.values import CodeSetUp, Invitation, PasswordSet, Visitor
from passerby.domain.access import Principal
from passerby.domain.accounts import Challenge, ChallengeKind, Method
from passerby.text import moment
from passerby.units import MINUTE_S, NS_PER_S

SET_UP_S = 15 * MINUTE_S


class Enrolment:
    """Sets passwords; there is none without one-time codes, and no default.

    Args:
        context: the surroundings.
        invitations: whose credentials may be set.
        hasher: hashes passwords.
    """

    def __init__(self, context: Context, invitations: Invitations, hasher: Hasher) -> None:
        self._context, self._invitations, self._hasher = context, invitations, hasher

    async def invitation(self, secret: str) -> Invitation:
        """Returns whose invitation it is, and leaves it.

        Raises:
            LogInRefusedError: it is none, was used, or is too old.
        """
        return await self._invitations.look(secret)

    async def begin_password(self, who: Principal | str) -> CodeSetUp:
        """Returns a new secret for an authenticator app; nothing changes until its first code comes."""
        context = self._context
        owner = await self._invitations.owner(who)
        secret, set_up_id, now_ns = new_code_secret(), new_secret(), context.clock()
        body = json.dumps({"secret": context.cipher.encrypted(secret, owner.account, CODE_FIELD)})
        end_ns = now_ns + SET_UP_S * NS_PER_S
        challenge = Challenge(hashed(set_up_id), ChallengeKind.CODE_SET_UP, owner.account, body, end_ns)
        await context.store.add_challenge(challenge, now_ns)
        return CodeSetUp(set_up_id, secret, code_uri(secret, owner.account, context.site()))

    async def finish_password(
        self, who: Principal | str, set_up_id: str, password: str, code: str, visitor: Visitor
    ) -> PasswordSet:
        """Sets password and codes; older ones work no more, and other sessions end.

        Raises:
            InputError: the password is too weak, or the code does not fit; both may be tried again.
            LogInRefusedError: the invitation or the set-up is none, was used, or is too old.
            TooManyAttemptsError: it was tried too often.
        """
        context = self._context
        owner = await self._invitations.owner(who)
        context.attempts.count_holder(owner.key)
        plain = checked_password(password, owner.account, context.site())
        encrypted, step = await self._confirmed(owner, set_up_id, code)
        password_hash = await self._hasher.hash(plain)
        await self._invitations.use(owner)
        recovery = new_recovery_codes()
        marks = [context.cipher.mark(recovery_code(each) or "", owner.account) for each in recovery]
        entry = context.entry(owner.account, "password.set", owner.account)
        await context.store.set_password(owner.account, password_hash, encrypted, marks, entry)
        await context.store.use_code(owner.account, step, step_of(context.clock()))
        await self._end_others(owner)
        return PasswordSet(await self._invitations.begin_session(owner, Method.PASSWORD, visitor), recovery)

    async def _confirmed(self, owner: Owner, set_up_id: str, code: str) -> tuple[str, int]:
        """Returns the encrypted secret that the code is of, and the code's step; the set-up is used up by it."""
        context, kind = self._context, ChallengeKind.CODE_SET_UP
        set_up_hash = hash_of_ours(set_up_id)
        found = None if set_up_hash is None else await context.store.challenge(set_up_hash, kind)
        if found is None or found.account != owner.account or found.end_ns <= context.clock():
            raise context.refusal()
        encrypted = str(json.loads(found.body)["secret"])
        secret = context.cipher.decrypted(encrypted, owner.account, CODE_FIELD)
        if secret is None:
            raise context.refusal()
        step = fitting_step(secret, code, context.clock())
        if step is None:
            shown = f"{moment(context.clock()):%H:%M} UTC"
            raise InputError(f"code: it does not fit. The service's clock shows {shown}; compare the telephone's")
        if await context.store.take_challenge(found.challenge_hash, kind) is None:
            raise context.refusal()
        return encrypted, step

    async def _end_others(self, owner: Owner) -> None:
        kept = None if owner.principal is None else owner.principal.session_id
        entry = self._context.entry(owner.account, "session.ended", "all other sessions")
        await self._context.store.end_sessions(owner.account, entry, all_but=kept)
