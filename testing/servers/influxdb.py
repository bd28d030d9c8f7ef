"""A real InfluxDB (version 1) of our own: in a temporary folder, over TLS, gone at the end."""

import json
import ssl
import subprocess
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from passerby.domain.service import TlsFiles
from testing.ports import free_ports
from testing.servers.programs import found
from testing.waiting import until

USER, PASSWORD = "passerby", "S3cret-of-the-database"
DATABASE = "counts"


def missing() -> str | None:
    """Why there can be no InfluxDB here, or None."""
    return None if found("influxd") else "no influxd: install Debian's package influxdb"


@dataclass(frozen=True, slots=True)
class InfluxDb:
    """One that runs.

    Attributes:
        port: of localhost, over TLS.
        authority: what its certificate is checked against.
    """

    port: int
    authority: Path

    def query(self, text: str) -> list[dict[str, Any]]:
        """The rows that a query finds, or changes, as the user.

        Raises:
            OSError: it does not answer, or refuses the question.
        """
        trust = urllib.request.HTTPSHandler(context=ssl.create_default_context(cafile=self.authority))
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), trust)
        named = urllib.parse.urlencode({"db": DATABASE, "u": USER, "p": PASSWORD, "epoch": "ns"})
        asked = urllib.parse.urlencode({"q": text}).encode()
        with opener.open(f"https://localhost:{self.port}/query?{named}", asked, timeout=30) as answer:
            series = json.load(answer)["results"][0].get("series", [])
        return [dict(zip(one["columns"], row, strict=True)) for one in series for row in one["values"]]


@contextmanager
def influxdb(folder: Path, files: TlsFiles, authority: Path) -> Iterator[InfluxDb]:
    """Runs while the block lasts, with one user and one database.

    Args:
        folder: an empty one for its files.
        files: its certificate and key.
        authority: what the certificate is checked against.
    """
    program = found("influxd")
    assert program is not None, missing()
    port, inner = free_ports(2)
    (folder / "influxdb.conf").write_text(
        f'reporting-disabled = true\nbind-address = "127.0.0.1:{inner}"\n'
        f'[meta]\ndir = "{folder}/meta"\n[data]\ndir = "{folder}/data"\nwal-dir = "{folder}/wal"\n'
        f'[http]\nbind-address = "127.0.0.1:{port}"\nauth-enabled = true\nhttps-enabled = true\n'
        f'https-certificate = "{files.certificate}"\nhttps-private-key = "{files.key}"\n',
        encoding="utf-8",
    )
    made = InfluxDb(port, authority)
    with (folder / "log").open("wb") as log:
        running = subprocess.Popen(
            [program, "-config", str(folder / "influxdb.conf")], stdin=subprocess.DEVNULL, stdout=log, stderr=log
        )
    try:
        until(lambda: _answers(made))
        made.query(f'CREATE DATABASE "{DATABASE}"')
        yield made
    finally:
        running.terminate()
        running.wait(60)


def _answers(made: InfluxDb) -> bool:
    try:
        made.query(f"CREATE USER {USER} WITH PASSWORD '{PASSWORD}' WITH ALL PRIVILEGES")
    except OSError:
        return False
    return True
