"""What the register says of a camera, and of all of them: read with what is missing, previewed, and changed."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from http import HTTPStatus
from typing import Annotated, Final

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field

from passerby.domain.access import Permission, Principal
from passerby.domain.configurations import SITE, CameraEdit, Way, tag_of
from passerby.domain.draft_trial import DraftError, DraftFault
from passerby.domain.errors import OutputError
from passerby.domain.service import SitePlan
from passerby.ports import ConfigurationConflictError, ConfigurationRefusedError
from passerby.register.catalogue import catalogue
from passerby.register.pages.camera_page import camera_page
from passerby.register.pages.frame import Here, Shown
from passerby.register.published.document import CameraPart, RegisterDocument, State
from passerby.register.published.publication import read_document
from passerby.register.sign.street_sign import street_sign
from passerby.text import utc_minute
from passerby.web.hub import Hub, HubHere
from passerby.web.permissions import PrincipalHere, VisibleCameras, groups_of, needs, not_permitted
from passerby.web.problems import InvalidField, ProblemError, bad_value, documented
from passerby.web.routes.cameras import CameraName
from passerby.web.routes.configuration import IfMatch, conflict, not_written, refused, tag_in
from passerby.web.rows import ListOf

REGISTER: Final[Way] = ("register",)
MAX_KEYS: Final = 40

Keys = dict[str, object]
Register = Annotated[
    Keys,
    Field(
        max_length=MAX_KEYS,
        description="Its keys, as in a site file; what is left out is taken away.",
        examples=[{"title": "Market square", "purposes": ["mobility_planning"]}],
    ),
]


class RegisterBody(BaseModel, extra="forbid"):
    """What the register is to say, as keys of the site file."""

    register_: Register = Field(alias="register")


class CameraRegister(BaseModel):
    """What the site file has for the register of one camera."""

    camera: str
    state: State
    why: str = Field(description="Why it does not run; empty where it does.")
    missing: list[str] = Field(description="The keys that its record lacks.", examples=[["place.position"]])
    waits_for: list[str] = Field(description="The keys that operational events wait for.")
    own: Keys = Field(description="The camera's own keys.")
    site: Keys = Field(description="The site's keys, which hold where the camera has none of its own.")
    published: int | None = Field(description="The version of the register that is published; null before the first.")
    tag: str = Field(description="Names the camera's own keys; it is the ETag too.")


class SiteRegister(BaseModel):
    """What the site file has for the register of all cameras."""

    keys: Keys = Field(description="The site's keys.")
    languages: list[str] = Field(description="The languages of the public pages.")
    tag: str = Field(description="Names these keys; it is the ETag too.")


class RegisterRow(BaseModel):
    """How a camera stands in the register."""

    camera: str
    title: str = Field(description="What the place is called; the camera's name where it has no record.")
    state: State
    why: str = Field(description="Why it does not run; empty where it does.")
    missing: list[str]


class RegisterRows(ListOf[RegisterRow]):
    """How all cameras stand in the register, in the order of the site file."""

    drift: str = Field(description="In what the published register differs from what runs; empty where in nothing.")
    published: int | None = Field(description="The version that is published; null before the first.")


class ChangedKey(BaseModel):
    """One statement that would be another than the published one."""

    key: str = Field(examples=["record.title"])
    was: str | None = Field(description="As published; null where it says nothing of it.")
    now: str | None = Field(description="As it would be; null where it would say nothing.")


class RegisterPreview(BaseModel):
    """What a change would come to."""

    faults: list[InvalidField] = Field(description="What is wrong with it; nothing may be saved then.")
    missing: list[str] = Field(description="The keys that the record would still lack.")
    state: State | None = Field(description="How the camera would stand; null where there are faults.")
    changes: list[ChangedKey] = Field(description="What would be said otherwise than is published.")


class Form(StrEnum):
    """What a preview is shown as."""

    CHANGES = "changes"
    PAGE = "page"
    SIGN = "sign"


READS: Final = [needs(Permission.KEEP_REGISTER, Permission.CONFIGURE, Permission.READ_AUDIT)]
CHANGES: Final = [needs(Permission.KEEP_REGISTER, Permission.CONFIGURE, recent=True)]
PREVIEWS: Final = [needs(Permission.KEEP_REGISTER, Permission.CONFIGURE)]

router = APIRouter(prefix="/api/v1", tags=["register"])


@router.get("/register", dependencies=READS, responses=documented(401, 403, 503))
async def list_registers(hub: HubHere, principal: PrincipalHere) -> RegisterRows:
    """How each camera that you may see stands in the register, and what its record lacks."""
    seen = VisibleCameras.of(hub, principal, Permission.SEE_STATE)
    newest = await hub.register.newest()
    rows = [
        RegisterRow(
            camera=plan.name,
            title=plan.registration.record.title.first if plan.registration.record else plan.name,
            state=plan.registration.state.value,
            why=plan.registration.why,
            missing=list(plan.registration.gaps),
        )
        for plan in hub.plan.cameras
        if plan.name in seen
    ]
    return RegisterRows(
        rows=rows, after=None, drift=hub.register.drift, published=None if newest is None else newest.number
    )


@router.get("/register/site", dependencies=READS, responses=documented(401, 403, 503))
async def get_site_register(hub: HubHere, response: Response) -> SiteRegister:
    """What the site says once for all its cameras; the ETag is what a change has to name."""
    (keys,) = await hub.configurations.edits.values(SITE, [REGISTER])
    tag = tag_of([keys])
    response.headers["ETag"] = f'"{tag}"'
    return SiteRegister(keys=_keys(keys), languages=list(hub.plan.record.languages), tag=tag)


@router.put("/register/site", dependencies=CHANGES, responses=documented(400, 401, 403, 412, 413, 422, 428, 503))
async def change_site_register(
    hub: HubHere, principal: PrincipalHere, body: RegisterBody, response: Response, if_match: IfMatch = None
) -> SiteRegister:
    """Puts these keys in place of the site's, publishes the register anew, and runs what it says."""
    _every_camera(hub, principal)
    edit = CameraEdit(SITE, {REGISTER: body.register_ or None}, tag_in(if_match))
    await _apply(hub, edit, principal.name, "GET /api/v1/register/site")
    return await get_site_register(hub, response)


