"""Runs a service: this process supervises the others, and does nothing else."""

import asyncio
import errno
import os
import signal
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from enum import Enum
from pathlib import Path

from passerby.config.texts.site_storage import applied_file, folder_of
from passerby.domain.errors import OutputError, SiteFileError
from passerby.domain.service import ServerPlan, SitePlan
from passerby.engine.service_folder import (
    HUB_SOCKET,
    LINK_FILE,
    LOCK_FILE,
    MAX_PATH_LETTERS,
    PID_FILE,
    PRIVATE_UMASK,
    service_folder,
)
from passerby.files import locked_file, write_private
from passerby.sandbox.limits import forbid_dumps
from passerby.service.plans import ReadSite, published_plan, read_site
from passerby.service.supervised_process import module_command, stop_at_signals
from passerby.service.supervisor import Supervisor
from passerby.telemetry.logs import configure_logs, get_log

HUB = "passerby.service.hub_process"
WORKER = "passerby.service.worker_process"
RAY_ENGINE = "passerby.service.ray_engine.process"


class Engine(Enum):
    """Where the workers run of cameras that name no node: as processes of this machine, or wherever Ray places them."""

    LOCAL = "local"
    RAY = "ray"


def run_service(
    site: Path,
    data: Path | None = None,
    on_link: Callable[[str], None] = lambda _link: None,
    engine: Engine = Engine.LOCAL,
) -> None:
    """Runs the service of a site file until it gets a signal to stop.

    Args:
        site: the site file.
        data: folder for everything that is written, None for the site's own or the system's.
        on_link: called with the one-time link to the page.
        engine: where the workers of cameras run that name no node.

    Raises:
        SiteFileError: the site file has faults, and no earlier one has ever run.
        OutputError: the data folder cannot be used, another service uses it, or another program has the port.
    """
    os.umask(PRIVATE_UMASK)
    forbid_dumps()
    redaction = configure_logs("supervisor")
    read, folder = _read(site, data)
    with locked(folder):
        if read is not None:
            # A hub that cannot listen is started again and again, and there is no page on which that could be seen.
            check_port(read.service.plan.server)
        plan = _published(site, folder, read)
        del read
        redaction.hide(plan.secrets if plan else ())
        asyncio.run(_supervise(site.absolute(), folder, plan, on_link, engine))


def check_port(server: ServerPlan) -> None:
    """Looks whether another program listens at the port, before any process is started.

    What may mend itself, such as a network that is not up yet, is left to the hub, which is started again and again.

    Raises:
        OutputError: one does.
    """
    family = socket.AF_INET6 if ":" in server.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((server.host, server.port))
        except OSError as fault:
            if fault.errno == errno.EADDRINUSE:
                raise OutputError(server.cannot_listen(fault.strerror)) from None


def _read(site: Path, data: Path | None) -> tuple[ReadSite | None, Path]:
    """Returns the site file and the data folder; a file with faults never stops what ran before, and gives None."""
    try:
        read = read_site(site, os.environ)
    except SiteFileError as faults:
        before = folder_of(site, data).path.absolute()
        if not applied_file(before).exists():
            raise
        get_log().error("the site file has faults; the last good one runs", why=str(faults))
        return None, before
    for warning in read.service.warnings:
        get_log().warning("site file", why=warning)
    return read, made(service_folder(read.service.plan.name, read.service.plan.data, data).path)


def _published(site: Path, folder: Path, read: ReadSite | None) -> SitePlan | None:
    """Returns what runs at once, also while the database does not answer: what the register says already.

    None at the first start, and where a new passerby may measure otherwise: the cameras then wait for the hub, which
    publishes first. So does every change of the site file.
    """
    try:
        return published_plan(site, folder, os.environ, read=read)
    except SiteFileError as why:
        get_log().info("no camera starts until the register is published", why=str(why))
        return None


def made(folder: Path) -> Path:
    """Returns the data folder, made where it is missing; only its owner can read it.

    Raises:
        OutputError: it cannot be made, or its path is too long.
    """
    folder = folder.absolute()
    if len(str(folder)) > MAX_PATH_LETTERS:
        raise OutputError(f"{folder}: this path is too long for a socket in it. Choose a shorter one with --data.")
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as fault:
        raise OutputError(
            f"{folder}: the data folder cannot be made: {fault.strerror}. Choose one with --data."
        ) from None
    if not os.access(folder, os.W_OK | os.X_OK):
        raise OutputError(
            f"{folder}: the data folder cannot be written to. Change its owner, or choose one with --data."
        )
    return folder


async def _supervise(
    site: Path, folder: Path, plan: SitePlan | None, on_link: Callable[[str], None], engine: Engine
) -> None:
    words, clustered = (str(site), str(folder)), engine is Engine.RAY
    supervisor = Supervisor(
        folder,
        module_command(HUB, *words, *([engine.value] if clustered else [])),
        lambda name: module_command(WORKER, name, *words),
        on_link,
        engine_command=module_command(RAY_ENGINE, *words) if clustered else (),
    )
    running = plan.running_on("") if plan and not clustered else ()
    await supervise(supervisor, [camera.name for camera in running], plan.cameras_per_worker if plan else 1)


async def supervise(supervisor: Supervisor, cameras: Sequence[str], each: int) -> None:
    """Runs a supervisor until this process gets a signal to stop.

    Args:
        supervisor: the supervisor.
        cameras: names of the cameras that run at once.
        each: most cameras that one worker holds.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    stop_at_signals(stop)
    loop.add_signal_handler(signal.SIGHUP, supervisor.reload)
    loop.add_signal_handler(signal.SIGUSR1, supervisor.renew_link)
    await supervisor.run(cameras, each, stop)


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Holds the folder's lock: one service a folder; the lock ends with the process, however that ends.

    Raises:
        OutputError: another one runs.
    """
    with ExitStack() as held:
        try:
            held.enter_context(locked_file(folder / LOCK_FILE))
        except BlockingIOError:
            raise OutputError(
                f"{folder}: another passerby runs with this data folder already. End it, or choose another with --data."
            ) from None
        write_private(folder / PID_FILE, f"{os.getpid()}\n")
        # One that a killed service has left is not of this one.
        (folder / LINK_FILE).unlink(missing_ok=True)
        try:
            yield
        finally:
            for name in (PID_FILE, LINK_FILE, HUB_SOCKET):
                (folder / name).unlink(missing_ok=True)
