"""A filter for system calls: those of a list are let through, every other one is refused with an error.

Refused, not killed: libraries try calls that a system may not have, and go on without them. A call of another machine's
interface ends the process, as nothing that is loaded here makes one.
"""

import ctypes
import errno
import os
import platform
import struct
from collections.abc import Iterable, Iterator

from passerby.sandbox.allowed_calls import (
    ALL_BITS,
    PROT_EXEC,
    SECCOMP_FILTER_FLAG_TSYNC,
    SECCOMP_SET_MODE_FILTER,
    Check,
    allowed_calls,
    none_of_bits,
)
from passerby.sandbox.call_numbers import CALLS, Machine
from passerby.sandbox.limits import forbid_new_rights

PR_SET_SECCOMP = 22
SECCOMP_MODE_FILTER = 2
ALLOW, KILL, REFUSE = 0x7FFF0000, 0x80000000, 0x00050000
"""Verdicts of linux/seccomp.h; REFUSE carries an errno in its low 16 bits."""

LOAD, EQUAL, AT_MIN, AND, RETURN = 0x20, 0x15, 0x35, 0x54, 0x06
"""Classic BPF: load a word, jump if equal, jump if at least, and with a value, return."""

NUMBER_AT, MACHINE_AT, FIRST_ARGUMENT_AT = 0, 4, 16
X32_CALLS = 0x40000000
"""Calls of the x32 interface come under the same machine word with other numbers; none is let through."""

FIRST_UNKNOWN = 463
"""Newer calls than the list was made for: libraries have to hear that they do not exist, and fall back."""

DENIED = REFUSE | errno.EPERM
UNKNOWN = REFUSE | errno.ENOSYS
OPENING = {"open": REFUSE | errno.EACCES, "openat": REFUSE | errno.EACCES}
"""A file that may not be opened for writing is refused as the file system itself would."""

Instruction = tuple[int, int, int, int]
"""Code, jump if true, jump if false, value."""


def instructions(machine: Machine, *, device: bool) -> Iterator[Instruction]:
    """Returns the filter for this process.

    Args:
        machine: the machine's numbers; calls that it does not have are left out.
        device: see `allowed_calls`.
    """
    yield LOAD, 0, 0, MACHINE_AT
    yield EQUAL, 1, 0, machine.audit_arch
    yield RETURN, 0, 0, KILL
    yield LOAD, 0, 0, NUMBER_AT
    yield AT_MIN, 0, 1, X32_CALLS
    yield RETURN, 0, 0, DENIED
    yield EQUAL, 0, 1, machine.numbers["clone3"]
    yield RETURN, 0, 0, UNKNOWN
    yield AT_MIN, 0, 1, FIRST_UNKNOWN
    yield RETURN, 0, 0, UNKNOWN
    for rule in allowed_calls(os.getpid(), device=device):
        if rule.name in machine.numbers:
            denied = OPENING.get(rule.name, DENIED)
            checks = [step for check in rule.checks for step in _checked(check, denied)]
            yield EQUAL, 0, len(checks) + 1, machine.numbers[rule.name]
            yield from checks
            yield RETURN, 0, 0, ALLOW
    yield RETURN, 0, 0, DENIED


def _checked(check: Check, denied: int) -> Iterator[Instruction]:
    """Returns the steps that go on behind themselves where an argument is as it should be, and refuse the call else."""
    low = FIRST_ARGUMENT_AT + 8 * check.argument  # both machines put the lower half first
    if check.whole:
        yield LOAD, 0, 0, low + 4
        yield EQUAL, 1, 0, 0
        yield RETURN, 0, 0, denied
    for place, (mask, value) in enumerate(check.either):
        left = len(check.either) - place - 1
        yield LOAD, 0, 0, low
        yield AND, 0, 0, mask & ALL_BITS
        yield EQUAL, 3 * left + 1, 0, value
    yield RETURN, 0, 0, denied


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))


def filter_calls(*, device: bool) -> None:
    """Filters this thread's system calls, and those of every thread it starts from now on, for good.

    Call it before other threads exist: they would stay as they are. Open what is to be written first.

    Args:
        device: see `allowed_calls`.

    Raises:
        OSError: the system has no such filter, or refuses it.
    """
    machine = _this_machine()
    forbid_new_rights()
    program, _kept = _program(instructions(machine, device=device))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(program), 0, 0) != 0:
        raise _fault()


def forbid_new_code() -> None:
    """Lets no thread of this process map anything as executable any more, for good.

    Whoever takes the process over then has the code that is loaded, and none of a file that it may read: a recording
    is such a file. Call it when all libraries are loaded, and behind `filter_calls`.

    Raises:
        OSError: the system has no such filter, or refuses it.
    """
    machine = _this_machine()
    program, _kept = _program(without_new_code(machine))
    libc = ctypes.CDLL(None, use_errno=True)
    number = ctypes.c_long(machine.numbers["seccomp"])
    mode, flags = ctypes.c_long(SECCOMP_SET_MODE_FILTER), ctypes.c_long(SECCOMP_FILTER_FLAG_TSYNC)
    result = libc.syscall(number, mode, flags, ctypes.byref(program))
    if result > 0:  # a thread's number: it has a filter that the others have not
        raise OSError(errno.EPERM, "a thread has a filter of its own")
    if result < 0:
        raise _fault()


def without_new_code(machine: Machine) -> Iterator[Instruction]:
    """Returns a filter that stands on top of the other one: what it lets through, the other one still looks at."""
    yield LOAD, 0, 0, NUMBER_AT
    yield EQUAL, 0, 1, machine.numbers["seccomp"]
    yield RETURN, 0, 0, DENIED
    checks = list(_checked(none_of_bits(2, PROT_EXEC), DENIED))
    yield EQUAL, 0, len(checks), machine.numbers["mmap"]
    yield from checks
    yield RETURN, 0, 0, ALLOW


def _this_machine() -> Machine:
    machine = CALLS.get(platform.machine())
    if machine is None or platform.system() != "Linux":
        raise OSError(errno.ENOSYS, f"no filter for system calls is known for {platform.system()} {platform.machine()}")
    return machine


def _program(steps: Iterable[Instruction]) -> tuple[_Program, object]:
    """Returns a program for the kernel, and what has to live as long as it is handed over."""
    code = b"".join(struct.pack("=HBBI", *step) for step in steps)
    buffer = ctypes.create_string_buffer(code, len(code))
    return _Program(len(code) // 8, ctypes.addressof(buffer)), buffer


def _fault() -> OSError:
    number = ctypes.get_errno()
    return OSError(number, os.strerror(number))
