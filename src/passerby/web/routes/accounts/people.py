"""Accounts, grants and API tokens: proposed by administrators, confirmed by privacy officers, seen by auditors."""

from collections.abc import Awaitable, Callable
from datetime import date
from http import HTTPStatus

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from passerby.access import AccessError, InputError, RecentLogInNeededError
from passerby.domain.access import EVERY_CAMERA, Grant, Permission, Principal, Purpose, Role
from passerby.domain.accounts import Account, ApiToken
from passerby.markup import Markup, element, joined
from passerby.text import iso_time
from passerby.web.edge.language import translated, translated_each, translated_value
from passerby.web.hub import Hub, HubHere
from passerby.web.pages.forms import form_of
from passerby.web.pages.markup import choice, field, form, page, problem, table
from passerby.web.pages.sessions import status_of
from passerby.web.permissions import PrincipalHere, needs
from passerby.web.routes.accounts.account import MANAGING, again_page
from passerby.web.times import time_ns_of

PEOPLE = "/accounts"
TOKENS = "/account/tokens"

SCOPES = (
    Permission.SEE_STATE,
    Permission.SEE_COUNTS,
    Permission.EXPORT_COUNTS,
    Permission.SEE_EVENTS,
    Permission.SEE_LIVE,
    Permission.SEE_METRICS,
    Permission.READ_AUDIT,
)

router = APIRouter(tags=["page"], include_in_schema=False)

Act = Callable[[dict[str, str]], Awaitable[object]]


@router.get(PEOPLE, dependencies=[needs(*MANAGING)])
async def show_people(hub: HubHere, principal: PrincipalHere) -> Response:
    """Accounts and their grants."""
    return await people_page(hub, principal)


async def people_page(
    hub: Hub, principal: Principal, why: str | None = None, status: HTTPStatus = HTTPStatus.OK
) -> Response:
    """Returns the page of accounts; with forms for what the principal may do."""
    proposes = principal.may(Permission.PROPOSE_GRANTS)
    accounts = await hub.access.accounts.list(principal)
    grants = await hub.access.grants.list(principal)
    return page(
        translated("Accounts and grants"),
        problem(why),
        table(
            translated_each("Account", "Since", "State", "Change"),
            [_account(hub, each, proposes) for each in accounts],
            translated("Accounts"),
        ),
        _add() if proposes else None,
        table(
            translated_each("Account", "Role", "Cameras", "From", "Until", "By", "State", "Change"),
            [_grant(hub, principal, each) for each in grants],
            translated("Grants"),
        ),
        _propose(hub, accounts) if proposes else None,
        element("p", element("a", translated("API tokens"), href=TOKENS)),
        site=hub.plan.name,
        status=status,
    )


def _account(hub: Hub, account: Account, proposes: bool) -> list[str | None]:
    hidden = element("input", type="hidden", name="account", value=account.name)
    acts = joined(
        form(f"{PEOPLE}/invite", hidden, button=translated("Invite anew")),
        form(
            f"{PEOPLE}/{'disable' if account.enabled else 'enable'}",
            hidden,
            button=translated("Disable") if account.enabled else translated("Enable"),
        ),
    )
    state = translated("enabled" if account.enabled else "disabled")
    return [account.name, iso_time(account.created_ns, hub.zone)[:10], state, acts if proposes else None]


def _grant(hub: Hub, principal: Principal, grant: Grant) -> list[str | None]:
    now_ns = hub.clock()
    state = "holds"
    if grant.revoked_ns is not None:
        state = "taken back"
    elif grant.end_ns <= now_ns:
        state = "over"
    elif grant.confirmed_by is None:
        state = "waits for confirmation"
    elif not (grant.by_two or hub.plan.access.one_person):
        state = "gives nothing: one person gave it"
    elif grant.start_ns > now_ns:
        state = "not yet"
    hidden = element("input", type="hidden", name="grant", value=grant.grant_id)
    confirms = state == "waits for confirmation" and principal.may(Permission.CONFIRM_GRANTS)
    takes = state not in ("taken back", "over") and not principal.may(Permission.READ_AUDIT)
    return [
        grant.account,
        translated_value(grant.role),
        translated("every camera") if grant.group == EVERY_CAMERA else grant.group,
        iso_time(grant.start_ns, hub.zone)[:10],
        iso_time(grant.end_ns, hub.zone)[:10],
        f"{grant.proposed_by}, {grant.confirmed_by}" if grant.confirmed_by else grant.proposed_by,
        translated(state),
        joined(
            form(f"{PEOPLE}/confirm", hidden, button=translated("Confirm")) if confirms else None,
            form(f"{PEOPLE}/take-back", hidden, button=translated("Take back")) if takes else None,
        ),
    ]


def _add() -> Markup:
    name = field(
        "account",
        translated("New account"),
        note=translated("letters, digits, dots and dashes"),
        required=True,
        maxlength=64,
    )
    return form(f"{PEOPLE}/add", name, button=translated("Add and invite"))


