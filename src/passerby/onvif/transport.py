"""How questions reach a camera: to one host and port only, no redirects, bounded in size and time."""

import asyncio
import os
import socket
import ssl
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from lxml import etree  # type: ignore[import-untyped]

from passerby.domain.errors import SourceError
from passerby.onvif.addresses import DeviceAddress
from passerby.onvif.markup import MAX_ANSWER_BYTES, plain, sound_xml

_Told = TypeVar("_Told")

_CHALLENGE = "WWW-Authenticate"
USUAL_PORTS = "80, 8000, 8080, 8899 or 2020"


class FaultError(SourceError):
    """The camera understood the request and refused it, for another reason than the credentials."""


class RefusedError(SourceError):
    """The camera refuses the credentials."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """User and password; no user for the little that cameras report without one."""

    user: str = ""
    password: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Answer:
    """A camera's answer as zeep reads it: these are the names of `requests.Response`."""

    status_code: int
    headers: Mapping[str, str]
    content: bytes
    encoding: str = "utf-8"


class _Resolved(AbstractResolver):
    """The addresses that the name resolved to at first: it cannot come to mean another machine."""

    def __init__(self, found: list[ResolveResult]) -> None:
        self._found = found

    async def resolve(self, host: str, port: int = 0, family: int = 0) -> list[ResolveResult]:  # noqa: ARG002
        return [{**each, "port": port} for each in self._found]

    async def close(self) -> None:
        """Nothing is held."""


MayConnect = Callable[[str], None]
"""Raises a SourceError for an IP address that may not be connected to."""


def _anywhere(_: str) -> None:
    """Lets every address be connected to: who runs a command on the machine may."""


