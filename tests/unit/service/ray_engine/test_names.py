"""Names of one site's actors are no other site's, and its machines are known by their resources."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from passerby.service.ray_engine.names import (
    machine_actor,
    machine_folder,
    named_nodes,
    namespace,
    node_resource,
    worker_actor,
)


@given(st.text(min_size=1), st.text(min_size=1))
def test_two_sites_have_two_namespaces(one: str, other: str) -> None:
    assert (namespace(one) == namespace(other)) == (one == other)
    assert namespace(one).isascii()


def test_a_workers_actor_is_no_machines() -> None:
    assert worker_actor("worker-1") != machine_actor("worker-1")
    assert named_nodes({node_resource("rack-3"): 1.0, "CPU": 2.0, "passerby": 1000.0}) == ["rack-3"]


def test_a_machine_has_its_folder_from_where_its_node_has_it() -> None:
    folder = machine_folder({"STATE_DIRECTORY": "/var/lib/passerby"})
    assert folder == Path("/var/lib/passerby")
