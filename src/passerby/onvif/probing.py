"""One conversation with a camera: its clock, its services, what it is, and which streams it has."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from passerby.domain.errors import SourceError
from passerby.onvif.addresses import DeviceAddress
from passerby.onvif.device import ProbedCamera, StreamProfile
from passerby.onvif.device_service import DEVICE, MEDIA, MEDIA_SPACE, DeviceService, camera_clock, spoken_s
from passerby.onvif.media2 import MEDIA2_SPACE, Media2Service
from passerby.onvif.readings import device_facts, media_url, service_urls, stream_of, stream_profiles
from passerby.onvif.transport import Credentials, FaultError, MayConnect, RefusedError, Transport

_CLOCK_OFF_S = 5.0
_RTSP = {"Stream": "RTP-Unicast", "Transport": {"Protocol": "RTSP"}}


async def probe(
    address: DeviceAddress,
    credentials: Credentials,
    timeout_s: float,
    progress: Callable[[str], None] = lambda _: None,
    authority: Path | None = None,
    may_connect: MayConnect | None = None,
) -> ProbedCamera:
    """Returns what a camera is and what it streams; opens no stream, and connects to no other host.

    Args:
        address: of its ONVIF service.
        credentials: user and password of the camera.
        timeout_s: all the time that it may take.
        progress: called with what is requested next.
        authority: certificates (PEM) that the camera's own must be signed by.
        may_connect: raises a SourceError for an IP address that may not be connected to; None where all may.

    Raises:
        SourceError: it cannot be reached, does not speak ONVIF, or refuses the credentials.
    """
    limits = {} if may_connect is None else {"may_connect": may_connect}
    transport = Transport(address, credentials, timeout_s, authority, **limits)
    device = DeviceService(address, credentials, transport)
    try:
        progress("reading the descriptions of ONVIF")
        await device.prepare()
        progress(f"asking {address.shown}")
        async with transport:
            return await _Conversation(address, device, transport, credentials, progress).held()
    finally:
        await device.close()


class _Conversation:
    """The questions, in the order in which one rests on the other."""

    def __init__(
        self,
        address: DeviceAddress,
        device: DeviceService,
        transport: Transport,
        credentials: Credentials,
        progress: Callable[[str], None],
    ) -> None:
        self._where = address.shown
        self._device = device
        self._transport = transport
        self._secret, self._signs = credentials.password, bool(credentials.user)
        self._progress = progress
        self._notes: list[str] = []
        self._media2: Media2Service | None = None
        self._has_media = False
        self._newer_tokens: set[str] = set()
        self._local_ahead: timedelta | None = None

    async def held(self) -> ProbedCamera:
        """Sends every request, and returns what was reported."""
        clock_ahead_s = await self._clock()
        try:
            await self._services()
        except RefusedError:
            if self._local_ahead is None or not self._signs:
                raise
            await self._by_local_clock(self._local_ahead)
        self._progress("asking what it is")
        facts = device_facts(await self._device.request(DEVICE, "GetDeviceInformation"), self._secret)
        profiles = await self._profiles()
        streams = []
        for number, profile in enumerate(profiles, start=1):
            self._progress(f"asking where stream {number} of {len(profiles)} is")
            streams.append(await self._with_address(profile))
        if not streams:
            self._notes.append("The camera names no video stream; look at its own page whether any is set up.")
        return ProbedCamera(self._where, facts, tuple(streams), clock_ahead_s, tuple(self._notes))

    async def _clock(self) -> float | None:
        """Credentials are proved with a time in them, so the camera's own clock comes first; it needs no credentials.

        Some cameras refuse even that; then the date in the head of their refusal has to do.
        """
        try:
            answer = await self._device.request(DEVICE, "GetSystemDateAndTime", signed=False)
        except (FaultError, RefusedError):
            answer = {}
        local = camera_clock(answer, "LocalDateTime")
        clock = camera_clock(answer) or local
        if clock is not None and local is not None and abs((local - clock).total_seconds()) > _CLOCK_OFF_S:
            self._local_ahead = local - datetime.now(UTC)
        ahead = self._transport.clock_ahead if clock is None else clock - datetime.now(UTC)
        if ahead is None:
            return None
        if abs(ahead.total_seconds()) > _CLOCK_OFF_S:
            await self._device.set_clock(ahead)
            self._notes.append(f"The camera's clock is {spoken_s(ahead.total_seconds())}. Give it a time server (NTP).")
        return round(ahead.total_seconds(), 1)

    async def _by_local_clock(self, ahead: timedelta) -> None:
        """Signs by the camera's local time, once: some check a login by it, and call a good password wrong."""
        await self._device.set_clock(ahead)
        await self._services()
        self._notes.append(
            "The camera checks a login by its local time as if that were UTC. Set its time zone to UTC, or update it."
        )

    async def _profiles(self) -> tuple[StreamProfile, ...]:
        """Returns the streams of both media services; one that both list is asked of the older."""
        older: tuple[StreamProfile, ...] = ()
        if self._has_media:
            try:
                older = stream_profiles(await self._device.request(MEDIA, "GetProfiles"), self._secret)
            except FaultError:
                if self._media2 is None:
                    raise
        if self._media2 is None:
            return older
        try:
            newer = stream_profiles(await self._media2.profiles(), self._secret)
        except SourceError:
            if not self._has_media:
                raise
            self._notes.append(
                "The camera knows the newer media service too, but does not answer it; streams that only that one "
                "lists, such as some in H.265, are not shown here."
            )
            return older
        known = {profile.token for profile in older}
        added = tuple(profile for profile in newer if profile.token not in known)
        self._newer_tokens = {profile.token for profile in added}
        return older + added

    async def _services(self) -> None:
        unread: SourceError | None = None
        try:
            urls = service_urls(await self._device.request(DEVICE, "GetServices", IncludeCapability=False))
        except RefusedError:
            raise
        except SourceError as error:  # cameras from before 2012 know only the older question, and say so in any way
            urls, unread = {}, error
        found, newer = urls.get(MEDIA_SPACE), urls.get(MEDIA2_SPACE)
        if newer is not None:
            self._media2 = self._device.media2(newer)
        if found is None and newer is None:
            found = await self._older_media_url(unread)
        if found is None and newer is None:
            raise SourceError(
                f"{self._where}: it speaks ONVIF, but has no media service to ask for streams. "
                "Is it a camera, and not the control of a door?"
            )
        self._has_media = found is not None
        if found is not None:
            await self._device.set_media_path(found)

    async def _older_media_url(self, unread: SourceError | None) -> str | None:
        """Asks the older question; some answer it for one service with nothing or a fault, and for all with all.

        Raises:
            SourceError: it is not answered either; `unread` where that has more to say.
        """
        refusal: SourceError | None = None
        answered = False
        for category in ("Media", "All"):
            try:
                url = media_url(await self._device.request(DEVICE, "GetCapabilities", Category=[category]))
            except FaultError as error:
                refusal = error
                continue
            answered = True
            if url is not None:
                return url
        if not answered and refusal is not None:
            raise (refusal if unread is None or isinstance(unread, FaultError) else unread)
        return None

    async def _with_address(self, profile: StreamProfile) -> StreamProfile:
        try:
            answer = await self._stream_uri(profile.token)
        except FaultError:
            return profile
        return replace(profile, address=stream_of(answer, self._transport.hosts, self._secret))

    async def _stream_uri(self, token: str) -> dict[str, Any]:
        if self._media2 is not None and token in self._newer_tokens:
            return await self._media2.stream_uri(token)
        return await self._device.request(MEDIA, "GetStreamUri", StreamSetup=_RTSP, ProfileToken=token)
