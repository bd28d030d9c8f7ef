"""One's own sessions and passkeys, and API tokens: seen and ended."""

from http import HTTPStatus
from typing import Annotated, Literal

from fastapi import APIRouter, Path
from pydantic import BaseModel, Field
from starlette.responses import Response

from passerby.domain.access import EVERY_CAMERA, Permission, PrincipalKind, Purpose, Role
from passerby.domain.accounts import ApiToken, Method
from passerby.text import iso_time
from passerby.web.hub import Hub, HubHere
from passerby.web.permissions import PrincipalHere, needs
from passerby.web.problems import documented, no_such
from passerby.web.routes.governance.people import Typed, until_ns_of
from passerby.web.routes.purposes import Case
from passerby.web.rows import ListOf

OWN = [needs(Permission.SEE_OWN)]
CHANGES = [needs(Permission.SEE_OWN, recent=True)]

ScopeWord = Literal[
    "see_state", "see_counts", "export_counts", "see_place", "see_events", "see_live", "read_audit", "see_metrics"
]
Word = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{1,400}$")]


class SessionRow(BaseModel):
    """A browser in which you are logged in."""

    id: str
    client: str = Field(description="What the browser calls itself; empty where it does not say.")
    method: Method
    since: str = Field(examples=["2026-09-28T08:10:00+02:00"])
    last_used: str
    this: bool = Field(description="The session that asks.")


class PasskeyRow(BaseModel):
    """A passkey of yours."""

    id: str
    label: str
    since: str = Field(examples=["2026-09-28T08:10:00+02:00"])
    last_used: str | None = Field(description="Null until its first use.")


class OwnAccount(BaseModel):
    """Who you are here: what you may do, what you log in with, and where."""

    name: str = Field(description="What the audit log calls you.")
    kind: PrincipalKind = Field(description="What you came in by.")
    roles: list[Role] = Field(description="Your roles, on whatever cameras.")
    permissions: list[str] = Field(
        description="What you may do somewhere; the description of each address names what it needs.",
        examples=[["see_state", "see_counts"]],
    )
    sessions: list[SessionRow] = Field(description="Newest first; none for who came in by the one-time link.")
    passkeys: list[PasskeyRow]
    recent: bool = Field(description="Your last log-in is recent enough for changes; else log in at /log-in/again.")


class TokenRow(BaseModel):
    """An API token, without its secret."""

    id: str = Field(examples=["k3x8a0qd"])
    account: str
    label: str = Field(description="What it is for.")
    scopes: list[ScopeWord]
    groups: list[str]
    purpose: Purpose
    case: str
    made_by: str
    end: str = Field(examples=["2027-03-31T00:00:00+02:00"])
    last_used: str | None = Field(description="To the minute; null before the first time.")
    holds: bool = Field(description="It lets something in now.")


class Tokens(ListOf[TokenRow]):
    """API tokens."""


class NewToken(BaseModel, extra="forbid"):
    """A token that is to be made."""

    account: Typed = Field(description="Whose grants bound it: your own, or one that no person logs in to.")
    label: str = Field(max_length=60, description="What it is for.", examples=["Grafana"])
    scopes: list[ScopeWord] = Field(min_length=1, max_length=20, description="What it may do.")
    groups: list[Annotated[str, Field(max_length=64)]] = Field(default=[EVERY_CAMERA], min_length=1, max_length=20)
    purpose: Purpose
    case: Case
    until: str = Field(
        pattern=r"^\d{4}-\d{2}-\d{2}$", description="A date, at most a year ahead.", examples=["2027-03-31"]
    )


class MadeToken(BaseModel):
    """A token, shown this once."""

    token: str = Field(description="Programs send it as `Authorization: Bearer …`; nothing of ours keeps it.")
    row: TokenRow


router = APIRouter(prefix="/api/v1", tags=["people"])


