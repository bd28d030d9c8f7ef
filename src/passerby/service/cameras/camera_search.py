"""Looks for cameras by ONVIF, and asks one what it streams, within the networks that the site file allows."""

import asyncio
import ipaddress
import socket
import ssl
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Final

from passerby.config.addresses import address_of
from passerby.domain.camera_search import FoundDevice, FoundSource, OfferedStream, SourceWay
from passerby.domain.errors import AddressRefusedError, SourceError
from passerby.domain.sources import CameraSource, SourceKind
from passerby.ingest.sources.errors import quoted
from passerby.ingest.sources.rtsp.describing import described
from passerby.onvif.addresses import device_address
from passerby.onvif.choice import choices, smaller_streams
from passerby.onvif.device import ProbedCamera, StreamProfile
from passerby.onvif.discovery import PORT, discover
from passerby.onvif.probing import probe
from passerby.onvif.transport import Credentials, RefusedError
from passerby.sandbox.connection_broker import AllowList, connect

PROBE_S: Final = 12.0
ANSWER_S: Final = 5.0

_CODEC_NAMES: Final = {"h264": "H.264", "hevc": "H.265", "h265": "H.265", "mpeg4": "MPEG-4", "mjpeg": "MJPEG"}
_KINDS: Final = (SourceKind.RTSP, SourceKind.RTSPS, SourceKind.HTTP, SourceKind.HTTPS)


class NetworkCameraSearch:
    """The `CameraSearch` of a service.

    One search or question at a time: it is a person who asks, and what asks faster looks for other things.

    Args:
        networks: where cameras may be, as the site file has it now; empty for the private networks.
        port: UDP port that cameras are looked for at.
    """

    def __init__(self, networks: Callable[[], Sequence[str]], port: int = PORT) -> None:
        self._networks, self._port = networks, port
        self._busy = asyncio.Lock()

    async def discover(self, seconds: float, at: Sequence[str] = ()) -> tuple[FoundDevice, ...]:
        """See `CameraSearch`."""
        allowed = AllowList.of(self._networks())
        for text in at:
            _check(text, text, allowed)
        async with self._turn():
            found = await asyncio.to_thread(discover, seconds, None, tuple(at), port=self._port)
        return tuple(
            FoundDevice(each.address, each.name, each.hardware, each.location, each.elsewhere)
            for each in found
            if allowed.allows(ipaddress.ip_address(each.sender))
        )

    async def probe(self, address: str, user: str, password: str) -> FoundSource:
        """See `CameraSearch`."""
        async with self._turn():
            if "://" in address:
                return await asyncio.to_thread(self._stream, address, user, password)
            return await self._device(address, user, password)

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        if self._busy.locked():
            raise SourceError("another search is under way: wait until it is over")
        async with self._busy:
            yield

    def _stream(self, text: str, user: str, password: str) -> FoundSource:
        try:
            address = address_of(text, _KINDS)
        except ValueError as error:
            raise SourceError(str(error)) from None
        source = CameraSource(address.kind, address.host, address.port, address.path, user, password)
        allowed = AllowList.of(self._networks())
        try:
            if address.kind in (SourceKind.RTSP, SourceKind.RTSPS):
                track = described(source, lambda: _connected(source, allowed), ANSWER_S)
                name = str(track.codec.value)
                stream = OfferedStream(text, codec=_CODEC_NAMES.get(name, name))
                return FoundSource(SourceWay.RTSP, streams=(stream,))
            _connected(source, allowed).close()
        except OSError as error:
            raise SourceError(quoted(error.strerror or type(error).__name__)) from None
        note = "Something answers there; whether it sends pictures shows when the camera runs."
        return FoundSource(SourceWay.HTTP, streams=(OfferedStream(text),), notes=(note,))

    async def _device(self, text: str, user: str, password: str) -> FoundSource:
        allowed = AllowList.of(self._networks())
        address = device_address(text)

        def may(host: str) -> None:
            _check(host, address.host, allowed)

        try:
            return _found(await probe(address, Credentials(user, password), PROBE_S, may_connect=may))
        except AddressRefusedError:
            raise
        except RefusedError:
            wants = f"refuses the user {quoted(user)!r} with this password" if user else "wants a user and a password"
            raise SourceError(
                f"{address.shown}: the camera {wants}. Many keep ONVIF users apart from those of their web page, and "
                "lock up after a few wrong tries"
            ) from None
        except SourceError as error:
            # What an option of the command line would do is no help here.
            sentences = [each for each in str(error).split(". ") if "--" not in each]
            raise SourceError(". ".join(sentences) or "the camera could not be asked") from None


def _found(camera: ProbedCamera) -> FoundSource:
    reasons = {choice.profile.token: choice.reason for choice in choices(camera.profiles)}
    streams = tuple(
        replace(
            _offered(profile, reasons.get(profile.token, "")),
            smaller=tuple(
                each.address.shown for each in smaller_streams(profile, camera.profiles) if each.address is not None
            ),
        )
        for profile in camera.profiles
    )
    return FoundSource(SourceWay.ONVIF, camera.facts.maker, camera.facts.model, streams, camera.notes)


def _offered(profile: StreamProfile, reason: str) -> OfferedStream:
    address, note = profile.address, ""
    if address is None:
        note = "The camera gives no RTSP address for it."
    elif address.elsewhere:
        note = f"The camera points to another host, {address.shown}, which was not contacted."
    elif not address.complete:
        note = "Its address holds what may be credentials. Give it by hand, with user and password beside it."
    return OfferedStream(
        "" if address is None or note else address.shown,
        profile.name or profile.token,
        profile.codec,
        profile.width_px,
        profile.height_px,
        profile.fps,
        reason,
        note,
    )


def _check(text: str, host: str, allowed: AllowList) -> None:
    """Raises an AddressRefusedError for an IP address outside of the site's networks."""
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        raise SourceError("an IPv4 address such as 10.0.3.7 is needed") from None
    if not allowed.allows(address):
        which = str(address) if host == str(address) else f"{quoted(host)} is {address}, which"
        raise AddressRefusedError(
            f"{which} is not in the networks that this site allows ({allowed}). "
            "If it is your camera, list its network under network.cameras."
        )


def _connected(source: CameraSource, allowed: AllowList) -> socket.socket:
    link = connect(source, allowed)
    if not source.kind.encrypted:
        return link
    link.settimeout(ANSWER_S)
    try:
        return ssl.create_default_context().wrap_socket(link, server_hostname=source.host)
    except ssl.SSLCertVerificationError as fault:
        link.close()
        raise SourceError(
            f"the camera's certificate is not trusted: {quoted(fault.verify_message)}. "
            "Name the file of its authority in the site file itself"
        ) from None
    except (ssl.SSLError, OSError, ValueError):
        link.close()
        raise SourceError("no TLS with the camera. Does it speak rtsps or https?") from None
