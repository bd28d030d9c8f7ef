"""What holds the memory of a camera's processes, from the kernel's own account of their maps."""

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from rich.table import Table

MB: Final = 1024.0
LEAST_MB: Final = 1.0
_MAP: Final = re.compile(r"[0-9a-f]+-[0-9a-f]+ \S+ \S+ \S+ \d+ *(.*)")

KINDS: Final = (
    ("memfd:frames", "frames on their way"),
    ("[heap]", "heap"),
    ("onnxruntime", "ONNX Runtime's own code"),
    ("cv2", "OpenCV's own code"),
    ("opencv", "OpenCV's own code"),
    ("libav", "FFmpeg's own code"),
    ("libsw", "FFmpeg's own code"),
    ("python", "Python and NumPy's own code"),
    ("numpy", "Python and NumPy's own code"),
)
"""What a map's name has in it, and what it is; what has no name are Python's objects, large arrays and pictures."""


def parts_mb(pid: int) -> dict[str, float]:
    """Returns a process's memory by what holds it; what several processes share is divided among them (PSS)."""
    found: Counter[str] = Counter()
    kind = ""
    for row in Path("/proc", str(pid), "smaps").read_text().splitlines():
        if (map_row := _MAP.match(row)) is not None:
            kind = kind_of(map_row[1])
        elif row.startswith("Pss:"):
            found[kind] += int(row.split()[1])
    return {kind: kb / MB for kind, kb in found.items()}


def kind_of(name: str) -> str:
    """Returns what a map of that name holds."""
    if not name:
        return "objects, arrays, pictures"
    return next((kind for mark, kind in KINDS if mark in name), "other libraries")


def role_of(pid: int) -> str:
    """Returns which of a camera's processes it is."""
    words = Path("/proc", str(pid), "cmdline").read_bytes().split(b"\0")
    if words[0].endswith(b"bwrap"):
        return "bubblewrap"
    return "decoder" if any(word.startswith(b"--ring-to-write") for word in words) else "analysis"


def by_role(pids: Sequence[int]) -> dict[str, dict[str, float]]:
    """Returns the same for all of a camera's processes, by their roles, MB."""
    found: dict[str, Counter[str]] = {}
    for pid in pids:
        found.setdefault(role_of(pid), Counter()).update(parts_mb(pid))
    return {role: dict(parts) for role, parts in found.items()}


def table_of(found: dict[str, dict[str, float]], title: str) -> Table:
    """Returns it as a table: a row for what holds a megabyte or more."""
    table = Table("", *found, title=title)
    kinds = sorted({kind for parts in found.values() for kind in parts})
    for kind in kinds:
        held = [parts.get(kind, 0.0) for parts in found.values()]
        if max(held) >= LEAST_MB:
            table.add_row(kind, *(f"{mb:.1f}" for mb in held))
    table.add_row("all", *(f"{sum(parts.values()):.1f}" for parts in found.values()), end_section=True)
    return table
