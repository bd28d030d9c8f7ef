"""Requests to one camera, sent with onvif-zeep-async; its descriptions of services come with the package."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import MAXYEAR, UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from passerby.domain.errors import SourceError
from passerby.onvif.addresses import DeviceAddress, without_secret
from passerby.onvif.markup import plain
from passerby.onvif.media2 import Media2Service
from passerby.onvif.transport import Credentials, FaultError, RefusedError, Transport, not_let_in
from passerby.units import DAY_S, HOUR_S, MINUTE_S

DEVICE = "devicemgmt"
MEDIA = "media"
DEVICE_PATH = "/onvif/device_service"
MEDIA_SPACE = "http://www.onvif.org/ver10/media/wsdl"


@dataclass(frozen=True, slots=True)
class _Description:
    """Where the library keeps what a service is."""

    ns: str
    wsdl: str
    binding: str


@dataclass(frozen=True, slots=True)
class _Library:
    """What is taken from onvif-zeep-async, which has no types of its own."""

    service: Any
    descriptions: dict[str, _Description]
    folder: Path
    token: Callable[..., Any]
    is_auth_error: Callable[[Exception], bool]
    fault: type[Exception]


def _library() -> _Library:
    """The ONVIF library. It configures the logs of its importer, unless they are configured; so they are."""
    root, silent = logging.getLogger(), logging.NullHandler()
    root.addHandler(silent)
    try:
        import onvif.client  # type: ignore[import-untyped]
        import onvif.util  # type: ignore[import-untyped]
        import zeep.exceptions
    finally:
        root.removeHandler(silent)
    # It would log a traceback for every number in an answer that is none.
    logging.getLogger("zeep").setLevel(logging.CRITICAL)
    return _Library(
        onvif.client.ONVIFService,
        {name: _Description(**service) for name, service in onvif.client.SERVICES.items() if name in (DEVICE, MEDIA)},
        Path(onvif.client.__file__).parent / "wsdl",
        onvif.client.UsernameDigestTokenDtDiff,
        onvif.util.is_auth_error,
        zeep.exceptions.Fault,
    )


class DeviceService:
    """One camera, sent one request after the other."""

    def __init__(self, address: DeviceAddress, credentials: Credentials, transport: Transport) -> None:
        self._address = address
        self._credentials = credentials
        self._transport = transport
        self._library = _library()
        self._services: dict[str, Any] = {}
        self._clock_ahead = timedelta(0)

    async def prepare(self) -> None:
        """Reads the descriptions of both services, a second's work, before the camera's time starts to run."""
        await self._open(DEVICE, DEVICE_PATH)
        await self._open(MEDIA, DEVICE_PATH)

    async def set_clock(self, ahead: timedelta) -> None:
        """Signs from now on by the camera's own clock: it refuses what seems minutes old or not yet written."""
        self._clock_ahead = ahead
        await self.prepare()

    async def set_media_path(self, service_url: str) -> None:
        """Takes over the path of the media service; its host and port stay those that were given."""
        await self._open(MEDIA, _path_of(service_url, "/onvif/Media"))

    def media2(self, service_url: str) -> Media2Service:
        """Returns the newer media service at the path of an address; its host and port stay those that were given."""
        url = self._address.url(_path_of(service_url, "/onvif/Media2"))
        return Media2Service(url, self._address.shown, self._credentials, self._transport, self._signed)

    def _signed(self, envelope: Any) -> Any:
        who = self._credentials
        token = self._library.token(who.user, who.password, dt_diff=self._clock_ahead, use_digest=True)
        return token.apply(envelope, {})[0]

    async def request(self, service: str, operation: str, *, signed: bool = True, **details: Any) -> dict[str, Any]:
        """Returns the answer to one operation, as plain dicts and lists.

        Args:
            service: `DEVICE` or `MEDIA`.
            operation: the operation's name in the service's description.
            signed: with the user's name and a digest of the password; some operations come before any user.
            details: the operation's parameters.

        Raises:
            FaultError: the camera would not answer it.
            SourceError: anything else, such as a wrong password.
        """
        signed = signed and bool(self._credentials.user)
        asking = getattr(self._services[service], operation if signed else f"authless_{operation}")
        try:
            answer = self._library.service.to_dict(await asking(details or None))
        except SourceError:
            raise
        except Exception as error:  # a reader of SOAP meets any of Python's errors in the answer of a broken camera
            raise self._explained(operation, error) from error
        return answer if isinstance(answer, dict) else {"answer": answer}

    async def close(self) -> None:
        """Lets go of what the library holds."""
        for service in self._services.values():
            await service.close()
        self._services.clear()

    async def _open(self, name: str, path: str) -> None:
        if name in self._services:
            await self._services.pop(name).close()
        description = self._library.descriptions[name]
        service = self._library.service(
            self._address.url(path),
            self._credentials.user,
            self._credentials.password,
            str(self._library.folder / description.wsdl),
            no_cache=True,
            dt_diff=self._clock_ahead,
            binding_name=f"{{{description.ns}}}{description.binding}",
        )
        self._services[name] = service
        # The library's own transport follows redirects, reads without end and checks no certificate.
        service.transport = self._transport
        await service.setup()

    def _explained(self, operation: str, error: Exception) -> SourceError:
        where = self._address.shown
        if self._library.is_auth_error(error):
            return RefusedError(f"{where}: {not_let_in(self._credentials)}")
        reason = plain(without_secret(str(error), self._credentials.password), 160)
        if isinstance(error, self._library.fault):
            return FaultError(f"{where}: the camera does not answer {operation}: {reason or 'no reason given'}.")
        return SourceError(
            f"{where}: its answer to {operation} cannot be understood ({type(error).__name__}). "
            "Is this a camera, and is its firmware up to date?"
        )


def _path_of(service_url: str, otherwise: str) -> str:
    try:
        path = urlsplit(service_url).path
    except ValueError:
        path = ""
    return path if path.startswith("/") and len(path) < 200 else otherwise


def camera_clock(answer: dict[str, Any], kind: str = "UTCDateTime") -> datetime | None:
    """Returns a time of an answer to GetSystemDateAndTime, as if it were UTC; None where it is missing or no time.

    Args:
        answer: to GetSystemDateAndTime.
        kind: `UTCDateTime`, or `LocalDateTime`.
    """
    utc = answer.get(kind)
    try:
        date, time = utc["Date"], utc["Time"]  # type: ignore[index]
        day = datetime(int(date["Year"]), int(date["Month"]), int(date["Day"]), tzinfo=UTC)
        if day.year == MAXYEAR:  # nothing can be added to it
            return None
        return day.replace(hour=int(time["Hour"]), minute=int(time["Minute"]), second=int(time["Second"]))
    except (KeyError, TypeError, ValueError, OverflowError):
        return None


def spoken_s(ahead_s: float) -> str:
    """How far a clock is off, in words.

    >>> spoken_s(-7200)
    '2.0 h behind'
    """
    amount, way = abs(ahead_s), "ahead" if ahead_s > 0 else "behind"
    for unit, size_s in (("days", DAY_S), ("h", HOUR_S), ("min", MINUTE_S)):
        if amount >= 2 * size_s or (unit != "days" and amount >= size_s):
            return f"{amount / size_s:.1f} {unit} {way}"
    return f"{amount:.0f} s {way}"
