"""Passkeys (WebAuthn level 2): the authenticator signs a challenge that is kept here, works once, and for minutes."""

import json
from collections.abc import Sequence
from typing import Any, Final, TypeAlias

import webauthn
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from passerby.access.context import Context, checked_text
from passerby.access.credentials.secret_words import hash_of_ours, hashed, new_secret
from passerby.access.errors import InputError, LogInRefusedError, NotAllowedError
from passerby.access.invitations import Invitations, Owner
from passerby.access.sessions import Sessions
from passerby.access.values import NewSession, Place, Question, Visitor
from passerby.domain.access import Permission, Principal, PrincipalKind
from passerby.domain.accounts import Account, Challenge, ChallengeKind, Method, Passkey
from passerby.domain.audit import UNKNOWN_NAME
from passerby.text import is_storable
from passerby.units import MINUTE_S, NS_PER_S

_Descriptor: TypeAlias = PublicKeyCredentialDescriptor

QUESTION_S: Final = 5 * MINUTE_S
MAX_ANSWER_LETTERS: Final = 16 * 1024
MAX_PASSKEYS: Final = 20
_VERIFIED: Final = UserVerificationRequirement.REQUIRED
"""The authenticator asks for its PIN or a finger: two factors in one."""


class Passkeys:
    """Log-in, re-authentication and registration by passkey.

    Args:
        context: the surroundings.
        sessions: where they begin.
        invitations: whose credentials may be set.
    """

    def __init__(self, context: Context, sessions: Sessions, invitations: Invitations) -> None:
        self._context, self._sessions, self._invitations = context, sessions, invitations

    async def begin_log_in(self, visitor: Visitor) -> Question:
        """Returns a question to whatever passkey the authenticator has for this place; no name is typed.

        Raises:
            NotAllowedError: the service is reached by an IP address.
            TooManyAttemptsError: it was tried too often.
        """
        await self._context.count_visitor(visitor)
        return await self._ask(ChallengeKind.PASSKEY_LOG_IN, _STRANGER, [])

    async def finish_log_in(self, question_id: str, answer: str, visitor: Visitor) -> NewSession:
        """Begins a session.

        Raises:
            LogInRefusedError: the answer is wrong, was used before, or comes too late.
            TooManyAttemptsError: it was tried too often.
        """
        await self._context.count_visitor(visitor)
        account = await self._answered(ChallengeKind.PASSKEY_LOG_IN, question_id, answer, _STRANGER, "log_in.refused")
        return await self._sessions.begin(account.name, Method.PASSKEY, visitor)

    async def begin_confirm(self, principal: Principal) -> Question:
        """Returns a question to the passkeys of who has logged in.

        Raises:
            NotAllowedError: the account has none, or the service is reached by an IP address.
        """
        held = await self._context.store.passkeys(_own(principal))
        if not held:
            raise NotAllowedError("this account has no passkey")
        return await self._ask(ChallengeKind.PASSKEY_CONFIRM, _asked(principal), _descriptors(held))

    async def finish_confirm(self, principal: Principal, question_id: str, answer: str, visitor: Visitor) -> NewSession:
        """Proves anew who the owner of a session is; the session gets a new cookie.

        Raises:
            LogInRefusedError: the answer is wrong, was used before, or comes too late.
        """
        _own(principal)
        # Not by the name or the address: who storms either would keep its owner from dangerous changes.
        self._context.attempts.count_holder(principal.session_id)
        kind = ChallengeKind.PASSKEY_CONFIRM
        await self._answered(kind, question_id, answer, _asked(principal), "log_in.not_confirmed")
        self._context.attempts.held_succeeded(principal.session_id)
        return await self._sessions.renew(principal, Method.PASSKEY, visitor)

    async def begin_add(self, who: Principal | str) -> Question:
        """Returns what an authenticator makes a new passkey from.

        Args:
            who: an invitation's secret, or a principal that has logged in a short while ago.
        """
        owner = await self._invitations.owner(who)
        account = await self._context.store.account(owner.account)
        held = await self._context.store.passkeys(owner.account)
        if account is None or len(held) >= MAX_PASSKEYS:
            raise InputError(f"passkey: an account has at most {MAX_PASSKEYS}. Remove one first")
        place, challenge = self._place(), new_secret()
        options = webauthn.generate_registration_options(
            rp_id=place.host,
            rp_name=self._context.site(),
            user_id=base64url_to_bytes(account.handle),
            user_name=account.name,
            challenge=challenge.encode(),
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED, user_verification=_VERIFIED
            ),
            exclude_credentials=_descriptors(held),
        )
        return await self._keep(ChallengeKind.PASSKEY_ADD, owner, challenge, webauthn.options_to_json(options))

    async def finish_add(
        self, who: Principal | str, question_id: str, answer: str, label: str, visitor: Visitor
    ) -> NewSession | None:
        """Adds the passkey; an invitation is used up by it, and a session begins.

        Raises:
            LogInRefusedError: the answer is wrong, was used before, or comes too late.
            InputError: the label cannot be taken.
        """
        context, name = self._context, checked_text("label of a passkey", label, 60)
        owner = await self._invitations.owner(who)
        context.attempts.count_holder(owner.key)
        challenge = await self._taken(ChallengeKind.PASSKEY_ADD, question_id, owner)
        passkey = self._registered(owner, challenge, answer, name)
        await self._invitations.use(owner)
        entry = context.entry(owner.account, "passkey.added", owner.account, name)
        if not await context.store.add_passkey(passkey, entry):
            raise context.refusal()
        return await self._invitations.begin_session(owner, Method.PASSKEY, visitor)

    async def list(self, principal: Principal) -> tuple[Passkey, ...]:
        """Returns one's own passkeys."""
        return await self._context.store.passkeys(_own(principal))

    async def remove(self, principal: Principal, credential_id: str) -> bool:
        """Removes one of one's own passkeys; False where there is no such one.

        Raises:
            InputError: it is the only way to log in.
        """
        context, account = self._context, _own(principal)
        context.require(principal, Permission.SEE_OWN)
        held = await context.store.passkeys(account)
        found = await context.store.account(account)
        others = bool(found and found.password_hash) or bool(await context.store.identities(account))
        if not others and {each.credential_id for each in held} == {credential_id}:
            raise InputError("passkey: it is the only way to log in. Add another one, or a password, first")
        entry = context.entry(account, "passkey.removed", account)
        return await context.store.remove_passkey(account, credential_id, entry)

    def _place(self) -> Place:
        place = self._context.place()
        if not place.passkeys:
            raise NotAllowedError(
                "passkeys need a host name, and this service is reached by an IP address: use password and code, or "
                "set server.public_url"
            )
        return place

    async def _ask(
        self, kind: ChallengeKind, asked: Owner, allowed: Sequence[PublicKeyCredentialDescriptor]
    ) -> Question:
        challenge = new_secret()
        options = webauthn.generate_authentication_options(
            rp_id=self._place().host,
            challenge=challenge.encode(),
            allow_credentials=[*allowed] or None,
            user_verification=_VERIFIED,
        )
        return await self._keep(kind, asked, challenge, webauthn.options_to_json(options))

    async def _keep(self, kind: ChallengeKind, asked: Owner, challenge: str, options: str) -> Question:
        now_ns, question_id = self._context.clock(), new_secret()
        # Bound to the session or the invitation that asked, not only to its account.
        body = json.dumps({"challenge": challenge, "holder": asked.key})
        kept = Challenge(hashed(question_id), kind, asked.account, body, now_ns + QUESTION_S * NS_PER_S)
        await self._context.store.add_challenge(kept, now_ns)
        return Question(question_id, options)

    async def _taken(self, kind: ChallengeKind, question_id: str, asked: Owner) -> bytes:
        """Returns the challenge of a question, which is used up by this."""
        context, question_hash = self._context, hash_of_ours(question_id)
        found = None if question_hash is None else await context.store.take_challenge(question_hash, kind)
        if found is None or found.account != asked.account or found.end_ns <= context.clock():
            raise context.refusal()
        body = json.loads(found.body)
        if body.get("holder") != asked.key:
            raise context.refusal()
        return str(body["challenge"]).encode()

    async def _answered(
        self, kind: ChallengeKind, question_id: str, answer: str, asked: Owner, refused: str
    ) -> Account:
        """Returns the account whose passkey has answered: that of who was asked, any where it was a stranger."""
        context, account = self._context, asked.account
        passkey: Passkey | None = None
        try:
            challenge = await self._taken(kind, question_id, asked)
            credential = _parsed(answer, context.refusal())
            credential_id = str(credential.get("id", ""))[:1024]
            passkey = await context.store.passkey(credential_id) if is_storable(credential_id) else None
            if passkey is None or account not in ("", passkey.account):
                raise context.refusal()
            owner = await context.store.account(passkey.account)
            count = self._verified(passkey, credential, challenge)
            if owner is None or not owner.enabled:
                raise context.refusal()
            if not await context.store.count_passkey_use(
                passkey.credential_id, passkey.sign_count, count, context.clock()
            ):
                raise context.refusal()
        except LogInRefusedError:
            actor = account or (passkey.account if passkey else UNKNOWN_NAME)
            await context.store.append_audit(context.entry(actor, refused, "a browser", "by passkey"))
            raise
        return owner

    def _verified(self, passkey: Passkey, credential: dict[str, Any], challenge: bytes) -> int:
        """Returns the authenticator's new count of uses."""
        place = self._place()
        try:
            verified = webauthn.verify_authentication_response(
                credential=credential,
                expected_challenge=challenge,
                expected_rp_id=place.host,
                expected_origin=place.origin,
                credential_public_key=base64url_to_bytes(passkey.public_key),
                credential_current_sign_count=passkey.sign_count,
                require_user_verification=True,
            )
        except (WebAuthnException, ValueError, KeyError, TypeError, RecursionError):
            raise self._context.refusal() from None
        return verified.new_sign_count

    def _registered(self, owner: Owner, challenge: bytes, answer: str, label: str) -> Passkey:
        place, refusal = self._place(), self._context.refusal()
        try:
            verified = webauthn.verify_registration_response(
                credential=_parsed(answer, refusal),
                expected_challenge=challenge,
                expected_rp_id=place.host,
                expected_origin=place.origin,
                require_user_verification=True,
            )
        except (WebAuthnException, ValueError, KeyError, TypeError, RecursionError):
            raise refusal from None
        return Passkey(
            bytes_to_base64url(verified.credential_id),
            owner.account,
            bytes_to_base64url(verified.credential_public_key),
            verified.sign_count,
            label,
            self._context.clock(),
        )


_STRANGER: Final = Owner("", None, None)
"""Who logs in: not known yet."""


def _asked(principal: Principal) -> Owner:
    return Owner(principal.name, None, principal)


def _own(principal: Principal) -> str:
    if principal.kind is not PrincipalKind.ACCOUNT:
        raise NotAllowedError("only an account that has logged in has passkeys")
    return principal.name


def _descriptors(held: tuple[Passkey, ...]) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=base64url_to_bytes(each.credential_id)) for each in held]


def _parsed(answer: str, refusal: LogInRefusedError) -> dict[str, Any]:
    if len(answer) > MAX_ANSWER_LETTERS:
        raise refusal
    try:
        parsed = json.loads(answer)
    except (ValueError, RecursionError):
        raise refusal from None
    if not isinstance(parsed, dict):
        raise refusal
    return parsed
