"""Logging in: by password and code in a plain form, by passkey, at a provider, and by the one-time link."""

from http import HTTPStatus
from typing import Annotated
from urllib.parse import quote

import segno
from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from passerby.access import AccessError, Visitor
from passerby.access.log_in.sign_on import local_path
from passerby.domain.access import Permission
from passerby.markup import Markup, element, joined
from passerby.web.edge.head import ONLY_HEAD
from passerby.web.hub import Hub, HubHere
from passerby.web.pages.forms import form_of
from passerby.web.pages.markup import field, form, page, problem
from passerby.web.pages.sessions import let_in, status_of, visitor_of
from passerby.web.permissions import needs
from passerby.web.problems import ProblemError, documented

BINDING = "passerby_binding"
"""Cookie that ties a provider's answer to the browser that asked."""

BINDING_S = 600

To = Annotated[str, Query(max_length=500)]


class PasskeyAnswer(BaseModel):
    """What an authenticator answered."""

    question_id: str = Field(max_length=200)
    answer: str = Field(max_length=16 * 1024)
    to: str = Field(default="/", max_length=500)


router = APIRouter(tags=["page"], dependencies=[needs(Permission.SEE_PUBLIC)], include_in_schema=False)
described = APIRouter(tags=["page"], dependencies=[needs(Permission.SEE_PUBLIC)])


def password_and_code() -> tuple[Markup, Markup]:
    """Returns the two fields by which an account proves who its owner is."""
    return (
        field("password", "Password", type="password", autocomplete="current-password", required=True, maxlength=1000),
        field(
            "code",
            "Code",
            note="six digits from the app, or a recovery code",
            inputmode="numeric",
            autocomplete="one-time-code",
            required=True,
            maxlength=100,
        ),
    )


async def log_in_page(hub: Hub, to: str, *, why: str | None = None, status: HTTPStatus = HTTPStatus.OK) -> Response:
    """Returns the page to log in on; on a machine without accounts, the way to the one-time link."""
    if not await hub.access.any_account():
        return page("Please come in by the link", problem(why), *_BY_LINK, status=status)
    providers = [
        element("li", element("a", f"Log in with {name}", href=f"/log-in/with/{name}?to={quote(local_path(to))}"))
        for name in hub.access.sign_on.providers
    ]
    return page(
        "Log in",
        problem(why),
        form(
            "/log-in",
            element("input", type="hidden", name="to", value=local_path(to)),
            field("name", "Name", autocomplete="username", required=True, autofocus=True, maxlength=200),
            *password_and_code(),
            button="Log in",
        ),
        element(
            "p",
            element(
                "button", "Log in with a passkey", type="button", id="passkey", hidden=True, data_to=local_path(to)
            ),
            element("span", id="answer", role="status"),
        ),
        element("ul", *providers) if providers else None,
        element(
            "p", "What is measured here is public: ", element("a", "the register", href="/register"), ".", class_="note"
        ),
        status=status,
        scripts=("passkeys.js",),
    )


_BY_LINK: tuple[Markup, ...] = (
    element(
        "p",
        "passerby prints a link at its start; ",
        element("code", "passerby link SITE.yaml"),
        " gives a new one. It works once, and for 15 minutes.",
    ),
    element("p", "There are no accounts here yet: the link opens everything, and lets you add the first one."),
)


@router.get("/log-in")
async def show_log_in(hub: HubHere, to: To = "/") -> Response:
    """The page to log in on."""
    return await log_in_page(hub, to)


@router.post("/log-in")
async def log_in(hub: HubHere, request: Request) -> Response:
    """Begins a session by password and code."""
    sent = await form_of(request)
    to = sent.get("to", "/")
    try:
        begun = await hub.access.passwords.log_in(
            sent.get("name", ""), sent.get("password", ""), sent.get("code", ""), visitor_of(request)
        )
    except AccessError as error:
        return await log_in_page(hub, to, why=str(error), status=status_of(error))
    return let_in(hub, request, begun, to)


@router.post("/log-in/passkey")
async def ask_passkey(hub: HubHere, request: Request) -> Response:
    """What an authenticator is asked."""
    question = await hub.access.passkeys.begin_log_in(visitor_of(request))
    return JSONResponse({"question_id": question.question_id, "options": question.options})


