"""What a mail server, a broker or a receiver of requests demands beyond its keys."""

import ipaddress
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from passerby.config.validation import Loc
from passerby.publish.outlets.addresses import refused
from passerby.text import is_loopback


def server_faults(server: Mapping[str, object]) -> Iterator[tuple[Loc, str]]:
    """Yields the faults of a mail server or a broker: it is spoken to over TLS, unless it is on this machine."""
    if server.get("tls") in ("none", False) and not is_loopback(str(server.get("host"))):
        yield ("tls",), "nothing leaves this machine but over TLS: take the key away"
    if ("user" in server) != ("password_from" in server):
        given, missing = ("user", "password_from") if "user" in server else ("password_from", "user")
        yield (given,), f"{missing} is needed with it"


def url_faults(server: Mapping[str, object]) -> Iterator[tuple[Loc, str]]:
    """Yields the faults of a receiver's address: one that is written out is refused at once where it lies inside.

    What a name stands for is looked at when it is sent to.
    """
    url = server.get("url")
    if not isinstance(url, str):
        return
    try:
        host = urlsplit(url).hostname or ""
        ipaddress.ip_address(host)
    except ValueError:
        if not (host == "localhost" or host.endswith(".localhost")) or server.get("inside") is True:
            return
        host = "127.0.0.1"
    if why := refused(host, inside=server.get("inside") is True):
        yield ("url",), f"this host is refused: {why}"
