"""A PostgreSQL server of our own: from Debian's binaries, in a temporary folder, gone at the end."""

import os
import pwd
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from testing.servers.programs import FETCHED, LIBRARIES

INSTALLED = Path("/usr/lib/postgresql/15/bin")
BINARIES = Path(
    os.environ.get("PASSERBY_POSTGRESQL_BIN")
    or (INSTALLED if INSTALLED.exists() else FETCHED / INSTALLED.relative_to("/"))
)
OWN_LIBRARIES = LIBRARIES if FETCHED in BINARIES.parents else ""
PASSWORD = "S3cret-of-the-tests"

PATIENCE_S = 300
"""Of a machine that does much else meanwhile."""

QUICK = "-c fsync=off -c shared_buffers=32MB"
"""Settings for tests: the folder holds nothing worth a sync, and nobody should wait for the disk."""


def missing() -> str | None:
    """Why there can be no server here, or None."""
    absent = [name for name in ("initdb", "postgres", "pg_ctl") if not (BINARIES / name).exists()]
    if absent:
        return f"no {', '.join(absent)} in {BINARIES}: install postgresql, or set PASSERBY_POSTGRESQL_BIN"
    if os.geteuid() == 0 and _unprivileged() is None:
        return "PostgreSQL refuses to run as root, and there is no user `nobody` or `postgres` to run it as"
    return None


class Server:
    """One server; `url` is its URL with a hole for the database's name, with a password.

    Args:
        socket: a short path, since the kernel allows a socket's path 107 characters; made here.
        cluster: where its files go; its folder must be writable for the user that it runs as.
        log: what its commands say.
        settings: options of `postgres`.
    """

    def __init__(self, socket: Path, cluster: Path, log: Path, settings: str = QUICK) -> None:
        self.url = f"postgresql://passerby:{PASSWORD}@/{{database}}?host={socket}"
        self._user = _unprivileged() if os.geteuid() == 0 else None
        self._socket, self._cluster, self._log = socket, cluster, log
        self._lock = cluster / "postmaster.pid"
        self._settings = f"-c listen_addresses='' -c unix_socket_directories={socket} {settings}"

    def make(self) -> None:
        """Makes the cluster."""
        secret = self._socket / "password"
        secret.write_text(PASSWORD, encoding="utf-8")
        for path in (self._socket, secret):
            give(path)
        own = ("-U", "passerby", "-A", "scram-sha-256", f"--pwfile={secret}", "-N")
        self._run("initdb", "-D", str(self._cluster), *own)

    def start(self) -> None:
        """Starts it; returns when it answers."""
        self._control("-l", str(self._socket / "server.log"), "-o", self._settings, "start")

    def stop(self) -> None:
        """Stops it at once, by request."""
        self._control("-m", "immediate", "stop")

    @property
    def pid(self) -> int:
        """Of its first process, which starts the others."""
        return int(self._lock.read_text().split("\n", 1)[0])

    def kill(self) -> None:
        """Ends all its processes as a power cut would; returns when they are gone."""
        first = self.pid
        # Held first, so that it makes no more of them meanwhile.
        os.kill(first, signal.SIGSTOP)
        all_of_it = [first, *map(int, Path(f"/proc/{first}/task/{first}/children").read_text().split())]
        for pid in all_of_it:
            os.kill(pid, signal.SIGKILL)
        while any(_alive(pid) for pid in all_of_it):
            time.sleep(0.01)
        # Where nobody has taken note of its end yet it still has a number, and the next would take it for running.
        for left in (self._lock, *self._socket.glob(".s.PGSQL.*")):
            left.unlink()

    def _control(self, *arguments: str) -> None:
        self._run("pg_ctl", "-D", str(self._cluster), "-w", "-t", str(PATIENCE_S), *arguments)

    def _run(self, *command: str) -> None:
        user = self._user
        with self._log.open("ab") as log:
            subprocess.run(
                [str(BINARIES / command[0]), *command[1:]],
                check=True,
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                cwd=self._socket,
                user=None if user is None else user.pw_uid,
                group=None if user is None else user.pw_gid,
                extra_groups=None if user is None else [],
                env={"LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin", "LD_LIBRARY_PATH": OWN_LIBRARIES},
                timeout=PATIENCE_S + 30,
            )


@contextmanager
def serving(folder: Path, *, cluster: Path | None = None, settings: str = QUICK) -> Iterator[Server]:
    """A server that runs, and that may be stopped and started within; gone at the end.

    Args:
        folder: for the log of its commands.
        cluster: where its files go, None for a folder below /tmp.
        settings: options of `postgres`.
    """
    number = 0
    while (socket := Path("/tmp") / f"passerby-{os.getpid()}-pg{number}").exists():
        number += 1
    socket.mkdir(mode=0o700)
    server = Server(socket, cluster or socket / "cluster", folder / "commands.log", settings)
    try:
        server.make()
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(socket)


@contextmanager
def running(folder: Path) -> Iterator[str]:
    """The URL of a server that runs, with a hole for the database's name."""
    with serving(folder) as server:
        yield server.url


def give(folder: Path) -> None:
    """Makes a folder that of the user whom a server runs as."""
    user = _unprivileged() if os.geteuid() == 0 else None
    if user is not None:
        os.chown(folder, user.pw_uid, user.pw_gid)


def owner() -> str:
    """The user whom a server runs as."""
    user = _unprivileged() if os.geteuid() == 0 else None
    return user.pw_name if user is not None else pwd.getpwuid(os.geteuid()).pw_name


def _alive(pid: int) -> bool:
    """Neither gone nor waiting for somebody to take note that it is."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def _unprivileged() -> pwd.struct_passwd | None:
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    return None
