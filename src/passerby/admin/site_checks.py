"""Checks of one site for `passerby doctor`: the file, the model, the extras, the database, the cameras, the port."""

import asyncio
import os
import socket
import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from passerby.admin.extras import extras_findings, extras_needed, missing_modules
from passerby.admin.findings import Finding, fail, ok, warn
from passerby.config.service import ServiceSite
from passerby.domain.errors import AddressRefusedError, ModelError
from passerby.domain.service import CameraPlan, SitePlan
from passerby.domain.sources import SourceKind
from passerby.engine.service_folder import ServiceFolder, is_running, read_status
from passerby.ingest.detectors.registry import DEFAULT_MODEL, FileState, known_models, model_state
from passerby.ports import StoreError
from passerby.sandbox.connection_broker import AllowList, connect

CONNECT_S = 3.0
AT_ONCE = 16
_DATABASE_S = 10.0


def site_findings(service: ServiceSite, folder: ServiceFolder) -> Iterator[Finding]:
    """Yields the findings about one site; no picture is fetched from any camera."""
    plan = service.plan
    cameras = len(plan.cameras)
    yield ok("site file", f"{plan.name}: {cameras} camera{'s' if cameras != 1 else ''} to run")
    for warning in service.warnings:
        yield warn("site file", warning, "Give it a source, or take the camera away")
    yield from map(plain_secret_finding, service.in_plain)
    yield _time_zone(plan)
    yield model_finding(plan.detector.model)
    yield from extras_findings(plan)
    if not any(missing_modules(extra) for extra in extras_needed(plan)):
        yield database_finding(plan, folder)
        yield from password_findings(service, folder)
        if "postgresql" in extras_needed(plan):
            yield _backup_programs()
    yield port_finding(plan.server.host, plan.server.port, running=is_running(folder))
    yield from map(register_finding, plan.cameras)
    yield from (rules_finding(camera) for camera in plan.cameras if camera.rules)
    yield from burden_findings(folder)
    allowed = AllowList.of(plan.networks)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        yield from pool.map(lambda camera: camera_finding(camera, allowed), plan.cameras)


def burden_findings(folder: ServiceFolder) -> Iterator[Finding]:
    """Yields the rules that raise too many alarms, as the service that runs has found."""
    found = (read_status(folder) or {}).get("burden") if is_running(folder) else None
    for sentence in found if isinstance(found, list) else ():
        yield warn("alarms", str(sentence), "Raise its threshold or hold time, or try it with silent: true")


def _time_zone(plan: SitePlan) -> Finding:
    try:
        ZoneInfo(plan.time_zone)
    except (KeyError, ValueError, OSError):
        why = f"{plan.time_zone} is not in this machine's time zone database"
        return fail("time zone", why, "apt-get install tzdata")
    if plan.time_zone == "UTC":
        return warn("time zone", "days begin at midnight UTC", "Set site.time_zone if the place is elsewhere")
    return ok("time zone", f"days begin at midnight in {plan.time_zone}")


def model_finding(model: str | None) -> Finding:
    """Checks that the detector's file is there and is what it should be."""
    known = next((each for each in known_models() if each.name == (model or DEFAULT_MODEL)), None)
    if known is None:
        path = Path(model or "")
        if path.is_file():
            return ok("detector", f"{path} is there; it is a file of your own, so its checksum is not known")
        return fail("detector", f"{path} is not there", "`passerby models` lists the names that are known")
    try:
        state = model_state(known).state
    except ModelError as error:
        return fail("detector", str(error), "See `passerby models`")
    if state is FileState.READY:
        return ok("detector", f"{known.name} is there and undamaged")
    do = "Install passerby again" if known.shipped else f"`passerby models fetch {known.name}`, or import it"
    return fail("detector", f"the file of {known.name} is {state.value}", do)


def _backup_programs() -> Finding:
    from passerby.store.backup.programs import path_of

    try:
        for program in ("pg_dump", "pg_restore", "psql"):
            path_of(program)
    except StoreError as error:
        return warn(
            "backup",
            f"`passerby backup SITE.yaml --out FOLDER` cannot work: {error}",
            "apt-get install postgresql-client",
        )
    return ok("backup", "PostgreSQL's own programs for it are there")


def database_finding(plan: SitePlan, folder: ServiceFolder) -> Finding:
    """Checks that the database answers and has tables that this software knows; nothing in it is changed."""
    url = folder.store_url(plan.store_url)
    path = Path(url.removeprefix("sqlite:///"))
    if url.startswith("sqlite:///") and not path.exists():
        return ok("database", f"{path} is not there yet and will be made")
    try:
        return asyncio.run(asyncio.wait_for(_database(url), _DATABASE_S))
    except TimeoutError:
        return fail("database", f"no answer within {_DATABASE_S:.0f} s", "Is the server up, and the way to it open?")
    except StoreError as error:
        return fail("database", str(error), "Mend the database, or the `store` of the site file")


