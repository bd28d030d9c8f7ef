"""A PgBouncer of our own before a PostgreSQL server, gone at the end."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from testing.ports import free_port
from testing.servers.postgresql_server import give, owner
from testing.servers.programs import found

PROGRAM = found("pgbouncer")


def missing() -> str | None:
    """Why there can be none here, or None."""
    return None if PROGRAM else "no pgbouncer: install the Debian package of this name"


@contextmanager
def pooled(url: str, folder: Path, mode: str) -> Iterator[str]:
    """The URL by which a database is reached through the pooler.

    Args:
        url: of the database, over a Unix socket.
        folder: for its settings.
        mode: `session`, `transaction` or `statement`.
    """
    direct, port = sa.make_url(url), free_port()
    settings = folder / "pgbouncer.ini"
    settings.write_text(
        "[databases]\n"
        f"{direct.database} = host={direct.query['host']} user={direct.username} password={direct.password}\n"
        "[pgbouncer]\n"
        f"listen_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\nauth_type = any\npool_mode = {mode}\n"
        "ignore_startup_parameters = extra_float_digits,plan_cache_mode,jit,tcp_keepalives_idle,"
        "tcp_keepalives_interval,tcp_keepalives_count\n"
    )
    settings.chmod(0o644)
    give(settings)
    # It refuses to run as root, and the server's socket is in a folder of the server's user.
    user = ["-u", owner()] if os.geteuid() == 0 else []
    command = [str(PROGRAM), *user, str(settings)]
    with (folder / "pgbouncer.log").open("wb") as log:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
    try:
        _until_open(port)
        yield f"postgresql://passerby:unused@127.0.0.1:{port}/{direct.database}"
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait(30)


def _until_open(port: int) -> None:
    end_s = time.monotonic() + 30
    while True:
        with socket.socket() as trial:
            if trial.connect_ex(("127.0.0.1", port)) == 0:
                return
        if time.monotonic() > end_s:
            raise AssertionError("the pooler does not listen")
        time.sleep(0.05)
