"""Notices in one's own browsers (web push), where the site file has a recipient that is reached so."""

from http import HTTPStatus
from typing import Annotated, Final

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field, StringConstraints

from passerby.access import AccessError
from passerby.domain.access import Permission
from passerby.domain.errors import PasserbyError
from passerby.domain.notices import PushPlan
from passerby.publish.outlets.push_message import SECRET_BYTES, bytes_of, point, public_key, text_of
from passerby.publish.outlets.push_services import MAX_URL_LETTERS, refused_endpoint
from passerby.telemetry.logs import get_log
from passerby.text import iso_time
from passerby.web.hub import Hub, HubHere
from passerby.web.permissions import PrincipalHere, needs
from passerby.web.problems import InvalidField, ProblemError, access_problem, documented

Encoded = Annotated[str, StringConstraints(max_length=200)]


class PushKeys(BaseModel):
    """A browser's keys, as `PushSubscription.toJSON()` gives them."""

    p256dh: Encoded = Field(description="Its public key, in base64url.")
    auth: Encoded = Field(description="The secret that it shares with this service, in base64url.")


class NewSubscription(BaseModel):
    """A browser's subscription, as `PushSubscription.toJSON()` gives it."""

    endpoint: Annotated[str, StringConstraints(max_length=MAX_URL_LETTERS)] = Field(
        description="Its address at its push service, one of `services`.", examples=["https://push.example.org/4fz9"]
    )
    keys: PushKeys


class BrowserRow(BaseModel):
    """A browser in which notices are switched on. Its address is a secret, and not shown."""

    service: str = Field(description="Its push service.", examples=["updates.push.services.mozilla.com"])
    since: str = Field(description="When it was switched on.")


class PushState(BaseModel):
    """Whether notices can be switched on in a browser, and in which of one's own they are."""

    key: str | None = Field(description="The `applicationServerKey`; null where the site file has no web push.")
    services: list[str] = Field(description="Hosts of push services that a browser may use; `*.` for those below it.")
    browsers: list[BrowserRow]


router = APIRouter(prefix="/api/v1/push", tags=["events"])
OPERATORS: Final = [needs(Permission.SEE_EVENTS)]


@router.get("/subscription", dependencies=OPERATORS, responses=documented(401, 403, 503))
async def get_push_subscription(hub: HubHere, principal: PrincipalHere) -> PushState:
    """In which of one's own browsers notices are switched on."""
    try:
        browsers = await hub.access.push_browsers.list(principal)
    except AccessError as error:
        raise access_problem(error) from None
    services = _services(hub)
    return PushState(
        key=_key(hub) if services else None,
        services=services,
        browsers=[BrowserRow(service=each.service, since=iso_time(each.created_ns, hub.zone)) for each in browsers],
    )


@router.put(
    "/subscription",
    dependencies=OPERATORS,
    status_code=HTTPStatus.NO_CONTENT,
    response_class=Response,
    responses=documented(400, 401, 403, 409, 422, 503),
)
async def switch_push_on(hub: HubHere, principal: PrincipalHere, body: NewSubscription) -> None:
    """Switches notices on in a browser of one's own."""
    services = _services(hub)
    if not services:
        raise ProblemError(
            HTTPStatus.CONFLICT,
            "no-web-push",
            "The site file has no recipient that is reached by web push.",
            "Ask the administrator whether it is wanted.",
        )
    if why := refused_endpoint(body.endpoint, services):
        raise _unfit("body.endpoint", f"an address of a push service that the site file names is needed: {why}")
    key, secret = _bytes("body.keys.p256dh", body.keys.p256dh), _bytes("body.keys.auth", body.keys.auth)
    try:
        public_key(key)
    except ValueError:
        raise _unfit("body.keys.p256dh", "a point on P-256 is needed, 65 bytes in base64url") from None
    if len(secret) != SECRET_BYTES:
        raise _unfit("body.keys.auth", f"{SECRET_BYTES} bytes in base64url are needed")
    try:
        await hub.access.push_browsers.add(principal, body.endpoint, key, secret)
    except AccessError as error:
        raise access_problem(error) from None


@router.delete(
    "/subscription",
    dependencies=OPERATORS,
    status_code=HTTPStatus.NO_CONTENT,
    response_class=Response,
    responses=documented(401, 403, 503),
)
async def switch_push_off(hub: HubHere, principal: PrincipalHere) -> None:
    """Switches notices off in all of one's own browsers."""
    try:
        await hub.access.push_browsers.remove(principal)
    except AccessError as error:
        raise access_problem(error) from None


def _services(hub: Hub) -> list[str]:
    plans = [each.channel for each in hub.plan.recipients if isinstance(each.channel, PushPlan)]
    return list(dict.fromkeys(service for plan in plans for service in plan.services))


def _key(hub: Hub) -> str | None:
    """Returns the key that browsers are given; None where it cannot be read, which the log says."""
    if hub.push_key is None:
        return None
    try:
        return text_of(point(hub.push_key.private()))
    except PasserbyError as error:
        get_log().error("the key of web push cannot be used", why=str(error))
        return None


def _bytes(where: str, text: str) -> bytes:
    try:
        return bytes_of(text)
    except ValueError:
        raise _unfit(where, "base64url is needed") from None


def _unfit(where: str, what: str) -> ProblemError:
    """The problem of one wrong value, which is not repeated: who has a browser's address can send to it."""
    fault = InvalidField(where=where, what=what)
    return ProblemError(
        HTTPStatus.UNPROCESSABLE_ENTITY, "bad-value", f"{where}: {what}.", "Mend it and ask again.", [fault]
    )
