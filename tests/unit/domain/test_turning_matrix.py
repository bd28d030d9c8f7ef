"""The turning matrix balances: rows and columns sum to the lines' own counts, whatever was lost on the way."""

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from passerby.domain.events import Direction
from passerby.domain.layout import Movement
from passerby.domain.road_user import RoadUser
from passerby.domain.turning_matrix import LineWay, TurningMatrix, turning_matrix
from passerby.measure.line_counter import SlotCrossing
from passerby.measure.movements import MovementCounter

ARMS = ("north", "east", "south")
MOVEMENTS = tuple(
    Movement(f"{one} to {other}", one, "forward", other, "backward") for one in ARMS for other in ARMS if one != other
)
counts = st.integers(0, 60)


def balances(matrix: TurningMatrix) -> None:
    for number, row in enumerate(matrix.cells):
        followed = sum(cell or 0 for cell in row)
        assert followed + matrix.not_followed_on[number] - matrix.entered_before[number] == matrix.entered[number]
    for number in range(len(matrix.exits)):
        followed = sum(row[number] or 0 for row in matrix.cells)
        assert followed + matrix.not_followed_in[number] - matrix.counted_elsewhere[number] == matrix.left[number]
    rest = (matrix.not_followed_on, matrix.entered_before, matrix.not_followed_in, matrix.counted_elsewhere)
    assert all(count >= 0 for column in rest for count in column)


@given(
    st.dictionaries(st.sampled_from([each.name for each in MOVEMENTS]), counts),
    st.dictionaries(st.builds(LineWay, st.sampled_from(ARMS), st.sampled_from(["forward", "backward"])), counts),
)
@settings(max_examples=40)
def test_rows_and_columns_sum_to_the_lines_own_counts(followed: dict[str, int], crossed: dict[LineWay, int]) -> None:
    matrix = turning_matrix(MOVEMENTS, followed, crossed)
    balances(matrix)
    assert matrix.followed == sum(followed.values())
    assert matrix.entered == tuple(crossed.get(entry, 0) for entry in matrix.entries)
    assert matrix.left == tuple(crossed.get(leaving, 0) for leaving in matrix.exits)
    for entry, row in zip(matrix.entries, matrix.cells, strict=True):
        # No movement counts those who turn round.
        assert [cell is None for cell in row] == [leaving.line == entry.line for leaving in matrix.exits]


crossings = st.lists(
    st.tuples(st.integers(0, 5), st.sampled_from(ARMS), st.sampled_from(Direction), st.integers(0, 1000)), max_size=40
)


@given(crossings)
@settings(max_examples=40)
def test_of_what_was_really_measured_each_crossing_stands_in_the_matrix_once(
    made: list[tuple[int, str, Direction, int]],
) -> None:
    found = tuple(SlotCrossing(slot, line, way, RoadUser.CAR, at) for slot, line, way, at in made)
    followed = Counter(count.movement for count in MovementCounter(MOVEMENTS).finish(found))
    matrix = turning_matrix(MOVEMENTS, followed, Counter(LineWay(each.line, each.direction.value) for each in found))
    balances(matrix)
    # Of all of the time no more leave than came in, and a crossing is used once.
    assert not any((*matrix.entered_before, *matrix.counted_elsewhere))
    entered = sum(each.direction is Direction.FORWARD for each in found)
    assert matrix.followed + sum(matrix.not_followed_on) == entered
    assert matrix.followed + sum(matrix.not_followed_in) == len(found) - entered


def test_an_exit_after_the_quarter_of_its_entry_is_taken_off_there() -> None:
    turn = Movement("turn", "north", "forward", "east", "backward")
    before = turning_matrix((turn,), {}, {LineWay("north", "forward"): 1})
    after = turning_matrix((turn,), {"turn": 1}, {LineWay("east", "backward"): 1})
    assert (before.not_followed_on, before.entered_before) == ((1,), (0,))
    assert (after.not_followed_on, after.entered_before, after.not_followed_in) == ((0,), (1,), (0,))
    assert (before.followed_share, after.followed_share) == (0.0, None)
