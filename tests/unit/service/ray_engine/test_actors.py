"""An actor that is to end ends its programs first, and then itself, so that Ray does not start it again."""

import sys
from types import SimpleNamespace

import pytest

from passerby.service.ray_engine.actors import _Actor
from testing.waiting import until

SLEEPS = (sys.executable, "-c", "import time; time.sleep(600)")


def test_its_programs_have_ended_before_it_does(monkeypatch: pytest.MonkeyPatch) -> None:
    codes: list[int | None] = []
    actor = _Actor([SLEEPS, SLEEPS])
    until(lambda: all(one.process is not None for one in actor._kept))

    def exit_actor() -> None:
        codes.extend(one.process.poll() for one in actor._kept if one.process is not None)

    monkeypatch.setitem(sys.modules, "ray.actor", SimpleNamespace(exit_actor=exit_actor))
    actor.stop()
    assert codes == [-15, -15]
