"""What a request is made by: a session's cookie or a token, and the principal behind it."""

import hashlib
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie
from typing import Final, Protocol

from starlette.datastructures import Headers
from starlette.responses import Response

from passerby.access import Access, NewSession
from passerby.access.credentials.devices import DEVICE_S
from passerby.domain.access import EVERY_CAMERA, Grant, Permission, Principal, PrincipalKind, Role
from passerby.units import NS_PER_S

MAX_COOKIES: Final = 4
"""Values of one name that are looked up; a browser sends more only where another site of its domain sets them."""

_DEVICE: Final = "_device"


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a request shows of who makes it; never logged.

    Attributes:
        cookies: values of the session's cookie; a browser may send several of one name.
        bearer: the token of an `Authorization: Bearer` header, or None.
    """

    cookies: tuple[str, ...] = field(repr=False)
    bearer: str | None = field(default=None, repr=False)


class Identities(Protocol):
    """Finds the principal of a request."""

    async def principal(self, credentials: Credentials) -> Principal | None:
        """Returns what the request is made by; None where no credential holds now."""
        ...


class AccessIdentities:
    """Sessions and tokens of the site's accounts.

    Args:
        access: the accounts.
    """

    def __init__(self, access: Access) -> None:
        self._access = access

    async def principal(self, credentials: Credentials) -> Principal | None:
        """Returns whose token or session it is."""
        if credentials.bearer is not None:
            return await self._access.principal_of(bearer=credentials.bearer)
        for cookie in credentials.cookies:
            found = await self._access.principal_of(cookie=cookie)
            if found is not None:
                return found
        return None


class SessionCookie:
    """The cookie of a session, and that of a browser which has logged in: names, how they are set, and read.

    Over TLS its name begins with `__Host-`: then a browser takes it only from this very host, and sends it to no other
    and never in the clear. Cookies do not know ports, so on plain HTTP the name differs from service to service.

    Args:
        key: a secret of this service; nothing of it is in the name but a hash.
    """

    def __init__(self, key: bytes) -> None:
        self._plain = f"passerby_{hashlib.sha256(b'cookie name' + key).hexdigest()[:8]}"

    def name(self, scheme: str) -> str:
        """Returns the cookie's name for `http` or `https`."""
        return "__Host-passerby" if scheme in ("https", "wss") else self._plain

    def put(self, answer: Response, scheme: str, begun: NewSession, now_ns: int) -> None:
        """Sets the cookie of a new session, and the one by which the browser is known at its next log-in."""
        self._set(answer, scheme, self.name(scheme), begun.cookie, (begun.session.end_ns - now_ns) // NS_PER_S)
        if begun.device:
            self._set(answer, scheme, self.name(scheme) + _DEVICE, begun.device, DEVICE_S)

    def device(self, headers: Headers, scheme: str) -> str:
        """Returns what a browser shows of its earlier log-ins; empty where it shows nothing, or several things."""
        found = _cookies(headers, self.name(scheme) + _DEVICE)
        return found[0] if len(found) == 1 else ""

    def drop(self, answer: Response, scheme: str) -> None:
        """Deletes the cookie."""
        secure = scheme == "https"
        answer.delete_cookie(self.name(scheme), httponly=True, secure=secure, samesite="lax", path="/")

    def credentials(self, headers: Headers, scheme: str) -> Credentials:
        """Returns what a request shows of who makes it."""
        kind, _, token = headers.get("authorization", "").partition(" ")
        bearer = token.strip() if kind.lower() == "bearer" else None
        return Credentials(tuple(_cookies(headers, self.name(scheme))[:MAX_COOKIES]), bearer)

    def _set(self, answer: Response, scheme: str, name: str, value: str, age_s: int) -> None:
        # `Lax`, because `Strict` is not sent on the way back from a provider.
        secure = scheme == "https"
        answer.set_cookie(name, value, max_age=max(0, age_s), httponly=True, secure=secure, samesite="lax", path="/")


def metrics_principal() -> Principal:
    """Returns the principal of any program of this machine that reads the metrics, and nothing else."""
    name = "a program of this machine"
    grant = Grant(0, name, Role.ADMINISTRATOR, EVERY_CAMERA, 0, 2**63 - 1, name, name)
    return Principal(name, PrincipalKind.TOKEN, (grant,), "metrics", frozenset({Permission.SEE_METRICS}))


def _cookies(headers: Headers, name: str) -> list[str]:
    found = []
    for header in headers.getlist("cookie"):
        for part in header.split(";"):
            try:
                jar = SimpleCookie(part.strip())
            except CookieError:
                continue
            found += [jar[name].value] if name in jar else []
    return found
