"""What the Ray engine calls its actors, resources and folders; one site's cluster is no other site's."""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from passerby.fleet.membership import node_folder

ANY_MACHINE: Final = "passerby"
"""The resource of each machine that watches cameras; `ray start` gives it, 1000 of it."""

SHARE: Final = 0.001
"""How much of a resource an actor takes that only says where it may be."""


def namespace(site: str) -> str:
    """Returns Ray's namespace of a site's actors; names of sites may hold what Ray's do not.

    >>> namespace("Märket 😀")
    'passerby-2bb1ba4ed9c6'
    """
    return f"passerby-{hashlib.sha256(site.encode()).hexdigest()[:12]}"


def worker_actor(worker: str) -> str:
    """Returns the name of a worker's actor."""
    return f"passerby:{worker}"


def is_worker_actor(actor: str) -> bool:
    """Returns whether an actor of that name is a worker of this program's.

    >>> is_worker_actor("passerby:worker-1"), is_worker_actor("passerby:machine:rack-3")
    (True, False)
    """
    return actor.startswith(worker_actor("")) and not actor.startswith(machine_actor(""))


def machine_actor(node: str) -> str:
    """Returns the name of the actor that keeps a machine's line to the hub."""
    return f"passerby:machine:{node}"


def node_resource(node: str) -> str:
    """Returns the resource that one machine alone has."""
    return f"passerby_node:{node}"


def pool_resource(pool: str) -> str:
    """Returns the resource of the machines that reach a network."""
    return f"passerby_pool:{pool}"


def pools_of(resources: Mapping[str, float]) -> list[str]:
    """Returns the pools that an actor's or a machine's resources name.

    >>> pools_of({"CPU": 4.0, "passerby_pool:harbour": 1000.0})
    ['harbour']
    """
    return _named(resources, pool_resource(""))


def named_nodes(resources: Mapping[str, float]) -> list[str]:
    """Returns the nodes that a Ray machine's resources name.

    >>> named_nodes({"CPU": 4.0, "passerby_node:rack-3": 1.0})
    ['rack-3']
    """
    return _named(resources, node_resource(""))


def _named(resources: Mapping[str, float], start: str) -> list[str]:
    return [name.removeprefix(start) for name in resources if name.startswith(start)]


def machine_folder(environment: Mapping[str, str]) -> Path:
    """Returns this machine's data folder: `ray start` has it from the same place as `passerby node`."""
    return node_folder(None, environment)
