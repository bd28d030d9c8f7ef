"""Which entries were changed, removed, inserted or moved: the rows that lie there, held against the hashes of the tree.

Salts make every leaf's hash a different one, so that a hash says which entry a row is, wherever it lies now. The
longest row of entries that are still in order is taken as unmoved (longest increasing subsequence); what is left is
explained between its neighbours of that row.
"""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from passerby.domain.audit_reports import Fault, Finding, entry_finding


@dataclass(frozen=True, slots=True)
class Row:
    """A row as it lies in the store.

    Attributes:
        index: the number that it bears now.
        hash: of its content; None where that is erased.
    """

    index: int
    hash: bytes | None


def aligned(rows: Sequence[Row], expected: Mapping[int, bytes], elsewhere: Mapping[bytes, int]) -> list[Finding]:
    """Returns what became of the entries.

    Args:
        rows: the rows that lie there, by their numbers.
        expected: number -> hash of the entries that should lie there.
        elsewhere: hash -> number of entries that lie in their place outside of what is looked at.
    """
    places = {leaf: index for index, leaf in expected.items()}
    known = _originals(rows, places)
    in_order = dict(_longest_increasing(sorted(known.items())))
    findings = [
        entry_finding(Fault.MOVED, place, f"was moved: it lies at place {rows[at].index}")
        for at, place in known.items()
        if at not in in_order
    ]
    strange = [at for at, row in enumerate(rows) if row.hash is not None and at not in known]
    claimed = {*known.values(), *(row.index for row in rows if row.hash is None)}
    missing = sorted(place for place in expected if place not in claimed)
    findings += _explained(rows, strange, missing, in_order, {**elsewhere, **places})
    return sorted(findings, key=lambda one: (one.first or 0, one.fault))


def _originals(rows: Sequence[Row], places: Mapping[bytes, int]) -> dict[int, int]:
    """The rows that are entries, each with the entry's place; of an entry and its copies the one in its place."""
    row_of: dict[int, int] = {}
    for at, row in enumerate(rows):
        place = None if row.hash is None else places.get(row.hash)
        if place is not None and (place not in row_of or row.index == place):
            row_of[place] = at
    return {at: place for place, at in row_of.items()}


def _longest_increasing(pairs: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """The longest part of the pairs whose second numbers increase (patience sorting, n log n), last pair first."""
    ends: list[int] = []
    end_of: list[int] = []
    before: list[int] = []
    for number, (_, place) in enumerate(pairs):
        length = bisect_left(ends, place)
        before.append(end_of[length - 1] if length else -1)
        if length == len(ends):
            ends.append(place)
            end_of.append(number)
        else:
            ends[length], end_of[length] = place, number
    at = end_of[-1] if end_of else -1
    while at >= 0:
        yield pairs[at]
        at = before[at]


def _explained(
    rows: Sequence[Row],
    strange: Sequence[int],
    missing: Sequence[int],
    in_order: Mapping[int, int],
    known: Mapping[bytes, int],
) -> Iterator[Finding]:
    """What strange rows and missing entries are to each other: between the same two neighbours they are one entry."""
    anchors = sorted(in_order)
    anchor_places = [in_order[at] for at in anchors]
    gaps: dict[int, tuple[list[int], list[int]]] = {}
    for row in strange:
        gaps.setdefault(bisect_left(anchors, row), ([], []))[0].append(row)
    for lost in missing:
        gaps.setdefault(bisect_left(anchor_places, lost), ([], []))[1].append(lost)
    for here, gone in gaps.values():
        for at, place in _paired(rows, here, gone):
            copied = None if at is None else known.get(rows[at].hash or b"")
            copy = "" if copied is None else f", it is a copy of entry {copied}"
            if at is not None and place is not None:
                yield entry_finding(Fault.CHANGED, place, f"was changed: it is not what was appended{copy}")
            elif at is not None:
                yield entry_finding(Fault.INSERTED, rows[at].index, f"was inserted: it was never appended there{copy}")
            elif place is not None:
                yield entry_finding(Fault.REMOVED, place, "was removed")


def _paired(rows: Sequence[Row], here: list[int], gone: list[int]) -> Iterator[tuple[int | None, int | None]]:
    """Rows with the entries that they were: those with the same number first, then in their order."""
    wanted = set(gone)
    same = {rows[at].index: at for at in here if rows[at].index in wanted}
    used = set(same.values())
    yield from ((at, place) for place, at in same.items())
    left_rows = [at for at in here if at not in used]
    left_places = [place for place in gone if place not in same]
    for number in range(max(len(left_rows), len(left_places))):
        yield (
            left_rows[number] if number < len(left_rows) else None,
            left_places[number] if number < len(left_places) else None,
        )
