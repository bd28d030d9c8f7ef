"""The cameras' passwords for who configures them: where each is kept, a new one, none any more; never the password."""

from http import HTTPStatus

from fastapi import APIRouter
from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from passerby.camera_secrets.errors import CameraSecretError
from passerby.domain.access import Permission, Principal, PrincipalKind
from passerby.domain.service import CameraPlan
from passerby.domain.sources import PasswordPlace
from passerby.markup import Markup, element, joined
from passerby.ports import PasswordNotTakenError
from passerby.text import iso_time
from passerby.web.edge.language import translated
from passerby.web.hub import Hub, HubHere
from passerby.web.pages.forms import form_of
from passerby.web.pages.markup import field, form, page, problem
from passerby.web.permissions import PrincipalHere, VisibleCameras, needs
from passerby.web.routes.accounts.account import again_page
from passerby.web.routes.cameras import CameraName, NewPassword

PASSWORDS = "/camera-passwords"

router = APIRouter(tags=["page"], dependencies=[needs(Permission.CONFIGURE)], include_in_schema=False)


@router.get(PASSWORDS)
async def show_passwords(hub: HubHere, principal: PrincipalHere) -> Response:
    """All cameras that may be configured."""
    return passwords_page(hub, principal)


def passwords_page(
    hub: Hub, principal: Principal, why: str | None = None, status: HTTPStatus = HTTPStatus.OK
) -> Response:
    """Returns the page of the cameras' passwords."""
    seen = VisibleCameras.of(hub, principal, Permission.CONFIGURE)
    cameras = [_camera(hub, each) for each in hub.plan.cameras if each.name in seen]
    note = translated(
        "A password is kept encrypted, for this camera at its present address and user alone, and is never shown again."
    )
    return page(
        translated("Passwords of cameras"),
        problem(why),
        element("p", note, translated(" Each change is in the audit log."), class_="note"),
        *(cameras or [element("p", translated("There is no camera."))]),
        site=hub.plan.name,
        status=status,
    )


def _camera(hub: Hub, camera: CameraPlan) -> Markup:
    state = hub.configurations.password_state(camera.name)
    at = f"{PASSWORDS}/{camera.name}"
    words: str = translated("No password")
    taken = True
    if state.place is PasswordPlace.OUTSIDE:
        words, taken = translated("From the site file, or the environment that it names: it is changed there"), False
    elif state.place is PasswordPlace.ENCRYPTED:
        since = (
            ""
            if state.set_ns is None
            else f" {translated('since')} {iso_time(state.set_ns, hub.zone)[:16].replace('T', ' ')}"
        )
        words = translated("Kept encrypted") + since
    elif not camera.source.networked:
        words, taken = translated("It is not on the network, and needs none"), False
    elif not camera.source.user:
        words, taken = translated("No password; give the camera a user in the site file first"), False
    new = field(
        "password", translated("New password of {name}", name=camera.name),
        type="password", required=True, maxlength=1000, autocomplete="off", id=f"new-{camera.name}",
    )  # fmt: skip
    kept = state.place is PasswordPlace.ENCRYPTED
    return joined(
        element("h2", camera.name),
        element("p", element("code", camera.source.shown)),
        element("p", f"{words}."),
        problem(state.fault),
        form(f"{at}/set", new, button=translated("Keep it for {name}", name=camera.name)) if taken else None,
        form(f"{at}/remove", button=translated("Remove the password of {name}", name=camera.name), danger=True)
        if kept
        else None,
    )


@router.post(f"{PASSWORDS}/{{camera}}/set")
async def set_password(hub: HubHere, request: Request, principal: PrincipalHere, camera: CameraName) -> Response:
    """Keeps a camera's password encrypted, and starts the camera with it."""
    hub.camera(camera)
    sent = await form_of(request)
    if _logged_in_long_ago(hub, principal):
        return await _again(hub, principal)
    try:
        new = NewPassword.model_validate({"password": sent.get("password", "")})
    except ValidationError:
        why = f"{camera}: a password has 1 to 1000 printable letters"
        return passwords_page(hub, principal, why, HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        await hub.configurations.set_password(camera, new.password, principal.name)
    except PasswordNotTakenError as error:
        return passwords_page(hub, principal, str(error), HTTPStatus.CONFLICT)
    except CameraSecretError as error:
        return passwords_page(hub, principal, str(error), HTTPStatus.SERVICE_UNAVAILABLE)
    return RedirectResponse(PASSWORDS, HTTPStatus.SEE_OTHER)


@router.post(f"{PASSWORDS}/{{camera}}/remove")
async def remove_password(hub: HubHere, principal: PrincipalHere, camera: CameraName) -> Response:
    """Removes a camera's encrypted password, and starts the camera without it."""
    hub.camera(camera)
    if _logged_in_long_ago(hub, principal):
        return await _again(hub, principal)
    try:
        await hub.configurations.clear_password(camera, principal.name)
    except CameraSecretError as error:
        return passwords_page(hub, principal, str(error), HTTPStatus.SERVICE_UNAVAILABLE)
    return RedirectResponse(PASSWORDS, HTTPStatus.SEE_OTHER)


def _logged_in_long_ago(hub: Hub, principal: Principal) -> bool:
    # Who holds the link of a machine without accounts has nothing to log in with.
    return principal.kind is not PrincipalKind.LINK and not hub.access.is_recent(principal)


async def _again(hub: Hub, principal: Principal) -> Response:
    why = translated("log in again before you change a camera's password; then type it once more")
    return await again_page(hub, principal, PASSWORDS, why, HTTPStatus.FORBIDDEN)
