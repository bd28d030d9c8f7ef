"""A machine of a cluster is empty once no worker runs there, and what dead ones have left is delivered."""

from pathlib import Path

from passerby.domain.fleet import NodeReport
from passerby.engine.journal import Journal
from passerby.files import locked_file
from passerby.service.nodes.leases_file import write_leases
from passerby.service.nodes.placed_work import JOURNAL, LOCK, placed_work, worker_folder
from passerby.units import NS_PER_S
from tests.unit.engine.test_journal import START_NS, flow, reported


def test_what_runs_and_what_was_left_both_count(tmp_path: Path) -> None:
    assert placed_work(tmp_path) == NodeReport(0, 0, 0)
    for name in ("worker-1", "worker-2"):
        worker_folder(tmp_path, name).mkdir(parents=True)
        write_leases(worker_folder(tmp_path, name), {f"quay of {name}": 3})
    assert placed_work(tmp_path) == NodeReport(0, 0, 0)
    with Journal(worker_folder(tmp_path, "worker-2") / JOURNAL) as journal:
        journal.store_minutes("quay", journal.begin_run("quay"), reported(closed=(flow(2, 1.0),)))
        journal.end_all_runs()
        journal.finish_minutes(START_NS + 600 * NS_PER_S)
    with locked_file(worker_folder(tmp_path, "worker-1") / LOCK):
        assert placed_work(tmp_path) == NodeReport(1, 1, 1)
    assert placed_work(tmp_path) == NodeReport(0, 0, 1)
