"""The system calls that decoding, detecting and reporting need; every other one is refused.

Found by tracing counted recordings and watched cameras of every kind (`strace -f`), and what Python, glibc, FFmpeg and
ONNX Runtime fall back on. What could reach another process, another file or another machine is not among them.
"""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

ALL_BITS: Final = 0xFFFFFFFF
WRITING: Final = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND

CLONE_THREAD: Final = 0x00010000
SEPARATE_NAMESPACES: Final = 0x7E020080
"""CLONE_NEWTIME, NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID and NEWNET of linux/sched.h."""

MAP_TYPE, MAP_SHARED, MAP_PRIVATE = 0x0F, 0x01, 0x02
PROT_WRITE, PROT_EXEC = 0x2, 0x4

TCGETS, FIONREAD, FIONBIO, FIONCLEX, FIOCLEX = 0x5401, 0x541B, 0x5421, 0x5450, 0x5451
"""Questions that Python asks of every file, and whether a socket waits. TIOCSTI types for a person: it is not here."""

VIDEO_IOCTLS: Final = (0xFF00, ord("V") << 8)
"""Mask and value of the requests of linux/videodev2.h."""

ADVICE: Final = (0, 1, 2, 3, 4, 8, 14, 15, 16, 17, 22, 23, 102, 103)
"""MADV_NORMAL to DONTNEED, FREE, huge pages, dumps, populating, and guard pages of linux/mman.h. MADV_MERGEABLE would
share pages with other processes, and show by its timing what stands in theirs; MADV_HWPOISON breaks memory."""

FUTEX_FLAGS: Final = 0x180
FUTEX_OPERATIONS: Final = (0, 1, 3, 4, 5, 9, 10)
"""Waiting and waking, without those that lend priorities (linux/futex.h): no library here uses them, and they had the
most faults."""

PR_GET_DUMPABLE, PR_SET_NAME, PR_GET_NAME = 3, 15, 16
ARCH_GET_XCOMP_PERM, ARCH_REQ_XCOMP_PERM = 0x1022, 0x1023
SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC = 1, 1

F_DUPFD, F_GETFD, F_SETFD, F_GETFL, F_SETFL, F_DUPFD_CLOEXEC, F_GET_SEALS = 0, 1, 2, 3, 4, 1030, 1034

PLAIN: Final[dict[str, str]] = {
    "what is open already": "read readv pread64 write writev close lseek fstat dup dup2 dup3 pipe2",
    "looking at files, which Landlock and bubblewrap narrow": (
        "stat lstat newfstatat statx access faccessat faccessat2 readlink readlinkat getdents64 getcwd"
    ),
    "waiting": "poll ppoll select pselect6 nanosleep clock_nanosleep restart_syscall",
    "memory of its own": "munmap mremap brk",
    "threads": "set_robust_list rseq set_tid_address sched_yield sched_getaffinity getcpu exit exit_group",
    "signals to itself": "rt_sigaction rt_sigprocmask rt_sigreturn sigaltstack",
    "time and chance": "clock_gettime clock_getres gettimeofday time times getrusage getrandom",
    "who and where it is": "getpid getppid gettid getuid geteuid getgid getegid uname sysinfo getrlimit",
    "sockets that were handed in": "recvmsg recvfrom getsockopt getsockname getpeername shutdown",
}
"""Why -> calls that are allowed whatever their arguments. `sendmsg` could pass descriptors on, and is not here."""


@dataclass(frozen=True, slots=True)
class Check:
    """What one argument of a call has to be.

    Attributes:
        argument: its place, from 0.
        either: pairs of mask and value; one of them has to fit, `argument & mask == value`, in the lower 32 bits.
        whole: the upper 32 bits have to be 0, too: it is a pointer or a length.
    """

    argument: int
    either: tuple[tuple[int, int], ...]
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """A call that is allowed where all checks of its arguments hold."""

    name: str
    checks: tuple[Check, ...] = ()


def one_of(argument: int, values: Iterable[int]) -> Check:
    """The argument is one of these."""
    return Check(argument, tuple((ALL_BITS, value) for value in values))


def none_of_bits(argument: int, bits: int) -> Check:
    """Not one of the bits is set."""
    return Check(argument, ((bits, 0),))


def all_of_bits(argument: int, bits: int) -> Check:
    """Every one of the bits is set."""
    return Check(argument, ((bits, bits),))


def not_both(argument: int, bit: int, other: int) -> Check:
    """At most one of two bits is set."""
    return Check(argument, ((bit, 0), (other, 0)))


def null(argument: int) -> Check:
    """The argument is no pointer, or no length."""
    return Check(argument, ((ALL_BITS, 0),), whole=True)


def allowed_calls(pid: int, *, device: bool) -> tuple[Rule, ...]:
    """Returns all calls that are allowed, each once.

    Args:
        pid: this process: signals and limits are its own alone.
        device: it reads a USB camera: its device file is opened for writing too, mapped shared, and asked by `ioctl`.
    """
    plain = tuple(Rule(name) for names in PLAIN.values() for name in names.split())
    writing = WRITING & ~os.O_RDWR if device else WRITING
    maps = ((MAP_TYPE, MAP_PRIVATE), (MAP_TYPE, MAP_SHARED)) if device else ((MAP_TYPE, MAP_PRIVATE),)
    asked = one_of(1, (TCGETS, FIONREAD, FIONBIO, FIONCLEX, FIOCLEX))
    if device:
        asked = Check(1, (*asked.either, VIDEO_IOCTLS))
    return (
        *plain,
        # Files are opened for reading alone. openat2, whose flags no filter can read, is not in the list.
        Rule("openat", (none_of_bits(2, writing),)),
        Rule("open", (none_of_bits(1, writing),)),
        # What is shared with another process was mapped before: nothing written later is seen outside. No memory is
        # writable and executable at once, and what was writable never becomes executable; libraries are mapped so.
        Rule("mmap", (Check(3, maps), not_both(2, PROT_WRITE, PROT_EXEC))),
        Rule("mprotect", (none_of_bits(2, PROT_EXEC),)),
        # Threads, and neither processes nor namespaces. clone3 is answered as unknown: glibc falls back on this.
        Rule("clone", (all_of_bits(0, CLONE_THREAD), none_of_bits(0, SEPARATE_NAMESPACES))),
        Rule("futex", (Check(1, tuple((ALL_BITS & ~FUTEX_FLAGS, value) for value in FUTEX_OPERATIONS)),)),
        Rule("madvise", (one_of(2, ADVICE),)),
        Rule("tgkill", (one_of(0, (pid,)),)),  # abort()
        Rule("prlimit64", (one_of(0, (0, pid)), null(2))),  # reads limits, sets none
        Rule("ioctl", (asked,)),
        Rule("fcntl", (one_of(1, (F_DUPFD, F_GETFD, F_SETFD, F_GETFL, F_SETFL, F_DUPFD_CLOEXEC, F_GET_SEALS)),)),
        Rule("prctl", (one_of(0, (PR_GET_DUMPABLE, PR_SET_NAME, PR_GET_NAME)),)),
        Rule("arch_prctl", (one_of(0, (ARCH_GET_XCOMP_PERM, ARCH_REQ_XCOMP_PERM)),)),  # matrix units of the processor
        Rule("sendto", (null(4), null(5))),  # to where the socket is connected, never to an address
        # A second filter on top, for all threads, when all libraries are loaded: it can only narrow.
        Rule("seccomp", (one_of(0, (SECCOMP_SET_MODE_FILTER,)), one_of(1, (SECCOMP_FILTER_FLAG_TSYNC,)))),
    )  # fmt: skip
