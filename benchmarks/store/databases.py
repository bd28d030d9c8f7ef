"""Empty databases for the store's benchmarks, under build/, deleted at the end; and the machine that they ran on."""

import asyncio
import os
import platform
import shutil
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import asyncpg
import sqlalchemy as sa

from benchmarks.footage import REPOSITORY
from testing.servers import postgresql_server
from testing.store_keeper import asyncpg_place

KINDS = ("sqlite", "postgresql")

SETTINGS = "-c shared_buffers=1GB -c max_wal_size=4GB -c checkpoint_timeout=15min"
"""Of the PostgreSQL server: what its manual asks for on a machine of some GB, and a sync at every commit."""


class ServerMissingError(Exception):
    """There is no PostgreSQL to measure with."""


@contextmanager
def empty_database(kind: str) -> Iterator[str]:
    """The URL of an empty database of a kind; everything of it is gone at the end.

    Raises:
        ServerMissingError: PostgreSQL is not installed.
    """
    build = REPOSITORY / "build"
    build.mkdir(exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="store-", dir=build))
    try:
        if kind == "sqlite":
            yield f"sqlite:///{folder / 'passerby.db'}"
            return
        why_not = postgresql_server.missing()
        if why_not:
            raise ServerMissingError(why_not)
        # PostgreSQL may have to run as somebody else, who needs a place of their own to write to.
        folder.chmod(0o711)
        cluster = folder / "cluster"
        cluster.mkdir(mode=0o700)
        postgresql_server.give(cluster)
        with postgresql_server.serving(folder, cluster=cluster, settings=SETTINGS) as server:
            asyncio.run(_create(server.url.format(database="postgres")))
            yield server.url.format(database="passerby")
    finally:
        shutil.rmtree(folder)


async def _create(url: str) -> None:
    connection = await asyncpg.connect(**asyncpg_place(url))
    await connection.execute("CREATE DATABASE passerby")
    await connection.close()


def machine() -> dict[str, Any]:
    """What the figures depend on; `load` is how busy the machine was just now."""
    models = [line.partition(":")[2].strip() for line in _lines(Path("/proc/cpuinfo")) if line.startswith("model name")]
    postgres = postgresql_server.BINARIES / "postgres"
    version = subprocess.run([postgres, "--version"], capture_output=True, text=True, check=False) if (
        postgres.exists()) else None  # fmt: skip
    return {
        "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "cpu": models[0] if models else platform.processor(),
        "cores": os.cpu_count(),
        "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
        "load": [round(each, 2) for each in os.getloadavg()],
        "python": platform.python_version(),
        "sqlalchemy": sa.__version__,
        "asyncpg": asyncpg.__version__,
        "sqlite": sqlite3.sqlite_version,
        "postgresql": version.stdout.strip() if version else None,
    }


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines() if path.exists() else []
