"""How a request reached the service: from which address, over TLS or not, under which name, through which proxy."""

import ipaddress
import re
from dataclasses import dataclass
from functools import lru_cache
from http import HTTPStatus
from typing import TypeAlias
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import Scope

from passerby.domain.service import ServerPlan
from passerby.text import is_loopback
from passerby.web.problems import ProblemError

_Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address
_Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network

_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_DEFAULT_PORTS = {"http": 80, "https": 443}
_MAX_HOPS = 16
_HOST = re.compile(r"^(?:\[([0-9A-Fa-f:.%]+)\]|([^\s:/@\[\]]*))(?::[0-9]{1,5})?$")

_PASSED_ON = (
    "forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-port", "x-forwarded-proto",
    "x-forwarded-server", "x-original-forwarded-for", "x-real-ip", "x-client-ip", "x-cluster-client-ip",
    "true-client-ip", "cf-connecting-ip", "client-ip",
)  # fmt: skip
"""Headers that proxies add and no browser does: with one of them a request comes from elsewhere than its peer."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """How one request came.

    Attributes:
        client: IP address of who asks; of a proxy that is trusted, the one that it names. Empty over a Unix socket.
        scheme: `http` or `https`, as the browser sees it.
        host: the Host header, in small letters.
        direct: no proxy that the site file names stands between.
        passed_on: something stands between, as a header shows.
    """

    client: str
    scheme: str
    host: str
    direct: bool
    passed_on: bool = False

    @classmethod
    def of(cls, scope: Scope, headers: Headers, server: ServerPlan) -> "Arrival":
        """Returns how a request came; what a proxy says counts only from an address that the site file trusts."""
        peer = scope["client"][0] if scope.get("client") else ""
        scheme = "https" if scope["scheme"] in ("https", "wss") else "http"
        host = headers.get("host", "").lower()
        passed_on = any(name in headers for name in _PASSED_ON)
        if not (_is_trusted(_parsed(peer), server.behind) and (passed_on or not is_loopback(host_name(host)))):
            return cls(peer, scheme, host, True, passed_on)
        # Of several headers of one name the last is the proxy's; those before it, a client may have sent.
        named = ",".join(headers.getlist("x-forwarded-proto")).rpartition(",")[2].strip().lower()
        scheme = "https" if named in ("https", "wss") else "http"
        return cls(_client(headers.getlist("x-forwarded-for"), server.behind), scheme, host, False, passed_on)

    @property
    def is_local(self) -> bool:
        """Whether it comes from this machine itself, and not through a proxy."""
        return self._is_near and not self.passed_on

    @property
    def _is_near(self) -> bool:
        return self.direct and (not self.client or is_loopback(self.client))

    @property
    def origin(self) -> str:
        """What a browser calls the page's origin."""
        return f"{self.scheme}://{self.host}"

    def refused(self, server: ServerPlan) -> ProblemError | None:
        """Returns why it may not come this way, or None."""
        if self._is_near and self.passed_on:
            return ProblemError(
                HTTPStatus.FORBIDDEN,
                "unnamed-proxy",
                "A proxy on this machine has passed this on, and the site file does not name it.",
                "Give its address under server.behind, and server.public_url; see the how-to on TLS.",
            )
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
    """Returns a Host header without its port; an IPv6 address without its brackets; empty for what is no such header.

    >>> host_name("[::1]:8642"), host_name("localhost:80"), host_name("localhost:80@evil.example")
    ('::1', 'localhost', '')
    """
    found = _HOST.match(host)
    return (found[1] or found[2]).lower() if found else ""


def _with_port(host: str, scheme: str) -> str:
    return host if host.rpartition(":")[2].isdigit() else f"{host}:{_DEFAULT_PORTS[scheme]}"


def _client(forwarded: list[str], behind: tuple[str, ...]) -> str:
    """The last address that no trusted proxy has: what stands before it, a client may have written itself."""
    for hop in reversed(",".join(forwarded).split(",")[-_MAX_HOPS:]):
        address = _parsed(_without_port(hop.strip()))
        if address is None:
            break
        if not _is_trusted(address, behind):
            return str(address)
    return "unknown"


def _without_port(hop: str) -> str:
    """An address as some gateways write it: `203.0.113.9:443`, `[2001:db8::9]:443`."""
    if hop.startswith("["):
        return hop[1:].partition("]")[0]
    return hop.partition(":")[0] if hop.count(":") == 1 else hop


def _is_trusted(address: _Address | None, behind: tuple[str, ...]) -> bool:
    return address is not None and any(address in network for network in _networks(behind))


@lru_cache(maxsize=8)
def _networks(behind: tuple[str, ...]) -> tuple[_Network, ...]:
    return tuple(ipaddress.ip_network(each) for each in behind)


def _parsed(address: str) -> _Address | None:
    """An IP address without its zone; an IPv4 address that is written as an IPv6 one is that IPv4 address."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0] if ":" in address else address)
    except ValueError:
        return None
    mapped = parsed.ipv4_mapped if isinstance(parsed, ipaddress.IPv6Address) else None
    return mapped or parsed
