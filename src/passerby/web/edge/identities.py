"""What a request is made by: a session's cookie or a token, and the principal behind it."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie
from typing import Final, Protocol

from starlette.datastructures import Headers

from passerby.domain.access import EVERY_CAMERA, Grant, Permission, Principal, PrincipalKind, Role
from passerby.web.edge.entry import Entry

LINK_NAME: Final = "holder of the link"
"""What the audit log calls who came in by the one-time link."""

_NEVER_BY_LINK = frozenset({Permission.READ_CASES, Permission.CONFIRM_GRANTS})
"""What the public writes is for the privacy officer alone, and who confirms is a person with an account."""

_END_OF_TIME_NS: Final = 2**63 - 1


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

    @property
    def cookie_names(self) -> tuple[str, ...]:
        """The names under which a session's cookie is looked for."""
        ...

    async def principal(self, credentials: Credentials) -> Principal | None:
        """Returns what the request is made by; None where no credential holds now."""
        ...


class LinkIdentities:
    """The holder of the one-time link, on a machine without accounts.

    Args:
        entry: knows the cookies that links were changed into.
    """

    def __init__(self, entry: Entry) -> None:
        self._entry = entry
        self.cookie_names = (entry.cookie,)

    async def principal(self, credentials: Credentials) -> Principal | None:
        """Returns the holder of the link."""
        for cookie in credentials.cookies:
            if self._entry.knows(cookie):
                return link_principal(hashlib.sha256(cookie.encode()).hexdigest()[:16])
        return None


def link_principal(session_id: str) -> Principal:
    """Returns the principal of a link's session: every role on every camera, for a site that one person tries out."""
    grants = tuple(Grant(0, LINK_NAME, role, EVERY_CAMERA, 0, _END_OF_TIME_NS, LINK_NAME, LINK_NAME) for role in Role)
    return Principal(LINK_NAME, PrincipalKind.LINK, grants, session_id, frozenset(Permission) - _NEVER_BY_LINK)


def metrics_principal() -> Principal:
    """Returns the principal of any program of this machine that reads the metrics, and nothing else."""
    name = "a program of this machine"
    grant = Grant(0, name, Role.ADMINISTRATOR, EVERY_CAMERA, 0, _END_OF_TIME_NS, name, name)
    return Principal(name, PrincipalKind.TOKEN, (grant,), "metrics", frozenset({Permission.SEE_METRICS}))


def credentials_of(headers: Headers, names: Iterable[str]) -> Credentials:
    """Returns what a request shows of who makes it.

    Args:
        headers: of the request.
        names: of the session's cookie.
    """
    kind, _, token = headers.get("authorization", "").partition(" ")
    cookies = tuple(value for name in names for value in _cookies(headers, name))
    return Credentials(cookies, token.strip() if kind.lower() == "bearer" else None)


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