@router.post("/log-in/passkey/answer")
async def log_in_by_passkey(hub: HubHere, request: Request, given: PasskeyAnswer) -> Response:
    """Begins a session by what an authenticator answered."""
    begun = await hub.access.passkeys.finish_log_in(given.question_id, given.answer, visitor_of(request))
    answer = JSONResponse({"to": local_path(given.to)})
    hub.cookie.put(answer, request.url.scheme, begun, hub.clock())
    return answer


@router.get("/log-in/with/{provider}")
async def go_to_provider(hub: HubHere, request: Request, provider: str, to: To = "/") -> Response:
    """Sends the browser to a single sign-on provider."""
    try:
        start = await hub.access.sign_on.begin(provider, visitor_of(request), return_to=local_path(to))
    except AccessError as error:
        return await log_in_page(hub, to, why=str(error), status=status_of(error))
    return bound(request, start.url, start.binding)


def bound(request: Request, url: str, binding: str) -> Response:
    """Sends the browser to a provider, and ties its answer to this browser."""
    answer = RedirectResponse(url, HTTPStatus.SEE_OTHER)
    name, path = _binding_cookie(request)
    secure = request.url.scheme == "https"
    answer.set_cookie(name, binding, max_age=BINDING_S, httponly=True, secure=secure, samesite="lax", path=path)
    return answer


def _binding_cookie(request: Request) -> tuple[str, str]:
    """Name and path of the cookie; over TLS no neighbouring host can set one of this name, but its path must be /."""
    return (f"__Host-{BINDING}", "/") if request.url.scheme == "https" else (BINDING, "/log-in/answer")


@router.get("/log-in/answer")
async def come_from_provider(hub: HubHere, request: Request) -> Response:
    """Begins a session by a provider's answer; HEAD leaves it as it is."""
    if ONLY_HEAD in request.scope:
        return RedirectResponse("/", HTTPStatus.SEE_OTHER)
    name, path = _binding_cookie(request)
    binding = request.cookies.get(name, "")
    query = {name: value[:4000] for name, value in list(request.query_params.items())[:20]}
    try:
        end = await hub.access.sign_on.finish(query, binding, visitor_of(request))
    except AccessError as error:
        return await log_in_page(hub, "/", why=str(error), status=status_of(error))
    answer = let_in(hub, request, end.session, end.return_to)
    answer.delete_cookie(name, path=path, secure=request.url.scheme == "https")
    return answer


@described.get(
    "/open/{token}",
    status_code=HTTPStatus.SEE_OTHER,
    response_class=RedirectResponse,
    response_description="Come in: the session's cookie, and on to the page",
    responses=documented(403, 422, 429),
    openapi_extra={"security": []},
)
async def open_link(token: str, request: Request, hub: HubHere) -> Response:
    """Changes the one-time link for a session's cookie. HEAD leaves the link as it is."""
    if ONLY_HEAD in request.scope:
        return RedirectResponse("/", HTTPStatus.SEE_OTHER)
    begun = await hub.access.link.open(token, visitor_of(request))
    if begun is None:
        if "text/html" in request.headers.get("accept", ""):
            why = "this link was used already, is older than 15 minutes, or never was one"
            return await log_in_page(hub, "/", why=why, status=HTTPStatus.FORBIDDEN)
        # The token is not shown again, not even a wrong one: it may be a right one, mistyped.
        raise ProblemError(
            HTTPStatus.FORBIDDEN,
            "link-used-up",
            "This link was used already, is older than 15 minutes, or never was one.",
            "`passerby link SITE.yaml` gives a new one.",
        )
    return let_in(hub, request, begun, "/start" if await hub.access.any_account() else "/")


# Who was invited, or has come by the link, sets a password with codes or adds a passkey.


@router.get("/join/{invitation}")
async def show_join(hub: HubHere, invitation: str) -> Response:
    """The page on which who was invited sets what they log in with."""
    return await join_page(hub, invitation)


