"""One's own account: sessions and their end, passkeys, password, and proving anew who one is."""

from contextlib import suppress
from http import HTTPStatus

from fastapi import APIRouter
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from passerby.access import AccessError, RecentLogInNeededError
from passerby.access.log_in.sign_on import local_path
from passerby.domain.access import EVERY_CAMERA, Permission, Principal, PrincipalKind
from passerby.domain.accounts import Identity, Passkey, Session
from passerby.markup import Markup, element
from passerby.ports import StoreError
from passerby.text import iso_time
from passerby.web.edge.language import Translated, translated, translated_each, translated_value
from passerby.web.hub import Hub, HubHere
from passerby.web.pages.forms import form_of
from passerby.web.pages.markup import form, page, problem, table
from passerby.web.pages.sessions import let_in, status_of, visitor_of
from passerby.web.permissions import PrincipalHere, needs
from passerby.web.routes.accounts.invitations import password_form, recovery_page
from passerby.web.routes.accounts.log_in import PasskeyAnswer, To, bound, password_and_code, provider_links

ACCOUNT = "/account"

router = APIRouter(tags=["page"], dependencies=[needs(Permission.SEE_OWN)], include_in_schema=False)


class NewPasskey(BaseModel):
    """What an authenticator answered, and what its owner calls the passkey."""

    question_id: str = Field(max_length=200)
    answer: str = Field(max_length=16 * 1024)
    label: str = Field(default="passkey", max_length=60)


@router.get(ACCOUNT)
async def show_account(hub: HubHere, principal: PrincipalHere) -> Response:
    """One's own page."""
    return await account_page(hub, principal)


async def account_page(
    hub: Hub, principal: Principal, why: str | None = None, status: HTTPStatus = HTTPStatus.OK
) -> Response:
    """Returns one's own page."""
    if principal.kind is not PrincipalKind.ACCOUNT:
        return page(
            translated("The one-time link"),
            problem(why),
            element("div", _out(), class_="ways"),
            *await _by_link(hub),
            status=status,
            site=hub.plan.name,
        )
    sessions = await hub.access.sessions.list(principal)
    passkeys = await hub.access.passkeys.list(principal)
    identities = await hub.access.accounts.identities(principal)
    manages = any(principal.may(each) for each in MANAGING)
    configures = principal.may(Permission.CONFIGURE)
    return page(
        principal.name,
        problem(why),
        element(
            "div",
            _out(),
            element("a", translated("Accounts and grants"), href="/accounts") if manages else None,
            element("a", translated("Passwords of cameras"), href="/camera-passwords") if configures else None,
            element("a", translated("API tokens"), href="/account/tokens"),
            element("a", translated("Set a new password and codes"), href=f"{ACCOUNT}/password"),
            class_="ways",
        ),
        table(
            translated_each("Role", "Cameras", "Until"),
            [
                [
                    translated_value(grant.role),
                    translated("every camera") if grant.group == EVERY_CAMERA else grant.group,
                    iso_time(grant.end_ns, hub.zone)[:10],
                ]
                for grant in principal.grants
            ],
            translated("What you may do"),
        ),
        _sessions(hub, principal, sessions),
        form(f"{ACCOUNT}/sessions/end-others", button=translated("End all other sessions"))
        if len(sessions) > 1
        else None,
        _passkeys(hub, passkeys),
        element(
            "p",
            element("button", translated("Add a passkey"), type="button", id="add", hidden=True),
            element("span", id="answer", role="status"),
        ),
        _identities(identities) if identities else None,
        site=hub.plan.name,
        status=status,
        scripts=("passkeys.js",),
    )


MANAGING = (Permission.PROPOSE_GRANTS, Permission.CONFIRM_GRANTS, Permission.READ_AUDIT)
"""Who sees the page of accounts."""


def _out() -> Markup:
    return form(f"{ACCOUNT}/log-out", button=translated("Log out"))


def _sessions(hub: Hub, principal: Principal, sessions: tuple[Session, ...]) -> Markup:
    rows: list[list[str | None]] = [
        [
            session.client or translated("unknown"),
            translated_value(session.method),
            iso_time(session.created_ns, hub.zone)[:16].replace("T", " "),
            iso_time(session.used_ns, hub.zone)[:16].replace("T", " "),
            translated("this one")
            if session.session_id == principal.session_id
            else form(f"{ACCOUNT}/sessions/{session.session_id}/end", button=translated("End")),
        ]
        for session in sessions
    ]
    return table(translated_each("Browser", "How", "Since", "Last used", "End"), rows, translated("Your sessions"))


