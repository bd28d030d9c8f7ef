"""What one key of a site file demands of another, and of files: names, movements, intervals, sources, map, store.

Read from the raw values and not from the typed ones, so that a fault in one line does not hide one in a movement.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeGuard

from passerby.config.addresses import Address, address_of
from passerby.config.document import Document, keys_in, number_in
from passerby.config.rules.ground_rules import LocatedFaults, ground_faults
from passerby.config.rules.near_miss_rules import near_miss_faults
from passerby.config.validation import Fault, Loc, dotted, excerpt, shown, suggestion
from passerby.config.values import WAYS, user_ways, way_of
from passerby.domain.retention import DEFAULT_KEEP_DAYS, Kind
from passerby.domain.sources import SourceKind
from passerby.map_file import MapFileError, checked_map_file
from passerby.text import in_nfc, is_loopback
from passerby.units import DAY_S, HOUR_S


def site_faults(document: Document, folder: Path | None) -> list[Fault]:
    """Returns the faults of a whole site file; with the folder of relative paths, those of the files it names too."""
    top = keys_in(document.value)
    rules = _Rules(document)
    for camera_id, camera in keys_in(top.get("cameras")).items():
        loc = ("cameras", camera_id)
        rules.check_layout(keys_in(camera), loc)
        # Files that a node's camera names are the node's.
        here = folder if keys_in(camera).get("node") is None else None
        rules.check_source(keys_in(camera).get("source"), (*loc, "source"), here)
    if folder is not None:
        rules.check_map(keys_in(top.get("site")).get("map"), folder)
    rules.check_detector(keys_in(top.get("detector")))
    rules.check_intervals(keys_in(top.get("intervals")))
    for key_loc, text in service_faults(top):
        rules.add(key_loc, text)
    return rules.faults


def layout_faults(document: Document) -> list[Fault]:
    """Returns the faults of a lines file."""
    rules = _Rules(document)
    top = keys_in(document.value)
    rules.check_layout(top, ())
    if "cameras" in top:
        rules.add(("cameras",), "this is a site file: give it as one (--site), not as a lines file (--lines)")
    elif not top.get("lines") and not top.get("zones"):
        rules.add((), "there is nothing to measure: add lines or zones")
    return rules.faults


class _Rules:
    """Collects the faults of one document."""

    def __init__(self, document: Document) -> None:
        self.faults: list[Fault] = []
        self._document = document

    def add(self, loc: Loc, text: str) -> None:
        """Adds one fault."""
        self.faults.append(Fault(self._document.line(loc), dotted(loc), text))

    def check_layout(self, layout: Mapping[str, object], loc: Loc) -> None:
        """Checks names, movements and ground of one camera."""
        self._check_names(layout, loc)
        lines = keys_in(layout.get("lines"))
        for name, movement in keys_in(layout.get("movements")).items():
            entry, leaving = (
                self._crossing(keys_in(keys_in(movement).get(end)), lines, (*loc, "movements", name, end))
                for end in ("from", "to")
            )
            if entry is not None and entry == leaving:
                self.add((*loc, "movements", name), "it comes and goes over the same line the same way")
        if "near_misses" in layout:
            for inner, text in near_miss_faults(layout):
                self.add((*loc, "near_misses", *inner), text)
        if "ground" in layout:
            self._check_ground(keys_in(layout["ground"]), (*loc, "ground"))

    def _check_names(self, layout: Mapping[str, object], loc: Loc) -> None:
        """Results are stored by name, so a line, a zone and a movement of one camera cannot share one."""
        seen: dict[str, str] = {}
        for kind in ("lines", "zones", "movements"):
            for name in keys_in(layout.get(kind)):
                if name in seen:
                    first = self._document.line((*loc, seen[name], name))
                    text = f"the name is taken by one of the {seen[name]} in line {first}; results are stored by name"
                    self.add((*loc, kind, name), text)
                seen.setdefault(name, kind)

    def _crossing(
        self, crossing: Mapping[str, object], lines: Mapping[str, object], loc: Loc
    ) -> tuple[str, str] | None:
        """The line and the way, as `forward` or `backward`, that one end of a movement names."""
        line, way = crossing.get("line"), crossing.get("way")
        if not isinstance(line, str) or not isinstance(way, str):
            return None
        line, way = in_nfc(line), in_nfc(way)
        if line not in lines:
            self.add((*loc, "line"), f"{shown(line)} is no line of this camera. {suggestion(line, lines)}")
            return None
        direction = way_of(way, keys_in(lines[line]))
        if direction is None:
            names = [*WAYS, *(name for name in user_ways(keys_in(lines[line])) if name not in WAYS)]
            self.add((*loc, "way"), f"{shown(way)} is no way over {excerpt(line)}. {suggestion(way, names)}")
            return None
        if direction == "":
            self.add((*loc, "way"), f"{shown(way)} names both ways over {excerpt(line)}: say forward or backward")
            return None
        return line, direction

    def _check_ground(self, ground: Mapping[str, object], loc: Loc) -> None:
        for text_loc, text in ground_faults(ground):
            self.add((*loc, *text_loc), text)

    def check_source(self, source: object, loc: Loc, folder: Path | None) -> None:
        """Checks that there is exactly one kind, with its own keys; with `folder`, also that a recording exists."""
        if not isinstance(source, Mapping):
            return
        for inner, text in source_faults(source):
            self.add((*loc, *inner), text)
        if folder is not None:
            self._check_recording(source.get("file"), loc, folder)

    def _check_recording(self, name: object, loc: Loc, folder: Path) -> None:
        if not _is_path(name):
            return
        path = folder / name
        try:
            there = path.is_file()
        except OSError:
            there = False
        if not there:
            what = "this is a folder, a recording is needed" if path.is_dir() else "there is no such file"
            self._add_file((*loc, "file"), what, name)

    def check_map(self, name: object, folder: Path) -> None:
        """Checks that the map is there, and that a browser can show it."""
        if not _is_path(name):
            return
        try:
            checked_map_file(folder / name)
        except MapFileError as error:
            self._add_file(("site", "map"), str(error), name)

    def _add_file(self, loc: Loc, what: str, name: str) -> None:
        self.add(loc, f"{what}: {excerpt(name)} (looked for from the site file's own folder)")

    def check_detector(self, detector: Mapping[str, object]) -> None:
        """Checks that a track is not kept by more than it takes to start one."""
        start, keep = number_in(detector.get("start_confidence")), number_in(detector.get("keep_confidence"))
        if start is not None and keep is not None and keep > start:
            text = f"it must be at most start_confidence ({start:g}), got {keep:g}"
            self.add(("detector", "keep_confidence"), text)

    def check_intervals(self, intervals: Mapping[str, object]) -> None:
        """Checks that intervals fall on the clock's hours and days, and that reports are made of whole ones."""
        inside, report = number_in(intervals.get("inside_s", 60)), number_in(intervals.get("report_s", 900))
        if inside is not None and inside >= 1 and HOUR_S % inside:
            text = f"it must divide an hour (3600 s), got {inside:g}"
            self.add(("intervals", "inside_s"), text)
        if report is not None and report >= 60 and DAY_S % report:
            self.add(("intervals", "report_s"), f"it must divide a day (86400 s), got {report:g}")
        elif inside is not None and report is not None and inside >= 1 and report >= 60 and report % inside:
            self.add(("intervals", "report_s"), f"it must be a multiple of inside_s ({inside:g}), got {report:g}")