class Transport:
    """Carries SOAP to one camera; zeep takes it for its own transport.

    Attributes:
        hosts: the name that was given, and the IP addresses that it resolves to.
        clock_ahead: how far the camera's clock was ahead of ours by the head of its last answer; None if not reported.
    """

    cache = None

    def __init__(
        self,
        address: DeviceAddress,
        credentials: Credentials,
        timeout_s: float,
        authority: Path | None = None,
        may_connect: MayConnect = _anywhere,
    ) -> None:
        """Opens nothing yet.

        Args:
            address: the one host and port that is ever connected to.
            credentials: answer an HTTP digest challenge of that host; never sent in clear.
            timeout_s: all the time that the camera may take, over all questions.
            authority: certificates (PEM) that the camera's own must be signed by; None for the system's.
            may_connect: raises a SourceError for an IP address that may not be connected to.
        """
        self._may_connect = may_connect
        self.hosts: frozenset[str] = frozenset({address.host})
        self.clock_ahead: timedelta | None = None
        self._address = address
        self._credentials = credentials
        self._timeout_s = timeout_s
        self._left_s = timeout_s
        self._authority = authority
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        found = await self._within(self._resolve())
        self.hosts |= {each["host"] for each in found}
        who = self._credentials
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(resolver=_Resolved(found), ssl=self._tls(), limit=1),
            middlewares=(aiohttp.DigestAuthMiddleware(who.user, who.password),) if who.user else (),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            trust_env=False,
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._session is not None:
            await self._session.close()

    async def post_xml(self, address: str, envelope: Any, headers: Mapping[str, str]) -> Answer:
        """Sends one question; the answer is sound XML, or this raises.

        Raises:
            SourceError: what went wrong with the camera, for a person.
        """
        message: bytes = etree.tostring(envelope, xml_declaration=True, encoding="utf-8")
        answer = await self._within(self._post(address, message, headers))
        self.clock_ahead = _clock_ahead(answer.headers.get("Date", ""))
        self._refuse(answer)
        try:
            sound_xml(answer.content, self._where)
        except SourceError as error:
            if answer.status_code == 200:
                raise
            raise SourceError(f"{self._where}: {self._not_onvif(answer.status_code)}") from error
        return answer

    async def aclose(self) -> None:
        """Nothing: the connection is closed when this transport is left."""

    @property
    def _where(self) -> str:
        return self._address.shown

    async def _post(self, address: str, message: bytes, headers: Mapping[str, str]) -> Answer:
        if self._session is None:
            raise RuntimeError("the transport is not open")
        if not address.startswith(self._address.url("/")):
            raise SourceError(f"{self._where}: the camera names a service on another host, which is not asked.")
        sent = {**headers, "User-Agent": "passerby", "Accept-Encoding": "identity"}
        sent.setdefault("Content-Type", "application/soap+xml; charset=utf-8")
        async with self._session.post(address, data=message, headers=sent, allow_redirects=False) as answer:
            content = bytearray()
            async for part in answer.content.iter_chunked(65_536):
                content += part
                if len(content) > MAX_ANSWER_BYTES:
                    break  # a part of an answer differs from a whole one by its length
            heads = answer.headers.copy()
            if challenges := heads.getall(_CHALLENGE, []):  # a mapping gives the first one alone
                heads[_CHALLENGE] = ", ".join(challenges)
            return Answer(answer.status, heads, bytes(content))

    def _refuse(self, answer: Answer) -> None:
        if 300 <= answer.status_code < 400:
            target = plain(answer.headers.get("Location", "").partition("?")[0].rpartition("@")[2], 80)
            raise SourceError(
                f"{self._where}: it sends us on to {target or 'another address'}, which is not followed. "
                "Probe that host itself if you trust it; add --https if it insists on that."
            )
        challenge = answer.headers.get(_CHALLENGE, "").lower()
        if answer.status_code == 401 and "basic" in challenge and "digest" not in challenge:
            raise SourceError(
                f"{self._where}: the camera demands the password in clear (HTTP Basic), which is never sent. Set its "
                "authentication for ONVIF to digest, or look its stream's address up on its own page."
            )
        if answer.status_code in (401, 403):
            raise RefusedError(f"{self._where}: {not_let_in(self._credentials)}")
        if answer.status_code in (404, 405, 501):
            raise SourceError(f"{self._where}: {self._not_onvif(answer.status_code)}")

    def _not_onvif(self, status: int) -> str:
        return (
            f"something answers, but it does not speak ONVIF (HTTP {status}). Is ONVIF switched on in the camera, "
            f"and is this its port? Usual ones are {USUAL_PORTS}."
        )

    async def _resolve(self) -> list[ResolveResult]:
        resolver = aiohttp.ThreadedResolver()
        found = await resolver.resolve(self._address.host, self._address.port, family=socket.AF_UNSPEC)
        for each in found[:8]:
            self._may_connect(each["host"])
        return found[:8]

    def _tls(self) -> ssl.SSLContext | bool:
        if not self._address.encrypted:
            return True
        try:
            return ssl.create_default_context(cafile=self._authority)
        except (OSError, ssl.SSLError) as error:
            raise SourceError(f"--authority: {self._authority} holds no certificates in PEM form.") from error

    async def _within(self, work: Awaitable[_Told]) -> _Told:
        """Does one piece of work in what is left of the time; its errors are in words for a person."""
        clock = asyncio.get_running_loop().time
        start_s = clock()
        try:
            async with asyncio.timeout(self._left_s):
                return await work
        except TimeoutError as error:
            raise SourceError(
                f"{self._where}: no whole answer within {self._timeout_s:g} s. "
                "Is the address right, and is the camera reachable from here? --timeout gives it longer."
            ) from error
        except aiohttp.ClientConnectorCertificateError as error:
            raise SourceError(
                f"{self._where}: its certificate is not signed by an authority that we trust. "
                "Name the file of its authority, or its own certificate, with --authority."
            ) from error
        except (aiohttp.ClientError, OSError) as error:
            raise SourceError(
                f"{self._where}: no conversation with it ({_why(error)}). "
                f"Check the address and the port; usual ones for ONVIF are {USUAL_PORTS}."
            ) from error
        finally:
            self._left_s = max(0.0, self._left_s - (clock() - start_s))


def _why(error: Exception) -> str:
    """The system's own words, such as `Connection refused`, where there are any."""
    number = getattr(error, "errno", None)
    if isinstance(number, int) and number > 0:
        return os.strerror(number)
    return plain(getattr(error, "strerror", None) or str(error), 100) or type(error).__name__


def _clock_ahead(date: str) -> timedelta | None:
    try:
        return parsedate_to_datetime(date).astimezone(UTC) - datetime.now(UTC)
    except (TypeError, ValueError, OverflowError):
        return None


def not_let_in(credentials: Credentials) -> str:
    """Returns what to do when a camera refuses the credentials."""
    if not credentials.user:
        return "the camera wants a user and a password. Give --user, and --password-from or the password when asked."
    return (
        f"the camera refuses user {plain(credentials.user, 60)!r} with this password. Check both; many cameras keep "
        "ONVIF users apart from those of their web page, and lock up after a few wrong tries."
    )
