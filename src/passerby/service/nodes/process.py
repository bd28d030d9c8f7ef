"""A node's link process: in the place of a hub's process, it keeps the line to the hub, which is on another machine."""

import asyncio
import os
import sys
from pathlib import Path

from passerby.domain.errors import PasserbyError
from passerby.domain.service import SitePlan
from passerby.engine.service_folder import PRIVATE_UMASK, ServiceFolder
from passerby.fleet.hub_connection import HubConnection
from passerby.fleet.identity import NodeIdentity
from passerby.fleet.membership import Membership, write_addresses
from passerby.fleet.tls_streams import Streams
from passerby.fleet.uplink import Bandwidth, Uplink
from passerby.messages.supervision_messages import AppliedConfiguration, FromSupervisor, HubStatus
from passerby.sandbox.limits import forbid_dumps
from passerby.service.nodes.held_part import HeldPart
from passerby.service.nodes.link import NodeLink
from passerby.service.nodes.work import work_report
from passerby.service.supervised_process import SupervisorLink, stop_at_signals
from passerby.telemetry.logs import Redaction, configure_logs, get_log
from passerby.units import HOUR_S

STATUS_S = 2.0


async def work(data: Path, redaction: Redaction, supervisor: SupervisorLink) -> None:
    """Works until the supervisor sends a signal, or is gone.

    Raises:
        PasserbyError: this machine belongs to no site.
    """
    stop = asyncio.Event()
    stop_at_signals(stop)
    membership = Membership.read(data)
    NodeIdentity.write(data, membership)
    hub, bandwidth = HubConnection(data), Bandwidth()

    async def connect() -> Streams:
        streams = await hub.connect()
        bandwidth.bytes_per_s = hub.bytes_per_s
        return streams

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await Uplink(bandwidth).carry(reader, writer)

    def applied(plan: SitePlan) -> None:
        redaction.hide(plan.secrets)
        if plan.fleet is not None and plan.fleet.addresses != Membership.read(data).addresses:
            write_addresses(data, plan.fleet.addresses)
        names = tuple(camera.name for camera in plan.running_on(membership.node))
        supervisor.send(AppliedConfiguration(names, plan.cameras_per_worker))

    held = HeldPart(data, membership.site, membership.node, membership.verify)
    link = NodeLink(data, held, connect, applied, carry, lambda: work_report(ServiceFolder(data)), hub.elsewhere)

    async def receive() -> None:
        try:
            await supervisor.receive(_nothing_to_do)
        finally:
            stop.set()

    async def report() -> None:
        while True:
            away = f"the hub cannot be reached: {link.fault}" if link.fault else ""
            supervisor.send(HubStatus((), away, link.problem))
            await asyncio.sleep(STATUS_S)

    async def renew() -> None:
        while True:
            try:
                if await hub.renew_when_due():
                    get_log().info("the node has a new certificate")
            except (OSError, PasserbyError) as fault:
                get_log().warning("the node's certificate is not renewed yet; tried again", why=str(fault))
            await asyncio.sleep(HOUR_S)

    tasks = [asyncio.create_task(each()) for each in (receive, link.run, report, renew)]
    await stop.wait()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def _nothing_to_do(_message: FromSupervisor) -> None:
    """Takes what is meant for a hub: a site file to be read again, a link to the page to be made anew."""


def main() -> int:
    """`python -m passerby.service.nodes.process DATA`."""
    data = Path(sys.argv[1])
    os.umask(PRIVATE_UMASK)
    forbid_dumps()
    link = SupervisorLink()
    redaction = configure_logs("link")
    try:
        asyncio.run(work(data, redaction, link))
    except PasserbyError as fault:
        get_log().error("the node cannot reach its hub", why=str(fault))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
