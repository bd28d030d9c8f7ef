"""A draft says what is wrong with it, and a trial when it is over."""

import numpy as np

from passerby.domain.draft_trial import Draft, DraftError, DraftFault, DraftNumbers, DraftState
from passerby.domain.layout import Layout, Line

DRAFT = Draft("d1", 1000, Layout((Line("gate", np.zeros((2, 2), np.float32)),), (), (), None))


def test_a_trial_is_over_at_its_time_when_its_process_says_so_or_before() -> None:
    running = DraftState(DRAFT, 0)
    assert (running.why_over(999), running.why_over(1000)) == ("", "Its time is over.")
    over = DraftState(DRAFT, 0, DraftNumbers("d1", 990, 1.0, over=True))
    assert over.why_over(990) == "Its time is over."
    assert DraftState(DRAFT, 0, ended="It was withdrawn.").why_over(2000) == "It was withdrawn."


def test_all_faults_are_in_its_text() -> None:
    error = DraftError([DraftFault("lines.a", "too short"), DraftFault("", "a rule is needed")])
    assert str(error) == "lines.a: too short; : a rule is needed"
