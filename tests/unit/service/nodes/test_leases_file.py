"""The file of leases is read as it was written; a damaged one holds none."""

from pathlib import Path

import pytest

from passerby.domain.errors import OutputError
from passerby.service.nodes.leases_file import LEASES_FILE, read_leases, write_leases


def test_numbers_are_read_as_they_were_written_by_their_owner_alone(tmp_path: Path) -> None:
    assert read_leases(tmp_path) == {}
    write_leases(tmp_path, {"quay": 3, "Möwe": 1})
    assert read_leases(tmp_path) == {"quay": 3, "Möwe": 1}
    assert (tmp_path / LEASES_FILE).stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("content", [b"", b"[1]", b'{"quay": true}', b'{"quay": -1}', b'{"quay": "3"}', b"\xff"])
def test_a_damaged_file_holds_none(tmp_path: Path, content: bytes) -> None:
    (tmp_path / LEASES_FILE).write_bytes(content)
    assert read_leases(tmp_path) == {}


def test_a_full_disk_is_explained(tmp_path: Path) -> None:
    (tmp_path / LEASES_FILE).mkdir()
    with pytest.raises(OutputError, match="cannot be written"):
        write_leases(tmp_path, {"quay": 1})
