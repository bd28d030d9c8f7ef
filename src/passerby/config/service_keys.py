"""The keys of a site file that a running service needs: sources, networks, server, store, retention, access."""

import ipaddress
import re
from collections.abc import Mapping
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field

from passerby.config.addresses import address_of
from passerby.config.validation import shown, suggestion
from passerby.config.values import FilePath, Keys, Name, fault
from passerby.domain.errors import PasserbyError
from passerby.domain.fleet import MAX_HUBS, host_and_port
from passerby.domain.replays import KEPT_S
from passerby.domain.retention import DEFAULT_KEEP_DAYS, MIN_PUBLISHED_DAYS, Kind, Retention
from passerby.domain.service import FleetPlan
from passerby.domain.sources import SourceKind
from passerby.text import is_loopback, is_safe_url
from passerby.units import DAY_S

PLACEHOLDER = "********"
"""Replaces a secret wherever a site file is shown."""

LONGEST_SECRET_LETTERS = 1000
LONGEST_KEEP_DAYS = 366 * 100
MAX_STREAMS = 4
_RTSP = (SourceKind.RTSP, SourceKind.RTSPS)
_HTTP = (SourceKind.HTTP, SourceKind.HTTPS)
_DEVICE = re.compile(r"^/dev/video\d{1,3}$")
_VARIABLE = re.compile(r"^[A-Za-z_][A-Za-z0-9_]{0,99}$")
_HOST = re.compile(r"^[a-z0-9.:-]{1,253}$")
_STORE_URL = re.compile(r"^(sqlite:///|postgresql://)[^\s\x00-\x1f]+$")


def _rtsp(text: str) -> str:
    return _checked_address(text, _RTSP)


def _http(text: str) -> str:
    return _checked_address(text, _HTTP)


def _stream(text: str) -> str:
    return _checked_address(text, (*_RTSP, *_HTTP))


def _checked_address(text: str, kinds: tuple[SourceKind, ...]) -> str:
    try:
        address_of(text, kinds)
    except ValueError as error:
        raise fault(str(error)) from None
    return text


def _device(text: str) -> str:
    if not _DEVICE.match(text):
        raise fault("the device file of a USB camera is needed, such as /dev/video0")
    return text


def _user(text: str) -> str:
    if not 1 <= len(text) <= 200 or not text.isprintable() or ":" in text:
        raise fault("a user has 1 to 200 printable letters and no colon")
    return text


def _password(text: str) -> str:
    if text == PLACEHOLDER:
        raise fault(
            f"{PLACEHOLDER} only stands for a password where the file is shown. Give the password itself: it is put "
            "back for you only where the camera's name, address, user, authority and basic_without_tls are what they "
            "were, and not at an anchor"
        )
    if not 1 <= len(text) <= LONGEST_SECRET_LETTERS or not text.isprintable():
        raise fault(f"a password has 1 to {LONGEST_SECRET_LETTERS} printable letters")
    return text


def _variable(text: str) -> str:
    # The text is not shown: it may be the secret itself, put here by mistake.
    if not _VARIABLE.match(text):
        raise fault("the name of an environment variable is needed, such as CAMERA_PASSWORD, not the secret itself")
    return text


User = Annotated[str, AfterValidator(_user)]
"""A name that is logged in with."""

Variable = Annotated[str, AfterValidator(_variable)]
"""The name of an environment variable, or of a systemd credential, that holds a secret."""


def is_store_url(text: str) -> bool:
    """A URL of one of the two databases; the store itself checks the rest."""
    return bool(_STORE_URL.match(text)) and len(text) <= LONGEST_SECRET_LETTERS


def _store_url(text: str) -> str:
    if text == PLACEHOLDER:
        raise fault(f"{PLACEHOLDER} only stands for the URL where the file is shown. Give the URL itself")
    if not is_store_url(text):
        raise fault("write sqlite:///path/to/file or postgresql://user:password@host:port/database")
    return text


def _network(text: str) -> str:
    try:
        ipaddress.ip_network(text)
    except ValueError:
        try:
            hint = suggestion(text, [str(ipaddress.ip_network(text, strict=False))])
        except ValueError:
            hint = "Write a range such as 10.20.0.0/16 or fd00:20::/32."
        raise fault(f"{shown(text)} is no range of addresses. {hint}") from None
    return text


