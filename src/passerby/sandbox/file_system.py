"""Closes the file system for this process, but for what it is to read (Landlock, Linux 5.13 and newer)."""

import ctypes
import errno
import json
import os
import struct
import sys
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from stat import S_ISCHR, S_ISDIR
from typing import Final

import passerby
from passerby.sandbox.limits import forbid_new_rights

READABLE_MARK: Final = "PASSERBY_READABLE"
"""Variable of the environment with what a sandbox may read besides Python and the system's libraries, as JSON."""

SYSTEM: Final = ("/usr", "/lib", "/lib64", "/etc/ld.so.cache")
"""Where the system keeps the libraries that Python is linked with."""

MACHINE: Final = (
    "/etc/localtime", "/proc/cpuinfo", "/proc/meminfo", "/proc/filesystems", "/sys/devices/system/cpu",
    "/sys/devices/system/node", "/dev/urandom", "/dev/random",
)  # fmt: skip
"""What libraries ask about the machine. Nothing of other processes: /proc is closed but for these."""

NOWHERE: Final = "/dev/null"

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
"""Landlock's calls have the same numbers on every machine."""

ASK_VERSION, PATH_BENEATH = 1, 1
WRITE_FILE, READ_FILE, READ_DIR, IOCTL_DEV = 1 << 1, 1 << 2, 1 << 3, 1 << 15
CONNECT_AND_BIND_TCP, ABSTRACT_SOCKETS_AND_SIGNALS = 3, 3
_FILE_RIGHTS: Final = ((1, 13), (2, 14), (3, 15), (5, 16))
"""Version of Landlock -> how many rights on files it knows (linux/landlock.h)."""


def python_paths() -> list[Path]:
    """Returns where passerby itself, Python and its libraries lie."""
    own = Path(passerby.__file__).resolve().parents[1]
    return [own, Path(sys.prefix), Path(sys.base_prefix), Path(sys.executable).parent]


def readable_mark(paths: Iterable[Path]) -> str:
    """Returns the value of `READABLE_MARK` for these paths."""
    return json.dumps([str(path) for path in paths])


def marked_readable() -> list[Path]:
    """Returns the paths that the environment of this process names; none where it names none."""
    named = json.loads(os.environ.get(READABLE_MARK, "[]"))
    return [Path(path) for path in named]


def landlock_version() -> int:
    """Returns the version of Landlock that this kernel speaks; 0 where it has none."""
    try:
        return _call(CREATE_RULESET, None, 0, ASK_VERSION)
    except OSError:
        return 0


def close_file_system(readable: Sequence[Path], listed: Sequence[Path] = (), *, device: bool = False) -> None:
    """Leaves this process only some paths to read, and none to write; no new TCP connection either, where it can.

    Only opening is closed: whether a path exists, and how large it is, can still be asked.

    Args:
        readable: files, and folders with all that is in them; what is not there is left out.
        listed: folders that may be listed with all folders in them, but whose files stay closed.
        device: character devices among them may be written to and asked: it reads a USB camera.

    Raises:
        OSError: this kernel has no Landlock, or refuses.
    """
    version = landlock_version()
    if version == 0:
        raise OSError(errno.ENOSYS, "this kernel has no Landlock; Linux 5.13 and newer do, where it is switched on")
    forbid_new_rights()
    handled = (1 << max(bits for since, bits in _FILE_RIGHTS if version >= since)) - 1
    asked = struct.pack("=QQQ", handled, CONNECT_AND_BIND_TCP, ABSTRACT_SOCKETS_AND_SIGNALS)
    asked = asked[: 24 if version >= 6 else 16 if version >= 4 else 8]
    ruleset = _call(CREATE_RULESET, asked, len(asked), 0)
    try:
        for path in [*map(Path, (*SYSTEM, *MACHINE)), *python_paths(), *readable]:
            _allow(ruleset, path, handled & (READ_FILE | READ_DIR), handled if device else 0)
        for path in listed:
            _allow(ruleset, path, READ_DIR, 0)
        _allow(ruleset, Path(NOWHERE), READ_FILE | WRITE_FILE, 0)
        _call(RESTRICT_SELF, ruleset, 0)
    finally:
        os.close(ruleset)


def _allow(ruleset: int, path: Path, rights: int, of_device: int) -> None:
    with suppress(FileNotFoundError, NotADirectoryError, PermissionError):  # what cannot be reached cannot be read
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
        try:
            kind = os.fstat(place).st_mode
            if not S_ISDIR(kind):
                rights &= READ_FILE | WRITE_FILE
            if S_ISCHR(kind):
                rights |= of_device & (WRITE_FILE | IOCTL_DEV)
            _call(ADD_RULE, ruleset, PATH_BENEATH, struct.pack("=Qi", rights, place), 0)
        finally:
            os.close(place)


def _call(number: int, *arguments: bytes | int | None) -> int:
    libc = ctypes.CDLL(None, use_errno=True)
    passed = (ctypes.c_long(one) if isinstance(one, int) else one for one in arguments)
    result: int = libc.syscall(ctypes.c_long(number), *passed)
    if result < 0:
        fault = ctypes.get_errno()
        raise OSError(fault, os.strerror(fault))
    return result
