"""What cameras answer to a WS-Discovery probe, read from datagrams that any machine may have sent."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from passerby.domain.errors import SourceError
from passerby.onvif.addresses import StreamAddress, bracketed, stream_address
from passerby.onvif.markup import plain, sound_xml

MAX_MATCHES = 8
"""Maximum number of cameras that are read from one answer."""

_WORDS = 64
_SCOPE = "onvif://www.onvif.org/"
_ANY = "{*}"
"""Of any namespace: some cameras answer in those of WS-Discovery 1.1, whatever they were asked in."""


@dataclass(frozen=True, slots=True)
class FoundCamera:
    """One camera that answered.

    Attributes:
        sender: the IP address that the answer came from.
        endpoint: the camera's own name for itself, most often a UUID.
        name, hardware, location: what it reports of itself; empty where it does not.
        services: where it reports that it takes requests.
    """

    sender: str
    endpoint: str
    name: str
    hardware: str
    location: str
    services: tuple[StreamAddress, ...]

    @property
    def address(self) -> str:
        """What to give to `passerby cameras probe`: never another host than the one that answered."""
        for service in self.services:
            if not service.elsewhere:
                parts = urlsplit(service.shown)
                default = parts.port is None and parts.scheme == "http"
                return bracketed(self.sender) if default else f"{bracketed(self.sender)}:{parts.port or 443}"
        return bracketed(self.sender)

    @property
    def elsewhere(self) -> bool:
        """It names only addresses of other hosts."""
        return bool(self.services) and all(service.elsewhere for service in self.services)


def found_cameras(datagram: bytes, message_ids: Collection[str], sender: str) -> tuple[FoundCamera, ...]:
    """The cameras that a datagram speaks of; none where it is no answer to our probe.

    Args:
        datagram: what came in.
        message_ids: the probes' ids; an answer to another probe is not believed.
        sender: the IP address it came from.
    """
    try:
        root = sound_xml(datagram, sender)
    except SourceError:
        return ()
    relates_to = root.findtext(f".//{_ANY}RelatesTo") or ""
    if relates_to.strip().rpartition(":")[2].lower() not in {each.rpartition(":")[2].lower() for each in message_ids}:
        return ()
    matches = root.iterfind(f".//{_ANY}ProbeMatch")
    return tuple(_camera(match, sender) for match, _ in zip(matches, range(MAX_MATCHES), strict=False))


def _camera(match: Any, sender: str) -> FoundCamera:
    scopes = _words(match.findtext(f"{_ANY}Scopes"))
    addresses = _words(match.findtext(f"{_ANY}XAddrs"))
    services = (stream_address(each, frozenset({sender}), kinds=("http", "https")) for each in addresses)
    return FoundCamera(
        sender=sender,
        endpoint=plain(match.findtext(f".//{_ANY}Address"), 100),
        name=_scope(scopes, "name"),
        hardware=_scope(scopes, "hardware"),
        location=_scope(scopes, "location"),
        services=tuple(service for service in services if service is not None),
    )


def _words(text: str | None) -> list[str]:
    return (text or "").split(maxsplit=_WORDS)[:_WORDS]


def _scope(scopes: list[str], kind: str) -> str:
    """The values of one kind of scope; makers write them with %20 for spaces, and several times."""
    prefix = f"{_SCOPE}{kind}/"
    values = [plain(unquote(each[len(prefix) :]), 60) for each in scopes if each.lower().startswith(prefix)]
    return ", ".join(dict.fromkeys(value for value in values[:4] if value))
