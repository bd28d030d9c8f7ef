"""The place of the newest picture."""

import threading

import numpy as np

from passerby.domain.frames import FrameStamp
from passerby.ingest.raw import RawFrame
from passerby.ingest.sources.newest_frame import LATE_AT_ONCE, NewestFrame

GREY = np.full((32, 32), 90, np.uint8)


def frame(index: int, *, after_loss: bool = False) -> RawFrame:
    stamp = FrameStamp("square", index, 0, 0.0, (32, 32), after_loss=after_loss)
    return RawFrame(stamp, GREY, GREY[::2, ::2], GREY[::2, ::2])


def test_the_newest_wins_and_the_others_are_counted() -> None:
    slot = NewestFrame()
    for index in range(4):
        slot.put(frame(index))
    taken = slot.take(0.0)
    assert taken is not None
    assert taken.stamp.index == 3
    assert (slot.take_dropped(), slot.take_dropped()) == (3, 0)
    assert slot.take(0.0) is None


def test_a_frame_that_takes_the_place_of_another_comes_after_the_same_loss() -> None:
    slot = NewestFrame()
    slot.put(frame(0, after_loss=True))
    slot.put(frame(1))
    slot.put(frame(2))
    taken = slot.take(0.0)
    assert taken is not None
    assert (taken.stamp.index, taken.stamp.after_loss) == (2, True)


def test_without_loss_the_giver_waits() -> None:
    slot = NewestFrame()

    def give() -> None:
        for index in range(50):
            slot.put_after(frame(index))

    giver = threading.Thread(target=give)
    giver.start()
    taken = [slot.take(60.0) for _ in range(50)]
    giver.join()
    assert [each.stamp.index for each in taken if each] == list(range(50))
    assert slot.take_dropped() == 0


def test_closing_lets_everybody_go() -> None:
    slot = NewestFrame()
    slot.put(frame(0))
    answers: list[bool] = []
    giver = threading.Thread(target=lambda: answers.append(slot.put_after(frame(1))))
    giver.start()
    slot.close()
    giver.join(60)
    assert answers == [False]
    assert slot.take(5.0) is None


def test_frames_that_come_late_are_taken_one_after_the_other_and_those_that_come_meanwhile_behind_them() -> None:
    slot = NewestFrame()
    slot.put(frame(0))
    for index in (1, 2):
        slot.put_late(frame(index))
    slot.put(frame(3))
    order = []
    for _ in range(4):
        taken = slot.take(0.0)
        assert taken is not None
        order.append((taken.stamp.index, slot.in_a_row))
    assert order == [(0, True), (1, True), (2, True), (3, True)]
    assert not slot.empty  # the last one is with whoever took it
    assert slot.take(0.0) is None
    assert slot.empty
    slot.put(frame(4))
    slot.put(frame(5))
    taken = slot.take(0.0)
    assert taken is not None
    assert (taken.stamp.index, slot.in_a_row) == (5, False)
    assert slot.take_dropped() == 1


def test_no_frame_is_stored_once_the_slot_is_closed() -> None:
    slot = NewestFrame()
    slot.put_late(frame(1))
    slot.close()
    slot.put_late(frame(2))
    assert slot.take(0.0) is None


def test_frames_that_come_late_wait_for_room() -> None:
    slot, count = NewestFrame(), LATE_AT_ONCE + 5

    def give() -> None:
        for index in range(count):
            slot.put_late(frame(index))

    giver = threading.Thread(target=give)
    giver.start()
    order: list[int] = []
    while len(order) < count:
        taken = slot.take(10.0)
        assert taken is not None
        order.append(taken.stamp.index)
        assert slot.waiting <= LATE_AT_ONCE
    giver.join(60)
    assert order == list(range(count))
    assert slot.take_dropped() == 0
