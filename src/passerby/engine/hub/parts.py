"""Which part of its minute each delivered row is of, for the store."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from passerby.domain.leases import WatchedPart
from passerby.domain.observations import Observation


@dataclass(slots=True)
class Batch:
    """Rows that are stored at once: of each camera's minute those of one part."""

    observations: list[Observation] = field(default_factory=list)
    parts: list[WatchedPart] = field(default_factory=list)


def parts_from(node: str, observations: Sequence[Observation], parts: Sequence[WatchedPart]) -> tuple[WatchedPart, ...]:
    """Returns the parts of a delivery's minutes, with the machine that it came from, whatever they say of it.

    Args:
        node: the machine, as the connection knows it; empty for the hub's own.
        observations: what was delivered.
        parts: what they are said to be of.
    """
    named = tuple(replace(part, node=node) for part in parts)
    if not node:
        return named
    known = {(part.camera, part.start_ns) for part in named}
    others = {(one.camera, one.start_ns) for one in observations} - known
    return (*named, *(replace(WatchedPart.whole(*each), node=node) for each in sorted(others)))


def batches(deliveries: Iterable[tuple[Sequence[Observation], Sequence[WatchedPart]]]) -> list[Batch]:
    """Returns the rows of deliveries in as few batches as there can be, in their order; of most there is one.

    Two machines that each watched a part of a minute may deliver it at the same time.
    """
    found = [Batch()]
    known: dict[tuple[str, int], WatchedPart | None] = {}
    some = list(deliveries)
    apart = any(parts for _, parts in some)
    for observations, parts in some:
        if apart:
            mine: dict[tuple[str, int], WatchedPart | None] = {(one.camera, one.start_ns): None for one in observations}
            mine.update({(part.camera, part.start_ns): part for part in parts})
            if any(known.get(minute, part) != part for minute, part in mine.items()):
                found.append(Batch())
                known = {}
            known |= mine
        found[-1].observations.extend(observations)
        found[-1].parts.extend(parts)
    return [one for one in found if one.observations]