@router.get("/cameras/{camera}/register", dependencies=READS, responses=documented(401, 403, 404, 422, 503))
async def get_camera_register(hub: HubHere, camera: CameraName, response: Response) -> CameraRegister:
    """What the register says of a camera, as the site file has it, and what is missing; the ETag as above."""
    plan = hub.camera(camera)
    (own,) = await hub.configurations.edits.values(camera, [REGISTER])
    (common,) = await hub.configurations.edits.values(SITE, [REGISTER])
    newest = await hub.register.newest()
    tag = tag_of([own])
    response.headers["ETag"] = f'"{tag}"'
    record = plan.registration.record
    return CameraRegister(
        camera=camera,
        state=plan.registration.state.value,
        why=plan.registration.why,
        missing=list(plan.registration.gaps),
        waits_for=[] if record is None else list(record.waits_for),
        own=_keys(own),
        site=_keys(common),
        published=None if newest is None else newest.number,
        tag=tag,
    )


@router.put(
    "/cameras/{camera}/register",
    dependencies=CHANGES,
    responses=documented(400, 401, 403, 404, 412, 413, 422, 428, 503),
)
async def change_camera_register(
    hub: HubHere, principal: PrincipalHere, camera: CameraName, body: RegisterBody, response: Response,
    if_match: IfMatch = None,
) -> CameraRegister:  # fmt: skip
    """Puts these keys in place of a camera's, publishes the register anew, and runs what it says."""
    edit = CameraEdit(hub.camera(camera).name, {REGISTER: body.register_ or None}, tag_in(if_match))
    await _apply(hub, edit, principal.name, f"GET /api/v1/cameras/{camera}/register")
    return await get_camera_register(hub, camera, response)


@router.post(
    "/cameras/{camera}/register/preview",
    dependencies=PREVIEWS,
    response_model=RegisterPreview,
    responses={
        200: {
            "description": "What would be said otherwise, or the public page, or the street sign",
            "content": {"text/html": {"schema": {"type": "string"}}, "application/pdf": {"schema": {"type": "string"}}},
        },
        **documented(400, 401, 403, 404, 413, 422, 503),
    },
)
async def preview_camera_register(
    hub: HubHere,
    camera: CameraName,
    body: RegisterBody,
    form: Annotated[Form, Query(description="What is shown: the changes, the public page, or the street sign.")] = (
        Form.CHANGES
    ),
    language: Annotated[str, Query(pattern=r"^[A-Za-z-]{2,20}$", description="Of the page or the sign.")] = "en",
) -> RegisterPreview | Response:
    """What the register would say of a camera with these keys; nothing is saved or published."""
    edit = CameraEdit(hub.camera(camera).name, {REGISTER: body.register_ or None})
    try:
        plan = await hub.configurations.edits.planned([edit])
    except (DraftError, ConfigurationRefusedError) as error:
        if form is not Form.CHANGES:
            raise _wrong(error) from None
        return RegisterPreview(faults=_faults(error), missing=[], state=None, changes=[])
    document = await hub.register.preview(plan, await hub.configurations.newest())
    part = next(each for each in document.cameras if each.camera == camera)
    if form is Form.CHANGES:
        changes = _changes(await _published_part(hub, camera), part)
        return RegisterPreview(faults=[], missing=list(part.missing), state=part.state, changes=changes)
    if language not in document.site.languages:
        raise bad_value("query.language", f"one of {', '.join(document.site.languages)}", language)
    return _drawn(hub, plan, document, part, form, language)


