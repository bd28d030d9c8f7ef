"""A PostgreSQL server of the tests' own: from Debian's binaries, in a temporary folder, gone at the end."""

import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

BINARIES = Path(os.environ.get("PASSERBY_POSTGRESQL_BIN", "/usr/lib/postgresql/15/bin"))
PASSWORD = "S3cret-of-the-tests"


def missing() -> str | None:
    """Why there can be no server here, or None."""
    absent = [name for name in ("initdb", "postgres", "pg_ctl") if not (BINARIES / name).exists()]
    if absent:
        return f"no {', '.join(absent)} in {BINARIES}: install postgresql, or set PASSERBY_POSTGRESQL_BIN"
    if os.geteuid() == 0 and _unprivileged() is None:
        return "PostgreSQL refuses to run as root, and there is no user `nobody` or `postgres` to run it as"
    return None


@contextmanager
def running(folder: Path) -> Iterator[str]:
    """A server in `folder`; yields its URL without a database's name, with a password. Stopped at the end."""
    user = _unprivileged() if os.geteuid() == 0 else None
    # The kernel allows a socket's path 107 characters, and pytest's folders can be longer.
    socket = Path("/tmp") / f"passerby-{os.getpid()}-pg"
    socket.mkdir(mode=0o700)
    cluster = socket / "cluster"
    secret = socket / "password"
    secret.write_text(PASSWORD, encoding="utf-8")
    if user is not None:
        os.chown(socket, user.pw_uid, user.pw_gid)
        os.chown(secret, user.pw_uid, user.pw_gid)

    def run(*command: str) -> None:
        with (folder / "commands.log").open("ab") as log:
            subprocess.run(
                [str(BINARIES / command[0]), *command[1:]],
                check=True,
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                cwd=socket,
                user=None if user is None else user.pw_uid,
                group=None if user is None else user.pw_gid,
                extra_groups=None if user is None else [],
                env={"LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin"},
                timeout=60,
            )

    # The folder holds nothing worth a sync, and the tests should not wait for the disk.
    settings = f"-c listen_addresses='' -c unix_socket_directories={socket} -c fsync=off -c shared_buffers=32MB"
    control = ("pg_ctl", "-D", str(cluster), "-w")
    try:
        run("initdb", "-D", str(cluster), "-U", "passerby", "-A", "scram-sha-256", f"--pwfile={secret}", "-N")
        run(*control, "-l", str(socket / "server.log"), "-o", settings, "start")
        try:
            yield f"postgresql://passerby:{PASSWORD}@/{{database}}?host={socket}"
        finally:
            run(*control, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(socket)


def _unprivileged() -> pwd.struct_passwd | None:
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    return None