def _address(text: str) -> str:
    if text == "localhost":
        return text
    try:
        ipaddress.ip_address(text)
    except ValueError:
        raise fault("an address of this machine is needed, such as 127.0.0.1, 0.0.0.0 (all of them) or ::1") from None
    return text


def _public_url(text: str) -> str:
    parts = urlsplit(text)
    try:
        fine = parts.scheme in ("https", "http") and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        fine = False
    plain = not (parts.path.strip("/") or parts.query or parts.fragment or parts.username or parts.password)
    if not fine or not plain or not _HOST.match(parts.hostname or ""):
        raise fault("scheme and host are needed, and nothing after them, such as https://count.example.org")
    if parts.scheme == "http" and not is_loopback(parts.hostname or ""):
        raise fault("browsers reach it over https:// only: passwords and sessions would be sent in the clear")
    return text.rstrip("/").lower()


class SourceKeys(Keys):
    """Where a camera's pictures come from: exactly one of `file`, `rtsp`, `http`, `usb`."""

    file: FilePath | None = None
    rtsp: Annotated[str, AfterValidator(_rtsp)] | None = None
    http: Annotated[str, AfterValidator(_http)] | None = None
    usb: Annotated[str, AfterValidator(_device)] | None = None
    user: User | None = None
    password: Annotated[str, AfterValidator(_password)] | None = Field(default=None, repr=False)
    password_from: Variable | None = None
    authority: FilePath | None = None
    basic_without_tls: bool = False
    transport: Literal["tcp", "udp", "http"] = "tcp"
    streams: Annotated[tuple[Annotated[str, AfterValidator(_stream)], ...], Field(max_length=MAX_STREAMS)] = ()

    @property
    def encrypted(self) -> bool:
        """The camera is reached over TLS."""
        return (self.rtsp or self.http or "").lower().startswith(("rtsps:", "https:"))

    @property
    def shown(self) -> str:
        """The source as it is shown to people: without the query, which may hold private words."""
        source = self.file or self.rtsp or self.http or self.usb or "?"
        head, query, _ = source.partition("?") if self.rtsp or self.http else (source, "", "")
        return f"{head}?…" if query else head


class NetworkKeys(Keys):
    """Which machines may be reached."""

    cameras: Annotated[tuple[Annotated[str, AfterValidator(_network)], ...], Field(max_length=200)] = ()


class TlsKeys(Keys):
    """Files (PEM) of the server's certificate and its key."""

    certificate: FilePath
    key: FilePath


class ServerKeys(Keys):
    """Where the API and the page are served."""

    host: Annotated[str, AfterValidator(_address)] = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65_535)] = 8642
    metrics: bool = False
    connections_each: Annotated[int, Field(ge=8, le=10_000)] = 128
    public_url: Annotated[str, AfterValidator(_public_url)] | None = None
    tls: TlsKeys | None = None
    behind: Annotated[tuple[Annotated[str, AfterValidator(_network)], ...], Field(max_length=20)] = ()
    looks_per_hour: Annotated[int, Field(ge=1, le=10_000)] = 12


class StoreKeys(Keys):
    """The database: exactly one of `url` and `url_from`."""

    url: Annotated[str, AfterValidator(_store_url)] | None = Field(default=None, repr=False)
    url_from: Variable | None = None