def _drawn(
    hub: Hub, plan: SitePlan, document: RegisterDocument, part: CameraPart, form: Form, language: str
) -> Response:
    shown = Shown(document, None, written=utc_minute(hub.clock()), origin=plan.server.origin)
    here = Here(language, f"cameras/{part.camera}.html")
    if form is Form.PAGE:
        number = 1 + [each.camera for each in document.cameras].index(part.camera)
        return Response(camera_page(shown, here, number, part), media_type="text/html; charset=utf-8")
    if part.record is None:
        raise ProblemError(
            HTTPStatus.CONFLICT,
            "not-registered",
            f"A sign needs a complete record; it lacks {', '.join(part.missing)}.",
            "Fill that in, then ask again.",
        )
    sign = street_sign(document, part, catalogue(language), f"{shown.address}{language}/{here.path}")
    return Response(sign, media_type="application/pdf")


async def _apply(hub: Hub, edit: CameraEdit, author: str, again: str) -> None:
    try:
        await hub.configurations.edits.apply([edit], author)
    except (DraftError, ConfigurationRefusedError) as error:
        raise _wrong(error) from None
    except ConfigurationConflictError as error:
        raise conflict(error, again) from None
    except OutputError as error:
        raise not_written(error) from None


def _wrong(error: DraftError | ConfigurationRefusedError) -> ProblemError:
    if isinstance(error, ConfigurationRefusedError):
        return refused(error.faults)
    found = _faults(error)
    detail = "; ".join(f"{fault.where}: {fault.what}" for fault in found[:3])
    return ProblemError(HTTPStatus.UNPROCESSABLE_ENTITY, "bad-value", f"{detail}.", "Mend it and ask again.", found)


def _faults(error: DraftError | ConfigurationRefusedError) -> list[InvalidField]:
    if isinstance(error, ConfigurationRefusedError):
        return [InvalidField(where="site", what=fault) for fault in error.faults[:20]]
    return [InvalidField(where=_where(fault), what=fault.what) for fault in error.faults[:20]]


def _where(fault: DraftFault) -> str:
    """The key within the register: `place.position`."""
    head, found, key = fault.where.partition("register")
    return key.removeprefix(".") or "register" if found else head or "register"


async def _published_part(hub: Hub, camera: str) -> CameraPart | None:
    newest = await hub.register.newest()
    if newest is None:
        return None
    return next((each for each in read_document(newest).cameras if each.camera == camera), None)


def _changes(was: CameraPart | None, now: CameraPart) -> list[ChangedKey]:
    before = {} if was is None else _flat(was.model_dump(mode="json"))
    after = _flat(now.model_dump(mode="json"))
    return [
        ChangedKey(key=key, was=before.get(key), now=after.get(key))
        for key in dict.fromkeys((*before, *after))
        if before.get(key) != after.get(key)
    ]


def _flat(value: object, key: str = "") -> dict[str, str]:
    """Single statements by the way to them; a list of words is one statement."""
    if isinstance(value, Mapping):
        found: dict[str, str] = {}
        for name, each in value.items():
            found |= _flat(each, f"{key}.{name}" if key and name else key or str(name))
        return found
    if isinstance(value, Sequence) and not isinstance(value, str):
        if any(isinstance(each, Mapping) for each in value):
            return {name: text for at, each in enumerate(value) for name, text in _flat(each, f"{key}[{at}]").items()}
        return {key: ", ".join(map(str, value))} if value else {}
    return {} if value is None or value == "" else {key: str(value)}


def _keys(value: object) -> Keys:
    return dict(value) if isinstance(value, Mapping) else {}


def _every_camera(hub: Hub, principal: Principal) -> None:
    """Refuses a principal that may not change the register of every camera."""
    both = (Permission.KEEP_REGISTER, Permission.CONFIGURE)
    for plan in hub.plan.cameras:
        if not any(principal.may(each, groups_of(hub, plan.name)) for each in both):
            raise not_permitted(both)
