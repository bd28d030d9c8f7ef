"""A source may only say what it can know."""

import pytest

from passerby.domain.health import CameraState, SourceCondition


@pytest.mark.parametrize("state", [CameraState.CONNECTING, CameraState.ONLINE, CameraState.OFFLINE, CameraState.FROZEN])
def test_a_source_knows_how_its_stream_is(state: CameraState) -> None:
    assert SourceCondition(state, 5, "So it is.").state is state


@pytest.mark.parametrize("state", [CameraState.DARK, CameraState.COVERED, CameraState.DEFOCUSED, CameraState.MOVED])
def test_a_source_does_not_know_what_the_picture_shows(state: CameraState) -> None:
    with pytest.raises(ValueError, match=f"got {state.value}, expected connecting, online, offline or frozen"):
        SourceCondition(state, 5, "So it is.")
