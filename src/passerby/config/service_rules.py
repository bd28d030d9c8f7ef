"""What one key of a service demands of another: sources, the store, retention."""

from collections.abc import Iterator, Mapping

from passerby.config.faults import Loc
from passerby.config.raw_values import keys_in, number_in
from passerby.domain.retention import DEFAULT_KEEP_DAYS, Kind

KINDS = ("file", "rtsp", "http", "usb")
_NETWORK_ONLY = ("user", "password", "password_from", "authority")
_AT_MIN = ((Kind.QUARTERS, Kind.MINUTES), (Kind.HOURS, Kind.QUARTERS), (Kind.DAYS, Kind.QUARTERS))

Complaints = Iterator[tuple[Loc, str]]


def source_complaints(source: Mapping[str, object]) -> Complaints:
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
    if "authority" in source and isinstance(address, str) and not address.lower().startswith(("rtsps:", "https:")):
        yield ("authority",), f"certificates are checked with {kinds[0]}s:// only: take it away, or encrypt"


def store_complaints(store: Mapping[str, object]) -> Complaints:
    """What is wrong with `store`."""
    if ("url" in store) == ("url_from" in store):
        both = "both were given" if "url" in store else "neither is here"
        yield (), f"give either url or url_from, {both}; without store, an SQLite file in the data folder is used"


def retention_complaints(retention: Mapping[str, object]) -> Complaints:
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


def service_complaints(top: Mapping[str, object]) -> Complaints:
    """What is wrong with the keys of the service as a whole, each with where in the file."""
    for key, complaints in (("store", store_complaints), ("retention", retention_complaints)):
        if key in top and isinstance(top[key], Mapping):
            yield from (((key, *loc), text) for loc, text in complaints(keys_in(top[key])))
