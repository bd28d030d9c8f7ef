"""How a request reached the service: from which address, over TLS or not, under which name, through which proxy."""

import ipaddress
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import Scope

from passerby.domain.service import ServerPlan
from passerby.text import is_loopback
from passerby.web.problems import ProblemError

_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_DEFAULT_PORTS = {"http": 80, "https": 443}
_MAX_HOPS = 16


@dataclass(frozen=True, slots=True)
class Arrival:
    """How one request came.

    Attributes:
        client: IP address of who asks; of a proxy that is trusted, the one that it names. Empty over a Unix socket.
        scheme: `http` or `https`, as the browser sees it.
        host: the Host header, in small letters.
        direct: no proxy stands between.
    """

    client: str
    scheme: str
    host: str
    direct: bool

    @classmethod
    def of(cls, scope: Scope, headers: Headers, server: ServerPlan) -> "Arrival":
        """Returns how a request came; what a proxy says counts only from an address that the site file trusts."""
        peer = scope["client"][0] if scope.get("client") else ""
        scheme = "https" if scope["scheme"] in ("https", "wss") else "http"
        host = headers.get("host", "").lower()
        forwarded = headers.getlist("x-forwarded-for")
        if not (server.behind and _is_trusted(peer, server) and (forwarded or not is_loopback(host_name(host)))):
            return cls(peer, scheme, host, True)
        named = headers.get("x-forwarded-proto", "").rpartition(",")[2].strip().lower()
        return cls(_client(forwarded, server), "https" if named in ("https", "wss") else "http", host, False)

    @property
    def is_local(self) -> bool:
        """Whether it comes from this machine itself, and not through a proxy."""
        return self.direct and (not self.client or is_loopback(self.client))

    @property
    def origin(self) -> str:
        """What a browser calls the page's origin."""
        return f"{self.scheme}://{self.host}"

    def refused(self, server: ServerPlan) -> ProblemError | None:
        """Returns why it may not come this way, or None."""
        if server.behind and server.tls is None and self.direct and not self.is_local:
            return ProblemError(
                HTTPStatus.FORBIDDEN,
                "past-the-proxy",
                "This service is reached through its proxy only.",
                f"Use {server.public_url or 'the address of the proxy'}.",
            )
        if not self._is_ours(server):
            # A page of another site whose name is made to lead here (DNS rebinding) has a name of its own.
            return ProblemError(
                HTTPStatus.MISDIRECTED_REQUEST,
                "wrong-host",
                "This service does not answer to that host name.",
                "Use the address that it printed at its start.",
            )
        if self.scheme == "http" and not self.is_local and (server.public_url or "").startswith("https:"):
            return ProblemError(
                HTTPStatus.FORBIDDEN,
                "tls-needed",
                "This came without TLS, or a proxy did not say that it came with it.",
                f"Use {server.public_url}; a proxy has to send X-Forwarded-Proto.",
            )
        return None

    def _is_ours(self, server: ServerPlan) -> bool:
        name = host_name(self.host)
        if is_loopback(name):
            return self.is_local or server.public_url is None
        if server.public_url is not None:
            public = urlsplit(server.public_url)
            return self.host == public.netloc.lower() or _with_port(self.host, self.scheme) == _with_port(
                public.netloc.lower(), public.scheme
            )
        return name == server.host.lower()


def foreign_page(scope: Scope, headers: Headers, arrival: Arrival) -> ProblemError | None:
    """Refuses what another site's page asks for: whatever changes something, and every WebSocket."""
    if scope["type"] == "http" and scope["method"] in _SAFE_METHODS:
        return None
    origin = headers.get("origin")
    ours = origin is None or origin.lower() == arrival.origin
    if ours and headers.get("sec-fetch-site", "same-origin") == "same-origin":
        return None
    return ProblemError(
        HTTPStatus.FORBIDDEN,
        "wrong-origin",
        "A page of another site asked for this.",
        "Use the page that this service serves, or a program that is no browser.",
    )


def host_name(host: str) -> str:
    """Returns a Host header without its port; an IPv6 address without its brackets.

    >>> host_name("[::1]:8642"), host_name("localhost:80")
    ('::1', 'localhost')
    """
    if host.startswith("["):
        return host[1:].partition("]")[0].lower()
    return host.partition(":")[0].lower()


def _with_port(host: str, scheme: str) -> str:
    return host if host.rpartition(":")[2].isdigit() else f"{host}:{_DEFAULT_PORTS[scheme]}"


def _client(forwarded: list[str], server: ServerPlan) -> str:
    """The last address that no trusted proxy has: what stands before it, a client may have written itself."""
    hops = [hop.strip() for hop in ",".join(forwarded).split(",") if hop.strip()][-_MAX_HOPS:]
    for hop in reversed(hops):
        if not _is_trusted(hop, server):
            return hop if _parsed(hop) is not None else "unknown"
    return "unknown"


def _is_trusted(address: str, server: ServerPlan) -> bool:
    parsed = _parsed(address)
    return parsed is not None and any(parsed in ipaddress.ip_network(each) for each in server.behind)


def _parsed(address: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return None
    mapped = parsed.ipv4_mapped if isinstance(parsed, ipaddress.IPv6Address) else None
    return mapped or parsed
