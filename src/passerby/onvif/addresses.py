"""Addresses of a camera and of its streams, without the credentials that neither may show."""

import re
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import quote, urlsplit

from passerby.domain.errors import SourceError
from passerby.onvif.markup import plain

HIDDEN = "***"
MAX_ADDRESS_LETTERS = 1000
_PORT = {"http": 80, "https": 443, "rtsp": 554, "rtsps": 322}
_HOST = re.compile(r"^[A-Za-z0-9]([A-Za-z0-9._-]{0,252})$")
# Values of such words are hidden wherever they stand: some makers put them into the path, joined with `_` or `&`.
_CREDENTIAL = re.compile(
    r"((?:user(?:name)?|usr|login|loginuse|account|pass(?:word|wd)?|passphrase|pas|pwd|psw|pw|"
    r"auth|authorization|token|secret|key|credentials?|session(?:id)?|ticket|sign(?:ature)?)=)"
    r"(.*?)(?=$|[&/;?#]|_[a-z]+=)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class DeviceAddress:
    """The address of one camera's ONVIF service.

    Attributes:
        host: name, or address without brackets.
        port: TCP port.
        encrypted: requests go over TLS.
    """

    host: str
    port: int
    encrypted: bool = False

    @property
    def shown(self) -> str:
        """Host and port for people.

        >>> DeviceAddress("fe80::1", 80).shown
        '[fe80::1]:80'
        """
        return f"{bracketed(self.host)}:{self.port}"

    def url(self, path: str) -> str:
        """The address of a service on this very host and port."""
        return f"{'https' if self.encrypted else 'http'}://{self.shown}{path}"


def device_address(text: str, *, encrypted: bool = False) -> DeviceAddress:
    """Reads `HOST[:PORT]`, with an IPv6 address in brackets when a port follows.

    >>> device_address("10.0.3.7:8000")
    DeviceAddress(host='10.0.3.7', port=8000, encrypted=False)

    Raises:
        SourceError: it is no such thing. The text is not repeated where it may hold a password.
    """
    if "@" in text or "://" in text:
        raise SourceError(
            "HOST: an address was given. Name the host only, like 10.0.3.7 or 10.0.3.7:8000; "
            "the user goes into --user, and the password is asked for."
        )
    host, port = text, ""
    if _is_ip(text.strip("[]")) == 6 and (":" not in text.rpartition("]")[2] or "]" not in text):
        host = text.strip("[]")
    elif ":" in text:
        host, _, port = text.rpartition(":")
        host = host.strip("[]")
    if not (_is_ip(host) or _HOST.match(host)):
        raise SourceError(f"HOST: {plain(text, 60)!r} is no host name and no address. Give one like 10.0.3.7:8000.")
    if port and not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        raise SourceError(f"HOST: a port is a number from 1 to 65535, got {plain(port, 20)!r}.")
    return DeviceAddress(host, int(port) if port else _PORT["https" if encrypted else "http"], encrypted)


@dataclass(frozen=True, slots=True)
class StreamAddress:
    """An address that a camera names, without credentials.

    Attributes:
        shown: the whole address; whatever may be a credential in it reads `***`.
        elsewhere: it points at another host than the one that requests go to.
        complete: nothing in `shown` had to be hidden, so it can be used as it stands.
    """

    shown: str
    elsewhere: bool
    complete: bool

    @property
    def usable(self) -> bool:
        """It can stand in a site file as it is."""
        return self.complete and not self.elsewhere


def stream_address(
    uri: object, hosts: frozenset[str], secret: str = "", kinds: tuple[str, ...] = ("rtsp", "rtsps")
) -> StreamAddress | None:
    """Returns an address that a camera sent, made safe to show; None where it is none of the `kinds`.

    Args:
        uri: what the camera sent.
        hosts: the name that requests go to, and the addresses that it resolves to.
        secret: the password that was used, hidden wherever a camera repeats it.
        kinds: the schemes that count.
    """
    if not isinstance(uri, str) or len(uri) > MAX_ADDRESS_LETTERS or not uri.strip().isprintable():
        return None
    try:
        parts = urlsplit(uri.strip())
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return None
    if parts.scheme not in kinds or not (_is_ip(host) or _HOST.match(host)):
        return None
    rest = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    shown_rest = without_secret(_CREDENTIAL.sub(rf"\1{HIDDEN}", rest), secret)
    shown_port = "" if port in (None, _PORT[parts.scheme]) else f":{port}"
    known = {_plain_host(each) for each in hosts}
    if "@" in rest and _plain_host(host) not in known:
        return None  # a user's name where a host should be: the password has a `/` or a `?` in it
    return StreamAddress(
        shown=f"{parts.scheme}://{bracketed(host)}{shown_port}{shown_rest}",
        elsewhere=_plain_host(host) not in known,
        complete=shown_rest == rest and not re.search(r"[\s\"'<>\\]", rest),
    )


def without_secret(text: str, secret: str) -> str:
    """The text without a password, however it is written in an address; very short ones would hide everything."""
    for written in {secret, quote(secret), quote(secret, safe="")}:
        if len(written) > 3:
            text = text.replace(written, HIDDEN)
    return text


def bracketed(host: str) -> str:
    """The host as it stands in an address."""
    return f"[{host}]" if ":" in host else host


def _plain_host(host: str) -> str:
    return str(ip_address(host)) if _is_ip(host) else host.lower().rstrip(".")


def _is_ip(host: str) -> int:
    """4 or 6, the kind of IP address; 0 for anything else."""
    try:
        return ip_address(host).version
    except ValueError:
        return 0
