"""A program that isolates itself as a sandbox does, then tries what must be refused; prints a line for each attempt.

It starts a victim of the same user first, and opens what an attacker would like to have open. Nothing is imported after
it has given up its user, who may not read Python's own files.
"""

import ctypes
import errno
import mmap
import os
import signal
import socket
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

from passerby.sandbox.isolation import INSIDE_MARK, isolate, isolate_further

OTHER = 65534
"""The user that has no rights; here root drops to it."""

FILE = os.open(__file__, os.O_RDONLY)
"""A file that it may read, as a recording is one: what stands in it is somebody else's."""

LIBC = ctypes.CDLL(None, use_errno=True)


def victim() -> int:
    """A process of the same user that only waits."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(writer)
        os.read(reader, 1)
        os._exit(0)
    return child


def call(number: int, *arguments: int | bytes | None) -> None:
    passed = [ctypes.c_long(one) if isinstance(one, int) else one for one in arguments]
    if LIBC.syscall(ctypes.c_long(number), *passed) < 0:
        fault = ctypes.get_errno()
        raise OSError(fault, os.strerror(fault))


def x86_64_calls(prey: int, pidfd: int, namespace: int) -> dict[str, tuple[int, *tuple[int | bytes | None, ...]]]:
    own, vector = os.getpid(), ctypes.create_string_buffer(64)
    at = ctypes.addressof(vector)
    return {
        "pidfd_open": (434, prey, 0),
        "pidfd_getfd": (438, pidfd, 0, 0),
        "pidfd_send_signal": (424, pidfd, 0, 0, 0),
        "process_vm_readv": (310, prey, at, 0, at, 0, 0),
        "process_vm_writev": (311, prey, at, 0, at, 0, 0),
        "process_madvise": (440, pidfd, at, 0, 4, 0),
        "kcmp": (312, own, prey, 0, 0, 0),
        "ptrace attach": (101, 16, prey, 0, 0),
        "ptrace traceme": (101, 0, 0, 0, 0),
        "shmget": (29, 0x7A, 4096, 0o1600),
        "shmat": (30, 0, 0, 0),
        "msgget": (68, 0x7A, 0o1600),
        "semget": (64, 0x7A, 1, 0o1600),
        "mq_open": (240, b"x", 0o102, 0o600, 0),
        "unshare user": (272, 0x10000000),
        "setns": (308, namespace, 0),
        "mount": (165, b"none", b"/tmp", b"tmpfs", 0, 0),
        "fsopen": (430, b"tmpfs", 0),
        "open_tree": (428, -100, b"/", 1),
        "move_mount": (429, -1, b"/", -1, b"/", 0),
        "pivot_root": (155, b"/", b"/"),
        "chroot": (161, b"/"),
        "setxattr": (188, b"/dev/null", b"user.x", b"y", 1, 0),
        "lsetxattr": (189, b"/dev/null", b"user.x", b"y", 1, 0),
        "fsetxattr": (190, 0, b"user.x", b"y", 1, 0),
        "setxattrat": (463, -100, b"/dev/null", 0, b"user.x", at, 16),
        "chmod": (90, b"/dev/null", 0o666),
        "fchmod": (91, 0, 0o666),
        "fchmodat": (268, -100, b"/dev/null", 0o666),
        "fchmodat2": (452, -100, b"/dev/null", 0o666, 0),
        "chown": (92, b"/dev/null", own, own),
        "utimensat": (280, -100, b"/dev/null", 0, 0),
        "add_key": (248, b"user", b"x", b"y", 1, -3),
        "request_key": (249, b"user", b"x", 0, -3),
        "keyctl": (250, 0, -3, 1),
        "bpf": (321, 0, at, 64),
        "perf_event_open": (298, at, prey, -1, -1, 0),
        "userfaultfd": (323, 1),
        "io_uring_setup": (425, 4, at),
        "socketpair": (53, 1, 1, 0, at),
        "sendmsg": (46, 1, at, 0),
        "kill": (62, prey, 0),
        "tkill": (200, prey, 0),
        "tgkill": (234, prey, prey, 0),
        "rt_sigqueueinfo": (129, prey, 10, at),
        "memfd_create": (319, b"x", 0),
        "memfd_secret": (447, 0),
        "execve": (59, b"/bin/true", 0, 0),
        "execveat": (322, -100, b"/bin/true", 0, 0, 0),
        "fork": (57,),
        "vfork": (58,),
        "clone process": (56, signal.SIGCHLD, 0, 0, 0, 0),
        "clone namespace": (56, 0x10010F00 | 0x10000000, 0, 0, 0, 0),
        "clone3": (435, at, 64),
        "prctl dumpable": (157, 4, 1, 0, 0, 0),
        "prctl ptracer": (157, 0x59616D61, -1, 0, 0, 0),
        "prctl ambient": (157, 47, 2, 0, 0, 0),
        "prctl mdwe": (157, 65, 0, 0, 0, 0),
        "personality": (135, 0x0040000),
        "ioctl TIOCSTI": (16, 0, 0x5412, at),
        "ioctl TIOCLINUX": (16, 0, 0x541C, at),
        "prlimit64 of another": (302, prey, 7, 0, at),
        "prlimit64 to set": (302, 0, 7, at, 0),
        "sched_setaffinity": (203, prey, 8, at),
        "setuid": (105, 0),
        "capset": (126, at, at),
        "openat2": (437, -100, b"/etc/passwd", at, 24),
        "name_to_handle_at": (303, -100, b"/", at, at, 0),
        "open_by_handle_at": (304, 0, at, 0),
        "mprotect executable": (10, 0, 4096, 4),
        "pkey_mprotect": (329, 0, 4096, 4, -1),
        "remap_file_pages": (216, 0, 4096, 0, 0, 0),
        "ftruncate": (77, 0, 0),
        "fallocate": (285, 0, 0, 0, 1),
        "splice": (275, 0, 0, 1, 0, 1, 0),
        "inotify_init": (253,),
        "fanotify_init": (300, 0, 0),
        "x32 write": (0x40000001, 1, b"x", 1),
        "landlock": (444, at, 8, 0),
        "seccomp filter": (317, 1, 0, at),
        "seccomp listener": (317, 1, 8, at),
        "sendmmsg": (307, 1, at, 1, 0),
        "connect": (42, 1, at, 16),
        "bind": (49, 1, at, 16),
        "listen": (50, 1, 1),
        "accept4": (288, 1, 0, 0, 0),
        "setsockopt": (54, 1, 1, 2, at, 4),
        "fcntl owner of signals": (72, 1, 8, prey),
        "fcntl lease": (72, 1, 1024, 0),
        "ioctl owner of signals": (16, 1, 0x8901, at),
        "timer_create": (222, 0, at, at),
        "signalfd": (289, -1, at, 8, 0),
        "setpriority": (141, 0, prey, 5),
        "setsid": (112,),
        "setrlimit": (160, 7, at),
        "kexec_load": (246, 0, 0, 0, 0),
        "kexec_file_load": (320, 0, 0, 0, 0, 0),
        "init_module": (175, at, 64, at),
        "mount_setattr": (442, -100, b"/", 0, at, 32),
        "statmount": (457, at, at, 64, 0),
        "inotify_init1": (294, 0),
        "process_mrelease": (448, pidfd, 0),
        "move_pages": (279, prey, 0, 0, 0, 0, 0),
        "madvise mergeable": (28, at & ~4095, 4096, 12),
        "madvise poison": (28, at & ~4095, 4096, 100),
        "futex lock_pi": (202, at, 6, 0, 0, 0, 0),
        "quotactl": (179, 0, 0, 0, 0),
        "syslog": (103, 3, at, 64),
        "sethostname": (170, b"x", 1),
        "iopl": (172, 3),
        "symlink": (88, b"a", b"b"),
        "mknod": (133, b"a", 0o10600, 0),
    }


def python_calls(prey: int) -> dict[str, Callable[[], object]]:
    return {
        "open /proc/PID/mem": lambda: os.open(f"/proc/{prey}/mem", os.O_RDONLY),
        "open /proc/PID/mem to write": lambda: os.open(f"/proc/{prey}/mem", os.O_RDWR),
        "open /proc/PID/environ": lambda: os.open(f"/proc/{prey}/environ", os.O_RDONLY),
        "open own /proc/self/mem to write": lambda: os.open("/proc/self/mem", os.O_RDWR),
        "read /etc/passwd": lambda: os.open("/etc/passwd", os.O_RDONLY),
        "list /root": lambda: os.open("/root", os.O_RDONLY),
        "list /home": lambda: os.open("/home", os.O_RDONLY),
        "executable memory": lambda: mmap.mmap(-1, 4096, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, 5),
        "executable file": lambda: mmap.mmap(FILE, 0, mmap.MAP_PRIVATE, mmap.PROT_READ | mmap.PROT_EXEC),
        "shared writable memory": lambda: mmap.mmap(-1, 4096),
        "writable executable memory": lambda: mmap.mmap(-1, 4096, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, 7),
        "shared memory": lambda: mmap.mmap(-1, 4096, mmap.MAP_SHARED | mmap.MAP_ANONYMOUS, mmap.PROT_READ),
        **{f"socket {family.name}": partial(socket.socket, family) for family in
           (socket.AF_INET, socket.AF_INET6, socket.AF_UNIX, socket.AF_NETLINK, socket.AF_VSOCK)},
    }  # fmt: skip


def main() -> None:
    prey = victim()
    pidfd, namespace = os.pidfd_open(os.getpid()), os.open("/proc/self/ns/net", os.O_RDONLY)
    if INSIDE_MARK not in os.environ and os.geteuid() == 0:
        os.kill(prey, signal.SIGKILL)
        os.waitpid(prey, 0)
        os.setgroups([])
        os.setresgid(OTHER, OTHER, OTHER)
        os.setresuid(OTHER, OTHER, OTHER)
        prey = victim()
    level = isolate_further(isolate(readable=[Path("/nowhere")]))
    lines = [f"level={level.level} user={os.geteuid()}"]
    attempts = python_calls(prey)
    if os.uname().machine == "x86_64":
        for name, words in x86_64_calls(prey, pidfd, namespace).items():
            attempts[name] = partial(call, *words)
    for name, attempt in attempts.items():
        try:
            attempt()
        except OSError as fault:
            lines.append(f"{name}={errno.errorcode[fault.errno or 0]}")
        else:
            lines.append(f"{name}=done")
    os.write(1, "\n".join(lines).encode())
    sys.stdout.flush()


main()
