"""Recipients of events as they are planned, made from their keys; and what their secrets lack."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from passerby.config.events.push_keys import PushKeys
from passerby.config.events.recipient_keys import MailKeys, MqttKeys, RecipientKeys, WebhookKeys
from passerby.config.events.week import seconds_of
from passerby.config.validation import Loc
from passerby.domain.event_rules import Severity
from passerby.domain.notices import Channel, MailPlan, MqttPlan, PushPlan, WebhookPlan
from passerby.domain.recipients import Recipient
from passerby.domain.register import Wording
from passerby.publish.outlets.signature import signing_key

Secret = Callable[[str], str | None]
"""A variable's value; None where there is none."""


def recipients_of(keys: Mapping[str, RecipientKeys], secret: Secret, folder: Path) -> tuple[Recipient, ...]:
    """Returns the recipients, in the order of the file.

    Args:
        keys: theirs, by name.
        secret: the value of a variable.
        folder: what relative paths count from.
    """
    return tuple(
        Recipient(
            name=name,
            public=Wording(each.public),
            channel=_channel(each, secret, folder),
            cameras=frozenset(each.cameras),
            severity=Severity(each.severity),
            kinds=frozenset(each.kinds or ()),
            rules=frozenset(each.rules or ()),
            closings=each.closings,
            in_10_min=float(each.in_10_min),
            burst=each.burst,
            test_s=None if each.test_at is None else seconds_of(each.test_at),
        )
        for name, each in keys.items()
    )


def missing_of_recipients(
    keys: Mapping[str, RecipientKeys], secret: Secret, unusable: Callable[[str | None, str], str]
) -> Iterator[tuple[Loc, str]]:
    """Yields which secrets of recipients are missing or of no use, with where in the file.

    Args:
        keys: the recipients' keys.
        secret: the value of a variable.
        unusable: why a value is of no use, in words; empty where it is.
    """
    for name, each in keys.items():
        if each.webhook is not None:
            variable = each.webhook.secret_from
            value = secret(variable)
            if why := unusable(value, variable) or _no_signing_key(value or "", variable):
                yield ("recipients", name, "webhook", "secret_from"), why
        for channel, server in (("mail", each.mail), ("mqtt", each.mqtt)):
            named = server.password_from if server is not None else None
            if named is not None and (why := unusable(secret(named), named)):
                yield ("recipients", name, channel, "password_from"), why


def _no_signing_key(value: str, variable: str) -> str:
    try:
        signing_key(value)
    except ValueError as error:
        return f"the variable {variable} holds none: {error}. Make one: echo whsec_$(openssl rand -base64 32)"
    return ""


def _channel(keys: RecipientKeys, secret: Secret, folder: Path) -> Channel:
    if keys.webhook is not None:
        return _webhook(keys.webhook, secret, folder)
    if keys.mail is not None:
        return _mail(keys.mail, secret, folder)
    if keys.mqtt is not None:
        return mqtt_plan(keys.mqtt, secret, folder)
    if keys.push is not None:
        return _push(keys.push, folder)
    raise ValueError("the rules have made sure that there is a channel")


def _webhook(keys: WebhookKeys, secret: Secret, folder: Path) -> WebhookPlan:
    return WebhookPlan(keys.url, secret(keys.secret_from) or "", keys.inside, _file(keys.authority, folder))


def _mail(keys: MailKeys, secret: Secret, folder: Path) -> MailPlan:
    password = "" if keys.password_from is None else secret(keys.password_from) or ""
    return MailPlan(
        keys.host, keys.port, keys.tls, keys.user or "", password, keys.sender, keys.to, _file(keys.authority, folder)
    )


def mqtt_plan(keys: MqttKeys, secret: Secret, folder: Path) -> MqttPlan:
    """Returns how a broker is reached.

    Args:
        keys: the broker's.
        secret: the value of a variable.
        folder: what relative paths count from.
    """
    password = "" if keys.password_from is None else secret(keys.password_from) or ""
    return MqttPlan(
        keys.host, keys.port, keys.tls, keys.user or "", password, keys.topic, _file(keys.authority, folder)
    )


def _push(keys: PushKeys, folder: Path) -> PushPlan:
    return PushPlan(keys.contact, keys.services, keys.inside, _file(keys.authority, folder))


def _file(path: str | None, folder: Path) -> str:
    return "" if path is None else str(folder / path)
