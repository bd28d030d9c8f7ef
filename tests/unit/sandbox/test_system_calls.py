"""The filter as a program: every instruction of it run in Python, for both machines."""

import errno
import os
import re
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerby.sandbox.allowed_calls import allowed_calls
from passerby.sandbox.call_numbers import CALLS
from passerby.sandbox.system_calls import ALLOW, DENIED, KILL, REFUSE, UNKNOWN, instructions, without_new_code

PID = os.getpid()
WORD = 0xFFFFFFFF
MACHINES = sorted(CALLS)
PROGRAMS = {
    (name, device): list(instructions(CALLS[name], device=device)) for name in CALLS for device in (False, True)
}
EACCES = REFUSE | errno.EACCES


def verdict(machine: str, number: int, arguments: Sequence[int] = (), *, device: bool = False, arch: int | None = None):
    """What the kernel's own interpreter of classic BPF would return."""
    words = [number, CALLS[machine].audit_arch if arch is None else arch, 0, 0]
    for argument in [*arguments, *[0] * (6 - len(arguments))]:
        words += [argument & WORD, argument >> 32 & WORD]
    return outcome(PROGRAMS[machine, device], words)


def outcome(program: Sequence[tuple[int, int, int, int]], words: Sequence[int]) -> int:
    place, value = 0, 0
    while True:
        code, if_true, if_false, operand = program[place]
        place += 1
        if code == 0x20:
            value = words[operand // 4]
        elif code == 0x54:
            value &= operand
        elif code == 0x15:
            place += if_true if value == operand else if_false
        elif code == 0x35:
            place += if_true if value >= operand else if_false
        elif code == 0x06:
            return operand
        else:
            raise AssertionError(f"unknown instruction {code:#x}")


def called(machine: str, name: str, *arguments: int, device: bool = False):
    return verdict(machine, CALLS[machine].numbers[name], arguments, device=device)


@pytest.mark.parametrize("machine", MACHINES)
def test_every_jump_of_the_filter_lands_inside_it(machine: str) -> None:
    for device in (False, True):
        program = PROGRAMS[machine, device]
        assert program[-1][0] == 0x06
        assert len(program) < 4096
        for place, (code, if_true, if_false, _) in enumerate(program):
            assert max(if_true, if_false) < 256
            if code & 0x07 == 0x05:
                assert place + 1 + max(if_true, if_false) < len(program)


@pytest.mark.parametrize("machine", MACHINES)
def test_a_call_that_is_not_in_the_list_is_refused(machine: str) -> None:
    allowed = {CALLS[machine].numbers.get(rule.name) for rule in allowed_calls(PID, device=False)}
    for number in range(463):
        if number not in allowed:
            assert verdict(machine, number) == (UNKNOWN if number == 435 else DENIED)


@pytest.mark.parametrize("machine", MACHINES)
def test_a_call_without_arguments_to_look_at_is_allowed(machine: str) -> None:
    for rule in allowed_calls(PID, device=False):
        if not rule.checks and rule.name in CALLS[machine].numbers:
            assert called(machine, rule.name) == ALLOW


def test_every_call_of_the_list_has_a_number_and_stands_there_once() -> None:
    names = [rule.name for rule in allowed_calls(PID, device=True)]
    assert len(names) == len(set(names))
    assert set(names) | {"clone3"} == set(CALLS["x86_64"].numbers)
    old = {"open", "stat", "lstat", "access", "readlink", "dup2", "poll", "select", "time", "arch_prctl"}
    assert set(CALLS["aarch64"].numbers) == set(CALLS["x86_64"].numbers) - old


def test_the_numbers_are_the_kernels_own() -> None:
    places = {
        "x86_64": Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h"),
        "aarch64": Path("/usr/include/asm-generic/unistd.h"),
    }
    there = {machine: path for machine, path in places.items() if path.exists()}
    if not there:
        pytest.skip("the kernel's headers are not installed here")
    for machine, path in there.items():
        found = dict(re.findall(r"#define __NR(?:3264)?_(\w+)\s+(\d+)", path.read_text()))
        generic = {"newfstatat": "fstatat"}
        for name, number in CALLS[machine].numbers.items():
            assert number == int(found.get(name) or found[generic[name]]), name


def test_another_machines_interface_ends_the_process() -> None:
    i386, arm = 0x40000003, 0x40000028
    assert verdict("x86_64", 1, arch=i386) == KILL
    assert verdict("x86_64", 63, arch=CALLS["aarch64"].audit_arch) == KILL
    assert verdict("aarch64", 63, arch=arm) == KILL


@given(number=st.integers(0, 0x3FFFFFFF))
def test_no_call_of_the_x32_interface_is_allowed(number: int) -> None:
    assert verdict("x86_64", 0x40000000 | number) == DENIED


@given(number=st.integers(463, 0x3FFFFFFF))
def test_a_call_of_a_newer_kernel_does_not_exist(number: int) -> None:
    assert verdict("x86_64", number) == verdict("aarch64", number) == UNKNOWN


@pytest.mark.parametrize("machine", MACHINES)
@given(flags=st.integers(0, WORD))
def test_files_are_opened_for_reading_alone(machine: str, flags: int) -> None:
    written = flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND)
    assert called(machine, "openat", 0, 1, flags) == (EACCES if written else ALLOW)
    if machine == "x86_64":
        assert called(machine, "open", 1, flags) == (EACCES if written else ALLOW)


