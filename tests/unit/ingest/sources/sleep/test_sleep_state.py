"""What the reader of a stream and who analyses its frames say to each other."""

from passerby.ingest.sources.sleep.sleep_state import SleepState


def test_it_is_not_quiet_before_someone_has_looked_nor_where_it_is_not_allowed() -> None:
    for allowed in (True, False):
        state = SleepState(allowed=allowed)
        assert not state.quiet
        state.attend(7, quiet=True)
        assert state.quiet is allowed


def test_what_was_said_of_frames_before_it_woke_is_void() -> None:
    state = SleepState(allowed=True)
    state.attend(7, quiet=True)
    state.wake(50)
    assert not state.quiet
    state.attend(49, quiet=True)
    assert not state.quiet
    state.attend(50, quiet=True)
    assert state.quiet


def test_a_look_is_answered_by_the_analysis_of_its_frame_or_of_a_later_one() -> None:
    state = SleepState(allowed=True)
    assert state.answered
    state.look(30)
    state.attend(20, quiet=True)
    assert not state.answered
    state.attend(30, quiet=False)
    assert state.answered
    assert not state.quiet
