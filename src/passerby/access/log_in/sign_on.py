"""Single sign-on by OpenID Connect: code flow with PKCE, nonce and state; an identity is issuer plus subject."""

import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc.errors import JoseError

from passerby.access.context import Context
from passerby.access.credentials.secret_words import hash_of_ours, hashed, new_secret
from passerby.access.errors import InputError, LogInRefusedError, ProviderError, UnknownIdentityError
from passerby.access.invitations import Invitations
from passerby.access.log_in.provider import ProviderClient
from passerby.access.sessions import Sessions
from passerby.access.values import NewSession, SignOnEnd, SignOnStart, Visitor
from passerby.domain.access import Principal, PrincipalKind
from passerby.domain.access_plan import Provider
from passerby.domain.accounts import Challenge, ChallengeKind, Identity, Method
from passerby.domain.audit import UNKNOWN_NAME
from passerby.units import MINUTE_S, NS_PER_S

ANSWER_PATH: Final = "/log-in/answer"
SIGN_ON_S: Final = 10 * MINUTE_S
CLOCK_SLACK_S: Final = 120
"""How far the clocks of the provider and of this machine may be apart."""

MAX_PARAMETER_LETTERS: Final = 4096
_STATE_FIELD: Final = "sign_on"


@dataclass(frozen=True, slots=True)
class _Waiting:
    """What a log-in at a provider was begun with.

    Attributes:
        provider: its name.
        verifier, nonce: what the code and the token must fit.
        binding: hash of the browser's cookie.
        return_to: path of this service.
        session_id: the session to be confirmed; empty for none.
        invitation: the invitation by which an identity is tied; empty for none.
    """

    provider: str
    verifier: str
    nonce: str
    binding: str
    return_to: str
    session_id: str = ""
    invitation: str = ""


