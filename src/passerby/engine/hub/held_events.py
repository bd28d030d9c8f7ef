"""Which reports of events the hub takes from whom, where cameras are handed from machine to machine."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from passerby.domain.fleet import MAX_CLOCK_TOLD_S
from passerby.domain.leases import NO_LEASE, Lease, next_began_ns
from passerby.domain.place_events import EventState, PlaceEvent
from passerby.text import in_nfc
from passerby.units import NS_PER_S

HANDED_OVER: Final = "It ended here because its camera was handed over to another machine."

_EVER: Final = 2**63 - 1
_CLOCKS_NS: Final = MAX_CLOCK_TOLD_S * NS_PER_S
"""A machine's clock may be behind the hub's by so much, so that what it raises first seems to be of before."""


def held_events(node: str, events: Iterable[PlaceEvent], leases: Mapping[str, Sequence[Lease]]) -> list[PlaceEvent]:
    """Returns those of a machine's reports that are of its own time with a camera.

    What it raised after the next machine had begun is left out: that one raises it, too. What it had raised before ends
    where the next one begins, at the latest.

    Args:
        node: the machine that delivers them, as its connection says; empty for the hub's own.
        events: its reports.
        leases: all of their cameras, by camera and number; a camera without any is this machine's alone.
    """
    found = []
    for event in events:
        spans = _spans(node, leases.get(in_nfc(event.camera), ()))
        ends = [end_ns for from_ns, end_ns in spans if from_ns <= event.raised_ns < end_ns]
        if ends:
            found.append(_ended_by(event, max(ends)))
    return found


def _spans(node: str, leases: Sequence[Lease]) -> list[tuple[int, int]]:
    """Returns from when to when a machine held a camera, UTC nanoseconds; the last one has no end."""
    if not leases:
        return [(0, _EVER)]
    # Before the first lease of a camera it was the hub's own machine that watched it, if any.
    held = [Lease(leases[0].camera, NO_LEASE, "", "", 0), *leases]
    return [(_from_ns(lease), next_began_ns(lease.number, leases) or _EVER) for lease in held if lease.node == node]


def _from_ns(lease: Lease) -> int:
    since_ns = lease.since_ns if lease.began_ns is None else min(lease.since_ns, lease.began_ns)
    return since_ns - _CLOCKS_NS


def _ended_by(event: PlaceEvent, end_ns: int) -> PlaceEvent:
    """Returns an event that has ended by then, as it is where it has."""
    if end_ns == _EVER or (event.end_ns is not None and event.end_ns <= end_ns):
        return event
    return replace(event, state=EventState.CLOSED, value=None, end_ns=end_ns, why=f"{event.why} {HANDED_OVER}")
