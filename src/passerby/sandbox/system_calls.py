"""A filter for system calls: the process may read files and talk to pipes, and no more than that."""

import ctypes
import errno
import os
import platform
import struct
from collections.abc import Iterator
from typing import NamedTuple

from passerby.sandbox.limits import forbid_new_rights

PR_SET_SECCOMP = 22
SECCOMP_MODE_FILTER = 2
ALLOW, KILL, REFUSE = 0x7FFF0000, 0x80000000, 0x00050000
"""Verdicts of linux/seccomp.h; REFUSE carries an errno in its low 16 bits."""

LOAD, EQUAL, ANY_BIT, AT_MIN, RETURN = 0x20, 0x15, 0x45, 0x35, 0x06
"""Classic BPF: load a word, jump if equal, if any bit is set, if at least; return."""

NUMBER_AT, MACHINE_AT, FIRST_ARGUMENT_AT = 0, 4, 16
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
X32_CALLS = 0x40000000
"""Calls of the x32 interface come under the same machine word with other numbers; none is let through."""


class Calls(NamedTuple):
    """One machine's numbers, from the kernel's own tables.

    Attributes:
        machine: AUDIT_ARCH word.
        openat: files are opened with flags in its third argument.
        open: the older way with flags in the second; None where it does not exist.
        refused: calls that make, rename or remove files, start programs, or look into other processes.
        network: calls that open a way out.
    """

    machine: int
    openat: int
    open: int | None
    refused: tuple[int, ...]
    network: tuple[int, ...]


CALLS = {
    "x86_64": Calls(
        machine=0xC000003E,
        openat=257,
        open=2,
        # creat, mkdir, rmdir, link, unlink, symlink, rename, truncate, mknod, and their -at kin; execve(at); ptrace,
        # process_vm_readv/writev; mount, umount2, pivot_root, chroot; openat2, io_uring (both go round this filter);
        # memfd_create; bpf; userfaultfd; open_by_handle_at; kexec_load; init_module, finit_module.
        refused=(85, 83, 84, 86, 87, 88, 82, 76, 133, 258, 259, 263, 264, 265, 266, 316, 59, 322, 101, 310, 311, 165,
                 166, 155, 161, 437, 425, 426, 427, 319, 321, 323, 304, 246, 175, 313),
        network=(41, 42, 49, 50, 53),
    ),
    "aarch64": Calls(
        machine=0xC00000B7,
        openat=56,
        open=None,
        refused=(33, 34, 35, 36, 37, 38, 276, 45, 221, 281, 117, 270, 271, 40, 39, 41, 51, 437, 425, 426, 427, 279,
                 280, 282, 265, 104, 105, 273),
        network=(198, 203, 200, 201, 199),
    ),
}  # fmt: skip


def instructions(calls: Calls, *, device: bool) -> Iterator[tuple[int, int, int, int]]:
    """The filter: code, jump if true, jump if false, value.

    Args:
        calls: this machine's numbers.
        device: what exists may be opened for reading and writing at once, as a USB camera's device file has to be.
    """
    denied = REFUSE | errno.EACCES
    yield LOAD, 0, 0, MACHINE_AT
    yield EQUAL, 1, 0, calls.machine
    yield RETURN, 0, 0, KILL
    yield LOAD, 0, 0, NUMBER_AT
    if calls.open is not None:
        yield AT_MIN, 0, 1, X32_CALLS
        yield RETURN, 0, 0, denied
    for number in calls.refused + calls.network:
        yield EQUAL, 0, 1, number
        yield RETURN, 0, 0, denied
    openings = [(calls.openat, 2)] + ([] if calls.open is None else [(calls.open, 1)])
    for number, argument in openings:
        yield EQUAL, 0, 4, number
        yield LOAD, 0, 0, FIRST_ARGUMENT_AT + 8 * argument
        yield ANY_BIT, 0, 1, WRITING & ~os.O_RDWR if device else WRITING
        yield RETURN, 0, 0, denied
        yield RETURN, 0, 0, ALLOW
    yield RETURN, 0, 0, ALLOW


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))


def filter_calls(*, device: bool) -> None:
    """Filters this thread's system calls, and those of every thread it starts from now on, for good.

    Call it before other threads exist: they would stay as they are. Open what is to be written first.

    Args:
        device: see `instructions`.

    Raises:
        OSError: the system has no such filter, or refuses it.
    """
    calls = CALLS.get(platform.machine())
    if calls is None or platform.system() != "Linux":
        raise OSError(errno.ENOSYS, f"no filter for system calls is known for {platform.system()} {platform.machine()}")
    forbid_new_rights()
    code = b"".join(struct.pack("=HBBI", *instruction) for instruction in instructions(calls, device=device))
    buffer = ctypes.create_string_buffer(code, len(code))
    program = _Program(len(code) // 8, ctypes.addressof(buffer))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(program), 0, 0) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