async def join_page(hub: Hub, invitation: str, why: str | None = None, status: HTTPStatus = HTTPStatus.OK) -> Response:
    """Returns the page of an invitation."""
    try:
        found = await hub.access.enrolment.invitation(invitation)
        set_up = await hub.access.enrolment.begin_password(invitation)
    except AccessError as error:
        return await log_in_page(hub, "/", why=str(error), status=status_of(error))
    return page(
        f"Welcome, {found.account}",
        problem(why),
        element("p", "Choose what you will log in with. You can add the other one later, on your account's page."),
        element(
            "section",
            element("h2", "A passkey"),
            element("p", "Your device or a security key proves who you are; there is nothing to remember."),
            element(
                "p",
                element("button", "Add a passkey", type="button", id="join", hidden=True, data_invitation=invitation),
                element("span", "This needs scripts and a host name.", id="answer", role="status"),
            ),
        ),
        element(
            "section",
            element("h2", "A password and codes"),
            password_form(f"/join/{invitation}", set_up.set_up_id, set_up.secret, set_up.uri),
        ),
        status=status,
        scripts=("passkeys.js",),
    )


def password_form(action: str, set_up_id: str, secret: str, uri: str) -> Markup:
    """Returns the form that sets a password together with an app's codes."""
    return joined(
        element(
            "p",
            "Add this account to an app for one-time codes: scan the picture, or type the key. "
            "Then type the code that the app shows.",
        ),
        Markup(qr_code(uri)),
        element("p", "Key: ", element("code", " ".join(secret[at : at + 4] for at in range(0, len(secret), 4)))),
        form(
            action,
            element("input", type="hidden", name="set_up_id", value=set_up_id),
            field(
                "password",
                "New password",
                note="at least 12 letters; a few words are fine",
                type="password",
                autocomplete="new-password",
                required=True,
                maxlength=1000,
            ),
            field(
                "code",
                "Code that the app shows",
                inputmode="numeric",
                autocomplete="one-time-code",
                required=True,
                maxlength=100,
            ),
            button="Set password",
        ),
    )


def qr_code(text: str) -> str:
    """Returns a QR code as SVG, drawn here: nothing of it goes elsewhere."""
    code = segno.make(text, error="m", micro=False)
    drawn = {"dark": "#000", "light": "#fff", "svgclass": "code", "lineclass": None, "title": "QR code"}
    return str(code.svg_inline(scale=4, border=4, **drawn))


def recovery_page(codes: tuple[str, ...]) -> Response:
    """Returns the page that shows recovery codes, once."""
    return page(
        "Keep these recovery codes",
        element(
            "p",
            "Each of them lets you in once when the app is not at hand. They are shown this once: print them, or "
            "write them down, and keep them where your password is not.",
        ),
        element("ul", *(element("li", element("code", code)) for code in codes), class_="codes"),
        element("p", element("a", "Go on", href="/")),
    )


@router.post("/join/{invitation}")
async def join_by_password(hub: HubHere, request: Request, invitation: str) -> Response:
    """Sets password and codes by an invitation, and begins a session."""
    sent = await form_of(request)
    try:
        done = await hub.access.enrolment.finish_password(
            invitation, sent.get("set_up_id", ""), sent.get("password", ""), sent.get("code", ""), visitor_of(request)
        )
    except AccessError as error:
        return await join_page(hub, invitation, str(error), status_of(error))
    answer = recovery_page(done.recovery_codes)
    if done.session is not None:
        hub.cookie.put(answer, request.url.scheme, done.session, hub.clock())
    return answer


@router.post("/join/{invitation}/passkey")
async def ask_new_passkey(hub: HubHere, invitation: str) -> Response:
    """What an authenticator makes a new passkey from."""
    question = await hub.access.passkeys.begin_add(invitation)
    return JSONResponse({"question_id": question.question_id, "options": question.options})


@router.post("/join/{invitation}/passkey/answer")
async def join_by_passkey(hub: HubHere, request: Request, invitation: str, given: PasskeyAnswer) -> Response:
    """Adds the passkey by an invitation, and begins a session."""
    visitor: Visitor = visitor_of(request)
    label = visitor.shown_client or "first passkey"
    begun = await hub.access.passkeys.finish_add(invitation, given.question_id, given.answer, label[:60], visitor)
    answer = JSONResponse({"to": "/"})
    if begun is not None:
        hub.cookie.put(answer, request.url.scheme, begun, hub.clock())
    return answer
