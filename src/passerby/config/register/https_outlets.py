"""The keys of servers that published numbers are posted to over HTTPS, their plans, and what is wrong with them."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field

from passerby.config.document import keys_in
from passerby.config.events.recipient_keys import webhook_url
from passerby.config.events.recipient_plans import Secret
from passerby.config.events.server_faults import url_faults
from passerby.config.service_keys import User, Variable
from passerby.config.validation import Loc
from passerby.config.values import FilePath, Keys, Line, fault
from passerby.domain.publish_plan import ContextBrokerPlan, EventReceiverPlan, HttpsServer, InfluxPlan

HTTPS_WAYS: Final = ("ngsi_ld", "events", "influx")


def _base_url(text: str) -> str:
    """An address below which an interface is."""
    webhook_url(text)
    if "?" in text:
        raise fault("the address below which the interface is is needed, https://host or https://host/path, without ?")
    return text


def _header(text: str) -> str:
    if not (text.isascii() and text.isprintable()):
        raise fault("letters, digits and signs of ASCII are needed: it goes into a header")
    return text


class ServerKeys(Keys):
    """What all of them have."""

    inside: bool = False
    authority: FilePath | None = None


class ContextBrokerKeys(ServerKeys):
    """An NGSI-LD context broker."""

    url: Annotated[str, AfterValidator(_base_url)] = Field(repr=False)
    tenant: Annotated[Line, AfterValidator(_header)] | None = None
    token_from: Variable | None = None
    x_auth_token: bool = False
    form: Literal["normalised", "key-values"] = "normalised"


class EventReceiverKeys(ServerKeys):
    """A receiver of CloudEvents."""

    url: Annotated[str, AfterValidator(webhook_url)] = Field(repr=False)
    token_from: Variable | None = None
    mode: Literal["batched", "structured"] = "batched"


class InfluxKeys(ServerKeys):
    """A database that takes InfluxDB's line protocol."""

    url: Annotated[str, AfterValidator(_base_url)] = Field(repr=False)
    org: Line | None = None
    bucket: Line | None = None
    token_from: Variable | None = None
    database: Line | None = None
    user: User | None = None
    password_from: Variable | None = None


HttpsPlan = ContextBrokerPlan | EventReceiverPlan | InfluxPlan


def https_plan(keys: ServerKeys | None, secret: Secret, folder: Path) -> HttpsPlan | None:
    """Returns how a server is reached; None without keys.

    Args:
        keys: the server's.
        secret: the value of a variable.
        folder: what relative paths count from.
    """

    def server(url: str, variable: str | None) -> HttpsServer:
        authority = "" if keys is None or keys.authority is None else str(folder / keys.authority)
        value = "" if variable is None else secret(variable) or ""
        return HttpsServer(url, value, keys is not None and keys.inside, authority)

    match keys:
        case ContextBrokerKeys():
            key_values = keys.form == "key-values"
            return ContextBrokerPlan(
                server(keys.url, keys.token_from), keys.tenant or "", not keys.x_auth_token, key_values
            )
        case EventReceiverKeys():
            return EventReceiverPlan(server(keys.url, keys.token_from), keys.mode == "batched")
        case InfluxKeys():
            reached = server(keys.url, keys.token_from or keys.password_from)
            return InfluxPlan(reached, keys.org or "", keys.bucket or "", keys.database or "", keys.user or "")
    return None


def https_faults(outlet: Mapping[str, object]) -> Iterator[tuple[Loc, str]]:
    """Yields the faults of an outlet's HTTPS servers that concern more than one key."""
    for way in HTTPS_WAYS:
        yield from (((way, *where), why) for where, why in url_faults(keys_in(outlet.get(way))))
    influx = keys_in(outlet.get("influx"))
    if not influx:
        return
    if ("bucket" in influx) == ("database" in influx):
        yield (
            ("influx",),
            "give `bucket`, with `org` and `token_from` (InfluxDB 2 and later), or `database` (InfluxDB 1), not both",
        )
    elif "bucket" in influx:
        for key in ("org", "token_from"):
            if key not in influx:
                yield ("influx", "bucket"), f"{key} is needed with it"
        for key in ("user", "password_from"):
            if key in influx:
                yield ("influx", key), "a bucket is written to with token_from: take it away"
    else:
        for key in ("org", "token_from"):
            if key in influx:
                yield (
                    ("influx", key),
                    "a database is written to with user and password_from: take it away",
                )
        if ("user" in influx) != ("password_from" in influx):
            given, missing = ("user", "password_from") if "user" in influx else ("password_from", "user")
            yield ("influx", given), f"{missing} is needed with it"
