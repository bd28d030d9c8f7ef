"""Checks of the machine for `passerby doctor`: Python, libraries, isolation, disk, clock."""

import ctypes
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

from passerby import __version__
from passerby.admin.findings import Finding, fail, ok, warn
from passerby.sandbox.bubblewrap import bubblewrap, bubblewrap_works

OLDEST_PYTHON, NEWEST_PYTHON = (3, 11), (3, 12)
MIN_FREE_BYTES = 500 * 1000**2
"""Under this the database cannot even tidy itself up."""
WELL_FREE_BYTES = 5 * 1000**3
"""A year of 25 cameras takes some gigabytes with the default limits."""

_PROBE = (
    "from passerby.sandbox.isolation import isolate; found = isolate(); print(found.level, *found.missing, sep='\\n')"
)
_PROBE_S = 20.0
_CLOCK_UNSYNCHRONISED = 5
_BUILT = 1_767_225_600
"""2026-01-01 UTC: no clock that is right shows less."""
_USER_NAMESPACES = (
    ("/proc/sys/user/max_user_namespaces", "0", "sysctl user.max_user_namespaces=15000"),
    ("/proc/sys/kernel/unprivileged_userns_clone", "0", "sysctl kernel.unprivileged_userns_clone=1"),
    ("/proc/sys/kernel/apparmor_restrict_unprivileged_userns", "1", "an AppArmor profile that lets bwrap use userns"),
)


def machine_findings(folder: Path) -> Iterator[Finding]:
    """Yields the findings about the machine; `folder` is the data folder."""
    yield _python()
    yield _libraries()
    yield _isolation()
    yield from _folder(folder)
    yield _clock()


def _python() -> Finding:
    got = f"Python {platform.python_version()} on {platform.machine()}, passerby {__version__}"
    if OLDEST_PYTHON <= sys.version_info[:2] <= NEWEST_PYTHON:
        return ok("Python", got)
    return fail("Python", got, "Install passerby with Python 3.11 or 3.12")


def _libraries() -> Finding:
    """Checks that every library that the package always needs is installed."""
    try:
        required = requires("passerby") or []
    except PackageNotFoundError:
        return warn("libraries", "passerby is not installed as a package, so what it needs is unknown", "Install it")
    required = [line for line in required if ";" not in line]  # those of the extras depend on the site
    missing = []
    for line in required:
        name = line.split("[")[0].split(">")[0].split("=")[0].split("<")[0].strip()
        try:
            version(name)
        except PackageNotFoundError:
            missing.append(name)
    if missing:
        return fail("libraries", f"missing: {', '.join(missing)}", "Install passerby again from its lock file")
    return ok("libraries", f"all {len(required)} are installed")


def _isolation() -> Finding:
    """Tries out which isolation level a sandbox reaches on this machine."""
    wrapped = bubblewrap_works()
    command = [sys.executable, "-c", _PROBE]
    try:
        tried = subprocess.run(command, capture_output=True, text=True, timeout=_PROBE_S, check=False)  # noqa: S603 - fixed words
        first, *missing = tried.stdout.splitlines() or ["0"]
        level = int(first)
    except (OSError, ValueError, subprocess.TimeoutExpired):
        level, missing = 0, []
    filtered = level >= 1 and not any("system calls" in why for why in missing)
    if wrapped and filtered:
        return ok("isolation", "level 3 of 3: bubblewrap, listed system calls alone, no core dumps")
    why = f"level {level} of 3 is what this machine reaches"
    if not filtered:
        return fail("isolation", f"{why}: system calls cannot be filtered", "Use a Linux kernel with seccomp")
    if level < 2:
        do = "Install bubblewrap, or use Linux 5.13 or newer with Landlock switched on"
        return warn("isolation", f"{why}: {'; '.join(missing)}", do)
    if bubblewrap() is None:
        return warn("isolation", f"{why}: bubblewrap is not installed", "apt-get install bubblewrap")
    return warn("isolation", f"{why}: bubblewrap may not make user namespaces", _namespace_advice())


def _namespace_advice() -> str:
    for file, bad, advice in _USER_NAMESPACES:
        try:
            if Path(file).read_text(encoding="ascii").strip() == bad:
                return f"Allow them: {advice}"
        except OSError:
            continue
    return "In a container, allow them for it (see the how-to on running as a service)"


def _folder(folder: Path) -> Iterator[Finding]:
    name = "data folder"
    there = next(path for path in (folder, *folder.parents) if path.exists())
    try:
        if there == folder:
            with tempfile.TemporaryFile(dir=folder):
                pass
        elif not os.access(there, os.W_OK | os.X_OK):
            raise PermissionError(13, "Permission denied")
    except OSError as error:
        do = "Give this account the right, or name another folder with --data"
        yield fail(name, f"{folder} cannot be written: {error.strerror}", do)
        return
    if there != folder:
        yield ok(name, f"{folder} is not there yet and will be made")
    elif folder.stat().st_mode & 0o077:
        yield warn(name, f"{folder} can be read by other accounts", f"chmod 700 {folder}")
    else:
        yield ok(name, f"{folder} can be written, and read by no other account")
    free = shutil.disk_usage(there).free
    why = f"{free / 1000**3:.1f} GB are free for {folder}"
    if free < MIN_FREE_BYTES:
        yield fail("disk", why, "Free some space: without it, results wait in memory and are lost at a stop")
    elif free < WELL_FREE_BYTES:
        yield warn("disk", why, "Free some space, or keep results for a shorter time")
    else:
        yield ok("disk", why)


def _clock() -> Finding:
    now_s = time.time()
    if now_s < _BUILT:
        return fail("clock", "the clock is years behind", "Set it: counts are filed by time")
    if clock_synchronised() is False:
        do = "Run a time service, such as systemd-timesyncd or chrony: counts are filed by time"
        return warn("clock", "nothing keeps the clock right", do)
    return ok("clock", time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(now_s)))


def clock_synchronised() -> bool | None:
    """Returns whether a time service keeps the kernel's clock right; None where the kernel does not report it."""
    libc = ctypes.CDLL(None)
    if not hasattr(libc, "adjtimex"):
        return None
    # struct timex with modes = 0 only asks; it has 208 bytes on 64-bit systems.
    buffer = ctypes.create_string_buffer(512)
    state = libc.adjtimex(buffer)
    return None if state < 0 else state != _CLOCK_UNSYNCHRONISED
