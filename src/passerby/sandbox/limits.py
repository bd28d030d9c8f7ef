"""Limits of the process itself: no files, no core dumps, no new rights, bounded memory."""

import ctypes
import os
import resource
import signal
from dataclasses import dataclass

DEVICE = "--device"
"""Command-line option of a process that reads a USB camera."""

PR_SET_DUMPABLE = 4
PR_SET_NO_NEW_PRIVS = 38
GIB = 1 << 30


@dataclass(frozen=True, slots=True)
class Limits:
    """What a worker may use.

    Attributes:
        file_bytes: largest file it may write; 0 lets it write to pipes and sockets alone.
        open_files: most open files, sockets included.
        memory_bytes: most address space; a worker with several cameras and one model needs under 2 GiB.
        processes: most processes and threads of its user (Linux counts them together; root is exempt).
    """

    file_bytes: int = 0
    open_files: int = 256
    memory_bytes: int = 6 * GIB
    processes: int = 1024


def prctl(option: int, value: int) -> None:
    """Linux's prctl with one argument.

    Raises:
        OSError: the kernel refuses, or is not Linux.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    if not hasattr(libc, "prctl"):
        raise OSError("this system has no prctl")
    if libc.prctl(option, value, 0, 0, 0) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def forbid_dumps() -> None:
    """No core dump, and no other process of the same user may read this one's memory, environment or descriptors.

    For a sandbox, and for the processes of the service, which hold passwords and sessions. A program that is started
    from here begins without it, and has to call this itself.

    Raises:
        OSError: the system refuses.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    prctl(PR_SET_DUMPABLE, 0)


def forbid_new_rights() -> None:
    """No program that this process starts gains rights (setuid); also what lets it filter its own system calls.

    Raises:
        OSError: the system refuses.
    """
    prctl(PR_SET_NO_NEW_PRIVS, 1)


def limit(limits: Limits) -> None:
    """Puts limits on this process, for good; a limit that is lower already stays.

    Raises:
        OSError: the system refuses.
    """
    # Writing beyond the limit must be an error that is reported, not a signal that ends the worker.
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    for kind, value in (
        (resource.RLIMIT_FSIZE, limits.file_bytes),
        (resource.RLIMIT_NOFILE, limits.open_files),
        (resource.RLIMIT_AS, limits.memory_bytes),
        (resource.RLIMIT_NPROC, limits.processes),
    ):
        _, hard = resource.getrlimit(kind)
        lowered = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(kind, (lowered, lowered))
