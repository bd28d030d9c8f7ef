"""How long each step of a camera's stream may take, and how the pauses between attempts grow."""

from dataclasses import dataclass

from passerby.back_off import BackOffSettings


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Limits in seconds.

    Attributes:
        answer_s: for each answer of the camera, TLS handshake included.
        first_picture_s: from the start of the stream to the first picture; cameras send a key picture every 1-10 s.
        silent_s: without a whole picture before the connection is given up.
        frozen_s: of identical pictures, or of time stamps that stand still, before the camera counts as frozen. Noise
            makes pictures differ, but a camera that saves bits repeats one exactly until its next key picture: 20 s in
            the thriftiest setting on sale.
        first_pause_s: before the second attempt.
        growth: factor from pause to pause.
        longest_pause_s: what pauses grow to.
        good_after_s: of pictures, after which the next pause is the first again.
        beat_s: how often the iterator returns None while there is no picture.
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

    @property
    def pauses(self) -> BackOffSettings:
        """How the pauses between attempts grow."""
        return BackOffSettings(self.first_pause_s, self.longest_pause_s, self.growth, self.good_after_s)
