"""What a mail server or a broker demands beyond its keys."""

from collections.abc import Iterator, Mapping

from passerby.config.validation import Loc
from passerby.text import is_loopback


def server_faults(server: Mapping[str, object]) -> Iterator[tuple[Loc, str]]:
    """Yields the faults of a mail server or a broker: it is spoken to over TLS, unless it is on this machine."""
    if server.get("tls") in ("none", False) and not is_loopback(str(server.get("host"))):
        yield ("tls",), "nothing leaves this machine but over TLS: take the key away"
    if ("user" in server) != ("password_from" in server):
        given, missing = ("user", "password_from") if "user" in server else ("password_from", "user")
        yield (given,), f"{missing} is needed with it"
