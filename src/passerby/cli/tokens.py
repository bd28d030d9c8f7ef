"""`passerby tokens`: API tokens for programs."""

import json
import time
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from passerby.admin.people import with_access
from passerby.cli.options import AsJson, DataFolder, SiteFile
from passerby.cli.users import AccountName
from passerby.domain.access import Permission, Principal, Purpose
from passerby.domain.accounts import ApiToken
from passerby.text import utc_minute, utc_time
from passerby.units import DAY_S, NS_PER_S

if TYPE_CHECKING:
    from passerby.access import Access
    from passerby.access.values import NewToken

tokens_app = typer.Typer(help="API tokens for programs: list, create, revoke.", no_args_is_help=True)


@tokens_app.command("list")
def list_tokens(site: SiteFile, data: DataFolder = None, as_json: AsJson = False) -> None:
    """Show all tokens by their names, never the tokens themselves."""

    async def act(access: "Access", principal: Principal) -> tuple[ApiToken, ...]:
        return await access.tokens.list(principal)

    tokens, _ = with_access(site, data, act)
    if as_json:
        typer.echo(json.dumps({"tokens": [_json_of(token) for token in tokens]}))
        return
    table = Table("token", "account", "what for", "may", "cameras", "until", "last used", "state", title="API tokens")
    for token in tokens:
        used = utc_minute(token.used_ns) if token.used_ns else "never"
        may, cameras = " ".join(sorted(token.scopes)), " ".join(token.groups)
        until = utc_minute(token.end_ns)
        table.add_row(token.token_id, token.account, token.label, may, cameras, until, used, _state(token))
    Console(highlight=False).print(table if tokens else "There are no tokens.")


@tokens_app.command()
def create(
    site: SiteFile,
    account: AccountName,
    label: Annotated[str, typer.Option("--label", help="What it is for, such as Grafana.")],
    scope: Annotated[list[Permission], typer.Option("--scope", help="What it may do; may be given several times.")],
    group: Annotated[list[str], typer.Option("--group", help="Camera group, or * for all that the account sees.")],
    days: Annotated[int, typer.Option("--days", min=1, max=366, help="When it ends.")],
    purpose: Annotated[Purpose, typer.Option("--purpose", help="Why, from the closed list.")],
    case: Annotated[str, typer.Option("--case", help="Why, in words, for the audit log.")],
    data: DataFolder = None,
    as_json: AsJson = False,
) -> None:
    """Make a token for an account, whose own grants bound it, and print it: it is shown this once."""

    async def act(access: "Access", principal: Principal) -> "NewToken":
        end_ns = time.time_ns() + days * DAY_S * NS_PER_S
        return await access.tokens.create(
            principal,
            account=account,
            label=label,
            scopes=scope,
            groups=group,
            end_ns=end_ns,
            purpose=purpose,
            case=case,
        )

    made, _ = with_access(site, data, act)
    if as_json:
        typer.echo(json.dumps({"token": made.text, **_json_of(made.token)}))
        return
    typer.echo(f"\nThe token; it is not shown again. Send it as `Authorization: Bearer …`:\n\n    {made.text}\n")


@tokens_app.command()
def revoke(
    site: SiteFile,
    token: Annotated[str, typer.Argument(help="The token's name: eight letters, as `passerby tokens list` shows.")],
    data: DataFolder = None,
    as_json: AsJson = False,
) -> None:
    """Take a token back at once."""

    async def act(access: "Access", principal: Principal) -> None:
        await access.tokens.revoke(principal, token)

    with_access(site, data, act)
    typer.echo(json.dumps({"done": True}) if as_json else f"Token {token} is taken back.")


def _state(token: ApiToken) -> str:
    if token.revoked_ns is not None:
        return "revoked"
    return "holds" if token.holds(time.time_ns()) else "ended"


def _json_of(token: ApiToken) -> dict[str, object]:
    return {
        "id": token.token_id,
        "account": token.account,
        "label": token.label,
        "scopes": sorted(token.scopes),
        "groups": token.groups,
        "created": utc_time(token.created_ns),
        "end": utc_time(token.end_ns),
        "purpose": token.purpose.value,
        "case": token.case,
        "made_by": token.made_by,
        "used": utc_time(token.used_ns) if token.used_ns else None,
        "state": _state(token),
    }
