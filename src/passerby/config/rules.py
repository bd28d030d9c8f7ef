"""What one key of a site file demands of another: names, movements, ground points, confidences, intervals.

Read from the raw values and not from the typed ones, so that a fault in one line does not hide one in a movement.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

from passerby.config.document import Document
from passerby.config.faults import Fault, Loc, dotted, excerpt, shown, suggestion
from passerby.config.ground_rules import ground_complaints
from passerby.config.raw_values import keys_in, number_in
from passerby.config.service_rules import service_complaints, source_complaints

_WAYS = ("forward", "backward")


def site_faults(document: Document, sources_from: Path | None) -> list[Fault]:
    """Faults of a whole site file; with `sources_from`, the folder that files are relative to, missing ones too."""
    top = keys_in(document.value)
    rules = _Rules(document)
    for camera_id, camera in keys_in(top.get("cameras")).items():
        loc = ("cameras", camera_id)
        rules.check_layout(keys_in(camera), loc)
        rules.check_source(keys_in(camera).get("source"), (*loc, "source"), sources_from)
    rules.check_detector(keys_in(top.get("detector")))
    rules.check_intervals(keys_in(top.get("intervals")))
    for place, text in service_complaints(top):
        rules.blame(place, text)
    return rules.faults


def layout_faults(document: Document) -> list[Fault]:
    """Faults of a lines file."""
    rules = _Rules(document)
    top = keys_in(document.value)
    rules.check_layout(top, ())
    if "cameras" in top:
        rules.blame(("cameras",), "this is a site file: give it as one (--site), not as a lines file (--lines)")
    elif not top.get("lines") and not top.get("zones"):
        rules.blame((), "there is nothing to measure: add lines or zones")
    return rules.faults


class _Rules:
    """Gathers faults over one document."""

    def __init__(self, document: Document) -> None:
        self.faults: list[Fault] = []
        self._document = document

    def blame(self, loc: Loc, text: str) -> None:
        """Note one fault."""
        self.faults.append(Fault(self._document.line(loc), dotted(loc), text))

    def check_layout(self, places: Mapping[str, object], loc: Loc) -> None:
        """Names, movements and ground of one camera."""
        self._check_names(places, loc)
        lines = keys_in(places.get("lines"))
        for name, movement in keys_in(places.get("movements")).items():
            ends = [
                self._crossing(keys_in(keys_in(movement).get(end)), lines, (*loc, "movements", name, end))
                for end in ("from", "to")
            ]
            if ends[0] is not None and ends[0] == ends[1]:
                self.blame((*loc, "movements", name), "it comes and goes over the same line the same way")
        if "ground" in places:
            self._check_ground(keys_in(places["ground"]), (*loc, "ground"))

    def _check_names(self, places: Mapping[str, object], loc: Loc) -> None:
        """Results are filed by name, so a line, a zone and a movement of one camera cannot share one."""
        seen: dict[str, str] = {}
        for kind in ("lines", "zones", "movements"):
            for name in keys_in(places.get(kind)):
                if name in seen:
                    first = self._document.line((*loc, seen[name], name))
                    text = f"the name is taken by one of the {seen[name]} in line {first}; results are filed by name"
                    self.blame((*loc, kind, name), text)
                seen.setdefault(name, kind)

    def _crossing(
        self, crossing: Mapping[str, object], lines: Mapping[str, object], loc: Loc
    ) -> tuple[str, str] | None:
        """The line and the way, as `forward` or `backward`, that one end of a movement names."""
        line, way = crossing.get("line"), crossing.get("way")
        if not isinstance(line, str) or not isinstance(way, str):
            return None
        if line not in lines:
            self.blame((*loc, "line"), f"{shown(line)} is no line of this camera. {suggestion(line, lines)}")
            return None
        direction = way_of(way, keys_in(lines[line]))
        if direction is None:
            names = [*_WAYS, *(name for name in _user_ways(keys_in(lines[line])) if name not in _WAYS)]
            self.blame((*loc, "way"), f"{shown(way)} is no way over {excerpt(line)}. {suggestion(way, names)}")
            return None
        if direction == "":
            self.blame((*loc, "way"), f"{shown(way)} names both ways over {excerpt(line)}: say forward or backward")
            return None
        return line, direction

    def _check_ground(self, ground: Mapping[str, object], loc: Loc) -> None:
        for text_loc, text in ground_complaints(ground):
            self.blame((*loc, *text_loc), text)

    def check_source(self, source: object, loc: Loc, folder: Path | None) -> None:
        """Exactly one kind, with what belongs to it; with `folder`, a recording is there too."""
        if not isinstance(source, Mapping):
            return
        for inner, text in source_complaints(source):
            self.blame((*loc, *inner), text)
        if folder is not None:
            self._check_recording(source.get("file"), loc, folder)

    def _check_recording(self, name: object, loc: Loc, folder: Path) -> None:
        if not isinstance(name, str) or "\0" in name or "://" in name or not name.strip():
            return
        path = folder / name
        try:
            there = path.is_file()
        except OSError:
            there = False
        if not there:
            what = "this is a folder, a recording is needed" if path.is_dir() else "there is no such file"
            self.blame((*loc, "file"), f"{what}: {excerpt(name)} (looked for from the site file's own folder)")

    def check_detector(self, detector: Mapping[str, object]) -> None:
        """A track is not kept by more than it takes to start one."""
        start, keep = number_in(detector.get("start_confidence")), number_in(detector.get("keep_confidence"))
        if start is not None and keep is not None and keep > start:
            text = f"it must be at most start_confidence ({start:g}), got {keep:g}"
            self.blame(("detector", "keep_confidence"), text)

    def check_intervals(self, intervals: Mapping[str, object]) -> None:
        """Intervals fall on the clock's hours and days, and reports are made of whole ones."""
        inside, report = number_in(intervals.get("inside_s", 60)), number_in(intervals.get("report_s", 900))
        if inside is not None and inside >= 1 and 3600 % inside:
            text = f"it must divide an hour (3600 s), got {inside:g}"
            self.blame(("intervals", "inside_s"), text)
        if report is not None and report >= 60 and 86400 % report:
            self.blame(("intervals", "report_s"), f"it must divide a day (86400 s), got {report:g}")
        elif inside is not None and report is not None and inside >= 1 and report >= 60 and report % inside:
            self.blame(("intervals", "report_s"), f"it must be a multiple of inside_s ({inside:g}), got {report:g}")


def _user_ways(line: Mapping[str, object]) -> Iterator[str]:
    for direction in _WAYS:
        yield str(line.get(direction, direction))


def way_of(way: str, line: Mapping[str, object]) -> str | None:
    """`forward` or `backward` for a way's plain word or the line's own name for it; empty for both, None for neither.

    >>> way_of("to the market", {"forward": "to the market"})
    'forward'
    """
    named = [direction for direction, name in zip(_WAYS, _user_ways(line), strict=True) if name == way]
    if len(named) == 1:
        return named[0]
    if way in _WAYS:
        return way
    return "" if named else None
