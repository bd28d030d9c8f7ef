"""For how long a camera has not been watching well."""

from passerby.domain.health import MEANT, CameraState

CAUSES = {
    CameraState.CONNECTING: "the camera is not connected",
    CameraState.OFFLINE: "the camera is offline",
    CameraState.FROZEN: "the camera's picture is frozen",
    CameraState.DARK: "the picture is dark",
    CameraState.COVERED: "the camera is covered",
    CameraState.DEFOCUSED: "the picture is blurred",
    CameraState.MOVED: "the camera has moved",
    CameraState.SEES_BADLY: "the camera sees badly",
    CameraState.NOT_REGISTERED: "the register does not allow it",
    CameraState.PAUSED: "the camera is paused",
}
PICTURES_MISSING = "pictures are missing"
NOT_CERTAIN = "the camera may have moved"


class CameraTrouble:
    """Seconds for which a camera has been in a state in which it does not watch, or has lost pictures.

    Args:
        before_s: for how long it had been, when the rules' clock begins.
    """

    def __init__(self, before_s: float = 0.0) -> None:
        self._since_s: float | None = -before_s if before_s else None

    def resume(self, since_s: float) -> None:
        """Takes in that it has been so since then, by the rules' clock: a process before this one has found it."""
        self._since_s = since_s if self._since_s is None else min(self._since_s, since_s)

    def update(self, now_s: float, state: CameraState, *, missing: bool) -> float:
        """Takes the camera's state; returns the seconds, 0 where all is well.

        Args:
            now_s: seconds of the rules' clock.
            state: the camera's state.
            missing: pictures are missing, although it is online.
        """
        if state in MEANT and not (missing and state is CameraState.ONLINE):
            self._since_s = None
            return 0.0
        if self._since_s is None:
            self._since_s = now_s
        return now_s - self._since_s


def cause_of(state: CameraState, *, reliable: bool, missing: bool) -> str:
    """Returns why nothing can be measured now, as the end of a sentence; empty where it can."""
    if state is not CameraState.ONLINE:
        return CAUSES[state]
    if missing:
        return PICTURES_MISSING
    return "" if reliable else NOT_CERTAIN