@router.get("/account", dependencies=OWN, responses=documented(401, 403, 503))
async def get_own_account(hub: HubHere, principal: PrincipalHere) -> OwnAccount:
    """Who you are here, and your own sessions and passkeys."""
    access, person = hub.access, principal.kind is PrincipalKind.ACCOUNT
    sessions = await access.sessions.list(principal) if person else ()
    passkeys = await access.passkeys.list(principal) if person else ()
    return OwnAccount(
        name=principal.name,
        kind=principal.kind,
        roles=sorted(principal.roles),
        permissions=[each.value for each in Permission if principal.may(each)],
        sessions=[
            SessionRow(
                id=each.session_id,
                client=each.client,
                method=each.method,
                since=iso_time(each.created_ns, hub.zone),
                last_used=iso_time(each.used_ns, hub.zone),
                this=each.session_id == principal.session_id,
            )
            for each in sessions
        ],
        passkeys=[
            PasskeyRow(
                id=each.credential_id,
                label=each.label,
                since=iso_time(each.created_ns, hub.zone),
                last_used=iso_time(each.used_ns, hub.zone) if each.used_ns else None,
            )
            for each in passkeys
        ],
        recent=access.is_recent(principal),
    )


@router.delete(
    "/account/sessions/{session_id}",
    dependencies=OWN,
    status_code=HTTPStatus.NO_CONTENT,
    response_class=Response,
    responses=documented(401, 403, 404, 422, 503),
)
async def end_session(hub: HubHere, principal: PrincipalHere, session_id: Word) -> None:
    """Ends one of your own sessions."""
    if principal.kind is not PrincipalKind.ACCOUNT or not await hub.access.sessions.end(principal, session_id):
        raise no_such("session", session_id, "GET /api/v1/account lists yours.")


@router.delete(
    "/account/passkeys/{credential_id}",
    dependencies=CHANGES,
    status_code=HTTPStatus.NO_CONTENT,
    response_class=Response,
    responses=documented(401, 403, 404, 422, 503),
)
async def remove_passkey(hub: HubHere, principal: PrincipalHere, credential_id: Word) -> None:
    """Removes one of your own passkeys; one is added on the page /account, where your authenticator is asked."""
    if principal.kind is not PrincipalKind.ACCOUNT or not await hub.access.passkeys.remove(principal, credential_id):
        raise no_such("passkey", credential_id, "GET /api/v1/account lists yours.")


@router.get("/tokens", dependencies=OWN, responses=documented(401, 403, 503))
async def list_tokens(hub: HubHere, principal: PrincipalHere) -> Tokens:
    """Your own API tokens; for an administrator and an auditor, all of them."""
    return Tokens(rows=[_token(hub, each) for each in await hub.access.tokens.list(principal)], after=None)


@router.post(
    "/tokens", dependencies=OWN, status_code=HTTPStatus.CREATED, responses=documented(400, 401, 403, 413, 422, 503)
)
async def make_token(hub: HubHere, principal: PrincipalHere, new: NewToken) -> MadeToken:
    """Makes a token, which may no more than its account may at any moment; it is shown this once."""
    made = await hub.access.tokens.create(
        principal,
        account=new.account,
        label=new.label,
        scopes=[Permission(each) for each in new.scopes],
        groups=new.groups,
        end_ns=until_ns_of(hub, new.until),
        purpose=new.purpose,
        case=new.case,
    )
    return MadeToken(token=made.text, row=_token(hub, made.token))


@router.delete(
    "/tokens/{token_id}",
    dependencies=OWN,
    status_code=HTTPStatus.NO_CONTENT,
    response_class=Response,
    responses=documented(401, 403, 422, 503),
)
async def revoke_token(hub: HubHere, principal: PrincipalHere, token_id: Word) -> None:
    """Takes a token back at once."""
    await hub.access.tokens.revoke(principal, token_id)


def _token(hub: Hub, token: ApiToken) -> TokenRow:
    return TokenRow.model_validate(
        {
            "id": token.token_id,
            "account": token.account,
            "label": token.label,
            "scopes": sorted(each.value for each in token.scopes),
            "groups": list(token.groups),
            "purpose": token.purpose,
            "case": token.case,
            "made_by": token.made_by,
            "end": iso_time(token.end_ns, hub.zone),
            "last_used": iso_time(token.used_ns, hub.zone) if token.used_ns else None,
            "holds": token.holds(hub.clock()),
        }
    )
