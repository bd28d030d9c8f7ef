"""`passerby users`: accounts and their roles."""

import json
import time
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from passerby.admin.audit_log.audit import checked_reason, erased_about
from passerby.admin.people import Person, people_of, with_access
from passerby.cli.hints import filled
from passerby.cli.options import AsJson, DataFolder, SiteFile
from passerby.domain.access import EVERY_CAMERA, Grant, Principal, Role
from passerby.domain.errors import PasserbyError
from passerby.text import printable, utc_minute, utc_time
from passerby.units import DAY_S, NS_PER_S

if TYPE_CHECKING:
    from passerby.access import Access

users_app = typer.Typer(
    help="Accounts and their roles: list, add, invite, enable, disable, remove, tie, untie, grant, confirm, revoke.",
    no_args_is_help=True,
)

AccountName = Annotated[str, typer.Argument(help="The account's name.")]
GrantNumber = Annotated[int, typer.Argument(help="The grant's number, as `passerby users list` shows it.")]


@users_app.command("list")
def list_users(site: SiteFile, data: DataFolder = None, as_json: AsJson = False) -> None:
    """Show all accounts, what they log in by, and their grants, also those that wait or have ended."""
    people, _ = with_access(site, data, people_of)
    if as_json:
        typer.echo(json.dumps({"accounts": [_json_of(person) for person in people]}))
        return
    _show(people)


@users_app.command()
def add(site: SiteFile, name: AccountName, data: DataFolder = None, as_json: AsJson = False) -> None:
    """Add an account, and print the link by which its owner sets a password or a passkey: once, within a day."""

    async def act(access: "Access", principal: Principal) -> str:
        return await access.accounts.add(principal, name)

    _show_invitation(*with_access(site, data, act), as_json)


@users_app.command()
def invite(site: SiteFile, name: AccountName, data: DataFolder = None, as_json: AsJson = False) -> None:
    """Print a new link for an account; what it logged in by goes, and its grants have to be confirmed anew."""

    async def act(access: "Access", principal: Principal) -> str:
        return await access.accounts.invite(principal, name)

    _show_invitation(*with_access(site, data, act), as_json)


@users_app.command()
def disable(site: SiteFile, name: AccountName, data: DataFolder = None, as_json: AsJson = False) -> None:
    """Disable an account: its sessions end, and its tokens let nothing in."""

    async def act(access: "Access", principal: Principal) -> None:
        await access.accounts.disable(principal, name)

    with_access(site, data, act)
    _report("The account is disabled.", as_json)


@users_app.command()
def enable(site: SiteFile, name: AccountName, data: DataFolder = None, as_json: AsJson = False) -> None:
    """Enable an account that was disabled."""

    async def act(access: "Access", principal: Principal) -> None:
        await access.accounts.enable(principal, name)

    with_access(site, data, act)
    _report("The account is enabled.", as_json)


@users_app.command()
def remove(
    site: SiteFile,
    name: AccountName,
    erase: Annotated[
        str | None,
        typer.Option("--erase", help="Also erase what the audit log has of it, for this reason, which is kept."),
    ] = None,
    data: DataFolder = None,
    as_json: AsJson = False,
) -> None:
    """Remove an account that was disabled, with all that it logs in by, its tokens and its grants, for good."""

    async def act(access: "Access", principal: Principal) -> str:
        return await access.accounts.remove(principal, name)

    if erase is not None:
        checked_reason(name, erase)
    with_access(site, data, act)
    if erase is None:
        _report("The account is removed. The audit log keeps its entries for as long as the site file says.", as_json)
        return
    count = erased_about(site, data, name, erase)
    _report(f"The account is removed, and {count} entries of the audit log are erased.", as_json)


@users_app.command()
def tie(
    site: SiteFile,
    name: AccountName,
    issuer: Annotated[str, typer.Option("--issuer", help="The provider's address, as in the site file.")],
    subject: Annotated[str, typer.Option("--subject", help="What the provider calls the person: its `sub`.")],
    data: DataFolder = None,
    as_json: AsJson = False,
) -> None:
    """Let an account log in by an identity at a single sign-on provider."""

    async def act(access: "Access", principal: Principal) -> None:
        await access.accounts.tie(principal, name, issuer, subject)

    with_access(site, data, act)
    _report("The identity is tied to the account.", as_json)


@users_app.command()
def untie(
    site: SiteFile,
    name: AccountName,
    issuer: Annotated[str, typer.Option("--issuer", help="The provider's address, as it was tied.")],
    subject: Annotated[str, typer.Option("--subject", help="What the provider calls the person: its `sub`.")],
    data: DataFolder = None,
    as_json: AsJson = False,
) -> None:
    """Take an identity at a single sign-on provider from an account; nothing logs in by it any more."""

    async def act(access: "Access", principal: Principal) -> None:
        await access.accounts.untie(principal, name, issuer, subject)

    with_access(site, data, act)
    _report("The identity is untied from the account.", as_json)