def _propose(hub: Hub, accounts: tuple[Account, ...]) -> Markup:
    groups = sorted({group for camera in hub.plan.cameras for group in camera.groups})
    return joined(
        element("h2", translated("Propose a grant")),
        form(
            f"{PEOPLE}/propose",
            choice("account", translated("Account"), [(each.name, each.name) for each in accounts]),
            choice("role", translated("Role"), [(role.value, translated_value(role)) for role in Role]),
            choice(
                "group",
                translated("Cameras"),
                [(EVERY_CAMERA, translated("every camera")), *((group, group) for group in groups)],
            ),
            field("until", translated("Until"), type="date", required=True),
            button=translated("Propose"),
        ),
    )


async def _act(
    hub: Hub, request: Request, principal: Principal, act: Act, shown: Callable[..., Awaitable[Response]], to: str
) -> Response:
    """Does what a form asks for, and shows its page again: with what went wrong, or after a new log-in."""
    sent = await form_of(request)
    try:
        await act(sent)
    except RecentLogInNeededError as error:
        return await again_page(hub, principal, to, str(error), HTTPStatus.FORBIDDEN)
    except AccessError as error:
        return await shown(hub, principal, str(error), status_of(error))
    return RedirectResponse(to, HTTPStatus.SEE_OTHER)


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 12):
        raise InputError("grant: its number is needed")
    return int(text)


def _until_ns(hub: Hub, text: str) -> int:
    try:
        date.fromisoformat(text)
        return time_ns_of(text, hub.zone)
    except ValueError:
        raise InputError("until: a date is needed, such as 2027-03-31") from None


def _role(text: str) -> Role:
    try:
        return Role(text)
    except ValueError:
        raise InputError(f"role: it is one of {', '.join(Role)}") from None


@router.post(f"{PEOPLE}/add", dependencies=[needs(Permission.PROPOSE_GRANTS)])
async def add(hub: HubHere, request: Request, principal: PrincipalHere) -> Response:
    """Adds an account, and shows its invitation once."""
    return await _invited(hub, request, principal, hub.access.accounts.add)


@router.post(f"{PEOPLE}/invite", dependencies=[needs(Permission.PROPOSE_GRANTS)])
async def invite(hub: HubHere, request: Request, principal: PrincipalHere) -> Response:
    """Takes an account's credentials, and shows a new invitation once."""
    return await _invited(hub, request, principal, hub.access.accounts.invite)


async def _invited(
    hub: Hub, request: Request, principal: Principal, invite: Callable[[Principal, str], Awaitable[str]]
) -> Response:
    name = (await form_of(request)).get("account", "")
    try:
        secret = await invite(principal, name)
    except RecentLogInNeededError as error:
        return await again_page(hub, principal, PEOPLE, str(error), HTTPStatus.FORBIDDEN)
    except AccessError as error:
        return await people_page(hub, principal, str(error), status_of(error))
    link = f"{hub.plan.server.origin}/join/{secret}"
    return page(
        translated("Invitation"),
        element(
            "p",
            translated(
                "Hand this link over by a way that you trust. It works once, for a day, and is not shown again."
            ),
        ),
        element("p", element("code", link)),
        element("p", element("a", translated("Back to the accounts"), href=PEOPLE)),
        site=hub.plan.name,
    )


@router.post(f"{PEOPLE}/disable", dependencies=[needs(Permission.PROPOSE_GRANTS)])
async def disable(hub: HubHere, request: Request, principal: PrincipalHere) -> Response:
    """Disables an account; its sessions, streams and tokens end."""
    act = hub.access.accounts.disable
    return await _act(
        hub, request, principal, lambda sent: act(principal, sent.get("account", "")), people_page, PEOPLE
    )


@router.post(f"{PEOPLE}/enable", dependencies=[needs(Permission.PROPOSE_GRANTS)])
async def enable(hub: HubHere, request: Request, principal: PrincipalHere) -> Response:
    """Enables an account again."""
    act = hub.access.accounts.enable
    return await _act(
        hub, request, principal, lambda sent: act(principal, sent.get("account", "")), people_page, PEOPLE
    )


@router.post(f"{PEOPLE}/propose", dependencies=[needs(Permission.PROPOSE_GRANTS)])
async def propose(hub: HubHere, request: Request, principal: PrincipalHere) -> Response:
    """Proposes a grant."""

    async def act(sent: dict[str, str]) -> None:
        role, until_ns = _role(sent.get("role", "")), _until_ns(hub, sent.get("until", ""))
        account, group = sent.get("account", ""), sent.get("group", "")
        await hub.access.grants.propose(principal, account, role, group, hub.clock(), until_ns)

    return await _act(hub, request, principal, act, people_page, PEOPLE)


