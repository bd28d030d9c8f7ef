"""A camera's process sends a replay of what it has just reported, once, and not too often."""

from dataclasses import replace

import numpy as np
import pytest

from passerby.domain.errors import WorkerError
from passerby.domain.replays import EncryptedReplay, EventReplay
from passerby.engine.plausible.replays import BURST_REPLAYS, REPLAYS_PER_S, ReplayCheck
from testing.web.made import NOW_S, NS_PER_S, open_event
from testing.web.replays import event_replay

NOW_NS = NOW_S * NS_PER_S
EVENT = open_event("square", "full", NOW_NS - 60 * NS_PER_S)
REPLAY = event_replay(EVENT)


def encrypt(replay: EventReplay, camera: str, time_ns: int) -> EncryptedReplay:
    return EncryptedReplay(replay.event_id, camera, time_ns, np.zeros(5, np.uint8))


def check(*, allowed: bool = True) -> ReplayCheck:
    made = ReplayCheck("square", encrypt if allowed else None, lambda _camera, _why: None)
    made.begin(())
    made.reported([EVENT])
    return made


def test_a_replay_of_an_event_that_was_reported_is_wanted_once() -> None:
    made = check()
    kept = made.taken(REPLAY, 0.0, NOW_NS)
    assert kept is not None
    assert (kept.event_id, kept.camera, kept.time_ns) == (EVENT.event_id, "square", EVENT.raised_ns)
    made.reported([replace(EVENT, updated_ns=EVENT.updated_ns + 1)])
    with pytest.raises(WorkerError, match="no event that it has just reported"):
        made.taken(REPLAY, 0.0, NOW_NS)


@pytest.mark.parametrize(
    "replay", [event_replay(open_event("square", "x", EVENT.start_ns)), replace(REPLAY, raised_ns=REPLAY.raised_ns + 1)]
)
def test_one_of_another_event_or_time_ends_the_process(replay) -> None:
    with pytest.raises(WorkerError, match="no event that it has just reported"):
        check().taken(replay, 0.0, NOW_NS)


def test_one_of_an_event_that_an_earlier_process_raised_ends_it() -> None:
    made = ReplayCheck("square", encrypt, lambda _camera, _why: None)
    made.begin([EVENT])
    made.reported([EVENT])
    with pytest.raises(WorkerError, match="no event"):
        made.taken(REPLAY, 0.0, NOW_NS)


def test_without_the_register_s_word_any_ends_it() -> None:
    with pytest.raises(WorkerError, match="the register does not allow"):
        check(allowed=False).taken(REPLAY, 0.0, NOW_NS)


def test_a_flood_keeps_a_few_and_does_not_outlast_itself() -> None:
    made, events = (
        ReplayCheck("square", encrypt, lambda _camera, _why: None),
        [open_event("square", f"rule {number}", 5) for number in range(200)],
    )
    made.begin(())
    made.reported(events)
    taken = [made.taken(event_replay(event), 100.0, NOW_NS) is not None for event in events[:150]]
    assert taken.count(True) in (BURST_REPLAYS, BURST_REPLAYS + 1)
    later_s = 100.0 + 2 / REPLAYS_PER_S
    assert [made.taken(event_replay(event), later_s, NOW_NS) is not None for event in events[150:155]][:1] == [True]
