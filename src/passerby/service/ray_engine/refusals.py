"""What keeps a site's cameras from being placed by Ray, found before anything is started."""

import os
from collections.abc import Mapping
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

from passerby.config.service import load_service
from passerby.domain.errors import PasserbyError, SiteFileError
from passerby.domain.service import SitePlan
from passerby.fleet.ray_cluster import RayAddress, check_environment, ray_address


def cluster_address(plan: SitePlan, environment: Mapping[str, str]) -> RayAddress:
    """Returns where the head of the site's cluster listens.

    Raises:
        PasserbyError: the site file names none.
    """
    if plan.fleet is None or not plan.fleet.ray:
        raise PasserbyError(
            "fleet.ray: the site file names no Ray cluster. Write the host and port of its head, such as "
            "`fleet: {address: hub.example.org:8443, ray: head.example.org:6379}`, or run without --engine ray"
        )
    return ray_address(f"ray://{plan.fleet.ray}", environment)


def check_site(site: Path) -> None:
    """Checks a site file's cluster; one with faults is left to who reads it for running.

    Raises:
        PasserbyError: as `check_cluster`.
    """
    with suppress(SiteFileError):
        check_cluster(load_service(site, os.environ).plan, os.environ)


def cluster_notes(site: Path, environment: Mapping[str, str]) -> tuple[str, ...]:
    """Returns why `passerby run --engine ray` would refuse a site here, each one sentence; nothing is asked for it.

    Args:
        site: a site file that has no fault.
        environment: of this process; that of the service may be another.
    """
    try:
        check_cluster(load_service(site, environment, passwords=False).plan, environment)
    except PasserbyError as refused:  # where the database's address is not known here, that is the reason
        return tuple(f"`--engine ray` would be refused here: {fault}" for fault in str(refused).splitlines())
    return ()


def check_cluster(plan: SitePlan, environment: Mapping[str, str]) -> None:
    """Checks all that can be known of a site and this process without asking the cluster.

    Raises:
        PasserbyError: its cameras cannot be placed by Ray; all faults at once, one a line.
    """
    faults = []
    if find_spec("ray") is None:
        faults.append("--engine ray: Ray is not installed here: pip install 'passerby[fleet]'")
    if not (plan.store_url or "").startswith("postgresql"):
        faults.append(
            "store: `--engine ray` needs PostgreSQL, and this site's results are stored in SQLite: leases have to "
            "outlive the hub's machine. Name a database under `store.url_from`"
        )
    try:
        check_environment(cluster_address(plan, environment), environment)
    except PasserbyError as error:
        faults.append(str(error))
    if faults:
        raise PasserbyError("\n".join(faults))