@users_app.command()
def grant(
    site: SiteFile,
    name: AccountName,
    role: Annotated[Role, typer.Argument(help="What the account may be.")],
    group: Annotated[str, typer.Option("--group", help="Camera group of the site file.")] = EVERY_CAMERA,
    days: Annotated[int, typer.Option("--days", min=1, max=366, help="How long it holds.")] = 365,
    start: Annotated[str, typer.Option("--from", help="Day it begins on, UTC, as 2026-12-31; now without it.")] = "",
    data: DataFolder = None,
    as_json: AsJson = False,
) -> None:
    """Propose a role for an account; it holds once the privacy officer has confirmed it."""
    start_ns = _day_ns(start) if start else time.time_ns()

    async def act(access: "Access", principal: Principal) -> Grant:
        end_ns = start_ns + days * DAY_S * NS_PER_S
        return await access.grants.propose(principal, name, role, group, start_ns, end_ns)

    made, _ = with_access(site, data, act)
    if as_json:
        typer.echo(json.dumps(_json_of_grant(made)))
    else:
        typer.echo(f"Grant {made.grant_id} is proposed. It holds once the privacy officer has confirmed it.")


@users_app.command()
def confirm(site: SiteFile, number: GrantNumber, data: DataFolder = None, as_json: AsJson = False) -> None:
    """Confirm the first privacy officer's grant, or any grant of a site of one person; others are on the page."""

    async def act(access: "Access", principal: Principal) -> None:
        await access.grants.confirm(principal, number)

    with_access(site, data, act)
    _report(f"Grant {number} is confirmed.", as_json)


@users_app.command()
def revoke(site: SiteFile, number: GrantNumber, data: DataFolder = None, as_json: AsJson = False) -> None:
    """Take a grant back at once; streams that it let through end within seconds."""

    async def act(access: "Access", principal: Principal) -> None:
        await access.grants.revoke(principal, number)

    with_access(site, data, act)
    _report(f"Grant {number} is taken back.", as_json)


def state_of(grant: Grant, now_ns: int, one_person: bool = False) -> str:
    """Returns `revoked`, `ended`, `waiting` for its confirmation, `alone` where it takes two, `future` or `holds`."""
    if grant.revoked_ns is not None:
        return "revoked"
    if grant.end_ns <= now_ns:
        return "ended"
    if grant.confirmed_by is None:
        return "waiting"
    if not (grant.by_two or one_person):
        return "alone"
    return "holds" if grant.start_ns <= now_ns else "future"


def _day_ns(text: str) -> int:
    try:
        return int(datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC).timestamp()) * NS_PER_S
    except ValueError:
        raise PasserbyError(f"--from: a day such as 2026-12-31 is needed, got {printable(text[:40])!r}") from None


def _show(people: Sequence[Person]) -> None:
    console = Console(highlight=False)
    if not people:
        text = filled("No accounts yet: the one-time link of `passerby link SITE.yaml` enrols the first administrator.")
        console.print(text, markup=False, soft_wrap=True)
        return
    table = Table("account", "logs in by", "grant", "role", "cameras", "until", "state", title="Accounts")
    now_ns = time.time_ns()
    for person in people:
        ways = ", ".join(person.ways) or "nothing yet"
        first = (person.account.name, ways if person.account.enabled else f"disabled ({ways})")
        rows = [
            (
                str(each.grant_id),
                each.role.value,
                each.group,
                utc_minute(each.end_ns),
                state_of(each, now_ns, person.one_person),
            )
            for each in person.grants
        ]
        for number, row in enumerate(rows or [("", "", "", "", "")]):
            table.add_row(*(first if number == 0 else ("", "")), *row)
    console.print(table)


def _json_of(person: Person) -> dict[str, object]:
    account = person.account
    return {
        "name": account.name,
        "enabled": account.enabled,
        "created": utc_time(account.created_ns),
        "ways": person.ways,
        "grants": [_json_of_grant(grant, person.one_person) for grant in person.grants],
    }


def _json_of_grant(grant: Grant, one_person: bool = False) -> dict[str, object]:
    times = {"start": utc_time(grant.start_ns), "end": utc_time(grant.end_ns)}
    plain = {key: value for key, value in asdict(grant).items() if not key.endswith("_ns")}
    return {**plain, **times, "state": state_of(grant, time.time_ns(), one_person)}


def _show_invitation(secret: str, origin: str, as_json: bool) -> None:
    link = f"{origin}/join/{secret}"
    if as_json:
        typer.echo(json.dumps({"invitation": link}))
        return
    typer.echo(f"\nHand this link to the person; it works once, within a day:\n\n    {link}\n")


def _report(sentence: str, as_json: bool) -> None:
    typer.echo(json.dumps({"done": True}) if as_json else sentence)
