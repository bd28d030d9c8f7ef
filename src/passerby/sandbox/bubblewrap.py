"""Running a worker under bubblewrap: its own empty file system and process table, and no network."""

import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

CHECK_S = 5.0


def bubblewrap() -> Path | None:
    """Where bubblewrap is, None if it is not installed."""
    found = shutil.which("bwrap")
    return None if found is None else Path(found)


def wrapped(
    command: Sequence[str],
    readable: Sequence[Path],
    environment: dict[str, str],
    *,
    program: Path,
    placed: Mapping[Path, Path] | None = None,
) -> list[str]:
    """The command line that runs a command in an otherwise empty world.

    Args:
        command: what to run; its program must lie in a readable path.
        readable: what it may read; nothing can be written anywhere but to a memory-backed /tmp that ends with it.
        environment: all that it gets; secrets do not belong here, /proc shows it to the same user.
        program: bubblewrap itself.
        placed: path inside -> path outside, of what is readable under another name than its own.
    """
    line = [str(program), "--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL", "--clearenv"]
    # Without a reaper of bubblewrap's own between them, the system adds the worker's CPU time to ours, as it should.
    line.append("--as-pid-1")
    for name, value in sorted(environment.items()):
        line += ["--setenv", name, value]
    # A mount hides what was mounted below it before: the root comes first, and what is readable may itself lie in /tmp.
    if Path("/") in readable:
        line += ["--ro-bind", "/", "/"]
    line += ["--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp"]  # noqa: S108  # nosec B108 - inside the sandbox
    for path in readable:
        if path != Path("/"):
            line += ["--ro-bind", str(path), str(path)]
    for inside, outside in (placed or {}).items():
        if outside.is_char_device():
            line += ["--dev-bind", str(outside), str(inside)]  # a camera: nothing can be done with it read-only
        else:
            line += ["--dir", str(inside)] if outside.is_dir() else ["--ro-bind", str(outside), str(inside)]
    return [*line, "--", *command]


def bubblewrap_works() -> bool:
    """Bubblewrap is here and the system lets it make namespaces (containers often do not)."""
    program = bubblewrap()
    if program is None:
        return False
    command = wrapped(["/bin/true"], [Path("/")], {}, program=program)
    try:
        return subprocess.run(command, capture_output=True, timeout=CHECK_S, check=False).returncode == 0  # noqa: S603 - fixed words
    except (OSError, subprocess.TimeoutExpired):
        return False
