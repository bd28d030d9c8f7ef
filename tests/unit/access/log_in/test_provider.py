"""What a provider answers is believed only where it is signed by it, of now, for us, and short."""

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, RSAKey

from passerby.access import ProviderError
from passerby.access.log_in.provider import MAX_ANSWER_BYTES, ProviderClient
from passerby.domain.access_plan import Provider
from testing.waiting import Clock

KEY = ECKey.generate_key("P-256", {"kid": "one", "use": "sig"})
OTHER = ECKey.generate_key("P-256", {"kid": "one", "use": "sig"})
CLAIMS = {"sub": "ana-42", "aud": "passerby"}


class OddProvider:
    """A provider over plain HTTP that answers whatever a test gives it."""

    def __init__(self) -> None:
        self.answers: dict[str, tuple[int, bytes, str]] = {}
        self.asked: list[str] = []
        self.sent: list[bytes] = []
        self.issuer = ""

    async def serve(self, act: Callable[["OddProvider", ProviderClient], Awaitable[None]]) -> None:
        server = await asyncio.start_server(self._answer, "127.0.0.1", 0)
        async with server:
            self.issuer = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
            self.set("/.well-known/openid-configuration", self.settings())
            self.set("/keys", KeySet([KEY]).as_dict())
            self.set_token(jwt.encode({"alg": "ES256", "kid": "one"}, CLAIMS, KEY))
            client = ProviderClient(Provider("city", self.issuer, "passerby", "canary:secret/?"), Clock())
            await act(self, client)

    def settings(self, **changes: Any) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": self.issuer + "/auth",
            "token_endpoint": self.issuer + "/token",
            "jwks_uri": self.issuer + "/keys",
            **changes,
        }

    def set(self, path: str, content: object, status: int = 200, headers: str = "") -> None:
        raw = content if isinstance(content, bytes) else json.dumps(content).encode()
        self.answers[path] = (status, raw, headers)

    def set_token(self, token: object) -> None:
        self.set("/token", {"id_token": token})

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        path = head.split()[1].decode()
        self.asked.append(path)
        length = next(
            (int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), 0
        )
        self.sent.append(head + await reader.readexactly(length))
        status, content, headers = self.answers.get(path, (404, b"", ""))
        writer.write(
            f"HTTP/1.1 {status} X\r\nContent-Length: {len(content)}\r\nConnection: close\r\n{headers}\r\n".encode()
        )
        writer.write(content)
        with pytest.MonkeyPatch.context():
            try:
                await writer.drain()
            except ConnectionError:
                return
            writer.close()


def play(act: Callable[[OddProvider, ProviderClient], Awaitable[None]]) -> None:
    asyncio.run(OddProvider().serve(act))


def test_a_signed_token_is_returned_and_the_secret_travels_as_it_should() -> None:
    async def act(odd: OddProvider, client: ProviderClient) -> None:
        signed = await client.tokens("code", "verifier", "http://localhost/answer")
        assert signed.claims == CLAIMS
        request = next(each for each in odd.sent if each.startswith(b"POST"))
        # RFC 6749, 2.3.1: encoded as in a form, then as Basic.
        assert base64.b64encode(b"passerby:canary%3Asecret%2F%3F") in request
        assert b"code_verifier=verifier" in request
        await client.tokens("code", "verifier", "http://localhost/answer")
        assert odd.asked.count("/keys") == 1
        assert odd.asked.count("/.well-known/openid-configuration") == 1

    play(act)


