"""The keys of the servers that published numbers are sent to, the plans that they make, and what their secrets lack."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Final

from pydantic import AfterValidator

from passerby.config.events.recipient_keys import MqttKeys, plain_topic
from passerby.config.events.recipient_plans import Secret, mqtt_plan
from passerby.config.register.https_outlets import ContextBrokerKeys, EventReceiverKeys, InfluxKeys, https_plan
from passerby.config.validation import Loc, shown, suggestion
from passerby.config.values import Keys, Line, fault
from passerby.domain.publish_plan import LICENCES, BrokerPlan, NumberOutlet, OutletPlan
from passerby.domain.published import OUTSIDE, Audience

MAX_OUTLETS: Final = 20
OWN_TOPIC: Final = "passerby/v1"
_AUDIENCES: Final = tuple(audience.value for audience in OUTSIDE)


def _licence(text: str) -> str:
    if text not in LICENCES:
        known = ", ".join(sorted(LICENCES))
        raise fault(f"{shown(text)} is no licence for data that is known here: {known}. {suggestion(text, LICENCES)}")
    return text


def _audience(text: str) -> str:
    if text not in _AUDIENCES:
        raise fault(f"{shown(text)} is no audience that numbers leave for: {' and '.join(_AUDIENCES)} are")
    return text


LicenceId = Annotated[str, AfterValidator(_licence)]


class BrokerKeys(MqttKeys):
    """An MQTT 5 broker."""

    topic: Annotated[str, AfterValidator(plain_topic)] = OWN_TOPIC
    home_assistant: bool = False


class OutletKeys(Keys):
    """One server that numbers are sent to: exactly one way."""

    audience: Annotated[str, AfterValidator(_audience)]
    recipient: Line
    licence: LicenceId | None = None
    mqtt: BrokerKeys | None = None
    ngsi_ld: ContextBrokerKeys | None = None
    events: EventReceiverKeys | None = None
    influx: InfluxKeys | None = None


WAYS: Final = ("mqtt", "ngsi_ld", "events", "influx")
"""The keys of which an outlet has exactly one."""


def outlets_of(keys: Mapping[str, OutletKeys], licence: str, secret: Secret, folder: Path) -> tuple[NumberOutlet, ...]:
    """Returns the outlets, in the order of the file.

    Args:
        keys: theirs, by name.
        licence: of those that name none of their own.
        secret: the value of a variable.
        folder: what relative paths count from.
    """
    return tuple(
        NumberOutlet(
            name,
            Audience(each.audience),
            each.recipient,
            each.licence or licence,
            _plan(each, secret, folder),
        )
        for name, each in keys.items()
    )


def missing_of_outlets(
    keys: Mapping[str, OutletKeys], secret: Secret, unusable: Callable[[str | None, str], str]
) -> Iterator[tuple[Loc, str]]:
    """Yields which secrets of outlets are missing or of no use, with where in the file.

    Args:
        keys: the outlets' keys.
        secret: the value of a variable.
        unusable: why a value is of no use, in words; empty where it is.
    """
    for name, each in keys.items():
        for way, server in (("mqtt", each.mqtt), ("ngsi_ld", each.ngsi_ld), ("events", each.events),
                          ("influx", each.influx)):  # fmt: skip
            for key in ("password_from", "token_from"):
                variable: str | None = getattr(server, key, None)
                if variable is not None and (why := unusable(secret(variable), variable)):
                    yield ("publish", "outlets", name, way, key), why


def _plan(keys: OutletKeys, secret: Secret, folder: Path) -> OutletPlan:
    if keys.mqtt is not None:
        return BrokerPlan(mqtt_plan(keys.mqtt, secret, folder), keys.mqtt.home_assistant)
    if (made := https_plan(keys.ngsi_ld or keys.events or keys.influx, secret, folder)) is None:
        raise ValueError(f"an outlet has exactly one of {', '.join(WAYS)}")
    return made
