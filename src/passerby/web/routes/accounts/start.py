"""The page of who came by the one-time link: the first administrator, or the recovery of one."""

from http import HTTPStatus

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from passerby.access import AccessError
from passerby.domain.access import Permission, Principal, PrincipalKind
from passerby.markup import element
from passerby.web.edge.language import translated
from passerby.web.hub import Hub, HubHere
from passerby.web.pages.forms import form_of
from passerby.web.pages.markup import field, form, page, problem
from passerby.web.pages.sessions import status_of
from passerby.web.permissions import PrincipalHere, needs
from passerby.web.routes.accounts.account import account_page, again_page

router = APIRouter(tags=["page"], dependencies=[needs(Permission.SEE_OWN)], include_in_schema=False)


@router.get("/start")
async def show_start(hub: HubHere, principal: PrincipalHere) -> Response:
    """The page of who came by the link: the first administrator, or the recovery of one."""
    return await start_page(hub, principal)


async def start_page(
    hub: Hub, principal: Principal, why: str | None = None, status: HTTPStatus = HTTPStatus.OK
) -> Response:
    """Returns that page."""
    if principal.kind is not PrincipalKind.LINK:
        return await account_page(hub, principal)
    if await hub.access.any_account():
        try:
            names = await hub.access.link.administrators(principal)
        except AccessError as error:
            return await again_page(hub, principal, "/start", str(error), status_of(error))
        forms = [
            form(
                "/start",
                element("input", type="hidden", name="name", value=name),
                button=translated("Recover {name}", name=name),
                danger=True,
            )
            for name in names
        ]
        words = element(
            "p",
            translated(
                "Password, codes, passkeys and sessions of the account go, and its owner sets new ones. It is "
                "written into the audit log."
            ),
        )
        return page(translated("Recover an administrator"), problem(why), words, *forms, status=status)
    words = element(
        "p",
        translated(
            "This account adds the others. It sees neither pictures nor counts; who sees them is confirmed by "
            "a privacy officer. From then on the link only recovers an administrator."
        ),
    )
    name = field(
        "name",
        translated("Name of the account"),
        note=translated("letters, digits, dots and dashes"),
        required=True,
        maxlength=64,
    )
    asked = form("/start", name, button=translated("Add the account"))
    return page(translated("The first administrator"), problem(why), words, asked, status=status)


@router.post("/start")
async def start(hub: HubHere, request: Request, principal: PrincipalHere) -> Response:
    """Adds the first administrator, or recovers one, and leads on to what they will log in with."""
    name = (await form_of(request)).get("name", "")
    link = hub.access.link
    try:
        known = await hub.access.any_account()
        invitation = await (link.recover if known else link.first_administrator)(principal, name)
    except AccessError as error:
        return await start_page(hub, principal, str(error), status_of(error))
    return RedirectResponse(f"/join/{invitation}", HTTPStatus.SEE_OTHER)
