"""What recipients of events demand of the rest of the file: a camera's register names each, or there is none."""

from collections.abc import Iterator, Mapping
from typing import Final

from passerby.config.document import Document, keys_in
from passerby.config.events.recipient_keys import CHANNELS
from passerby.config.events.server_faults import server_faults, url_faults
from passerby.config.rules.ground_rules import LocatedFaults
from passerby.config.validation import Fault, dotted, excerpt, shown, suggestion
from passerby.text import in_nfc

_NAMED: Final = "register.operational_events.recipients"


def recipient_faults(document: Document) -> list[Fault]:
    """Returns the faults of all recipients, and of what cameras' registers say of them."""
    top = keys_in(document.value)
    found = [(("recipients", name, *loc), why)
             for name, keys in keys_in(top.get("recipients")).items()
             for loc, why in _recipient_faults(name, keys_in(keys), keys_in(top.get("cameras")))]  # fmt: skip
    found += _register_faults(top)
    return [Fault(document.line(loc), dotted(loc), why) for loc, why in found]


def _recipient_faults(name: str, keys: Mapping[str, object], cameras: Mapping[str, object]) -> LocatedFaults:
    channels = [each for each in CHANNELS if each in keys]
    if not channels:
        yield (), f"say how it is reached: exactly one of {', '.join(CHANNELS)} is needed"
    elif len(channels) > 1:
        yield (channels[1],), f"exactly one channel is possible, got {' and '.join(channels)}: make two recipients"
    yield from ((("webhook", *loc), why) for loc, why in url_faults(keys_in(keys.get("webhook"))))
    for channel in ("mail", "mqtt"):
        yield from (((channel, *loc), why) for loc, why in server_faults(keys_in(keys.get(channel))))
    for number, camera in enumerate(_listed(keys.get("cameras"))):
        if camera not in cameras:
            yield ("cameras", number), f"{shown(camera)} is no camera of this site. {suggestion(camera, cameras)}"
        elif in_nfc(name) not in _named(cameras[camera]):
            yield (
                ("cameras", number),
                f"the register entry of {excerpt(camera)} does not name this recipient, so nothing is delivered: add "
                f"{excerpt(name)} to cameras.{excerpt(camera)}.{_NAMED}, where the public reads it, or take the camera "
                "away here",
            )
    rules = {
        rule for camera in _listed(keys.get("cameras")) for rule in keys_in(keys_in(cameras.get(camera)).get("rules"))
    }
    for number, rule in enumerate(_listed(keys.get("rules"))):
        if rule not in rules:
            yield ("rules", number), f"{shown(rule)} is no rule of these cameras. {suggestion(rule, rules)}"


def _register_faults(top: Mapping[str, object]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    known = {in_nfc(str(name)) for name in keys_in(top.get("recipients"))}
    for camera_id, camera in keys_in(top.get("cameras")).items():
        for number, name in enumerate(_named(camera)):
            if name not in known:
                hint = suggestion(name, known) if known else "Add it under recipients, at the top of the file."
                yield (
                    ("cameras", camera_id, "register", "operational_events", "recipients", number),
                    f"{shown(name)} is no recipient of this site. {hint}",
                )


def _named(camera: object) -> tuple[str, ...]:
    events = keys_in(keys_in(keys_in(camera).get("register")).get("operational_events"))
    return _listed(events.get("recipients"))


def _listed(value: object) -> tuple[str, ...]:
    return tuple(in_nfc(each) if isinstance(each, str) else "" for each in value) if isinstance(value, tuple) else ()
