"""From rows and hashes it is said what became of each entry."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerby.audit.alignment import Row, aligned
from passerby.audit.tree import leaf_hash
from passerby.domain.audit_reports import Fault


def name(number: int) -> bytes:
    return leaf_hash(str(number).encode())


def found(*numbers: int | None, size: int, at: dict[int, int] | None = None) -> list[tuple[Fault, int | None]]:
    """What is said of rows that hold these entries; None is erased, negative ones are strangers."""
    places = at or {}
    rows = [
        Row(places.get(place, place), None if number is None else name(number)) for place, number in enumerate(numbers)
    ]
    return [(one.fault, one.first) for one in aligned(rows, {number: name(number) for number in range(size)}, {})]


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        ([0, 1, 2, 3], []),
        ([0, -9, 2, 3], [(Fault.CHANGED, 1)]),
        ([0, 2, 3], [(Fault.REMOVED, 1)]),
        ([0, 1, 2], [(Fault.REMOVED, 3)]),
        ([0, 1, -9, 2, 3], [(Fault.INSERTED, 2)]),
        ([0, 1, 2, 3, -9], [(Fault.INSERTED, 4)]),
        ([3, 1, 2, 0], [(Fault.MOVED, 0), (Fault.MOVED, 3)]),
        ([1, 2, 3, 0], [(Fault.MOVED, 0)]),
        ([0, None, 2, 3], []),
        ([0, 1, 1, 3], [(Fault.CHANGED, 2)]),
        ([0, 1, 2, 2, 3], [(Fault.INSERTED, 3)]),
        ([], [(Fault.REMOVED, number) for number in range(4)]),
        ([-1, -2, -3, -4], [(Fault.CHANGED, number) for number in range(4)]),
    ],
)
def test_each_kind_is_known(numbers: list[int | None], expected: list[tuple[Fault, int]]) -> None:
    assert found(*numbers, size=4) == expected


def test_a_row_that_is_gone_leaves_its_number_free() -> None:
    assert found(0, 1, 3, size=4, at={2: 3}) == [(Fault.REMOVED, 2)]
    assert found(0, -9, 3, size=4, at={1: 2, 2: 3}) == [(Fault.REMOVED, 1), (Fault.CHANGED, 2)]


@given(st.integers(3, 40), st.data())
def test_one_act_of_tampering_is_named_exactly(size: int, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, size - 1))
    numbers = list(range(size))
    changed, removed, inserted = list(numbers), list(numbers), list(numbers)
    changed[place], inserted[place:place] = -1, [-1]
    del removed[place]
    assert found(*changed, size=size) == [(Fault.CHANGED, place)]
    assert found(*removed, size=size) == [(Fault.REMOVED, place)]
    assert found(*inserted, size=size) == [(Fault.INSERTED, place)]
    to = data.draw(st.integers(0, size - 2))
    moved = [*removed[:to], place, *removed[to:]]
    if abs(to - place) > 1:
        assert found(*moved, size=size) == [(Fault.MOVED, place)]
    elif to != place:
        assert found(*moved, size=size) in ([(Fault.MOVED, place)], [(Fault.MOVED, to)])
