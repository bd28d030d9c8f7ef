"""The numbers under which this machine's cameras are watched, in its data folder: workers read them at each change."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from passerby.files import write_private

LEASES_FILE: Final = "leases.json"


def write_leases(data: Path, leases: Mapping[str, int]) -> None:
    """Writes the numbers, by camera; it is on the disk when this returns.

    Raises:
        OutputError: they cannot be written; what was there holds on.
    """
    write_private(data / LEASES_FILE, json.dumps(dict(leases), indent=1, sort_keys=True) + "\n", lasting=True)


def read_leases(data: Path) -> dict[str, int]:
    """Returns the numbers, by camera; none where the file is missing or damaged.

    A camera that had a number and is watched under none counts until the next lease begins, and not after: too little
    is added then, and never anything twice.
    """
    try:
        found = json.loads((data / LEASES_FILE).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    if not isinstance(found, dict):
        return {}
    return {str(camera): number for camera, number in found.items() if type(number) is int and number > 0}
