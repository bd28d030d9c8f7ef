"""A single sign-on provider, asked over HTTPS: its settings, its keys, and the tokens that it gives for a code."""

import json
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

import httpx
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from passerby.access.errors import ProviderError
from passerby.domain.access_plan import Provider
from passerby.text import is_safe_url
from passerby.units import HOUR_S, MINUTE_S, NS_PER_S

TIMEOUT_S: Final = 5.0
MAX_ANSWER_BYTES: Final = 256 * 1024
SETTINGS_S: Final = HOUR_S
KEYS_AGAIN_S: Final = MINUTE_S
"""Keys are fetched anew for one that is not known, but not more often: any visitor can send a token with any name."""

ALGORITHMS: Final = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
"""Signatures by a key pair: never `none`, and never by a secret that is shared."""


@dataclass(frozen=True, slots=True)
class ProviderSettings:
    """What a provider says of itself (OpenID Connect Discovery 1.0)."""

    authorization_url: str
    token_url: str
    keys_url: str
    basic: bool
    names_itself: bool


@dataclass(frozen=True, slots=True)
class SignedToken:
    """An ID token whose signature is the provider's; what it claims has not been looked at."""

    header: Mapping[str, Any]
    claims: Mapping[str, Any]


class ProviderClient:
    """Asks one provider.

    Args:
        provider: its settings in the site file.
        clock: UTC nanoseconds now.
    """

    def __init__(self, provider: Provider, clock: Callable[[], int]) -> None:
        self.provider = provider
        self._clock = clock
        self._settings: ProviderSettings | None = None
        self._settings_ns = 0
        self._keys: KeySet | None = None
        self._keys_ns = 0

    async def settings(self) -> ProviderSettings:
        """Returns what the provider says of itself; asked once an hour.

        Raises:
            ProviderError: it does not answer, or not as it should.
        """
        if self._settings is None or self._age_s(self._settings_ns) >= SETTINGS_S:
            issuer = self.provider.issuer
            answer = await self._fetched("GET", issuer.rstrip("/") + "/.well-known/openid-configuration")
            if answer.get("issuer") != issuer:
                raise self._odd("it names another issuer than the site file does")
            self._settings = self._settings_of(answer)
            self._settings_ns = self._clock()
        return self._settings

    async def tokens(self, code: str, verifier: str, redirect_url: str) -> SignedToken:
        """Exchanges a code for an ID token, and checks the token's signature.

        Raises:
            ProviderError: the provider does not answer or refuses, or the token is not signed by it.
        """
        settings, provider = await self.settings(), self.provider
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_url,
            "code_verifier": verifier,
            "client_id": provider.client_id,
        }
        auth: httpx.BasicAuth | None = None
        if provider.client_secret is not None and settings.basic:
            # RFC 6749, 2.3.1: both are encoded as in a form first.
            auth = httpx.BasicAuth(quote(provider.client_id, safe=""), quote(provider.client_secret, safe=""))
        elif provider.client_secret is not None:
            form["client_secret"] = provider.client_secret
        answer = await self._fetched("POST", settings.token_url, form=form, auth=auth)
        token = answer.get("id_token")
        if not isinstance(token, str):
            raise self._odd("it gave no ID token for the code")
        return await self._signed(token)

    async def _signed(self, token: str) -> SignedToken:
        """Returns a token signed by one of the provider's keys, which are fetched anew once where none fits."""
        for fresh in (False, True):
            keys = await self._provider_keys(fresh=fresh)
            try:
                decoded = jwt.decode(token, keys, algorithms=list(ALGORITHMS))
            except (JoseError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
                continue
            return SignedToken(decoded.header, decoded.claims)
        raise self._odd("its ID token is not signed by one of its keys")

    async def _provider_keys(self, *, fresh: bool) -> KeySet:
        wanted = self._keys is None or self._age_s(self._keys_ns) >= SETTINGS_S
        if wanted or (fresh and self._age_s(self._keys_ns) >= KEYS_AGAIN_S) or (fresh and self._keys_ns == 0):
            answer = await self._fetched("GET", (await self.settings()).keys_url)
            try:
                self._keys = KeySet.import_key_set(answer)  # type: ignore[arg-type] # checked while it is imported
            except (JoseError, ValueError, KeyError, TypeError, AttributeError):
                raise self._odd("its keys cannot be read") from None
            self._keys_ns = self._clock()
        assert self._keys is not None  # noqa: S101 - fetched above
        return self._keys

    async def _fetched(
        self, method: str, url: str, *, form: Mapping[str, str] | None = None, auth: httpx.BasicAuth | None = None
    ) -> Mapping[str, Any]:
        """Returns a JSON object; redirects are not followed, and no proxy of the environment is used."""
        try:
            async with (
                httpx.AsyncClient(timeout=TIMEOUT_S, verify=self._trust(), trust_env=False) as client,
                client.stream(method, url, data=form, auth=auth, headers={"Accept": "application/json"}) as response,
            ):
                content = b""
                async for piece in response.aiter_bytes():
                    content += piece
                    if len(content) > MAX_ANSWER_BYTES:
                        raise self._odd("its answer is too long")
                if response.status_code != httpx.codes.OK:
                    raise self._odd(f"it answered with status {response.status_code}")
                answer = json.loads(content)
        except (ValueError, RecursionError):
            raise self._odd("its answer is no JSON") from None
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            # Its text may name the address, but never what was sent.
            raise ProviderError(
                f"{self.provider.name}: the provider does not answer ({type(error).__name__}). Try again, or log in "
                "another way"
            ) from None
        if not isinstance(answer, dict):
            raise self._odd("its answer is no JSON object")
        return answer

    def _trust(self) -> ssl.SSLContext:
        authority = self.provider.authority
        try:
            return ssl.create_default_context(cafile=None if authority is None else str(authority))
        except (OSError, ssl.SSLError):
            raise ProviderError(f"{self.provider.name}: the file of its certificate authority cannot be read") from None

    def _settings_of(self, answer: Mapping[str, Any]) -> ProviderSettings:
        urls = [answer.get(key) for key in ("authorization_endpoint", "token_endpoint", "jwks_uri")]
        if not all(isinstance(url, str) and is_safe_url(url) for url in urls):
            raise self._odd("its settings lack an address, or have one without TLS")
        authorization, token, keys = map(str, urls)
        methods = answer.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        names_itself = answer.get("authorization_response_iss_parameter_supported") is True
        return ProviderSettings(authorization, token, keys, "client_secret_basic" in methods, names_itself)

    def _odd(self, why: str) -> ProviderError:
        return ProviderError(f"{self.provider.name}: the provider did not answer as it should: {why}")

    def _age_s(self, since_ns: int) -> float:
        return abs(self._clock() - since_ns) / NS_PER_S
