"""The journal that a worker has left is opened by no two processes, and by none that is not to have it."""

from pathlib import Path

import pytest

from passerby.engine.journal import Journal
from passerby.service.nodes.placed_work import JOURNAL, WANTED, worker_folder
from passerby.service.ray_engine.drain_process import left_folder
from passerby.service.ray_engine.worker_process import held_folder


@pytest.fixture
def left(tmp_path: Path) -> Path:
    folder = worker_folder(tmp_path, "worker-1")
    folder.mkdir(parents=True)
    Journal(folder / JOURNAL).close()
    return folder


def test_one_that_a_worker_holds_or_wants_is_left_alone(left: Path) -> None:
    with left_folder(left) as free:
        assert free
        with left_folder(left) as again:
            assert not again
    with held_folder(left), left_folder(left) as free:
        assert not free
    (left / WANTED).touch()
    with left_folder(left) as free:
        assert not free
    with held_folder(left):
        assert not (left / WANTED).exists()
