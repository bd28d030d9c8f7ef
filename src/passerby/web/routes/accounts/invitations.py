"""What who was invited, or has come by the one-time link, logs in with: a password with codes, or a passkey."""

from http import HTTPStatus

import segno
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from passerby.access import AccessError, Visitor
from passerby.domain.access import Permission
from passerby.markup import Markup, element, joined
from passerby.web.edge.language import translated
from passerby.web.hub import Hub, HubHere
from passerby.web.pages.forms import form_of
from passerby.web.pages.markup import code_field, form, page, password_field, problem
from passerby.web.pages.sessions import status_of, visitor_of
from passerby.web.permissions import needs
from passerby.web.routes.accounts.log_in import PasskeyAnswer, log_in_page

router = APIRouter(tags=["page"], dependencies=[needs(Permission.SEE_PUBLIC)], include_in_schema=False)


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
        translated("Welcome, {name}", name=found.account),
        problem(why),
        element(
            "p",
            translated("Choose what you will log in with. You can add the other one later, on your account's page."),
        ),
        element(
            "section",
            element("h2", translated("A passkey")),
            element("p", translated("Your device or a security key proves who you are; there is nothing to remember.")),
            element(
                "p",
                element(
                    "button",
                    translated("Add a passkey"),
                    type="button",
                    id="join",
                    hidden=True,
                    data_invitation=invitation,
                ),
                element("span", translated("This needs scripts and a host name."), id="answer", role="status"),
            ),
        ),
        element(
            "section",
            element("h2", translated("A password and codes")),
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
            translated(
                "Add this account to an app for one-time codes: scan the picture, or type the key. "
                "Then type the code that the app shows."
            ),
        ),
        Markup(qr_code(uri)),
        element(
            "p", translated("Key: "), element("code", " ".join(secret[at : at + 4] for at in range(0, len(secret), 4)))
        ),
        form(
            action,
            element("input", type="hidden", name="set_up_id", value=set_up_id),
            password_field(
                translated("New password"), "new-password", translated("at least 12 letters; a few words are fine")
            ),
            code_field(translated("Code that the app shows")),
            button=translated("Set password"),
        ),
    )


def qr_code(text: str) -> str:
    """Returns a QR code as SVG, drawn here: nothing of it goes elsewhere."""
    code = segno.make(text, error="m", micro=False)
    drawn = {"dark": "#000", "light": "#fff", "svgclass": "code", "lineclass": None, "title": translated("QR code")}
    return str(code.svg_inline(scale=4, border=4, **drawn))


def recovery_page(codes: tuple[str, ...]) -> Response:
    """Returns the page that shows recovery codes, once."""
    return page(
        translated("Keep these recovery codes"),
        element(
            "p",
            translated(
                "Each of them lets you in once when the app is not at hand. They are shown this once: print them, or "
                "write them down, and keep them where your password is not."
            ),
        ),
        element("ul", *(element("li", element("code", code)) for code in codes), class_="codes"),
        element("p", element("a", translated("Go on"), href="/")),
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
