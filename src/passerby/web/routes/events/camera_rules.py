"""The rules of one camera as the site file has them: read, checked key by key, and changed with the file's history."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Annotated, Final

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field, StringConstraints

from passerby.domain.access import Permission
from passerby.domain.configurations import CameraEdit, Way, tag_of
from passerby.domain.draft_trial import DraftError, DraftFault
from passerby.domain.errors import OutputError
from passerby.domain.event_rules import RuleKind
from passerby.domain.rule_forms import PlaceKind, RuleForm, TrialKind
from passerby.ports import ConfigurationConflictError, ConfigurationRefusedError
from passerby.web.hub import Hub, HubHere
from passerby.web.permissions import PrincipalHere, needs
from passerby.web.problems import InvalidField, ProblemError, documented
from passerby.web.routes.cameras import CameraName
from passerby.web.routes.configuration import IfMatch, conflict, not_written, refused, tag_in
from passerby.web.rows import ListOf

MAX_RULES: Final = 100
RULES: Final[Way] = ("rules",)

RuleName = Annotated[str, StringConstraints(min_length=1, max_length=80)]
Keys = dict[str, object]


class RulesBody(BaseModel, extra="forbid"):
    """All rules of a camera."""

    rules: dict[RuleName, Keys] = Field(
        max_length=MAX_RULES,
        description="Each by its name, with the keys that it has in a site file. One that is left out is removed.",
        examples=[{"crowded": {"kind": "overcrowding", "zone": "benches", "above_people": 40, "silent": True}}],
    )


class CameraRules(BaseModel):
    """The rules of a camera, as the site file has them."""

    camera: str
    rules: dict[str, Keys] = Field(description="Each by its name, with its keys, in the order of the file.")
    profiles: list[str] = Field(description="The profiles of the site, which rules may name.")
    why_no_events: str = Field(description="Why no rule of this camera is watched; empty where they are.")
    tag: str = Field(description="Names these rules; it is the ETag too.")


class RuleFault(BaseModel):
    """What is wrong with one key of a rule."""

    rule: str = Field(description="The rule's name; empty where it is about none alone.")
    key: str = Field(description="The key within the rule, with dots; empty for the rule as a whole.")
    what: str = Field(description="What is needed, and what was got.")


class RuleFaults(BaseModel):
    """What is wrong with some rules; nothing where it is empty."""

    faults: list[RuleFault]


class ThresholdRow(BaseModel):
    """A key that a threshold may stand in."""

    key: str = Field(examples=["above_people"])
    words: str = Field(description="What it is measured in.", examples=["people"])
    unit: str = Field(description="The unit of a trial's `threshold`.", examples=["1"])
    factor: float = Field(description="A trial's `threshold` is the key's value times this.")
    needs_ground: bool = Field(description="It can be measured on calibrated ground alone.")


class RuleKindRow(BaseModel):
    """What a rule of one kind is written with."""

    kind: RuleKind
    words: str
    place: PlaceKind
    place_needed: bool
    thresholds: list[ThresholdRow] = Field(description="One of these has to be given; empty for a kind without.")
    trial: TrialKind = Field(
        description="`past`: POST /api/v1/rules/trial. `live`: the camera's trial of ten minutes. `silent`: neither; "
        "run it silently first."
    )
    keys: dict[str, object] = Field(description="JSON Schema (draft 2020-12) of its keys: types, limits, defaults.")


class RuleKindRows(ListOf[RuleKindRow]):
    """What rules may watch for."""


router = APIRouter(prefix="/api/v1", tags=["events"])
READS: Final = [needs(Permission.SEE_EVENTS, Permission.DRAW, Permission.CONFIGURE)]
CHANGES: Final = [needs(Permission.DRAW, Permission.CONFIGURE)]


@router.get("/rule-kinds", dependencies=READS, responses=documented(401, 403))
async def list_rule_kinds(hub: HubHere) -> RuleKindRows:
    """What rules may watch for, and what each kind is written with."""
    forms = hub.configurations.edits.rule_forms()
    return RuleKindRows(rows=[_kind(form) for form in forms], after=None)


@router.get("/cameras/{camera}/rules", dependencies=READS, responses=documented(401, 403, 404, 422, 503))
async def get_camera_rules(hub: HubHere, camera: CameraName, response: Response) -> CameraRules:
    """The rules of one camera; the ETag is what a change has to name."""
    return await _rules(hub, camera, response)


@router.post(
    "/cameras/{camera}/rules/validate",
    dependencies=CHANGES,
    responses=documented(400, 401, 403, 404, 413, 422, 503),
)
async def validate_rules(hub: HubHere, camera: CameraName, body: RulesBody) -> RuleFaults:
    """Returns what is wrong with all rules of a camera, key by key; changes nothing."""
    faults = await hub.configurations.edits.faults([_edit(hub, camera, body, None)])
    return RuleFaults(faults=_located(camera, body, faults))


@router.put(
    "/cameras/{camera}/rules",
    dependencies=CHANGES,
    responses=documented(400, 401, 403, 404, 412, 413, 422, 428, 503),
)
async def change_rules(
    hub: HubHere, principal: PrincipalHere, camera: CameraName, body: RulesBody, response: Response,
    if_match: IfMatch = None,
) -> CameraRules:  # fmt: skip
    """Puts these rules in place of those of a camera, as a new version of the site file; comments in it stay."""
    edit = _edit(hub, camera, body, tag_in(if_match))
    try:
        await hub.configurations.edits.apply([edit], principal.name)
    except DraftError as error:
        raise _wrong(_located(camera, body, error.faults)) from None
    except ConfigurationRefusedError as error:
        raise refused(error.faults) from None
    except ConfigurationConflictError as error:
        raise conflict(error, f"GET /api/v1/cameras/{camera}/rules") from None
    except OutputError as error:
        raise not_written(error) from None
    return await _rules(hub, camera, response)


def _edit(hub: Hub, camera: str, body: RulesBody, tag: str | None) -> CameraEdit:
    return CameraEdit(hub.camera(camera).name, {RULES: body.rules or None}, tag)


async def _rules(hub: Hub, camera: str, response: Response) -> CameraRules:
    plan = hub.camera(camera)
    (written,) = await hub.configurations.edits.values(camera, [RULES])
    tag = tag_of([written])
    response.headers["ETag"] = f'"{tag}"'
    return CameraRules(
        camera=camera,
        rules=written or {},  # type: ignore[arg-type]  # a file that runs has nothing else here
        profiles=[profile.name for profile in hub.plan.profiles],
        why_no_events=plan.registration.why_no_events,
        tag=tag,
    )


def _kind(form: RuleForm) -> RuleKindRow:
    return RuleKindRow(
        kind=form.kind,
        words=form.words,
        place=form.place,
        place_needed=form.place_needed,
        thresholds=[
            ThresholdRow(
                key=each.key, words=each.words, unit=each.unit, factor=each.factor, needs_ground=each.needs_ground
            )
            for each in form.thresholds
        ],
        trial=form.trial,
        keys=dict(form.schema),
    )


def _located(camera: str, body: RulesBody, faults: Sequence[DraftFault]) -> list[RuleFault]:
    """Faults with the rule and the key that they are about."""
    return [_fault(camera, list(body.rules), fault) for fault in faults]


def _fault(camera: str, names: list[str], fault: DraftFault) -> RuleFault:
    inner = fault.where.removeprefix(f"cameras.{camera}.rules").removeprefix(".")
    for name in sorted(names, key=len, reverse=True):
        for begin in (name, f"'{name}'"):
            if inner == begin or inner.startswith((f"{begin}.", f"{begin}[")):
                return RuleFault(rule=name, key=inner.removeprefix(begin).removeprefix("."), what=fault.what)
    return RuleFault(rule="", key=inner, what=fault.what)


def _wrong(faults: Sequence[RuleFault]) -> ProblemError:
    found = [
        InvalidField(where=".".join(filter(None, ("body.rules", one.rule, one.key))), what=one.what)
        for one in faults[:20]
    ]
    detail = "; ".join(f"{fault.where}: {fault.what}" for fault in found[:3])
    return ProblemError(HTTPStatus.UNPROCESSABLE_ENTITY, "bad-value", f"{detail}.", "Mend it and ask again.", found)
