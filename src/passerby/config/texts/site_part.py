"""The part of a site file that one node needs: its own cameras with their passwords, and what they rest on.

It is a site file itself, so that a node reads it as the hub's own machine reads the whole one. What it leaves out is
the hub's: accounts, recipients, database, server, retention, map, and the cameras of all other machines.
"""

import hashlib
import json
from collections.abc import Collection, Mapping
from typing import Final

from passerby.config.document import checked_text, keys_in, parse
from passerby.domain.service import SitePlan

_KEPT: Final = ("detector", "profiles", "network", "workers", "register")
_KEPT_OF_SITE: Final = ("name", "time_zone")
_PASSWORDS: Final = ("password", "password_from")


class SiteParts:
    """The parts of one site file."""

    def __init__(self, text: str, plan: SitePlan) -> None:
        """Reads the file.

        Args:
            text: the whole site file.
            plan: what it says is to run, with all passwords.

        Raises:
            DocumentError: the text is no YAML.
        """
        self._whole, self._plan = keys_in(parse(checked_text(text)).value), plan
        self._running = {camera.name: camera for camera in plan.running}

    def text_of(self, node: str, names: Collection[str] | None = None) -> str:
        """Returns a node's part, as JSON, which is YAML, too.

        Args:
            node: the node.
            names: of the cameras that a worker watches there, wherever the site file has them; None for the node's own.
        """
        site, cameras = (keys_in(self._whole.get(key)) for key in ("site", "cameras"))
        running = (
            self._plan.running_on(node)
            if names is None
            else [self._running[one] for one in names if one in self._running]
        )
        part: dict[str, object] = {
            "site": {key: value for key, value in site.items() if key in _KEPT_OF_SITE},
            "cameras": {
                camera.name: _with_password(keys_in(cameras.get(camera.name)), camera.source.password) | {"node": node}
                for camera in running
            },
            **{key: self._whole[key] for key in _KEPT if key in self._whole},
        }
        if addresses := keys_in(self._whole.get("fleet")).get("address"):
            part["fleet"] = {"address": addresses}  # where the node finds the hubs, of which one is active
        return json.dumps(part, ensure_ascii=False, indent=1) + "\n"


def signed_content(
    site: str, node: str, number: int, leases: Mapping[str, int], text: bytes, worker: str = ""
) -> bytes:
    """Returns what the site's authority signs of a part.

    Args:
        site, node: for which node of which site it is.
        number: the part's own.
        leases: under which number each of its cameras is watched.
        text: a site file in UTF-8.
        worker: for which worker that a cluster has placed there; empty for the node as a whole.
    """
    head = ["passerby site part", site, node, number, sorted(leases.items()), *([worker] if worker else [])]
    return json.dumps(head).encode("ascii") + b"\n" + text


def part_sha256(leases: Mapping[str, int], text: bytes) -> str:
    """Returns what two parts are compared by, whatever their numbers: hex digits."""
    return hashlib.sha256(signed_content("", "", 0, leases, text)).hexdigest()


def _with_password(camera: Mapping[str, object], password: str) -> dict[str, object]:
    """Returns a camera's keys with its password in plain, wherever it is kept on the hub's machine."""
    source = {key: value for key, value in keys_in(camera.get("source")).items() if key not in _PASSWORDS}
    return {**camera, "source": {**source, **({"password": password} if password else {})}}
