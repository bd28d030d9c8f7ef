"""The turning matrix: how many came in over which line and went out over which, so that it balances.

A row is an entry (a line, one way), a column an exit. Each count in it is of road users that were followed from the one
to the other. The rest is shown, and not left out or spread over the cells as if it had turned like the others:

- of a row, **not followed** are those that crossed the entry and were not seen to leave over any exit: lost on the way,
  stopped, gone another way, or still on their way when the time ended;
- of a column, **not followed** are those that crossed the exit and had not been seen to come in.

A movement is counted when it is complete, at its exit. So in a short time more may leave than came in: these are shown
as **entered before**, and are taken off. Where a class was decided differently at entry and exit, they stand there too.
With these, each row and each column sums to the line's own count, always.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from passerby.domain.layout import Movement


@dataclass(frozen=True, slots=True, order=True)
class LineWay:
    """A line in one direction, `forward` or `backward`."""

    line: str
    direction: str


@dataclass(frozen=True, slots=True)
class TurningMatrix:
    """Counts of one time and of one class or several.

    Attributes:
        entries, exits: the rows and the columns, in the order of the movements.
        cells: one row an entry: how many were followed from it to each exit; None where no movement counts that pair.
        entered, left: the lines' own counts, of each row and column.
        not_followed_on: of each entry, how many were not seen to leave.
        entered_before: of each entry, how many more left than came in.
        not_followed_in: of each exit, how many were not seen to come in.
        counted_elsewhere: of each exit, how many more were followed to it than crossed it; 0 but where a movement was
            decided after its time had been closed.
    """

    entries: tuple[LineWay, ...]
    exits: tuple[LineWay, ...]
    cells: tuple[tuple[int | None, ...], ...]
    entered: tuple[int, ...]
    left: tuple[int, ...]
    not_followed_on: tuple[int, ...]
    entered_before: tuple[int, ...]
    not_followed_in: tuple[int, ...]
    counted_elsewhere: tuple[int, ...]

    @property
    def followed(self) -> int:
        """How many were followed from an entry to an exit."""
        return sum(cell or 0 for row in self.cells for cell in row)

    @property
    def followed_share(self) -> float | None:
        """The share (0-1) of those who came in that were followed to an exit; None where no one came in."""
        return min(1.0, self.followed / sum(self.entered)) if sum(self.entered) else None


def turning_matrix(
    movements: Sequence[Movement], followed: Mapping[str, int], crossed: Mapping[LineWay, int]
) -> TurningMatrix:
    """Returns the matrix of movements.

    Args:
        movements: which pairs are counted; of two with the same ends the counts are added.
        followed: movement -> how many completed it.
        crossed: line and way -> how many crossed it.
    """
    entries = tuple(dict.fromkeys(LineWay(each.entry_line, each.entry_direction) for each in movements))
    exits = tuple(dict.fromkeys(LineWay(each.exit_line, each.exit_direction) for each in movements))
    found: dict[tuple[LineWay, LineWay], int] = {}
    for each in movements:
        pair = (LineWay(each.entry_line, each.entry_direction), LineWay(each.exit_line, each.exit_direction))
        found[pair] = found.get(pair, 0) + followed.get(each.name, 0)
    cells = tuple(tuple(found.get((entry, leaving)) for leaving in exits) for entry in entries)
    entered = tuple(crossed.get(entry, 0) for entry in entries)
    left = tuple(crossed.get(leaving, 0) for leaving in exits)
    on = [count - sum(cell or 0 for cell in row) for count, row in zip(entered, cells, strict=True)]
    into = [count - sum(row[number] or 0 for row in cells) for number, count in enumerate(left)]
    return TurningMatrix(
        entries, exits, cells, entered, left,
        not_followed_on=tuple(max(0, rest) for rest in on),
        entered_before=tuple(max(0, -rest) for rest in on),
        not_followed_in=tuple(max(0, rest) for rest in into),
        counted_elsewhere=tuple(max(0, -rest) for rest in into),
    )  # fmt: skip
