"""`passerby fleet`: the machines of a site, and how they join its hub."""

import asyncio
import json
import time
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from passerby.admin.machines import fleet as admin
from passerby.cli.machines import fleet_work
from passerby.cli.options import AsJson, DataFolder, SiteFile
from passerby.domain.errors import PasserbyError
from passerby.domain.fleet import FleetNode, is_connected, trouble_of
from passerby.text import utc_minute, utc_time

fleet_app = typer.Typer(
    help="The machines of a site: make its authority, invite, join, list, revoke; what they do, and upgrades.",
    no_args_is_help=True,
)
for _command in (fleet_work.status, fleet_work.drain, fleet_work.undrain, fleet_work.explain, fleet_work.upgrade):
    fleet_app.command()(_command)
PoolName = Annotated[str, typer.Option("--pool", help="Group of machines to which it belongs.")]
NodeName = Annotated[str, typer.Argument(help="The node's name, such as cabinet-7.")]


@fleet_app.command()
def init(site: SiteFile, data: DataFolder = None, as_json: AsJson = False) -> None:
    """Make the site's authority, which signs the certificates of its machines; once, on the hub."""
    authority = admin.make_authority(site, data)
    if as_json:
        typer.echo(json.dumps({"site": authority.site, "fingerprint": authority.fingerprint.hex()}))
        return
    typer.echo(f"The authority of {authority.site} is made. Its certificate has this SHA-256:\n")
    typer.echo(f"    {authority.fingerprint.hex()}\n")
    typer.echo("Keep a copy of fleet-authority.key and fleet-authority.pem where no one else can read it.")


@fleet_app.command()
def invite(
    site: SiteFile,
    node: NodeName,
    pool: PoolName = "",
    hours: Annotated[int, typer.Option("--hours", min=1, max=24 * 14, help="How long the token holds.")] = 24,
    data: DataFolder = None,
    as_json: AsJson = False,
) -> None:
    """Make a token by which one machine can join under that name, once; an earlier one of the name ends."""
    token = admin.invite(site, data, node, pool, hours)
    if as_json:
        typer.echo(json.dumps({"node": node, "token": token}))
        return
    typer.echo(f"\nOn the machine that is to be {node}, within {hours} h:\n\n    passerby fleet join {token}\n")
    typer.echo("The token is a secret: whoever has it first can join under this name. It is not shown again.")


@fleet_app.command()
def join(
    token: Annotated[str, typer.Argument(help="The token that `passerby fleet invite` printed on the hub.")],
    data: Annotated[Path | None, typer.Option("--data", help="The node's own data folder.")] = None,
    as_json: AsJson = False,
) -> None:
    """Join a site with this machine; its private key is made here and never leaves it."""
    from passerby.fleet.joining import join as join_site
    from passerby.fleet.membership import node_folder

    try:
        member = asyncio.run(join_site(token, node_folder(data)))
    except PasserbyError:
        raise
    except OSError as error:
        raise PasserbyError(
            f"the hub: {error}. Is passerby running there, with `fleet` in its site file, and can TCP get through "
            "to its port? The token still works"
        ) from None
    if as_json:
        found = {"node": member.node, "site": member.site, "folder": str(member.folder)}
        typer.echo(json.dumps({**found, "certificate_end": utc_time(member.end_ns)}))
        return
    typer.echo(f"This machine is node {member.node} of {member.site}. What it keeps is in {member.folder}.")


@fleet_app.command()
def nodes(site: SiteFile, data: DataFolder = None, as_json: AsJson = False) -> None:
    """List the machines that have joined, and the invitations that are open; exit code 1 when one has trouble."""
    found, now_ns = admin.fleet_of(site, data), time.time_ns()
    if as_json:
        invited = [{"node": one.node, "pool": one.pool, "end": utc_time(one.end_ns)} for one in found.invitations]
        typer.echo(json.dumps({"nodes": [_json_of(node, now_ns) for node in found.nodes], "invitations": invited}))
    else:
        _show(found, now_ns)
    if any(trouble_of(node, now_ns) for node in found.nodes):
        raise typer.Exit(1)


@fleet_app.command()
def revoke(site: SiteFile, node: NodeName, data: DataFolder = None, as_json: AsJson = False) -> None:
    """Take a machine's right to connect back; its connections end within two seconds."""
    admin.revoke(site, data, node)
    typer.echo(json.dumps({"done": True}) if as_json else f"Node {node} is revoked.")


@fleet_app.command(name="export")
def export_hub(
    site: SiteFile,
    file: Annotated[Path, typer.Argument(help="A new file for the keys.")],
    data: DataFolder = None,
    as_json: AsJson = False,
) -> None:
    """Write the keys of this hub, encrypted, for a second hub of the site that is to take over from it."""
    code = admin.export_hub(site, data, file)
    if as_json:
        typer.echo(json.dumps({"file": str(file), "code": code}))
        return
    typer.echo(f"The keys are in {file}, encrypted. This code opens them, and is not shown again:\n\n    {code}\n")
    typer.echo(f"On the second machine: passerby fleet import {site} {file.name}")


@fleet_app.command(name="import")
def import_hub(
    site: SiteFile,
    file: Annotated[Path, typer.Argument(help="The file that `passerby fleet export` wrote on the first hub.")],
    code: Annotated[str, typer.Option("--code", help="The code that it printed; without it, it is asked for.")] = "",
    data: DataFolder = None,
    as_json: AsJson = False,
) -> None:
    """Take the keys of the site's first hub on this machine, which is to be its second."""
    names = admin.import_hub(site, data, file, code or typer.prompt("The code", hide_input=True))
    typer.echo(json.dumps({"files": list(names)}) if as_json else f"Taken: {', '.join(names)}. Delete {file} now.")


def _show(found: admin.Fleet, now_ns: int) -> None:
    console = Console(highlight=False)
    table = Table("node", "pool", "connected", "passerby", "certificate until", "trouble", title="Nodes")
    for node in found.nodes:
        last = f"last {utc_minute(node.seen_ns)}" if node.has_connected else "not yet"
        seen = "yes" if is_connected(node, now_ns) else last
        until = utc_minute(node.certificate_end_ns)
        table.add_row(node.name, node.pool, seen, node.program, until, trouble_of(node, now_ns))
    console.print(table if found.nodes else "No machine has joined yet.")
    for one in found.invitations:
        state = f"until {utc_minute(one.end_ns)}" if one.end_ns > now_ns else f"ended {utc_minute(one.end_ns)}"
        console.print(f"Invited: {one.node}, {state}")


def _json_of(node: FleetNode, now_ns: int) -> dict[str, object]:
    return {
        "node": node.name,
        "pool": node.pool,
        "state": node.state.value,
        "connected": is_connected(node, now_ns),
        "seen": utc_time(node.seen_ns),
        "joined": utc_time(node.joined_ns),
        "certificate_end": utc_time(node.certificate_end_ns),
        "clock_off_s": round(node.clock_off_s, 1),
        "program": node.program,
        "trouble": trouble_of(node, now_ns),
    }