def _is_path(name: object) -> TypeGuard[str]:
    """Whether a value can be looked for as a file; of another one the check of types says what is wrong."""
    return isinstance(name, str) and "\0" not in name and "://" not in name and bool(name.strip())


KINDS = ("file", "rtsp", "http", "usb")
_NETWORKED = (SourceKind.RTSP, SourceKind.RTSPS, SourceKind.HTTP, SourceKind.HTTPS)
_NETWORK_ONLY = ("user", "password", "password_from", "authority", "basic_without_tls", "transport", "streams")
_AT_MIN = ((Kind.QUARTERS, Kind.MINUTES), (Kind.HOURS, Kind.QUARTERS), (Kind.DAYS, Kind.QUARTERS))


def source_faults(source: Mapping[str, object]) -> LocatedFaults:
    """What is wrong with one camera's `source`, each with where in it."""
    kinds = [kind for kind in KINDS if kind in source]
    if not kinds:
        yield (), "say where the pictures come from: exactly one of file, rtsp, http and usb is needed"
        return
    if len(kinds) > 1:
        yield (kinds[1],), f"exactly one of file, rtsp, http and usb is possible, got {' and '.join(kinds)}"
        return
    if kinds[0] not in ("rtsp", "http"):
        for key in _NETWORK_ONLY:
            if key in source:
                yield (key,), f"this is for cameras on the network: with {kinds[0]}, take it away"
        return
    if "password" in source and "password_from" in source:
        yield ("password_from",), "password and password_from were both given: keep one"
    if "user" not in source:
        for key in ("password", "password_from"):
            if key in source:
                yield (key,), "a password needs a user beside it"
    address = source[kinds[0]]
    if "transport" in source and kinds[0] != "rtsp":
        yield ("transport",), "this is for rtsp:// and rtsps:// only: take it away"
    if source.get("transport") == "udp" and isinstance(address, str) and address.lower().startswith("rtsps:"):
        yield ("transport",), "pictures over UDP are not encrypted: with rtsps:// take tcp or http"
    if "authority" in source and isinstance(address, str) and not address.lower().startswith(("rtsps:", "https:")):
        yield ("authority",), f"certificates are checked with {kinds[0]}s:// only: take it away, or encrypt"
    yield from _stream_faults(address, source.get("streams"))


