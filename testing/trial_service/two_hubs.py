"""Two hubs of one site on one machine, of which one is active, as `passerby run` starts them."""

import json
import os
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path

from testing.ports import free_port
from testing.trial_service.service import Service

SITE = """
site: {{name: Market square, time_zone: Europe/Berlin}}
server: {{port: {port}}}
store: {{url: "{url}"}}
cameras: {{}}
"""
LIVE_AGAIN_S = 10.0
PASSWORD = {"CAMERA_PASSWORD": "pa55 w0rd"}


class Hub(Service):
    """One of the two; each has a port of its own, as both are on one machine."""

    def __init__(
        self, folder: Path, url: str, site: str = SITE, port: int | None = None, within: Sequence[str] = ()
    ) -> None:
        folder.mkdir()
        self.port = port or free_port()
        super().__init__(folder, site.format(port=self.port, url=url), PASSWORD, within=within)

    def ready(self) -> int:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=2) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code

    def asked_at(self, port: int, path: str) -> int:
        """Asks a hub with this one's session; returns the status."""
        self.address = f"http://localhost:{port}"
        return self.ask(path).status

    def command(self, *words: str) -> str:
        command = [sys.executable, "-m", "passerby", *words[:2], str(self.site), *words[2:], "--data", str(self.data)]
        return subprocess.run(
            command, check=True, capture_output=True, text=True, timeout=60, env=self._environment
        ).stdout

    def signal_all(self, number: int) -> None:
        """Sends a signal to the whole service, its supervisor first."""
        found = self.processes()
        for pid in (found.pop("supervisor"), *found.values()):
            os.kill(pid, number)


def give_keys(first: Hub, second: Hub) -> None:
    """Gives the second hub the keys of the first one, as an administrator does."""
    file = str(first.folder / "keys")
    code = json.loads(first.command("fleet", "export", file, "--json"))["code"]
    second.command("fleet", "import", file, "--code", code)
