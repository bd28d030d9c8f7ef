"""Memory that a decoder's process writes and an analysis process reads: made by the worker, of a fixed size."""

import fcntl
import mmap
import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Self

RING_BYTES: Final = 224 << 20
"""Room for two frames of 8192x8192 pixels and more. Memory is taken only for what is written: 6 MB at 1920x1080."""

WRITE_OPTION, READ_OPTION = "--ring-to-write=", "--ring-to-read="
"""Command-line options with the number of the descriptor, which has to be mapped before system calls are filtered."""

F_ADD_SEALS, F_GET_SEALS = 1033, 1034
FIXED_SIZE: Final = 0x1 | 0x2 | 0x4
"""F_SEAL_SEAL, F_SEAL_SHRINK and F_SEAL_GROW of linux/fcntl.h: who cuts a mapped file off ends its readers (SIGBUS)."""


@dataclass(frozen=True, slots=True)
class RingMemory:
    """The worker's two descriptors of one memory: one can write to it, the other cannot."""

    writer: int
    reader: int

    @classmethod
    def made(cls) -> Self:
        """Makes it.

        Raises:
            OSError: the system is out of memory or descriptors.
        """
        writer = os.memfd_create("frames", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
        try:
            os.ftruncate(writer, RING_BYTES)
            fcntl.fcntl(writer, F_ADD_SEALS, FIXED_SIZE)
            # A file that is opened anew for reading can be mapped by nothing for writing.
            return cls(writer, os.open(f"/proc/self/fd/{writer}", os.O_RDONLY | os.O_CLOEXEC))
        except OSError:
            os.close(writer)
            raise

    def close(self) -> None:
        """Closes both descriptors; who has mapped the memory keeps it."""
        os.close(self.writer)
        os.close(self.reader)


def mapped_ring(descriptor: int, *, writable: bool) -> mmap.mmap:
    """Maps the memory, and closes the descriptor.

    Raises:
        OSError: the descriptor is not what the worker made: of that size, which cannot change, and for a reader
            to read only.
    """
    try:
        if fcntl.fcntl(descriptor, F_GET_SEALS) & FIXED_SIZE != FIXED_SIZE:
            raise OSError(0, "the memory's size could change")
        if os.fstat(descriptor).st_size != RING_BYTES:
            raise OSError(0, "the memory has another size")
        access = fcntl.fcntl(descriptor, fcntl.F_GETFL) & os.O_ACCMODE
        if access != (os.O_RDWR if writable else os.O_RDONLY):
            raise OSError(0, "the memory is open in another way")
        allowed = mmap.PROT_READ | (mmap.PROT_WRITE if writable else 0)
        return mmap.mmap(descriptor, RING_BYTES, mmap.MAP_SHARED, allowed)
    finally:
        os.close(descriptor)


def ring_of(options: Sequence[str]) -> mmap.mmap | None:
    """Maps the memory that a process's options name; returns None where they name none.

    Raises:
        OSError: see `mapped_ring`.
    """
    for option in options:
        for start, writable in ((WRITE_OPTION, True), (READ_OPTION, False)):
            if option.startswith(start):
                return mapped_ring(int(option.removeprefix(start)), writable=writable)
    return None


def is_ring_writer(options: Sequence[str]) -> bool:
    """Returns whether a process's options name a memory to write to."""
    return any(option.startswith(WRITE_OPTION) for option in options)
