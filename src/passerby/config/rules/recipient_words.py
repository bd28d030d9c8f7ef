"""What is delivered where, in words, for `passerby check`; and what of it is probably not meant."""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from passerby.config.events.recipient_keys import CHANNELS, MailKeys, MqttKeys, RecipientKeys, WebhookKeys
from passerby.config.register.records import registration_of
from passerby.config.site import CameraKeys, Site


@dataclass(frozen=True, slots=True)
class RecipientCheck:
    """A recipient of events.

    Attributes:
        name: its name.
        channel: how it is reached.
        cameras: the cameras that it is notified of.
        sentence: what is delivered where, in words.
    """

    name: str
    channel: str
    cameras: tuple[str, ...]
    sentence: str


def recipient_checks(site: Site) -> tuple[RecipientCheck, ...]:
    """Returns each recipient in words."""
    return tuple(
        RecipientCheck(name, channel_of(keys), keys.cameras, _sentence(keys)) for name, keys in site.recipients.items()
    )


def recipient_warnings(site: Site) -> Iterator[str]:
    """Yields what of the recipients has no effect, weakens delivery, or makes a burden of it."""
    for name, keys in site.recipients.items():
        for camera in keys.cameras:
            if why := registration_of(site.register_keys, site.cameras[camera].register_keys).why_no_events:
                yield f"recipients.{name}: nothing of camera {camera} is delivered: {why}"
        if keys.test_at is None:
            yield (
                f"recipients.{name}: nothing tests it daily: give test_at; `passerby status "
                f"SITE.yaml` names one that fails"
            )
        if keys.in_10_min > 1:
            yield (
                f"recipients.{name}.in_10_min: more than one notice in ten minutes, in the long run, is more than a "
                "person can deal with (EEMUA 191)"
            )
    for camera_id, camera_keys in site.cameras.items():
        for name in _named(camera_keys):
            if camera_id not in site.recipients[name].cameras:
                yield (
                    f"cameras.{camera_id}.register.operational_events.recipients: {name} gets nothing of this camera, "
                    f"as recipients.{name}.cameras does not have it; the public register does not list it"
                )


def channel_of(keys: RecipientKeys) -> str:
    """Returns the channel's key."""
    return next(each for each in CHANNELS if getattr(keys, each) is not None)


def _named(camera: CameraKeys) -> tuple[str, ...]:
    events = camera.register_keys.operational_events
    return () if events is None else events.recipients


def _sentence(keys: RecipientKeys) -> str:
    what = [
        f"events of {', '.join(keys.cameras)}",
        f"from the severity {keys.severity} on",
        *([f"of the kinds {', '.join(kind.value for kind in keys.kinds)}"] if keys.kinds else []),
        *([f"of the rules {', '.join(keys.rules)}"] if keys.rules else []),
    ]
    closings = "when they are raised and when they are over" if keys.closings else "when they are raised"
    rate = f"at most {keys.burst} at once and {keys.in_10_min:g} in 10 minutes in the long run; critical ones always"
    test = f"a test each day at {keys.test_at}" if keys.test_at else "no daily test"
    return f"{' '.join(what)}, {closings}, {_where(keys)}; {rate}; {test}"


def _where(keys: RecipientKeys) -> str:
    if keys.webhook is not None:
        return _webhook(keys.webhook)
    if keys.mail is not None:
        return f"by e-mail from {keys.mail.sender} to {', '.join(keys.mail.to)}, through {_server(keys.mail)}"
    if keys.mqtt is not None:
        return f"as CloudEvents below the topic {keys.mqtt.topic}, on {_server(keys.mqtt)}"
    if keys.push is not None:
        inside = ", which are said to be INSIDE the network" if keys.push.inside else ""
        return f"as web push to operators' browsers, through {', '.join(keys.push.services)}{inside}"
    return ""


def _server(keys: MailKeys | MqttKeys) -> str:
    clear = "" if keys.tls not in ("none", False) else ", without TLS on this machine"
    return f"{keys.host} port {keys.port}{clear}"


def _webhook(keys: WebhookKeys) -> str:
    """With the host alone: the rest of the address may be secret."""
    parts = urlsplit(keys.url)
    port = f" port {parts.port}" if parts.port else ""
    inside = ", which is said to be INSIDE the network" if keys.inside else ""
    return f"as signed webhooks over HTTPS to {parts.hostname}{port}{inside}"
