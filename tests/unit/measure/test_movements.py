import pytest

from passerby.domain.events import Direction, MovementCount
from passerby.domain.layout import Movement
from passerby.domain.road_user import RoadUser
from passerby.measure.line_counter import LineCounter, SlotCrossing
from passerby.measure.movements import MovementCounter
from passerby.measure.slots import TrackSlots

STRAIGHT = Movement("straight", "west", "backward", "east", "backward")
BACK = Movement("back", "east", "forward", "west", "forward")


@pytest.fixture
def lines(line):
    return line("west", (300, 0), (300, 500)), line("east", (700, 0), (700, 500))


def movements(lines, film, *wanted):
    slots, counter, paired = TrackSlots(), LineCounter(lines), MovementCounter(wanted)
    found: list[MovementCount] = []
    for tracks in film:
        slotted = slots.update(tracks)
        found += paired.update(slotted, counter.update(slotted))
    return [*found, *paired.finish(counter.finish())]


def straight(start, end, step=10):
    return [(float(x), 250.0) for x in range(start, end, step if end > start else -step)]


def test_entry_then_exit_of_one_track_is_one_movement_at_the_exits_time(walk, film, lines):
    (count,) = movements(lines, film(walk(1, straight(200, 800))), STRAIGHT, BACK)
    assert count.movement == "straight"
    assert count.time_ns == pytest.approx(5.0e9, abs=0.2e9)


def test_entry_of_one_track_and_exit_of_another_is_none(walk, film, lines):
    first, second = walk(1, straight(200, 500)), walk(2, straight(600, 800), first=100)
    assert movements(lines, film(first, second), STRAIGHT) == []


def test_each_crossing_is_used_once(walk, film, lines):
    there_and_back = straight(200, 800) + straight(800, 200)
    counts = movements(lines, film(walk(1, there_and_back)), STRAIGHT, BACK)
    assert [count.movement for count in counts] == ["straight", "back"]
    again = straight(200, 800) + straight(800, 600) + straight(600, 800)
    assert len(movements(lines, film(walk(1, again)), STRAIGHT)) == 1


def test_wrong_order_is_none(walk, film, lines):
    assert movements(lines, film(walk(1, straight(800, 200))), STRAIGHT) == []


def test_movement_goes_on_under_a_new_id(walk, film, lines):
    feet = straight(200, 800)
    assert len(movements(lines, film(walk(1, feet[:30]), walk(2, feet[33:], first=33)), STRAIGHT)) == 1


def test_exit_that_only_settles_at_the_end_counts(walk, film, lines):
    feet = [*straight(200, 690), (720.0, 250.0)]
    assert len(movements(lines, film(walk(1, feet, ends=False), frames=len(feet)), STRAIGHT)) == 1


def test_completed_are_the_movements_of_the_newest_frame_alone(walk, film, lines):
    slots, counter, paired = TrackSlots(), LineCounter(lines), MovementCounter((STRAIGHT,))
    completed = []
    for tracks in film(walk(1, straight(200, 800))):
        slotted = slots.update(tracks)
        paired.update(slotted, counter.update(slotted))
        completed.append([name for _, name in paired.completed])
    assert [names for names in completed if names] == [["straight"]]
    assert completed[-1] == []


def crossing(line: str, direction: Direction, time_s: float) -> SlotCrossing:
    return SlotCrossing(0, line, direction, RoadUser.PEDESTRIAN, round(time_s * 1e9))


def test_two_lines_passed_at_the_same_time_are_a_movement() -> None:
    paired = MovementCounter((STRAIGHT,))
    at_once = (crossing("west", Direction.BACKWARD, 5.0), crossing("east", Direction.BACKWARD, 5.0))
    assert [count.movement for count in paired.finish(at_once)] == ["straight"]


def test_the_latest_entry_is_the_one_that_an_exit_goes_with() -> None:
    other = Movement("other", "south", "forward", "east", "backward")
    paired = MovementCounter((STRAIGHT, other))
    counted = paired.finish(
        (
            crossing("west", Direction.BACKWARD, 1.0),
            crossing("south", Direction.FORWARD, 2.0),
            crossing("east", Direction.BACKWARD, 3.0),
        )
    )
    assert [count.movement for count in counted] == ["other"]