@router.post(f"{PEOPLE}/confirm", dependencies=[needs(Permission.CONFIRM_GRANTS)])
async def confirm(hub: HubHere, request: Request, principal: PrincipalHere) -> Response:
    """Confirms a grant."""

    async def act(sent: dict[str, str]) -> None:
        await hub.access.grants.confirm(principal, _number(sent.get("grant", "")))

    return await _act(hub, request, principal, act, people_page, PEOPLE)


@router.post(f"{PEOPLE}/take-back", dependencies=[needs(Permission.PROPOSE_GRANTS, Permission.CONFIRM_GRANTS)])
async def take_back(hub: HubHere, request: Request, principal: PrincipalHere) -> Response:
    """Takes a grant back at once; streams that it opened end within seconds."""

    async def act(sent: dict[str, str]) -> None:
        await hub.access.grants.revoke(principal, _number(sent.get("grant", "")))

    return await _act(hub, request, principal, act, people_page, PEOPLE)


@router.get(TOKENS, dependencies=[needs(Permission.SEE_OWN)])
async def show_tokens(hub: HubHere, principal: PrincipalHere) -> Response:
    """API tokens: one's own, or all of them."""
    return await tokens_page(hub, principal)


async def tokens_page(
    hub: Hub, principal: Principal, why: str | None = None, status: HTTPStatus = HTTPStatus.OK
) -> Response:
    """Returns the page of API tokens."""
    rows = [_token(hub, each) for each in await hub.access.tokens.list(principal)]
    boxes = [
        element("label", element("input", type="checkbox", name=f"scope_{each.value}"), translated_value(each))
        for each in SCOPES
    ]
    asked = form(
        TOKENS,
        field("account", translated("Account"), value=principal.name, required=True, maxlength=64),
        field("label", translated("What it is for"), required=True, maxlength=60),
        element("fieldset", element("legend", translated("It may")), *boxes),
        field(
            "groups",
            translated("Camera groups"),
            note=translated("separated by spaces; * for all of the account's"),
            value=EVERY_CAMERA,
        ),
        choice("purpose", translated("Purpose"), [(each.value, translated_value(each)) for each in Purpose]),
        field("case", translated("Case"), required=True, minlength=3, maxlength=200),
        field("until", translated("Until"), type="date", required=True),
        button=translated("Make a token"),
    )
    heads = translated_each("Token", "For", "May", "Cameras", "Purpose", "Until", "Last used", "Change")
    listed = table(heads, rows, translated("API tokens"))
    return page(
        translated("API tokens"),
        problem(why),
        listed,
        element("h2", translated("New token")),
        asked,
        site=hub.plan.name,
        status=status,
    )


def _token(hub: Hub, token: ApiToken) -> list[str | None]:
    hidden = element("input", type="hidden", name="token", value=token.token_id)
    return [
        token.token_id,
        f"{token.account}: {token.label}",
        ", ".join(sorted(translated_value(each) for each in token.scopes)),
        " ".join(token.groups),
        f"{translated_value(token.purpose)}: {token.case}",
        iso_time(token.end_ns, hub.zone)[:10],
        iso_time(token.used_ns, hub.zone)[:10] if token.used_ns else translated("never"),
        form(f"{TOKENS}/revoke", hidden, button=translated("Revoke"))
        if token.holds(hub.clock())
        else translated("ended"),
    ]


@router.post(TOKENS, dependencies=[needs(Permission.SEE_OWN)])
async def make_token(hub: HubHere, request: Request, principal: PrincipalHere) -> Response:
    """Makes a token, and shows it once."""
    sent = await form_of(request)
    try:
        made = await hub.access.tokens.create(
            principal,
            account=sent.get("account", ""),
            label=sent.get("label", ""),
            scopes=[each for each in SCOPES if f"scope_{each.value}" in sent],
            groups=sent.get("groups", "").split()[:20],
            end_ns=_until_ns(hub, sent.get("until", "")),
            purpose=_purpose(sent.get("purpose", "")),
            case=sent.get("case", ""),
        )
    except RecentLogInNeededError as error:
        return await again_page(hub, principal, TOKENS, str(error), HTTPStatus.FORBIDDEN)
    except AccessError as error:
        return await tokens_page(hub, principal, str(error), status_of(error))
    return page(
        translated("New token"),
        element(
            "p",
            translated("It is shown this once. Programs send it as "),
            element("code", "Authorization: Bearer …"),
            ".",
        ),
        element("p", element("code", made.text)),
        element("p", element("a", translated("Back to the tokens"), href=TOKENS)),
        site=hub.plan.name,
    )


@router.post(f"{TOKENS}/revoke", dependencies=[needs(Permission.SEE_OWN)])
async def revoke_token(hub: HubHere, request: Request, principal: PrincipalHere) -> Response:
    """Takes a token back at once."""
    act = hub.access.tokens.revoke
    return await _act(hub, request, principal, lambda sent: act(principal, sent.get("token", "")), tokens_page, TOKENS)


def _purpose(text: str) -> Purpose:
    try:
        return Purpose(text)
    except ValueError:
        raise InputError(f"purpose: it is one of {', '.join(Purpose)}") from None
