"""Accounts and grants: proposed by administrators, confirmed by privacy officers, seen by auditors."""

from datetime import date
from http import HTTPStatus
from typing import Annotated, Literal

from fastapi import APIRouter, Path
from pydantic import BaseModel, Field
from starlette.responses import Response

from passerby.access import InputError
from passerby.access.invitations import INVITATION_S
from passerby.domain.access import EVERY_CAMERA, Grant, Permission, Principal, Role
from passerby.domain.accounts import Account
from passerby.text import iso_time
from passerby.units import NS_PER_S
from passerby.web.hub import Hub, HubHere
from passerby.web.permissions import PrincipalHere, needs
from passerby.web.problems import documented
from passerby.web.times import iso_or_none, time_ns_of

GrantState = Literal["holds", "waits", "begins_later", "one_person", "over", "taken_back"]

MANAGES = [needs(Permission.PROPOSE_GRANTS, Permission.CONFIRM_GRANTS, Permission.READ_AUDIT)]
PROPOSES = [needs(Permission.PROPOSE_GRANTS, recent=True)]
CONFIRMS = [needs(Permission.CONFIRM_GRANTS, recent=True)]

NAME = r"^[^\x00-\x1f\x7f/]{1,64}$"
AccountName = Annotated[str, Path(pattern=NAME, description="The account's name.", examples=["olga"])]
GrantNumber = Annotated[int, Path(ge=1, le=2**31 - 1, description="The grant's number.", examples=[7])]
Typed = Annotated[str, Field(pattern=NAME, examples=["olga"])]


class GrantRow(BaseModel):
    """A role that an account has on a group of cameras, for a time."""

    id: int = Field(examples=[7])
    account: str
    role: Role
    group: str = Field(description="The camera group; `*` for every camera.", examples=["centre"])
    start: str = Field(examples=["2026-09-28T08:10:00+02:00"])
    end: str
    proposed_by: str
    confirmed_by: str | None = Field(description="Null until it is confirmed, and it gives nothing.")
    taken_back: str | None = Field(description="When it was taken back; null where it was not.")
    state: GrantState = Field(description="`one_person`: one person gave it, so it gives nothing.")
    confirmable: bool = Field(description="You may confirm it now.")
    returnable: bool = Field(description="You may take it back now.")


class AccountRow(BaseModel):
    """An account."""

    name: str = Field(examples=["olga"])
    created: str = Field(examples=["2026-09-28T08:10:00+02:00"])
    enabled: bool
    logs_in_by: list[Literal["password", "passkey", "sign_on"]] = Field(
        description="How; empty until the invitation was taken."
    )
    own: bool = Field(description="It is yours.")


class People(BaseModel):
    """All accounts and their grants."""

    accounts: list[AccountRow] = Field(description="By name.")
    grants: list[GrantRow] = Field(description="By number.")
    groups: list[str] = Field(description="The camera groups that the site file has; `*` is every camera.")
    one_person: bool = Field(description="The site says that one person runs it, and the register shows it.")
    recent: bool = Field(description="Your last log-in is recent enough for changes; else log in at /log-in/again.")


class NewAccount(BaseModel, extra="forbid"):
    """An account that is to be."""

    name: Typed = Field(description="Letters, digits, dots and dashes.")


class InvitationRow(BaseModel):
    """An invitation, shown this once."""

    account: str
    link: str = Field(description="Hand it over by a way that you trust; it works once.")
    end: str = Field(description="Until when.")


class Change(BaseModel, extra="forbid"):
    """What is to be changed of an account."""

    enabled: bool = Field(description="False ends its sessions, streams and tokens.")


class NewGrant(BaseModel, extra="forbid"):
    """A grant that is proposed."""

    account: Typed
    role: Role
    group: str = Field(default=EVERY_CAMERA, max_length=64, description="A camera group, or `*` for every camera.")
    until: str = Field(
        pattern=r"^\d{4}-\d{2}-\d{2}$", description="A date, at most a year ahead.", examples=["2027-03-31"]
    )


router = APIRouter(prefix="/api/v1", tags=["people"])


@router.get("/people", dependencies=MANAGES, responses=documented(401, 403, 503))
async def get_people(hub: HubHere, principal: PrincipalHere) -> People:
    """All accounts, and all grants, also those that wait or have ended."""
    accounts = await hub.access.accounts.list(principal)
    grants = await hub.access.grants.list(principal)
    return People(
        accounts=[await _account(hub, principal, each) for each in accounts],
        grants=[_grant(hub, principal, each) for each in grants],
        groups=[EVERY_CAMERA, *sorted(hub.plan.groups)],
        one_person=hub.plan.access.one_person,
        recent=hub.access.is_recent(principal),
    )


@router.post(
    "/accounts",
    dependencies=PROPOSES,
    status_code=HTTPStatus.CREATED,
    responses=documented(400, 401, 403, 413, 422, 503),
)
async def add_account(hub: HubHere, principal: PrincipalHere, new: NewAccount) -> InvitationRow:
    """Adds an account, and returns its invitation, which is shown this once."""
    return _invitation(hub, new.name, await hub.access.accounts.add(principal, new.name))


