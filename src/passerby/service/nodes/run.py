"""Runs a node: this process supervises the link process and the workers, and does nothing else."""

import asyncio
import os
from pathlib import Path
from typing import Final

from passerby.domain.errors import SiteFileError
from passerby.domain.service import SitePlan
from passerby.engine.service_folder import PRIVATE_UMASK
from passerby.fleet.membership import Membership, node_folder
from passerby.sandbox.limits import forbid_dumps
from passerby.service.nodes.held_part import HeldPart, site_of
from passerby.service.plans import published_plan
from passerby.service.run import WORKER, locked, made, supervise
from passerby.service.supervised_process import module_command
from passerby.service.supervisor import Supervisor
from passerby.telemetry.logs import configure_logs, get_log

LINK: Final = "passerby.service.nodes.process"


def run_node(data: Path | None = None) -> None:
    """Runs the cameras of a node, with or without its hub.

    Args:
        data: folder for everything that is written, None for the system's.

    Raises:
        PasserbyError: this machine belongs to no site.
        OutputError: the data folder cannot be used, or another service uses it.
    """
    os.umask(PRIVATE_UMASK)
    forbid_dumps()
    redaction = configure_logs("supervisor")
    folder = made(node_folder(data))
    membership = Membership.read(folder)
    with locked(folder):
        plan = _held(folder, membership)
        redaction.hide(plan.secrets if plan else ())
        site = str(site_of(folder))
        supervisor = Supervisor(
            folder,
            module_command(LINK, str(folder)),
            lambda name: module_command(WORKER, name, site, str(folder)),
            hub_name="link",
        )
        cameras = [camera.name for camera in plan.running_on(membership.node)] if plan else []
        asyncio.run(supervise(supervisor, cameras, plan.cameras_per_worker if plan else 1))


def _held(folder: Path, membership: Membership) -> SitePlan | None:
    """Returns what runs at once, also while the hub cannot be reached: the part of the site file that came last."""
    held = HeldPart(folder, membership.site, membership.node, membership.verify)
    if not held.start():
        get_log().info("no camera starts until the hub has sent this node its part of the site file")
        return None
    try:
        return published_plan(site_of(folder), folder, os.environ)
    except SiteFileError as why:
        get_log().error("the part of the site file that is held does not run; the hub is asked for it", why=str(why))
        return None
