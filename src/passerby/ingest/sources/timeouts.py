"""How long each step of a camera's stream may take, and how the pauses between attempts grow."""

import random
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Limits in seconds.

    Attributes:
        answer_s: for each answer of the camera, TLS handshake included.
        first_picture_s: from the start of the stream to the first picture; cameras send a key picture every 1-10 s.
        silent_s: without anything of the picture before the connection is given up.
        frozen_s: of identical pictures, or of time stamps that stand still, before the camera counts as frozen. Noise
            makes pictures differ, but a camera that saves bits repeats one exactly until its next key picture: 20 s in
            the thriftiest setting on sale.
        first_pause_s: before the second attempt.
        growth: factor from pause to pause.
        longest_pause_s: what pauses grow to.
        good_after_s: of pictures, after which the next pause is the first again.
        beat_s: how often the caller hears of us while there is no picture.
    """

    answer_s: float = 10.0
    first_picture_s: float = 30.0
    silent_s: float = 10.0
    frozen_s: float = 30.0
    first_pause_s: float = 0.5
    growth: float = 2.0
    longest_pause_s: float = 30.0
    good_after_s: float = 60.0
    beat_s: float = 0.5


class BackOff:
    """The pauses between attempts: each longer than the one before, none at the same time as other cameras'."""

    def __init__(self, patience: Timeouts, chance: random.Random) -> None:
        self._patience, self._chance = patience, chance
        self._failures = 0

    def pause_s(self) -> float:
        """The pause after one more failure: between half and all of what it has grown to."""
        patience = self._patience
        # Beyond 64 doublings the power itself would overflow after days without the camera.
        grown_s = patience.first_pause_s * patience.growth ** min(self._failures, 64)
        self._failures += 1
        return min(grown_s, patience.longest_pause_s) * self._chance.uniform(0.5, 1.0)

    def reset(self) -> None:
        """After good pictures: the next failure is a first one."""
        self._failures = 0