def _passkeys(hub: Hub, passkeys: tuple[Passkey, ...]) -> Markup:
    rows: list[list[str | None]] = [
        [
            passkey.label,
            iso_time(passkey.created_ns, hub.zone)[:10],
            iso_time(passkey.used_ns, hub.zone)[:10] if passkey.used_ns else translated("never"),
            form(f"{ACCOUNT}/passkeys/{passkey.credential_id}/remove", button=translated("Remove")),
        ]
        for passkey in passkeys
    ]
    return table(translated_each("Passkey", "Added", "Last used", "Remove"), rows, translated("Your passkeys"))


def _identities(identities: tuple[Identity, ...]) -> Markup:
    rows: list[list[str | None]] = [
        [
            each.issuer,
            each.subject,
            form(
                f"{ACCOUNT}/identities/remove",
                element("input", type="hidden", name="issuer", value=each.issuer),
                element("input", type="hidden", name="subject", value=each.subject),
                button=translated("Remove"),
            ),
        ]
        for each in identities
    ]
    return table(translated_each("Provider", "Known there as", "Remove"), rows, translated("Your single sign-on"))


async def _by_link(hub: Hub) -> tuple[Markup, ...]:
    if await hub.access.any_account():
        recovers = element("a", translated("recovers an administrator"), href="/start")
        return (element("p", translated("There are accounts, so this link only "), recovers, "."),)
    return (
        element(
            "p",
            translated("There are no accounts yet: who holds the link may do everything on this machine. "),
            element("a", translated("Add the first administrator"), href="/start"),
            translated(" before others are to reach it."),
        ),
    )


@router.post(f"{ACCOUNT}/log-out")
async def log_out(hub: HubHere, request: Request, principal: PrincipalHere) -> Response:
    """Ends this session; streams that it opened end within seconds."""
    await hub.access.sessions.log_out(principal)
    hub.purposes.end(principal.session_id)
    with suppress(StoreError):  # the session has ended; what it stated ends by itself
        await hub.store.access.end_purpose(principal.session_id)
    answer = RedirectResponse("/log-in", HTTPStatus.SEE_OTHER)
    # Not the cookies: those of other hosts of the domain would go with ours.
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    hub.cookie.drop(answer, request.url.scheme)
    return answer


@router.post(f"{ACCOUNT}/sessions/end-others")
async def end_others(hub: HubHere, principal: PrincipalHere) -> Response:
    """Ends all of one's sessions but this one."""
    await hub.access.sessions.end_others(principal)
    return RedirectResponse(ACCOUNT, HTTPStatus.SEE_OTHER)


@router.post(f"{ACCOUNT}/sessions/{{session_id}}/end")
async def end_session(hub: HubHere, principal: PrincipalHere, session_id: str) -> Response:
    """Ends one of one's own sessions."""
    if not await hub.access.sessions.end(principal, session_id):
        return await account_page(hub, principal, translated("there is no such session of yours"), HTTPStatus.NOT_FOUND)
    return RedirectResponse(ACCOUNT, HTTPStatus.SEE_OTHER)


@router.post(f"{ACCOUNT}/passkeys")
async def ask_new_passkey(hub: HubHere, principal: PrincipalHere) -> Response:
    """What an authenticator makes a new passkey from."""
    question = await hub.access.passkeys.begin_add(principal)
    return JSONResponse({"question_id": question.question_id, "options": question.options})


@router.post(f"{ACCOUNT}/passkeys/answer")
async def add_passkey(hub: HubHere, request: Request, principal: PrincipalHere, given: NewPasskey) -> Response:
    """Adds a passkey."""
    visitor = visitor_of(request)
    await hub.access.passkeys.finish_add(principal, given.question_id, given.answer, given.label, visitor)
    return JSONResponse({"to": ACCOUNT})


@router.post(f"{ACCOUNT}/passkeys/{{credential_id}}/remove")
async def remove_passkey(hub: HubHere, principal: PrincipalHere, credential_id: str) -> Response:
    """Removes one of one's own passkeys."""
    try:
        await hub.access.passkeys.remove(principal, credential_id)
    except AccessError as error:
        return await account_page(hub, principal, str(error), status_of(error))
    return RedirectResponse(ACCOUNT, HTTPStatus.SEE_OTHER)


@router.post(f"{ACCOUNT}/identities/remove")
async def remove_identity(hub: HubHere, request: Request, principal: PrincipalHere) -> Response:
    """Unties one of one's own identities at a provider."""
    sent = await form_of(request)
    try:
        await hub.access.accounts.untie(principal, principal.name, sent.get("issuer", ""), sent.get("subject", ""))
    except RecentLogInNeededError as error:
        return await again_page(hub, principal, ACCOUNT, str(error), HTTPStatus.FORBIDDEN)
    except AccessError as error:
        return await account_page(hub, principal, str(error), status_of(error))
    return RedirectResponse(ACCOUNT, HTTPStatus.SEE_OTHER)


