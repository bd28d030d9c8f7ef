"""`passerby doctor`: checks everything that a service needs, before something is missed."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from passerby.admin.checks.machine_checks import machine_findings
from passerby.admin.findings import Finding, fail, warn
from passerby.admin.site_checks import site_findings
from passerby.config.service import ServiceSite, load_service
from passerby.domain.errors import SiteFileError
from passerby.engine.service_folder import service_folder


def examine(site: Path, data: Path | None = None) -> Iterator[Finding]:
    """Yields each finding as it is made; the machine is checked also when the site file has faults.

    Args:
        site: the site file.
        data: the data folder, where the site file does not name it.
    """
    service: ServiceSite | None = None
    faults: tuple[str, ...] = ()
    try:
        service = load_service(site, os.environ)
    except SiteFileError as error:
        faults = error.faults
        with contextlib.suppress(SiteFileError):
            service = load_service(site, os.environ, passwords=False)
    plan = service.plan if service is not None else None
    folder = service_folder(plan.name if plan else "site", plan.data if plan else None, data)
    yield from machine_findings(folder.path)
    for fault in faults:
        if service is None:
            yield fail("site file", fault, "Correct it; `passerby check SITE.yaml` explains it")
        else:  # only a password is missing here, which the service's own environment may hold
            yield warn("site file", fault, "Nothing is to be done if the service gets it elsewhere, as from systemd")
    if service is not None:
        yield from site_findings(service, folder)
