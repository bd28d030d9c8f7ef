"""Logging in: by password and code in a plain form, by passkey, at a provider, and by the one-time link."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from passerby.access import AccessError
from passerby.access.log_in.sign_on import local_path
from passerby.command_hints import CommandHints
from passerby.domain.access import Permission
from passerby.markup import Markup, element
from passerby.web.edge.gate import PRINCIPAL
from passerby.web.edge.head import ONLY_HEAD
from passerby.web.edge.language import translated
from passerby.web.hub import Hub, HubHere
from passerby.web.pages.forms import form_of
from passerby.web.pages.markup import code_field, field, form, page, password_field, problem
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
        password_field(translated("Password"), "current-password"),
        code_field(translated("Code"), translated("six digits from the app, or a recovery code")),
    )


def provider_links(hub: Hub, way: str, to: str, words: Callable[[str], str]) -> Markup | None:
    """Returns the links to log in at a provider; None where there is none.

    Args:
        hub: the service.
        way: the address that leads to a provider, without its name.
        to: where to go after the log-in.
        words: returns what the link to a provider of a name says.
    """
    # Quoted: a query of its own would else end at its first `&`.
    links = [
        element("li", element("a", words(name), href=f"{way}/{name}?to={quote(local_path(to))}"))
        for name in hub.access.sign_on.providers
    ]
    return element("ul", *links) if links else None


async def log_in_page(hub: Hub, to: str, *, why: str | None = None, status: HTTPStatus = HTTPStatus.OK) -> Response:
    """Returns the page to log in on; on a machine without accounts, the way to the one-time link."""
    missing = status == HTTPStatus.UNAUTHORIZED and why is None
    if not await hub.access.any_account():
        title = translated("There is no session here") if missing else translated("Please come in by the link")
        return page(
            title, _no_session(by_link=True) if missing else None, problem(why), *_by_link(hub.hints), status=status
        )
    return page(
        translated("Log in"),
        _no_session(by_link=False) if missing else None,
        problem(why),
        form(
            "/log-in",
            element("input", type="hidden", name="to", value=local_path(to)),
            field("name", translated("Name"), autocomplete="username", required=True, autofocus=True, maxlength=200),
            *password_and_code(),
            button=translated("Log in"),
        ),
        element(
            "p",
            element(
                "button",
                translated("Log in with a passkey"),
                type="button",
                id="passkey",
                hidden=True,
                data_to=local_path(to),
            ),
            element("span", id="answer", role="status"),
        ),
        provider_links(hub, "/log-in/with", to, lambda name: translated("Log in with {name}", name=name)),
        element(
            "p",
            translated("What is measured here is public: "),
            element("a", translated("the register"), href="/register"),
            ".",
            class_="note",
        ),
        status=status,
        scripts=("passkeys.js",),
    )


def _no_session(*, by_link: bool) -> Markup:
    words = (
        translated("This browser has not come in yet, or its session has ended.")
        if by_link
        else translated(
            "There was no log-in in this browser yet, or its session has ended. Log in, and the page that you asked "
            "for opens."
        )
    )
    return element("p", words, class_="notice")


async def used_link_page(hub: Hub) -> Response:
    """Returns what a browser without a session gets for a one-time link that lets no one in: why, and what to do."""
    known = await hub.access.any_account()
    hints = await hub.shown_hints()
    return page(
        translated("This link lets no one in any more"),
        element(
            "p",
            translated("A link works once, and for 15 minutes: this one was used already, is older, or never was one."),
            class_="notice",
        ),
        element(
            "p",
            translated("On the machine that passerby runs on, "),
            element("code", hints.command("link SITE.yaml")),
            translated(" prints a new one."),
        ),
        element(
            "p",
            translated("Who has an account "),
            element("a", translated("logs in"), href="/log-in"),
            translated(" instead."),
        )
        if known
        else None,
        status=HTTPStatus.FORBIDDEN,
    )


def _by_link(hints: CommandHints) -> tuple[Markup, ...]:
    return (
        element(
            "p",
            translated("passerby prints a link at its start; "),
            element("code", hints.command("link SITE.yaml")),
            translated(" gives a new one. It works once, and for 15 minutes."),
        ),
        element(
            "p",
            translated("There are no accounts here yet: the link opens everything, and lets you add the first one."),
        ),
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
            # Who is in already wants the page, and has clicked the link a second time.
            known = request.scope.get(PRINCIPAL) is not None
            return RedirectResponse("/", HTTPStatus.SEE_OTHER) if known else await used_link_page(hub)
        # The token is not shown again, not even a wrong one: it may be a right one, mistyped.
        raise ProblemError(
            HTTPStatus.FORBIDDEN,
            "link-used-up",
            "This link was used already, is older than 15 minutes, or never was one.",
            (await hub.shown_hints()).filled("`passerby link SITE.yaml` gives a new one."),
        )
    return let_in(hub, request, begun, "/start" if await hub.access.any_account() else "/")