def _stream_faults(address: object, streams: object) -> LocatedFaults:
    """What is wrong with the smaller streams of a source: they are the same camera's, reached in the same way."""
    first = _address(address)
    if first is None or not isinstance(streams, Sequence) or isinstance(streams, str):
        return
    seen = [first]
    for number, text in enumerate(streams):
        found = _address(text)
        if found is None:
            continue  # the check of types says what is wrong
        if replace(found, path="") != replace(first, path=""):
            yield ("streams", number), "a stream of the same camera has the same protocol, host and port as the address"
        elif found in seen:
            yield ("streams", number), "this stream was given before: take it away"
        seen.append(found)


def _address(text: object) -> Address | None:
    try:
        return address_of(text, _NETWORKED) if isinstance(text, str) else None
    except ValueError:
        return None


def store_faults(store: Mapping[str, object]) -> LocatedFaults:
    """What is wrong with `store`."""
    if ("url" in store) == ("url_from" in store):
        both = "both were given" if "url" in store else "neither is here"
        yield (), f"give either url or url_from, {both}; without store, an SQLite file in the data folder is used"


def retention_faults(retention: Mapping[str, object]) -> LocatedFaults:
    """Long intervals are made from shorter ones, and kept at least as long."""
    days = {kind: number_in(retention.get(kind, DEFAULT_KEEP_DAYS[kind])) for kind in Kind}
    for longer, shorter in _AT_MIN:
        long_days, short_days = days[longer], days[shorter]
        if long_days is None or short_days is None or long_days >= short_days:
            continue
        key = longer if longer in retention else shorter
        yield (
            (str(key),),
            f"{longer} are kept for {long_days:g} days, less than the {short_days:g} days of {shorter}, from which "
            f"they are made. Keep {longer} as long, or {shorter} shorter",
        )


_BEYOND = "beyond this machine itself (127.0.0.1, ::1 or localhost)"


def server_faults(server: Mapping[str, object]) -> LocatedFaults:
    """Beyond this machine it is served under a name, and over TLS or behind a proxy that is named."""
    host = str(server.get("host", "127.0.0.1"))
    near = is_loopback(host)
    if not near and not ("tls" in server or server.get("behind")):
        text = "give server.tls, or server.behind"
        yield ("host",), f"{_BEYOND} it is served over TLS, or behind a proxy that is named: {text}"
    for key in ("tls", "behind"):
        if server.get(key) and "public_url" not in server:
            yield (key,), "server.public_url is needed with it: the name that browsers reach the service under"
    if not near and "tls" not in server and any(_all_addresses(each) for each in _listed(server.get("behind"))):
        yield ("behind",), "every address would be trusted: name the proxy's own"


def _listed(value: object) -> tuple[object, ...]:
    return tuple(value) if isinstance(value, (list, tuple)) else ()


def _all_addresses(network: object) -> bool:
    return isinstance(network, str) and network.endswith("/0")


def service_faults(top: Mapping[str, object]) -> LocatedFaults:
    """What is wrong with the keys of the service as a whole, each with where in the file."""
    rules = (("store", store_faults), ("retention", retention_faults), ("server", server_faults))
    for key, rule in rules:
        if key in top and isinstance(top[key], Mapping):
            yield from (((key, *loc), text) for loc, text in rule(keys_in(top[key])))
