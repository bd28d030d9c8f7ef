"""The numbers of the system calls that a sandbox may use, from the kernel's own tables, machine by machine."""

from typing import Final, NamedTuple


class Machine(NamedTuple):
    """One machine's numbers.

    Attributes:
        audit_arch: the word by which a filter knows the machine (linux/audit.h).
        numbers: name of a call -> its number; names that the machine does not have are left out.
    """

    audit_arch: int
    numbers: dict[str, int]


CALLS: Final = {
    "x86_64": Machine(
        0xC000003E,
        {
            "read": 0, "write": 1, "open": 2, "close": 3, "stat": 4, "fstat": 5, "lstat": 6, "poll": 7, "lseek": 8,
            "mmap": 9, "mprotect": 10, "munmap": 11, "brk": 12, "rt_sigaction": 13, "rt_sigprocmask": 14,
            "rt_sigreturn": 15, "ioctl": 16, "pread64": 17, "readv": 19, "writev": 20, "access": 21, "select": 23,
            "sched_yield": 24, "mremap": 25, "madvise": 28, "dup": 32, "dup2": 33, "nanosleep": 35, "getpid": 39,
            "sendto": 44, "recvfrom": 45, "recvmsg": 47, "shutdown": 48, "getsockname": 51, "getpeername": 52,
            "getsockopt": 55, "clone": 56, "exit": 60, "uname": 63, "fcntl": 72, "getcwd": 79, "readlink": 89,
            "gettimeofday": 96, "getrlimit": 97, "getrusage": 98, "sysinfo": 99, "times": 100, "getuid": 102,
            "getgid": 104, "geteuid": 107, "getegid": 108, "getppid": 110, "sigaltstack": 131, "prctl": 157,
            "arch_prctl": 158, "gettid": 186, "time": 201, "futex": 202, "sched_getaffinity": 204,
            "getdents64": 217, "set_tid_address": 218, "restart_syscall": 219, "clock_gettime": 228,
            "clock_getres": 229, "clock_nanosleep": 230, "exit_group": 231, "tgkill": 234, "openat": 257,
            "newfstatat": 262, "readlinkat": 267, "faccessat": 269, "pselect6": 270, "ppoll": 271,
            "set_robust_list": 273, "dup3": 292, "pipe2": 293, "prlimit64": 302, "getcpu": 309, "seccomp": 317,
            "getrandom": 318, "statx": 332, "rseq": 334, "clone3": 435, "faccessat2": 439,
        },
    ),
    "aarch64": Machine(
        0xC00000B7,
        {
            "getcwd": 17, "dup": 23, "dup3": 24, "fcntl": 25, "ioctl": 29, "faccessat": 48, "openat": 56,
            "close": 57, "pipe2": 59, "getdents64": 61, "lseek": 62, "read": 63, "write": 64, "readv": 65,
            "writev": 66, "pread64": 67, "pselect6": 72, "ppoll": 73, "readlinkat": 78, "newfstatat": 79,
            "fstat": 80, "exit": 93, "exit_group": 94, "set_tid_address": 96, "futex": 98, "set_robust_list": 99,
            "nanosleep": 101, "clock_gettime": 113, "clock_getres": 114, "clock_nanosleep": 115,
            "sched_getaffinity": 123, "sched_yield": 124, "restart_syscall": 128, "tgkill": 131,
            "sigaltstack": 132, "rt_sigaction": 134, "rt_sigprocmask": 135, "rt_sigreturn": 139, "times": 153,
            "uname": 160, "getrlimit": 163, "getrusage": 165, "prctl": 167, "getcpu": 168, "gettimeofday": 169,
            "getpid": 172, "getppid": 173, "getuid": 174, "geteuid": 175, "getgid": 176, "getegid": 177,
            "gettid": 178, "sysinfo": 179, "getsockname": 204, "getpeername": 205, "sendto": 206, "recvfrom": 207,
            "getsockopt": 209, "shutdown": 210, "recvmsg": 212, "brk": 214, "munmap": 215, "mremap": 216,
            "clone": 220, "mmap": 222, "mprotect": 226, "madvise": 233, "prlimit64": 261, "seccomp": 277,
            "getrandom": 278, "statx": 291, "rseq": 293, "clone3": 435, "faccessat2": 439,
        },
    ),
}  # fmt: skip
"""What `uname` names a machine -> its numbers, after arch/x86/entry/syscalls and include/uapi/asm-generic/unistd.h."""
