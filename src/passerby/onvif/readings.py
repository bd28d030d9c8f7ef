"""Plain values out of a camera's nested answers, each of which may be missing or wrong."""

import math
from collections.abc import Iterator
from typing import Any

from passerby.onvif.addresses import StreamAddress, stream_address, without_secret
from passerby.onvif.device import DeviceFacts, StreamProfile
from passerby.onvif.markup import plain

MAX_PROFILES = 64
_MAX_PX = 65_535
_MAX_FPS = 1000
_MAX_KBPS = 10_000_000


def device_facts(answer: dict[str, Any], secret: str = "") -> DeviceFacts:
    """Reads the answer to GetDeviceInformation; a password that is repeated there is hidden."""
    words = ("Manufacturer", "Model", "FirmwareVersion", "SerialNumber")
    return DeviceFacts(*(without_secret(plain(answer.get(word), 80), secret) for word in words))


def stream_profiles(answer: dict[str, Any], secret: str = "") -> tuple[StreamProfile, ...]:
    """Reads the answer to GetProfiles; profiles without video, as for audio, are left out."""
    found = _items(answer.get("answer", answer.get("Profiles")))
    profiles = (_profile(each, secret) for each, _ in zip(found, range(MAX_PROFILES), strict=False))
    return tuple(profile for profile in profiles if profile is not None)


def service_urls(answer: dict[str, Any]) -> dict[str, str]:
    """Reads the answer to GetServices: namespace -> address."""
    services = _items(answer.get("answer", answer.get("Service")))
    pairs = ((each.get("Namespace"), each.get("XAddr")) for each in services)
    return {name: url for name, url in pairs if isinstance(name, str) and isinstance(url, str)}


def media_url(answer: dict[str, Any]) -> str | None:
    """Reads the media service's address out of the answer to GetCapabilities, the older question."""
    url = _within(answer.get("Capabilities", answer), "Media", "XAddr")
    return url if isinstance(url, str) else None


def stream_of(answer: dict[str, Any], hosts: frozenset[str], secret: str = "") -> StreamAddress | None:
    """Reads the answer to GetStreamUri."""
    uri = answer.get("Uri") or _within(answer, "MediaUri", "Uri")
    return stream_address(uri, hosts, secret)


def _profile(profile: dict[str, Any], secret: str) -> StreamProfile | None:
    token, encoder = profile.get("token"), profile.get("VideoEncoderConfiguration")
    if not isinstance(token, str) or not token or len(token) > 200 or not isinstance(encoder, dict):
        return None
    return StreamProfile(
        token=token,
        name=without_secret(plain(profile.get("Name"), 60), secret),
        codec=plain(encoder.get("Encoding"), 20),
        width_px=int(_number(_within(encoder, "Resolution", "Width"), _MAX_PX)),
        height_px=int(_number(_within(encoder, "Resolution", "Height"), _MAX_PX)),
        fps=_number(_within(encoder, "RateControl", "FrameRateLimit"), _MAX_FPS),
        bitrate_kbps=int(_number(_within(encoder, "RateControl", "BitrateLimit"), _MAX_KBPS)),
        lens=plain(_within(profile, "VideoSourceConfiguration", "SourceToken"), 60),
    )


def _items(value: Any) -> Iterator[dict[str, Any]]:
    return (each for each in (value if isinstance(value, list) else [value]) if isinstance(each, dict))


def _within(value: Any, *keys: str) -> Any:
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _number(value: Any, maximum: float) -> float:
    """The number, or 0 where it is none, negative or beyond what can be."""
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        return 0.0
    return number if math.isfinite(number) and 0 <= number <= maximum else 0.0
