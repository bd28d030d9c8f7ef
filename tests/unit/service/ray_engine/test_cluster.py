"""What Ray keeps of an actor says what was asked for it; one that ends is asked first, and killed where it does not."""

import sys
from types import SimpleNamespace
from typing import Any

import pytest

from passerby.service.ray_engine.cluster import STOP_AT_MOST_S, Actor, Cluster, actor_of
from testing.waiting import Clock


class Ray:
    """What is asked of Ray's own module where an actor is to end."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.names = {"passerby:worker-1"}

    def get_actor(self, name: str, namespace: str) -> Any:
        assert namespace == "passerby-1"
        if name not in self.names:
            raise ValueError(name)
        return SimpleNamespace(stop=SimpleNamespace(remote=lambda: self.done.append(f"stop {name}")), name=name)

    def kill(self, handle: Any, *, no_restart: bool) -> None:
        assert no_restart
        self.done.append(f"kill {handle.name}")


@pytest.fixture
def ray(monkeypatch: pytest.MonkeyPatch) -> Ray:
    made = Ray()
    monkeypatch.setitem(sys.modules, "ray", made)
    return made


def test_an_actor_is_known_by_what_was_asked_for_it() -> None:
    resources = {"CPU": 1.2, "memory": 5e8, "passerby": 0.001, "passerby_pool:harbour": 0.001}
    some = {"ray.io/node-id": f"!in({'0a' * 28},{'0b' * 28})"}
    avoided = frozenset({"0a" * 28, "0b" * 28})
    assert actor_of("ab", resources, some) == Actor("ab", 1.2, 500.0, "harbour", avoided)
    # Ray writes a choice of one so.
    assert actor_of("", {}, {"ray.io/node-id": f"!{'0a' * 28}"}) == Actor("", 0.0, 0.0, "", frozenset({"0a" * 28}))
    assert actor_of("", {}, {}).avoided == frozenset()


def test_one_that_runs_is_asked_to_end_once_and_killed_only_where_it_does_not(ray: Ray) -> None:
    clock = Clock()
    cluster = Cluster("passerby-1", lambda: clock.now_s)
    for _ in range(3):
        cluster.end("passerby:worker-1", runs=True)
    assert ray.done == ["stop passerby:worker-1"]
    clock.now_s += int(STOP_AT_MOST_S) + 1
    cluster.end("passerby:worker-1", runs=True)
    assert ray.done[1:] == ["kill passerby:worker-1"]


def test_one_that_runs_nowhere_is_killed_and_one_that_is_gone_is_left(ray: Ray) -> None:
    cluster = Cluster("passerby-1")
    cluster.end("passerby:worker-1", runs=False)
    cluster.end("passerby:worker-2", runs=True)
    assert ray.done == ["kill passerby:worker-1"]