async def _database(url: str) -> Finding:
    # Loaded here: these take a quarter of a second, and are there only with the extras of a service.
    import sqlalchemy as sa
    from alembic.script import ScriptDirectory

    from passerby.store.audit_log.reading import last_head
    from passerby.store.migration import VERSION_TABLE, settings
    from passerby.store.opening import backend_of

    backend = backend_of(url)
    try:
        async with backend.failures.reported("looking at the store"), backend.reading() as connection:
            tables = await connection.run_sync(lambda each: sa.inspect(each).get_table_names())
            found: Any = None
            current = ScriptDirectory.from_config(settings()).get_current_head()
            broken = ""
            if VERSION_TABLE in tables:
                asked = sa.select(sa.column("version_num", sa.String)).select_from(sa.table(VERSION_TABLE))
                found = (await connection.execute(asked)).scalar_one_or_none()
                broken = (await last_head(connection)).fault if found == current else ""
    finally:
        await backend.close()
    place = backend.failures.place
    scripts = ScriptDirectory.from_config(settings())
    if found is None:
        return ok("database", f"{place} answers and is empty; its tables will be made")
    if broken:
        do = (
            "`passerby audit verify SITE.yaml` names the entries, `passerby audit renew SITE.yaml "
            "--why WHY` begins a new log"
        )
        return fail("database", f"{place}: the audit log is broken: {broken}", do)
    if found == current:
        return ok("database", f"{place} answers, its tables are of revision {found}")
    if found in {script.revision for script in scripts.walk_revisions()}:
        do = "Back it up; the next start brings it up to date"
        return warn("database", f"{place} is older (revision {found}) than this passerby", do)
    return fail("database", f"{place} was written by a newer passerby (revision {found})", "Install the newer one")


def plain_secret_finding(key: str) -> Finding:
    """Returns the warning of a secret that stands in the site file in plain text."""
    why = f"{key} is a secret in plain text: everyone who reads the file, or a copy of it, has it"
    if key == "store.url":
        return warn(
            "site file", why, "Put the URL into the environment or a systemd credential, and name it with url_from"
        )
    do = (
        "`passerby secrets take SITE.yaml` keeps it encrypted and takes it out of the file, "
        "`passerby apply SITE.yaml` then runs that; or name its variable with password_from"
    )
    return warn("site file", why, do)


def password_findings(service: ServiceSite, folder: ServiceFolder) -> Iterator[Finding]:
    """Yields whether the cameras' encrypted passwords can be opened."""
    from passerby.camera_secrets.errors import CameraSecretError
    from passerby.camera_secrets.keeper import CameraPasswords

    read = CameraPasswords(folder.path, os.environ).read(withheld=True)
    for camera in service.plan.cameras:
        if camera.name in service.own_passwords or not camera.source.user:
            continue
        try:
            read.password(camera.name, camera.source)
        except CameraSecretError as error:
            yield fail(f"password {camera.name}", str(error), "Nothing, if systemd gives the key to the service alone")


def port_finding(host: str, port: int, *, running: bool) -> Finding:
    """Checks that the port of the API and the page is free, or ours."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        if running:
            return ok("port", f"{host} port {port} is served by the passerby that runs")
        why = f"{host} port {port} cannot be served: {error.strerror}"
        return fail("port", why, "Stop what holds it, or set server.port to another one")
    return ok("port", f"{host} port {port} is free")


def register_finding(camera: CameraPlan) -> Finding:
    """Checks that a camera's record in the register is complete; without it the camera does not run."""
    name, registration = f"register {camera.name}", camera.registration
    if registration.record is None:
        why = f"not registered, so it will not run; missing: {', '.join(registration.gaps)}"
        return fail(
            name, why, f"`passerby register draft SITE.yaml` writes what is known; fill cameras.{camera.name}.register"
        )
    if registration.record.waits_for:
        why = f"operational events are on and wait for {', '.join(registration.record.waits_for)}"
        return warn(name, why, "Have the people named in the impact assessment fill them in, or switch events off")
    if not registration.runs:
        why = f"{registration.why}, so it will not run"
        return warn(name, why, "Take `paused` away, or switch a tier on, when it is to run again")
    return ok(name, "its record is complete")


def rules_finding(camera: CameraPlan) -> Finding:
    """Checks that a camera's place-safety rules run; they do only where the register has operational events for it."""
    name, number = f"rules {camera.name}", len(camera.rules)
    counted = "its rule" if number == 1 else f"its {number} rules"
    if why := camera.registration.why_no_events:
        do = f"Complete cameras.{camera.name}.register.operational_events, or take the rules away"
        return warn(name, f"{counted} will not run: {why}", do)
    return ok(name, f"{counted} {'is' if number == 1 else 'are'} watched")


def camera_finding(camera: CameraPlan, allowed: AllowList) -> Finding:
    """Checks that a camera's address is known, allowed, and answers; nothing is asked of the camera."""
    name, source = f"camera {camera.name}", camera.source
    if not source.networked:
        return _local_finding(name, source.file or Path(), usb=source.kind is SourceKind.USB)
    if source.authority is not None and not os.access(source.authority, os.R_OK):
        return fail(name, f"the certificates {source.authority} cannot be read", "Name a file that this account reads")
    try:
        connect(source, allowed, within_s=CONNECT_S).close()
    except AddressRefusedError as error:
        return fail(name, str(error), "Otherwise correct the address")
    except OSError as error:
        why = error.strerror or type(error).__name__
        return fail(name, f"{source.shown}: {why}", "Is it switched on, and is the way to it open?")
    if source.user and not source.kind.encrypted:
        return ok(name, f"{source.shown} answers; its password and pictures travel unencrypted")
    return ok(name, f"{source.shown} answers")


def _local_finding(name: str, path: Path, *, usb: bool) -> Finding:
    try:
        mode = path.stat().st_mode
    except OSError as error:
        return fail(name, f"{path}: {error.strerror}", "Correct the path" if not usb else "Is the camera plugged in?")
    if not os.access(path, os.R_OK):
        do = "Put this account into the group video" if usb else "Give this account the right to read it"
        return fail(name, f"{path} may not be read", do)
    if usb and not stat.S_ISCHR(mode):
        return fail(name, f"{path} is no device", "Name the device file of the camera, such as /dev/video0")
    if not usb and not stat.S_ISREG(mode):
        return fail(name, f"{path} is no file", "Name a recording")
    return ok(name, f"{path} is there")