def forged() -> dict[str, str]:
    """Tokens that are not signed by the provider, by name."""

    def part(content: object) -> str:
        return base64.urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode()

    public = KEY.as_pem(private=False)
    body = f"{part({'alg': 'HS256', 'kid': 'one'})}.{part(CLAIMS)}"
    mac = base64.urlsafe_b64encode(hmac.new(public, body.encode(), hashlib.sha256).digest()).rstrip(b"=").decode()
    right = jwt.encode({"alg": "ES256", "kid": "one"}, CLAIMS, KEY)
    rsa = RSAKey.generate_key(2048, {"kid": "two"})
    return {
        "no signature": f"{part({'alg': 'none'})}.{part(CLAIMS)}.",
        "the public key as a secret": f"{body}.{mac}",
        "another key of the same name": jwt.encode({"alg": "ES256", "kid": "one"}, CLAIMS, OTHER),
        "another key of another name": jwt.encode({"alg": "RS256", "kid": "two"}, CLAIMS, rsa),
        "another body": f"{right.split('.')[0]}.{part({**CLAIMS, 'sub': 'eve'})}.{right.split('.')[2]}",
        "a key of its own in the header": jwt.encode(
            {"alg": "ES256", "jwk": OTHER.as_dict(private=False)}, CLAIMS, OTHER
        ),
        "nothing": "",
        "dots": "..",
        "letters": "x" * 5000,
    }


@pytest.mark.parametrize("name", sorted(forged()))
@pytest.mark.asvs("6.8.2", "9.1.1", "9.1.2")
def test_a_forged_token_is_refused(name: str) -> None:
    async def act(odd: OddProvider, client: ProviderClient) -> None:
        odd.set_token(forged()[name])
        with pytest.raises(ProviderError, match="not signed"):
            await client.tokens("code", "verifier", "http://localhost/answer")

    play(act)


@pytest.mark.asvs("9.1.3")
def test_unknown_keys_do_not_make_us_ask_over_and_over() -> None:
    async def act(odd: OddProvider, client: ProviderClient) -> None:
        odd.set_token(forged()["another key of another name"])
        for _ in range(5):
            with pytest.raises(ProviderError):
                await client.tokens("code", "verifier", "http://localhost/answer")
        assert odd.asked.count("/keys") == 1

    play(act)


@pytest.mark.parametrize(
    ("path", "content", "status", "headers"),
    [
        ("/token", {"id_token": 7}, 200, ""),
        ("/token", {}, 200, ""),
        ("/token", [], 200, ""),
        ("/token", b"<html>", 200, ""),
        ("/token", b"[" * 100_000, 200, ""),
        ("/token", b"\xff\xfe", 200, ""),
        ("/token", b" " * (MAX_ANSWER_BYTES + 1), 200, ""),
        ("/token", {"error": "invalid_grant"}, 400, ""),
        ("/token", {}, 302, "Location: http://169.254.169.254/latest/meta-data\r\n"),
        ("/keys", {"keys": "none"}, 200, ""),
        ("/keys", {"keys": [{"kty": "EC"}]}, 200, ""),
        ("/keys", {}, 200, ""),
        ("/.well-known/openid-configuration", {"issuer": "https://evil.example"}, 200, ""),
        ("/.well-known/openid-configuration", b"", 500, ""),
        ("/.well-known/openid-configuration", None, 200, ""),
    ],
)
@pytest.mark.asvs("10.5.3")
def test_odd_answers_are_said_to_be_odd(path: str, content: object, status: int, headers: str) -> None:
    async def act(odd: OddProvider, client: ProviderClient) -> None:
        odd.set(path, content, status, headers)
        with pytest.raises(ProviderError, match="city: ") as raised:
            await client.tokens("canary-code", "canary-verifier", "http://localhost/answer")
        assert "canary" not in str(raised.value)

    play(act)


@pytest.mark.parametrize(
    "change",
    [
        {"token_endpoint": "http://id.example.org/token"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"jwks_uri": "file:///etc/passwd"},
        {"jwks_uri": None},
        {"token_endpoint": "https://[oops"},
    ],
)
@pytest.mark.asvs("12.3.1")
def test_addresses_without_tls_are_refused(change: dict[str, Any]) -> None:
    async def act(odd: OddProvider, client: ProviderClient) -> None:
        odd.set("/.well-known/openid-configuration", odd.settings(**change))
        with pytest.raises(ProviderError, match="TLS"):
            await client.settings()

    play(act)
