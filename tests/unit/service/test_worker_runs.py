"""How the processes of workers end."""

import sqlite3

import pytest

from passerby.service.worker_runs import exit_code


async def ended(code: int = 0, fault: Exception | None = None) -> int:
    if fault is not None:
        raise fault
    return code


def test_the_code_is_that_of_the_work_and_one_where_the_journal_cannot_be_used() -> None:
    assert exit_code(ended(0), "no journal") == 0
    assert exit_code(ended(76), "no journal") == 76
    assert exit_code(ended(fault=sqlite3.OperationalError("disk I/O error")), "no journal") == 1
    assert exit_code(ended(fault=OSError("no space")), "no journal") == 1
    with pytest.raises(ValueError, match="of the program itself"):
        exit_code(ended(fault=ValueError("of the program itself")), "no journal")