class SignOn:
    """Log-in, re-authentication and tying of identities by providers.

    Args:
        context: the surroundings.
        sessions: where they begin.
        invitations: whose credentials may be set.
    """

    def __init__(self, context: Context, sessions: Sessions, invitations: Invitations) -> None:
        self._context, self._sessions, self._invitations = context, sessions, invitations
        self._clients: dict[str, ProviderClient] = {}

    @property
    def providers(self) -> tuple[str, ...]:
        """The names of the providers that one may log in by."""
        return tuple(provider.name for provider in self._context.plan().providers)

    async def begin(
        self, provider: str, visitor: Visitor, *, return_to: str = "/", who: Principal | str | None = None
    ) -> SignOnStart:
        """Returns where the browser is sent.

        Args:
            provider: its name.
            visitor: where it comes from.
            return_to: path of this service to go on to afterwards.
            who: None for a log-in; a principal that has to prove anew who it is; an invitation's secret, by which the
                identity is tied to its account.

        Raises:
            InputError: there is no such provider.
            ProviderError: it does not answer, or not as it should.
            TooManyAttemptsError: it was tried too often.
        """
        context = self._context
        if isinstance(who, Principal):
            context.attempts.count_holder(who.session_id)
        else:
            await context.count_visitor(visitor)
        client = self._client(provider)
        if isinstance(who, str):
            await self._invitations.owner(who)
        settings = await client.settings()
        state, binding = new_secret(), new_secret()
        waiting = _Waiting(
            client.provider.name, new_secret(), new_secret(), hashed(binding), local_path(return_to),
            who.session_id if isinstance(who, Principal) else "", who if isinstance(who, str) else "",
        )  # fmt: skip
        await self._keep(state, waiting)
        again: dict[str, Any] = {"prompt": "login", "max_age": "0"} if isinstance(who, Principal) else {}
        if client.provider.acr:
            again["acr_values"] = " ".join(client.provider.acr)
        url = prepare_grant_uri(
            settings.authorization_url,
            client_id=client.provider.client_id,
            response_type="code",
            redirect_uri=self._answer_url(),
            scope="openid",
            state=state,
            nonce=waiting.nonce,
            code_challenge=create_s256_code_challenge(waiting.verifier),
            code_challenge_method="S256",
            **again,
        )
        return SignOnStart(url, binding)

    async def finish(self, query: Mapping[str, str], binding: str, visitor: Visitor) -> SignOnEnd:
        """Takes a provider's answer in.

        Args:
            query: parameters of the request that the provider has sent the browser to.
            binding: the browser's cookie of the beginning.
            visitor: where it comes from.

        Raises:
            LogInRefusedError: the answer is none, was used before, comes too late or from another browser.
            ProviderError: the provider does not answer, or its token is not right.
            UnknownIdentityError: no account is tied to the identity.
        """
        context = self._context
        await context.count_visitor(visitor)
        try:
            waiting = await self._taken(query.get("state", ""), binding)
            client = self._client(waiting.provider)
            code = await self._code(query, client)
            signed = await client.tokens(code, waiting.verifier, self._answer_url())
            claims = self._checked(signed.header, signed.claims, client.provider, waiting)
        except (LogInRefusedError, ProviderError, InputError) as error:
            why = "by sign_on" if isinstance(error, LogInRefusedError) else f"by sign_on: {error}"
            await context.store.append_audit(context.entry(UNKNOWN_NAME, "log_in.refused", "a browser", why))
            raise
        identity = (str(claims["iss"]), str(claims["sub"]))
        strong = is_strong(claims, client.provider)
        if waiting.invitation:
            session = await self._tie(waiting, identity, visitor, strong)
        else:
            session = await self._enter(waiting, identity, visitor, strong)
        return SignOnEnd(session, waiting.return_to)

    async def _enter(self, waiting: _Waiting, identity: tuple[str, str], visitor: Visitor, strong: bool) -> NewSession:
        """Begins a session of the account that the identity is tied to, or confirms one."""
        context = self._context
        found = await context.store.identity(*identity)
        account = None if found is None else await context.store.account(found.account)
        if account is None or not account.enabled:
            actor = UNKNOWN_NAME if account is None else account.name
            entry = context.entry(actor, "log_in.refused", "a browser", f"by sign_on at {identity[0]}")
            await context.store.append_audit(entry)
            raise UnknownIdentityError(*identity) if account is None else context.refusal()
        if not waiting.session_id:
            return await self._sessions.begin(account.name, Method.SIGN_ON, visitor, strong=strong)
        owner = Principal(account.name, PrincipalKind.ACCOUNT, (), waiting.session_id)
        holder = await context.store.session_holder_by_id(waiting.session_id)
        if holder is None or holder.session.account != account.name:
            raise context.refusal()
        return await self._sessions.renew(owner, Method.SIGN_ON, visitor, strong=strong)

    async def _tie(self, waiting: _Waiting, identity: tuple[str, str], visitor: Visitor, strong: bool) -> NewSession:
        """Ties the identity to the account of an invitation, and begins a session."""
        context = self._context
        owner = await self._invitations.owner(waiting.invitation)
        await self._invitations.use(owner)
        entry = context.entry(owner.account, "identity.tied", owner.account, f"at {identity[0]}")
        if not await context.store.add_identity(Identity(*identity, owner.account), entry):
            raise InputError("this identity is tied to an account already")
        return await self._invitations.begin_first(owner, Method.SIGN_ON, visitor, strong=strong)

    def _client(self, name: str) -> ProviderClient:
        found = {provider.name: provider for provider in self._context.plan().providers}.get(name)
        if found is None:
            raise InputError("provider: there is none of this name. Log in another way")
        client = self._clients.get(name)
        if client is None or client.provider != found:
            client = self._clients[name] = ProviderClient(found, self._context.clock)
        return client

    def _answer_url(self) -> str:
        return self._context.place().origin + ANSWER_PATH

    async def _keep(self, state: str, waiting: _Waiting) -> None:
        context, now_ns = self._context, self._context.clock()
        words = {name: getattr(waiting, name) for name in _Waiting.__slots__}
        body = context.cipher.encrypted(json.dumps(words), "", _STATE_FIELD)
        challenge = Challenge(hashed(state), ChallengeKind.SIGN_ON, "", body, now_ns + SIGN_ON_S * NS_PER_S)
        await context.store.add_challenge(challenge, now_ns)

    async def _taken(self, state: str, binding: str) -> _Waiting:
        context, state_hash = self._context, hash_of_ours(state)
        found = None if state_hash is None else await context.store.take_challenge(state_hash, ChallengeKind.SIGN_ON)
        body = None if found is None else context.cipher.decrypted(found.body, "", _STATE_FIELD)
        if found is None or body is None or found.end_ns <= context.clock():
            raise context.refusal()
        waiting = _Waiting(**json.loads(body))
        if not hmac.compare_digest(waiting.binding, hashed(binding)):
            raise context.refusal()  # begun in another browser: an attacker's log-in, put upon this one
        return waiting

    async def _code(self, query: Mapping[str, str], client: ProviderClient) -> str:
        """Returns the code of an answer (RFC 6749, 4.1.2), of the provider that was asked (RFC 9207)."""
        settings, issuer = await client.settings(), query.get("iss")
        if issuer != client.provider.issuer and (settings.names_itself or issuer is not None):
            raise self._context.refusal()
        if "error" in query:
            raise ProviderError(f"{client.provider.name}: the provider did not let you in")
        code = query.get("code", "")
        if not 1 <= len(code) <= MAX_PARAMETER_LETTERS:
            raise self._context.refusal()
        return code

    def _checked(
        self, header: Mapping[str, Any], claims: Mapping[str, Any], provider: Provider, waiting: _Waiting
    ) -> Mapping[str, Any]:
        """Returns what an ID token claims, once it is for us, of now, and of this log-in."""
        now_s = self._context.clock() // NS_PER_S
        options = {"iss": {"essential": True, "value": provider.issuer}, "sub": {"essential": True}}
        params = {"nonce": waiting.nonce, "client_id": provider.client_id}
        if waiting.session_id:
            params["max_age"] = "0"
        token = CodeIDToken(dict(claims), dict(header), options, params)
        apart_s = _clocks_apart_s(claims, now_s)
        if apart_s is not None:
            raise ProviderError(
                f"{provider.name}: the clocks of the provider and of this machine are {apart_s} s apart. Set both by a "
                "time server"
            )
        try:
            token.validate(now=now_s, leeway=CLOCK_SLACK_S)
            if not hmac.compare_digest(str(claims.get("nonce", "")), waiting.nonce):
                raise ValueError("nonce")
            self._check_audience(claims, provider)
            if waiting.session_id:
                self._check_recent(claims, now_s)
        except (JoseError, ValueError, TypeError, KeyError, AttributeError):
            raise ProviderError(f"{provider.name}: the provider's token is not one for this log-in") from None
        return claims

    def _check_audience(self, claims: Mapping[str, Any], provider: Provider) -> None:
        audience = claims.get("aud")
        names = [audience] if isinstance(audience, str) else audience
        if not isinstance(names, list) or provider.client_id not in names:
            raise ValueError("aud")
        if len(names) > 1 and claims.get("azp") != provider.client_id:
            raise ValueError("azp")
        subject = claims.get("sub")
        if not isinstance(subject, str) or not 1 <= len(subject) <= 255:
            raise ValueError("sub")

    def _check_recent(self, claims: Mapping[str, Any], now_s: int) -> None:
        """Refuses the old log-in of a provider that has not asked again."""
        asked = claims.get("auth_time")
        if isinstance(asked, bool) or not isinstance(asked, int | float) or now_s - asked > 5 * MINUTE_S:
            raise ValueError("auth_time")


def is_strong(claims: Mapping[str, Any], provider: Provider) -> bool:
    """Returns whether a provider's token names one of the methods or levels that the site asks of it."""
    methods = claims.get("amr")
    named = {each for each in methods if isinstance(each, str)} if isinstance(methods, list) else set()
    return bool(named & set(provider.amr)) or claims.get("acr") in provider.acr


def local_path(path: str) -> str:
    r"""Returns a path of this service, `/` for everything else, so that a log-in leads to no other site.

    >>> local_path("/events?day=1"), local_path("//evil.example"), local_path("/\\evil.example")
    ('/events?day=1', '/', '/')
    """
    plain = path.isascii() and path.isprintable() and len(path) <= 500 and "\\" not in path
    return path if plain and path.startswith("/") and not path.startswith("//") else "/"


def _clocks_apart_s(claims: Mapping[str, Any], now_s: int) -> int | None:
    """How far the clocks are apart, where a token that was just made says so; None where they are close enough."""
    made = claims.get("iat")
    if isinstance(made, bool) or not isinstance(made, int | float) or not abs(made) < 2**40:
        return None  # no time at all, NaN included: refused by what looks at it next
    apart_s = round(made) - now_s
    return apart_s if abs(apart_s) > CLOCK_SLACK_S else None
