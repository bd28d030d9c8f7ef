"""The memory between a decoder and an analysis process: of a fixed size, and for one of them to read only."""

import mmap
import os
from collections.abc import Iterator

import pytest

from passerby.sandbox.shared_memory import READ_OPTION, RING_BYTES, WRITE_OPTION, RingMemory, mapped_ring, ring_of


@pytest.fixture
def memory() -> Iterator[RingMemory]:
    made = RingMemory.made()
    yield made
    made.close()


def test_what_one_writes_the_other_reads(memory: RingMemory) -> None:
    with (
        ring_of([f"{WRITE_OPTION}{os.dup(memory.writer)}"]) as written,  # type: ignore[union-attr]
        ring_of(["--device", f"{READ_OPTION}{os.dup(memory.reader)}"]) as read,  # type: ignore[union-attr]
    ):
        written[5000:5006] = b"pixels"
        assert read[5000:5006] == b"pixels"
        assert len(read) == RING_BYTES
        with pytest.raises(TypeError):
            read[0:1] = b"x"
    assert ring_of(["--device"]) is None


def test_nobody_can_cut_it_off_under_its_reader(memory: RingMemory) -> None:
    for size in (0, RING_BYTES - 1, RING_BYTES + 1):
        with pytest.raises(PermissionError):
            os.ftruncate(memory.writer, size)


def test_the_reader_cannot_map_it_for_writing(memory: RingMemory) -> None:
    with pytest.raises(PermissionError):
        mmap.mmap(memory.reader, RING_BYTES, mmap.MAP_SHARED, mmap.PROT_READ | mmap.PROT_WRITE)


def test_a_descriptor_that_is_something_else_is_refused(memory: RingMemory, tmp_path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"x")
    unsealed = os.memfd_create("other", os.MFD_ALLOW_SEALING)
    os.ftruncate(unsealed, RING_BYTES)
    for descriptor, writable in (
        (os.open(path, os.O_RDONLY), False),
        (os.pipe()[0], False),
        (unsealed, True),
        (os.dup(memory.writer), False),
        (os.dup(memory.reader), True),
    ):
        with pytest.raises(OSError, match=r".*"):
            mapped_ring(descriptor, writable=writable)
        with pytest.raises(OSError, match="Bad file"):
            os.fstat(descriptor)