KeepDays = Annotated[int, Field(ge=1, le=LONGEST_KEEP_DAYS)]
PublishedDays = Annotated[int, Field(ge=MIN_PUBLISHED_DAYS, le=LONGEST_KEEP_DAYS)]
ReplayDays = Annotated[int, Field(ge=1, le=KEPT_S // DAY_S)]


class RetentionKeys(Keys):
    """How many days each kind of result is kept."""

    minutes: KeepDays = DEFAULT_KEEP_DAYS[Kind.MINUTES]
    quarters: KeepDays = DEFAULT_KEEP_DAYS[Kind.QUARTERS]
    hours: KeepDays = DEFAULT_KEEP_DAYS[Kind.HOURS]
    days: KeepDays = DEFAULT_KEEP_DAYS[Kind.DAYS]
    events: KeepDays = DEFAULT_KEEP_DAYS[Kind.EVENTS]
    replays: ReplayDays = DEFAULT_KEEP_DAYS[Kind.REPLAYS]
    health: KeepDays = DEFAULT_KEEP_DAYS[Kind.HEALTH]
    audit: KeepDays = DEFAULT_KEEP_DAYS[Kind.AUDIT]
    configurations: KeepDays = DEFAULT_KEEP_DAYS[Kind.CONFIGURATIONS]
    cases: KeepDays = DEFAULT_KEEP_DAYS[Kind.CASES]
    validations: KeepDays = DEFAULT_KEEP_DAYS[Kind.VALIDATIONS]
    published: PublishedDays = DEFAULT_KEEP_DAYS[Kind.PUBLISHED]
    accounts: KeepDays = DEFAULT_KEEP_DAYS[Kind.ACCOUNTS]

    def limits(self) -> Retention:
        """Returns the limits of all kinds."""
        return Retention({kind: getattr(self, kind.value) for kind in Kind})


class WorkerKeys(Keys):
    """The processes that read cameras."""

    cameras_each: Annotated[int, Field(ge=1, le=64)] = 4
    decode_separately: bool = True
    outbox_gb: Annotated[float, Field(ge=0.05, le=10_000)] | None = None


def _place(text: str) -> str:
    try:
        host_and_port(text)
    except PasserbyError as error:
        raise fault(str(error)) from None
    return text


def _listening_place(text: str) -> str:
    _place(text)
    _address(host_and_port(text)[0])
    return text


def _listed(value: object) -> object:
    """Returns a list of one address where a file names it by itself."""
    return (value,) if isinstance(value, str) else value


def _places(addresses: tuple[str, ...]) -> tuple[str, ...]:
    if not 1 <= len(addresses) <= MAX_HUBS:
        raise fault(f"one address, or a list of 1 to {MAX_HUBS} is needed, one for each hub")
    return tuple(map(_place, addresses))


class FleetKeys(Keys):
    """How other machines of the site reach its hub, how much each may send, and which Ray cluster places workers."""

    address: Annotated[tuple[str, ...], BeforeValidator(_listed), AfterValidator(_places)]
    listen: Annotated[str, AfterValidator(_listening_place)] | None = None
    node_mbit_s: Annotated[float, Field(ge=0.1, le=10_000)] = 20.0
    ray: Annotated[str, AfterValidator(_place)] | None = None

    def plan(self) -> FleetPlan:
        """Returns what the hub does by these keys; it listens on all addresses where the file does not say on which."""
        listen = self.listen or f"0.0.0.0:{host_and_port(self.address[0])[1]}"
        return FleetPlan(listen, self.address, int(self.node_mbit_s * 1e6 / 8), self.ray or "")


def _issuer(text: str) -> str:
    parsed = urlsplit(text)
    if not is_safe_url(text) or parsed.query or parsed.fragment or parsed.username:
        raise fault(
            "the provider's own https:// address is needed, as its tokens name it, without query; http:// is for a "
            "trial on this machine alone"
        )
    return text


def _word(text: str) -> str:
    if not 1 <= len(text) <= 200 or not text.isprintable() or text != text.strip():
        raise fault("1 to 200 printable letters are needed, without spaces around them")
    return text


Word = Annotated[str, AfterValidator(_word)]
Words = Annotated[tuple[Annotated[str, AfterValidator(_word)], ...], Field(max_length=20)]


class ProviderKeys(Keys):
    """One single sign-on provider (OpenID Connect)."""

    issuer: Annotated[str, AfterValidator(_issuer)]
    client_id: Word
    client_secret_from: Variable | None = None
    amr: Words = ()
    acr: Words = ()
    authority: FilePath | None = None


class AccessKeys(Keys):
    """How people log in, and for how long."""

    one_person: bool = False
    idle_minutes: Annotated[int, Field(ge=1, le=24 * 60)] = 30
    session_hours: Annotated[int, Field(ge=1, le=24)] = 12
    recent_minutes: Annotated[int, Field(ge=1, le=60)] = 10
    operators_on_duty: Annotated[int, Field(ge=1, le=1000)] = 1
    providers: Annotated[Mapping[Name, ProviderKeys], Field(max_length=10)] = Field(default_factory=dict)
