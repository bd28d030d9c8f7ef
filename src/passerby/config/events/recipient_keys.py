"""The keys of the recipients of events: who, through which channel, of which cameras, and how often."""

import re
from typing import Annotated, Final, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from passerby.config.events.push_keys import PushKeys
from passerby.config.service_keys import User, Variable
from passerby.config.validation import shown, suggestion
from passerby.config.values import ClockTime, FilePath, Keys, NamedBefore, Texts, fault
from passerby.domain.event_rules import RAISED_BY_RULES, RuleKind
from passerby.domain.recipients import DEFAULT_BURST
from passerby.publish.outlets.addressees import is_address, is_topic

MAX_RECIPIENTS: Final = 50
MQTT_TLS_PORT: Final = 8883
_HOST: Final = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|[0-9a-fA-F:]{2,39}")
_KINDS: Final = tuple(kind.value for kind in RAISED_BY_RULES)


def webhook_url(text: str) -> str:
    """Returns an address that a webhook may have.

    Raises:
        PydanticCustomError: it may not.
    """
    # The text is not shown: it may hold a secret.
    needed = "the receiver's address is needed, https://host/path, without user, password and #"
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        raise fault(needed) from None
    if parts.scheme == "http":
        raise fault(f"events are sent over TLS only: {needed}")
    plain = text.isascii() and text.isprintable() and " " not in text and len(text) <= 1000 and "\\" not in text
    if parts.scheme != "https" or not host or not plain or "@" in parts.netloc or "#" in text:
        raise fault(needed)
    return text


def _kinds(value: object) -> object:
    if not isinstance(value, (tuple, list)) or not value:
        raise fault(f"a list of kinds of rules is needed, such as [wrong_way], got {shown(value)}")
    for kind in value:
        if kind not in _KINDS:
            raise fault(f"{shown(kind)} is no kind of rule. {suggestion(str(kind), _KINDS)}")
    return tuple(RuleKind(kind) for kind in value)


class WebhookKeys(Keys):
    """A webhook."""

    url: Annotated[str, AfterValidator(webhook_url)] = Field(repr=False)
    secret_from: Variable
    inside: bool = False
    authority: FilePath | None = None


def _mail_address(text: str) -> str:
    if not is_address(text):
        raise fault(f"{shown(text)} is no e-mail address that every server takes. Write one such as duty@example.org")
    return text


def plain_topic(text: str) -> str:
    """Returns a topic that others may lie below.

    Raises:
        PydanticCustomError: there can be none below it.
    """
    if not is_topic(text):
        raise fault(f"a topic such as city/passerby is needed, without + and #, got {shown(text)}")
    return text


def _host(text: str) -> str:
    if not _HOST.fullmatch(text):
        raise fault("the name or the address of a server is needed, without port and path")
    return text


Host = Annotated[str, AfterValidator(_host)]
MailAddress = Annotated[str, AfterValidator(_mail_address)]
Port = Annotated[int, Field(ge=1, le=65_535)]


class MailKeys(Keys):
    """E-mail through a mail server."""

    host: Host
    port: Port = 587
    tls: Literal["implicit", "starttls", "none"] = "starttls"
    user: User | None = None
    password_from: Variable | None = None
    sender: MailAddress = Field(alias="from")
    to: Annotated[tuple[MailAddress, ...], Field(min_length=1, max_length=50)]
    authority: FilePath | None = None


class MqttKeys(Keys):
    """A topic on a broker."""

    host: Host
    port: Port = MQTT_TLS_PORT
    tls: bool = True
    user: User | None = None
    password_from: Variable | None = None
    topic: Annotated[str, AfterValidator(plain_topic)]
    authority: FilePath | None = None


Names = Annotated[tuple[NamedBefore, ...], Field(min_length=1, max_length=1000)]
Kinds = Annotated[
    tuple[RuleKind, ...],
    BeforeValidator(_kinds),
    WithJsonSchema({"type": "array", "items": {"enum": list(_KINDS)}, "minItems": 1}),
]


class RecipientKeys(Keys):
    """One recipient: exactly one channel."""

    public: Texts
    webhook: WebhookKeys | None = None
    mail: MailKeys | None = None
    mqtt: MqttKeys | None = None
    push: PushKeys | None = None
    cameras: Names
    severity: Literal["notice", "warning", "critical"] = "notice"
    kinds: Kinds | None = None
    rules: Names | None = None
    closings: bool = True
    in_10_min: Annotated[float, Field(ge=0.1, le=60)] = 1
    burst: Annotated[int, Field(ge=1, le=60)] = DEFAULT_BURST
    test_at: ClockTime | None = None


CHANNELS: Final = ("webhook", "mail", "mqtt", "push")
"""The keys of which a recipient has exactly one."""
