"""Runs a real OpenID Connect provider (npm `oidc-provider`) for tests, and the browser that logs in at it."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx

from testing.ports import free_port

PACKAGE = "oidc-provider@9"
CLIENT_SECRET = "canary-client-secret"
SCRIPT = Path(__file__).with_suffix(".mjs")
INSTALL_S = 300


def installed(folder: Path) -> str | None:
    """Installs the provider into a folder; returns why that is not possible here, or None."""
    npm, node = shutil.which("npm"), shutil.which("node")
    if npm is None or node is None:
        return "npm and node are needed for a real provider"
    command = [
        npm,
        "install",
        "--no-audit",
        "--no-fund",
        "--no-save",
        "--ignore-scripts",
        "--prefix",
        str(folder),
        PACKAGE,
    ]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=INSTALL_S)
    except subprocess.TimeoutExpired:
        return f"npm did not install {PACKAGE} in {INSTALL_S} s"
    return None if done.returncode == 0 else f"npm cannot install {PACKAGE} here"


@dataclass
class RunningProvider:
    """A provider that runs.

    Attributes:
        issuer: its address.
    """

    issuer: str

    def set(self, **state: Any) -> None:
        """Changes who logs in (`account`, `amr`, `acr`), clock (`offsetMs`), keys (`rotate`), or stops it (`down`)."""
        httpx.post(self.issuer + "/control", content=json.dumps(state), trust_env=False).raise_for_status()

    def browse(self, url: str, redirect: str) -> dict[str, str]:
        """Follows a browser from `url` until it is sent back to `redirect`; returns the parameters it comes with."""
        # Kept by hand: a provider whose clock is an hour behind gives cookies that have ended already.
        cookies: dict[str, str] = {}
        with httpx.Client(trust_env=False) as client:
            for _ in range(10):
                sent = "; ".join(f"{name}={value}" for name, value in cookies.items())
                response = client.get(url, headers={"Cookie": sent})
                for header in response.headers.get_list("set-cookie"):
                    name, _, value = header.partition(";")[0].partition("=")
                    cookies[name] = value
                assert response.is_redirect, response.text
                url = str(response.next_request.url) if response.next_request else ""
                if url.startswith(redirect):
                    return dict(parse_qsl(urlsplit(url).query))
        raise AssertionError("the provider sends the browser in circles")


@contextmanager
def running(folder: Path, redirect: str) -> Iterator[RunningProvider]:
    """Runs the provider while the block lasts.

    Args:
        folder: where it was installed.
        redirect: the address that browsers are sent back to.
    """
    script = folder / "provider.mjs"
    shutil.copy(SCRIPT, script)
    port = free_port()
    with subprocess.Popen(
        ["node", str(script), str(port), redirect],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            while "ready" not in (line := process.stdout.readline()):
                assert line, "the provider did not start"
            yield RunningProvider(f"http://127.0.0.1:{port}")
        finally:
            process.kill()
