"""Files of counts for a report: read, and completed from the site file that they were counted with."""

from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from passerby.config.loader import layout_of, load_site
from passerby.config.site import Site
from passerby.domain.counted_period import CountedLine, CountedPeriod
from passerby.domain.errors import PasserbyError
from passerby.domain.layout import Layout
from passerby.geometry.ground import path_length_m
from passerby.tables.count_files import read_count


def reported_counts(
    files: tuple[Path, ...], site: Path | None, camera: str | None, zone: str | None
) -> tuple[CountedPeriod, ...]:
    """Returns what files of counts hold.

    Args:
        files: as `passerby count` wrote them.
        site: the site file; None where the files are to say all.
        camera: which of its cameras was counted at; None for the one of the files' own name, or its only one.
        zone: the IANA name of the time zone to show; None for the site's, else the files' own.

    Raises:
        CountFileError: a file holds no count.
        SiteFileError: the site file has faults.
        PasserbyError: there is no such camera or zone.
    """
    loaded = load_site(site) if site else None
    shown_zone = _zone(zone) if zone else (ZoneInfo(loaded.site.time_zone) if loaded else None)
    periods = tuple(read_count(file, shown_zone) for file in files)
    if loaded is None or site is None:
        return periods
    return tuple(_completed(period, _layout(loaded, camera or period.camera, site)) for period in periods)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise PasserbyError(f"--zone: an IANA time zone such as Europe/Berlin is needed, got {name}.") from None


def _layout(site: Site, camera: str, path: Path) -> Layout:
    cameras = site.cameras
    if camera not in cameras and len(cameras) != 1:
        raise PasserbyError(f"--camera: one of {', '.join(cameras) or 'no cameras'} of {path} is needed, got {camera}.")
    return layout_of(cameras[camera] if camera in cameras else next(iter(cameras.values())))


def _completed(period: CountedPeriod, layout: Layout) -> CountedPeriod:
    """Returns the period with what its file does not say: what movements join, how long lines are, the ways' names."""
    drawn = {line.name: line for line in layout.lines}
    lines = tuple(
        replace(
            line,
            forward_name=drawn[line.name].forward_name,
            backward_name=drawn[line.name].backward_name,
            length_m=line.length_m if line.length_m is not None else _length_m(layout, line),
        )
        if line.name in drawn
        else line
        for line in period.lines
    )
    return replace(period, lines=lines, movements=layout.movements if period.movements is None else period.movements)


def _length_m(layout: Layout, line: CountedLine) -> float | None:
    points = next(drawn.points for drawn in layout.lines if drawn.name == line.name)
    return path_length_m(layout.ground, points) if layout.ground else None