@router.post(
    "/accounts/{account}/invitation",
    dependencies=PROPOSES,
    status_code=HTTPStatus.CREATED,
    responses=documented(401, 403, 422, 503),
)
async def invite_account(hub: HubHere, principal: PrincipalHere, account: AccountName) -> InvitationRow:
    """Takes an account's credentials, and returns a new invitation; its grants are to be confirmed anew."""
    return _invitation(hub, account, await hub.access.accounts.invite(principal, account))


@router.put("/accounts/{account}", dependencies=PROPOSES, responses=documented(400, 401, 403, 413, 422, 503))
async def change_account(hub: HubHere, principal: PrincipalHere, account: AccountName, change: Change) -> AccountRow:
    """Disables an account, so that its sessions, streams and tokens end, or enables it again."""
    accounts = hub.access.accounts
    await (accounts.enable if change.enabled else accounts.disable)(principal, account)
    return await _account(hub, principal, await accounts.found(account))


@router.post(
    "/grants",
    dependencies=PROPOSES,
    status_code=HTTPStatus.CREATED,
    responses=documented(400, 401, 403, 413, 422, 503),
)
async def propose_grant(hub: HubHere, principal: PrincipalHere, new: NewGrant) -> GrantRow:
    """Proposes a grant; it gives nothing until a privacy officer confirms it."""
    until_ns = until_ns_of(hub, new.until)
    grant = await hub.access.grants.propose(principal, new.account, new.role, new.group, hub.clock(), until_ns)
    return _grant(hub, principal, grant)


@router.post(
    "/grants/{grant}/confirm",
    dependencies=CONFIRMS,
    status_code=HTTPStatus.NO_CONTENT,
    response_class=Response,
    responses=documented(401, 403, 422, 503),
)
async def confirm_grant(hub: HubHere, principal: PrincipalHere, grant: GrantNumber) -> None:
    """Confirms a grant; no one confirms their own, or one that they have proposed."""
    await hub.access.grants.confirm(principal, grant)


@router.delete(
    "/grants/{grant}",
    dependencies=[needs(Permission.PROPOSE_GRANTS, Permission.CONFIRM_GRANTS, recent=True)],
    status_code=HTTPStatus.NO_CONTENT,
    response_class=Response,
    responses=documented(401, 403, 422, 503),
)
async def take_back_grant(hub: HubHere, principal: PrincipalHere, grant: GrantNumber) -> None:
    """Takes a grant back at once; streams that it opened end within seconds."""
    await hub.access.grants.revoke(principal, grant)


def until_ns_of(hub: Hub, text: str) -> int:
    """Returns the midnight with which a day begins by the site's clock.

    Raises:
        InputError: it is no day.
    """
    try:
        date.fromisoformat(text)
        return time_ns_of(text, hub.zone)
    except ValueError:
        raise InputError("until: a date is needed, such as 2027-03-31") from None


def grant_state(hub: Hub, grant: Grant) -> GrantState:
    """Returns how a grant stands now."""
    now_ns = hub.clock()
    if grant.revoked_ns is not None:
        return "taken_back"
    if grant.end_ns <= now_ns:
        return "over"
    if grant.confirmed_by is None:
        return "waits"
    if not (grant.by_two or hub.plan.access.one_person):
        return "one_person"
    return "begins_later" if grant.start_ns > now_ns else "holds"


def _grant(hub: Hub, principal: Principal, grant: Grant) -> GrantRow:
    state, groups = grant_state(hub, grant), (grant.group,)
    two = principal.name not in (grant.account, grant.proposed_by) or hub.plan.access.one_person
    confirms = principal.may(Permission.CONFIRM_GRANTS, groups) and two
    both = (Permission.PROPOSE_GRANTS, Permission.CONFIRM_GRANTS)
    takes = any(principal.may(each, groups) for each in both)
    return GrantRow(
        id=grant.grant_id,
        account=grant.account,
        role=grant.role,
        group=grant.group,
        start=iso_time(grant.start_ns, hub.zone),
        end=iso_time(grant.end_ns, hub.zone),
        proposed_by=grant.proposed_by,
        confirmed_by=grant.confirmed_by,
        taken_back=iso_or_none(grant.revoked_ns, hub.zone),
        state=state,
        confirmable=state == "waits" and confirms,
        returnable=state not in ("taken_back", "over") and takes,
    )


async def _account(hub: Hub, principal: Principal, account: Account) -> AccountRow:
    return AccountRow.model_validate(
        {
            "name": account.name,
            "created": iso_time(account.created_ns, hub.zone),
            "enabled": account.enabled,
            "logs_in_by": await hub.access.accounts.ways(account),
            "own": account.name == principal.name,
        }
    )


def _invitation(hub: Hub, account: str, secret: str) -> InvitationRow:
    end = iso_time(hub.clock() + INVITATION_S * NS_PER_S, hub.zone)
    return InvitationRow(account=account, link=f"{hub.plan.server.origin}/join/{secret}", end=end)
