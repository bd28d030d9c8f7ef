"""`passerby fleet status`, `drain`, `undrain`, `explain` and `upgrade`: the machines of a site at work."""

import json
import time
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from passerby.admin.machines import fleet_work as admin
from passerby.admin.machines.fleet_upgrade import upgrade_site
from passerby.cli.hints import filled
from passerby.cli.options import AsJson, DataFolder, SiteFile
from passerby.domain.errors import PasserbyError
from passerby.text import duration, utc_time
from passerby.units import MINUTE_S

LOOK_S = 2.0
NodeName = Annotated[str, typer.Argument(help="The node's name, such as cabinet-7.")]


def status(site: SiteFile, data: DataFolder = None, as_json: AsJson = False) -> None:
    """Show what each machine of the site does; exit code 1 when one is not well."""
    machines = admin.seen(site, data).machines()
    if as_json:
        typer.echo(json.dumps({"machines": [_json_of(one) for one in machines]}))
    else:
        _show(machines)
    if not all(one.well for one in machines):
        raise typer.Exit(1)


def drain(
    site: SiteFile,
    node: NodeName,
    wait: Annotated[float, typer.Option("--wait", min=0, max=1440, help="Minutes to wait until it is empty.")] = 0.0,
    data: DataFolder = None,
    as_json: AsJson = False,
) -> None:
    """Have a machine watch no camera and deliver what it measured, so that it can be turned off; see `undrain`."""
    before = admin.seen(site, data)
    stay = [] if before.nodes.get(node) is None else [one.name for one in before.plan.running_on(node)]
    elsewhere = before.placed_on(node)
    admin.drain(site, data, node)
    empty = _until_empty(site, data, node, wait * MINUTE_S)
    if as_json:
        typer.echo(json.dumps({"done": True, "unwatched": stay, "elsewhere": list(elsewhere), "empty": empty}))
    else:
        typer.echo(f"Node {node} watches no camera from now on.")
        if stay:
            typer.echo(
                f"Nothing else watches those that name it in the site file, until `undrain`: {', '.join(stay)}. "
                "To have another node watch them, change their `node` there."
            )
        if elsewhere:
            typer.echo(f"The cluster places the workers of these elsewhere, if there is room: {', '.join(elsewhere)}.")
        if empty:
            typer.echo("The hub has all that it measured: it can be turned off.")
        else:
            ask = filled("`passerby fleet status SITE.yaml`")
            typer.echo(f"What it measured is being delivered. {ask} says when it is empty and can be turned off.")
    if wait and not empty:
        raise PasserbyError(
            f"node {node}: it was not empty within {duration(wait * MINUTE_S)}. It goes on delivering; is it connected?"
        )


def undrain(site: SiteFile, node: NodeName, data: DataFolder = None, as_json: AsJson = False) -> None:
    """Have a machine that was drained watch its cameras again."""
    admin.undrain(site, data, node)
    typer.echo(json.dumps({"done": True}) if as_json else f"Node {node} may watch cameras again.")


def explain(
    site: SiteFile,
    camera: Annotated[str, typer.Argument(help="The camera's name in the site file.")],
    data: DataFolder = None,
    as_json: AsJson = False,
) -> None:
    """Explain which machine watches a camera, why that one, and what keeps it from being watched."""
    found = admin.seen(site, data).explained(camera)
    if as_json:
        lease = found.lease
        held = (
            {} if lease is None else {"worker": lease.worker, "lease": lease.number, "since": utc_time(lease.since_ns)}
        )
        place = found.node if lease is None else lease.node
        sentences = {"reasons": list(map(filled, found.reasons)), "troubles": list(map(filled, found.troubles))}
        typer.echo(json.dumps({"camera": found.camera, "machine": place or admin.HUB, **held, **sentences}))
        return
    for sentence in found.reasons:
        typer.echo(filled(sentence))
    for sentence in found.troubles or ("Nothing is wrong with it.",):
        typer.echo(filled(sentence))


def upgrade(
    site: SiteFile,
    command: Annotated[
        str,
        typer.Option(
            "--run",
            help="Command that installs this release on {node} and starts it again, such as "
            "'ssh {node} sudo passerby-upgrade'; without it a person does, and this waits.",
        ),
    ] = "",
    wait: Annotated[float, typer.Option("--wait", min=0.1, max=1440, help="Minutes for each step.")] = 15.0,
    data: DataFolder = None,
    as_json: AsJson = False,
) -> None:
    """Upgrade machine by machine to the hub's release; stop at the first that is not well."""
    steps: list[str] = []

    def report(step: str) -> None:
        steps.append(step)
        if not as_json:
            typer.echo(step)

    done = upgrade_site(site, data, command, wait * MINUTE_S, report)
    if as_json:
        typer.echo(json.dumps({"upgraded": list(done), "steps": steps}))
    else:
        typer.echo("All machines have the hub's version." if not done else f"Upgraded: {', '.join(done)}.")


def _until_empty(site: SiteFile, data: DataFolder, node: str, wait_s: float) -> bool:
    end_s = time.monotonic() + wait_s
    while True:
        known = admin.seen(site, data).nodes.get(node)
        if known is not None and known.is_empty:
            return True
        if time.monotonic() >= end_s:
            return False
        time.sleep(LOOK_S)


def _show(machines: tuple[admin.Machine, ...]) -> None:
    console = Console(highlight=False)
    table = Table(
        "machine", "pool", "connected", "passerby", "cameras", "measuring", "waiting", "state", title="Machines"
    )
    for one in machines:
        state = "" if not one.drained else "empty: can be turned off" if one.node and one.node.is_empty else "drained"
        table.add_row(
            one.name,
            one.node.pool if one.node else "",
            "yes" if one.connected else "no",
            one.program,
            str(len(one.cameras)),
            str(one.watching),
            "" if one.outbox_rows is None else str(one.outbox_rows),
            filled("; ".join(filter(None, (state, one.trouble)))),
        )
    console.print(table)


def _json_of(one: admin.Machine) -> dict[str, object]:
    node = one.node
    return {
        "machine": one.name,
        "pool": node.pool if node else "",
        "state": node.state.value if node else "",
        "connected": one.connected,
        "program": one.program,
        "cameras": list(one.cameras),
        "measuring": one.watching,
        "outbox_rows": one.outbox_rows,
        "clock_off_s": round(node.clock_off_s, 1) if node else 0.0,
        "drained": one.drained,
        "empty": node.is_empty if node else False,
        "trouble": filled(one.trouble),
    }