@pytest.mark.parametrize("machine", MACHINES)
@given(protection=st.integers(0, 7), flags=st.integers(0, WORD))
def test_memory_is_neither_shared_nor_writable_and_executable(machine: str, protection: int, flags: int) -> None:
    good = flags & 0x0F == 2 and protection & 6 != 6
    assert called(machine, "mmap", 0, 4096, protection, flags) == (ALLOW if good else DENIED)
    assert called(machine, "mprotect", 0, 4096, protection) == (DENIED if protection & 4 else ALLOW)


@pytest.mark.parametrize("machine", MACHINES)
@given(protection=st.integers(0, WORD), number=st.integers(0, 500))
def test_when_all_is_loaded_nothing_more_is_executable_and_the_rest_is_left_to_the_first_filter(
    machine: str, protection: int, number: int
) -> None:
    program, numbers = list(without_new_code(CALLS[machine])), CALLS[machine].numbers
    arguments = [0, 0, 4096, 0, protection, 0, 2, 0]
    assert outcome(program, [numbers["mmap"], 0, 0, 0, *arguments]) == (DENIED if protection & 4 else ALLOW)
    assert outcome(program, [numbers["seccomp"], 0, 0, 0, 1, 0, 1, 0]) == DENIED
    if number not in (numbers["mmap"], numbers["seccomp"]):
        assert outcome(program, [number, 0, 0, 0, *arguments]) == ALLOW


@pytest.mark.parametrize("machine", MACHINES)
@given(flags=st.integers(0, WORD))
def test_a_clone_is_a_thread_in_the_same_namespaces(machine: str, flags: int) -> None:
    good = flags & 0x10000 and not flags & 0x7E020080
    assert called(machine, "clone", flags) == (ALLOW if good else DENIED)
    assert called(machine, "clone3", flags) == UNKNOWN


@pytest.mark.parametrize("machine", MACHINES)
def test_signals_and_limits_are_its_own(machine: str) -> None:
    assert called(machine, "tgkill", PID, PID, 6) == ALLOW
    assert called(machine, "tgkill", PID + 1, PID + 1, 6) == DENIED
    assert called(machine, "prlimit64", 0, 7, 0, 1 << 40) == ALLOW
    assert called(machine, "prlimit64", PID + 1, 7, 0, 1 << 40) == DENIED
    for new in (1, 1 << 32):
        assert called(machine, "prlimit64", 0, 7, new) == DENIED


@pytest.mark.parametrize("machine", MACHINES)
@given(address=st.integers(0, 2**64 - 1), length=st.integers(0, 2**64 - 1))
def test_a_socket_sends_to_no_address(machine: str, address: int, length: int) -> None:
    assert called(machine, "sendto", 3, 1, 1, 0, address, length) == (DENIED if address or length else ALLOW)


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize(
    ("name", "place", "good"),
    [
        ("ioctl", 1, {0x5401, 0x541B, 0x5421, 0x5450, 0x5451}),
        ("fcntl", 1, {0, 1, 2, 3, 4, 1030, 1034}),
        ("prctl", 0, {3, 15, 16}),
        ("madvise", 2, {0, 1, 2, 3, 4, 8, 14, 15, 16, 17, 22, 23, 102, 103}),
        ("futex", 1, {flags + word for flags in (0, 128, 256, 384) for word in (0, 1, 3, 4, 5, 9, 10)}),
    ],
)
def test_of_calls_with_many_uses_a_few_are_allowed(machine: str, name: str, place: int, good: set[int]) -> None:
    for word in (*range(2048), *range(0x5400, 0x5480), *good, 0x53564D41, 0xC0585609):
        assert called(machine, name, *[0] * place, word) == (ALLOW if word in good else DENIED), word


def test_a_usb_camera_is_asked_mapped_and_opened_for_writing() -> None:
    assert called("x86_64", "ioctl", 3, 0xC0585609, device=True) == ALLOW
    assert called("x86_64", "ioctl", 3, 0x5412, device=True) == DENIED
    assert called("x86_64", "mmap", 0, 4096, 3, 1, device=True) == ALLOW
    assert called("x86_64", "openat", 0, 1, os.O_RDWR, device=True) == ALLOW
    assert called("x86_64", "openat", 0, 1, os.O_WRONLY, device=True) == EACCES
    assert called("x86_64", "openat", 0, 1, os.O_RDWR | os.O_CREAT, device=True) == EACCES