@router.get(f"{ACCOUNT}/password")
async def show_password(hub: HubHere, principal: PrincipalHere) -> Response:
    """The page on which a new password is set."""
    return await password_page(hub, principal)


async def password_page(
    hub: Hub, principal: Principal, why: str | None = None, status: HTTPStatus = HTTPStatus.OK
) -> Response:
    """Returns the page on which a new password is set."""
    try:
        set_up = await hub.access.enrolment.begin_password(principal)
    except AccessError as error:
        return await again_page(hub, principal, f"{ACCOUNT}/password", str(error), status_of(error))
    filled = password_form(f"{ACCOUNT}/password", set_up.set_up_id, set_up.secret, set_up.uri)
    return page(translated("New password"), problem(why), filled, site=hub.plan.name, status=status)


@router.post(f"{ACCOUNT}/password")
async def set_password(hub: HubHere, request: Request, principal: PrincipalHere) -> Response:
    """Sets a new password and codes."""
    sent = await form_of(request)
    try:
        done = await hub.access.enrolment.finish_password(
            principal, sent.get("set_up_id", ""), sent.get("password", ""), sent.get("code", ""), visitor_of(request)
        )
    except AccessError as error:
        return await password_page(hub, principal, str(error), status_of(error))
    return recovery_page(done.recovery_codes)


@router.get("/log-in/again")
async def show_again(hub: HubHere, principal: PrincipalHere, to: To = "/") -> Response:
    """The page on which one proves anew who one is."""
    return await again_page(hub, principal, to)


async def again_page(
    hub: Hub, principal: Principal, to: str, why: str | None = None, status: HTTPStatus = HTTPStatus.OK
) -> Response:
    """Returns the page on which one proves anew who one is; the session stays, and gets a new cookie."""
    if principal.kind is not PrincipalKind.ACCOUNT:
        why = translated(
            "the link was opened too long ago for this: open a new one, which `passerby link SITE.yaml` prints"
        )
        return page(
            translated("Open a new link"), problem(Translated(hub.hints.filled(why))), site=hub.plan.name, status=status
        )
    path = local_path(to)
    return page(
        translated("Log in again"),
        problem(why),
        element(
            "p", translated("What comes next can change who may do what, so your last log-in must not be long ago.")
        ),
        form(
            "/log-in/again",
            element("input", type="hidden", name="to", value=path),
            *password_and_code(),
            button=translated("Log in again"),
        ),
        element(
            "p",
            element("button", translated("Use a passkey"), type="button", id="again", hidden=True, data_to=path),
            element("span", id="answer", role="status"),
        ),
        provider_links(hub, "/log-in/again/with", to, lambda name: translated("Log in again with {name}", name=name)),
        site=hub.plan.name,
        status=status,
        scripts=("passkeys.js",),
    )


@router.post("/log-in/again")
async def log_in_again(hub: HubHere, request: Request, principal: PrincipalHere) -> Response:
    """Proves anew who one is, by password and code."""
    sent = await form_of(request)
    to = sent.get("to", "/")
    try:
        renewed = await hub.access.passwords.confirm(
            principal, sent.get("password", ""), sent.get("code", ""), visitor_of(request)
        )
    except AccessError as error:
        return await again_page(hub, principal, to, str(error), status_of(error))
    return let_in(hub, request, renewed, to)


@router.post("/log-in/again/passkey")
async def ask_again(hub: HubHere, principal: PrincipalHere) -> Response:
    """What an authenticator is asked."""
    question = await hub.access.passkeys.begin_confirm(principal)
    return JSONResponse({"question_id": question.question_id, "options": question.options})


@router.post("/log-in/again/passkey/answer")
async def again_by_passkey(hub: HubHere, request: Request, principal: PrincipalHere, given: PasskeyAnswer) -> Response:
    """Proves anew who one is, by a passkey."""
    visitor = visitor_of(request)
    renewed = await hub.access.passkeys.finish_confirm(principal, given.question_id, given.answer, visitor)
    answer = JSONResponse({"to": local_path(given.to)})
    hub.cookie.put(answer, request.url.scheme, renewed, hub.clock())
    return answer


@router.get("/log-in/again/with/{provider}")
async def again_at_provider(
    hub: HubHere, request: Request, principal: PrincipalHere, provider: str, to: To = "/"
) -> Response:
    """Sends the browser to a provider, which asks anew."""
    try:
        start = await hub.access.sign_on.begin(provider, visitor_of(request), return_to=local_path(to), who=principal)
    except AccessError as error:
        return await again_page(hub, principal, to, str(error), status_of(error))
    return bound(request, start.url, start.binding)
