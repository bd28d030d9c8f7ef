"""Where a camera's pictures come from, with its credentials in fields of their own."""

from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path


class SourceKind(StrEnum):
    """The way in."""

    RTSP = "rtsp"
    RTSPS = "rtsps"
    HTTP = "http"
    HTTPS = "https"
    FILE = "file"
    USB = "usb"

    @property
    def default_port(self) -> int:
        """The port where the address names none; 0 for what is not reached over the network."""
        return _PORTS.get(self.value, 0)

    @property
    def encrypted(self) -> bool:
        """The camera is reached over TLS."""
        return self in (SourceKind.RTSPS, SourceKind.HTTPS)


class Transport(StrEnum):
    """How an RTSP camera's pictures come: over its RTSP connection, over UDP, or all of it through HTTP."""

    TCP = "tcp"
    UDP = "udp"
    HTTP = "http"


class PasswordPlace(StrEnum):
    """Where a camera's password is kept."""

    NONE = "none"
    ENCRYPTED = "encrypted"
    """In the data folder, encrypted; set over HTTP."""
    OUTSIDE = "outside"
    """In the site file, or in the environment that it names: the operator's own business."""


@dataclass(frozen=True, slots=True)
class PasswordState:
    """What is known of a camera's password, without the password.

    Attributes:
        place: where it is kept.
        set_ns: UTC nanoseconds at which an encrypted one was set; None for others.
        fault: why an encrypted one cannot be opened; empty where nothing is wrong.
    """

    place: PasswordPlace
    set_ns: int | None = None
    fault: str = ""


_PORTS = {"rtsp": 554, "rtsps": 322, "http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class CameraSource:
    """One camera's way in.

    Attributes:
        kind: RTSP, MJPEG over HTTP, a file played in a loop at its own pace, or a USB camera.
        host: name or address without brackets; empty for a file or a USB camera.
        port: TCP port; 0 likewise.
        path: what follows in the address, query included; begins with `/`.
        user, password: credentials; empty without. They stand in no address, and the password in no `repr`.
        file: the recording, or the USB camera's device file.
        authority: certificates that a camera's own must be signed by (PEM); None for the system's.
        transport: how an RTSP camera's pictures come.
        streams: paths of smaller streams of the same camera, all else as for `path`.
        basic_without_tls: the password may be sent as it is, where the camera demands it and nothing encrypts it.
    """

    kind: SourceKind
    host: str = ""
    port: int = 0
    path: str = "/"
    user: str = ""
    password: str = field(default="", repr=False)
    file: Path | None = None
    authority: Path | None = None
    basic_without_tls: bool = False
    transport: Transport = Transport.TCP
    streams: tuple[str, ...] = ()

    @property
    def networked(self) -> bool:
        """The camera is reached over the network."""
        return bool(self.kind.default_port)

    @property
    def takes_stored_password(self) -> bool:
        """A password that is kept encrypted is used for it: it has a user, and none from the site file."""
        return self.networked and bool(self.user) and not self.password

    @property
    def each_stream(self) -> "tuple[CameraSource, ...]":
        """A way in for each stream of the camera, the first one first."""
        return (self, *(replace(self, path=path) for path in self.streams))

    @property
    def shown(self) -> str:
        """The address for people: without credentials, and without the query, which may hold some."""
        if not self.networked:
            return str(self.file)
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port == self.kind.default_port else f":{self.port}"
        path, query, _ = self.path.partition("?")
        return f"{self.kind.value}://{host}{port}{path}{'?…' if query else ''}"
