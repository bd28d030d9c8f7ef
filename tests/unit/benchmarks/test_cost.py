import sys
from pathlib import Path

import pytest

from benchmarks.cost import CommandFailedError, Pairs, Usage, alternate, run


def usage(cpu_s: float) -> Usage:
    return Usage(cpu_s, cpu_s, 1.0)


def test_a_process_that_works_more_costs_more() -> None:
    idle = run([sys.executable, "-c", "pass"])
    busy = run([sys.executable, "-c", "import time\nwhile time.process_time() < 0.5: pass"])
    assert busy.cpu_s > idle.cpu_s > 0
    assert busy.peak_mib > 1


def test_children_are_counted_too() -> None:
    burn = "import time\nwhile time.process_time() < 0.4: pass"
    spent = run([sys.executable, "-c", f"import subprocess, sys; subprocess.run([sys.executable, '-c', {burn!r}])"])
    assert spent.cpu_s > 0.4


def test_a_failure_says_what_the_program_said() -> None:
    with pytest.raises(CommandFailedError, match="no such street"):
        run([sys.executable, "-c", "import sys; sys.exit('no such street')"])


def test_programs_take_turns(tmp_path: Path) -> None:
    log = tmp_path / "log"

    def command(letter: str) -> list[str]:
        return [sys.executable, "-c", f"open({str(log)!r}, 'a').write({letter!r})"]

    pairs = alternate(command("A"), command("B"), rounds=2)
    assert log.read_text() == "ABAB"
    assert len(pairs.ours) == len(pairs.peer) == 2


def test_the_ratio_is_the_median_over_rounds_after_taking_off_the_start() -> None:
    pairs = Pairs((usage(2.0), usage(3.0), usage(9.0)), (usage(5.0), usage(5.0), usage(5.0)))
    assert pairs.ratio() == pytest.approx(3 / 5)
    assert pairs.ratio(ours_start_s=1.0, peer_start_s=1.0) == pytest.approx(2 / 4)
    assert (pairs.ours_cpu_s, pairs.peer_cpu_s) == (3.0, 5.0)
