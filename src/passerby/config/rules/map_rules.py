"""Whether the map that a site file names is there, and can be shown."""

from pathlib import Path

from passerby.config.document import Document, keys_in
from passerby.config.validation import Fault, dotted, excerpt
from passerby.map_file import MapFileError, checked_map_file

_KEY = ("site", "map")


def map_faults(document: Document, folder: Path | None) -> list[Fault]:
    """Returns what is wrong with the file of `site.map`; without the folder of relative paths it is not read."""
    name = keys_in(keys_in(document.value).get("site")).get("map")
    if folder is None or not isinstance(name, str) or "\0" in name or "://" in name or not name.strip():
        return []
    try:
        checked_map_file(folder / name)
    except MapFileError as error:
        text = f"{error}: {excerpt(name)} (looked for from the site file's own folder)"
        return [Fault(document.line(_KEY), dotted(_KEY), text)]
    return []
